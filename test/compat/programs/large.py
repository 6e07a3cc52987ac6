"""A span and a record too large for one request, each between small ones; prints what there is to look for."""

import json
import os

import braintrust

project = os.environ["COMPAT_PROJECT"]
texts = ["before", "äx" * int(os.environ["COMPAT_PAIRS"]), "after"]
logger = braintrust.init_logger(project=project)
ids = []
for text in texts:
    with logger.start_span() as span:
        span.log(input=text)
        ids.append(span.id)
logger.flush()
dataset = braintrust.init_dataset(project=project, name="large")
for i, text in enumerate(texts):
    dataset.insert(id=str(i), input=text)
dataset.flush()
records = {row["id"]: row["input"] for row in dataset.fetch()}
is_whole = records == {str(i): text for i, text in enumerate(texts)}
print(json.dumps({"ids": ids, "isWhole": is_whole}))
