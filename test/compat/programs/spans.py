"""Spans as an application logs them; prints the ids of its rows."""

import json
import os

import braintrust

braintrust.login()
logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
ids = {}


@braintrust.traced
def search(query):
    ids["wrapped"] = braintrust.current_span().id
    return [f"found {query}"]


with logger.start_span(name="POST /chat") as span:
    ids["root"] = span.id
    span.log(input={"question": "where?"}, metadata={"a": {"b": 1}, "kept": True})
    with braintrust.start_span(name="answer", type="llm") as child:
        ids["child"] = child.id
        child.log(input="prompt", metrics={"prompt_tokens": 7})
        child.log(output="there", metrics={"completion_tokens": 3}, metadata={"model": "m-1"})
        with child.start_span(name="below") as below:
            ids["below"] = below.id
        beside = child.start_span(name="beside")
        ids["beside"] = beside.id
        beside.close()
    search("place")
    started = braintrust.start_span(name="started", set_current=False)
    ids["started"] = started.id
    started.end()
    span.log(output="there", metadata={"a": {"c": 2}}, tags=["one", "two"])
    span.log(scores={"relevance": 0.5, "skipped": None})

try:
    with logger.start_span(name="failing") as span:
        ids["failed"] = span.id
        raise ValueError("no such place")
except ValueError:
    pass
logger.flush()

updated = logger.start_span(name="updated")
ids["updated"] = updated.id
exported = updated.export()
updated.log(output="before")
updated.set_attributes(type="tool")
updated.end()
logger.flush()
braintrust.update_span(exported=exported, output="after", metadata={"fixed": True})
logger.update_span(id=updated.id, tags=["late"])
braintrust.flush()

ids["logged"] = logger.log(input="alone", allow_concurrent_with_spans=True)
logger.flush()
ids["project"] = logger.id
print(json.dumps(ids))
