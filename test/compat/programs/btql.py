"""Rows read by filters, as the SDK sends them; prints the ids that were found."""

import json
import os
import time

import braintrust
from braintrust.logger import ObjectFetcher

project = os.environ["COMPAT_PROJECT"]
texts = json.loads(os.environ["COMPAT_TEXTS"])


def ident(*name):
    return {"op": "ident", "name": list(name)}


def eq(name, value):
    return {"op": "eq", "left": ident(*name), "right": {"op": "literal", "value": value}}


newest = [{"expr": ident("created"), "dir": "desc"}]
is_third = eq(["metadata", "kind"], "third")
kinds = {i: "other" if i % 3 else "third" for i in range(10, 34)}


def apart(kind, writer):
    """Each of those that are looked for has a time of its own, so that their order is certain."""
    if kind == "third":
        writer.flush()
        time.sleep(0.005)


def ids_of(rows, **options):
    return [row["id"] for row in rows.fetch(**options)]


def open_dataset(btql=None, name="rows", **more):
    return braintrust.init_dataset(project=project, name=name, _internal_btql=btql, **more)


dataset = open_dataset()
for i, kind in kinds.items():
    dataset.insert(id=f"n{i}", input=i, metadata={"kind": kind})
    apart(kind, dataset)
dataset.flush()
version = open_dataset().version
dataset.insert(id="late", input="late", metadata={"kind": "third"})
dataset.update(id="n12", metadata={"kind": "other"})
dataset.flush()
by_kind = {"filter": is_third, "sort": newest}
printed = {
    "dataset": {
        "filtered": ids_of(open_dataset(by_kind)),
        "pinned": ids_of(open_dataset(by_kind, version=version)),
        "paged": ids_of(open_dataset({"filter": is_third}), batch_size=2),
        "limited": ids_of(open_dataset({**by_kind, "limit": 3})),
    }
}

experiment = braintrust.init(project=project, experiment="rows")
for i, kind in kinds.items():
    experiment.log(id=f"n{i}", input=i, output=i, scores={}, metadata={"kind": kind})
    apart(kind, experiment)
experiment.flush()


class Rows(ObjectFetcher):
    """Of logs, or of an experiment: its own class asks by REST in PyPI 0.48.1."""

    def __init__(self, source, object_type, btql):
        super().__init__(object_type, _internal_btql=btql)
        self._source = source

    @property
    def id(self):
        return self._source.id

    def _get_state(self):
        return self._source.state


def opened(btql):
    readonly = braintrust.init(project=project, experiment="rows", open=True)
    return Rows(readonly, "experiment", btql)


printed["experiment"] = {
    "filtered": ids_of(opened(by_kind)),
    "paged": ids_of(opened({"filter": is_third}), batch_size=2),
}

logger = braintrust.init_logger(project=project)
for i, kind in kinds.items():
    with logger.start_span(id=f"n{i}") as span:
        span.log(metadata={"kind": kind})
    apart(kind, logger)
logger.flush()


def logs(btql):
    return Rows(logger, "project_logs", btql)


printed["logs"] = {
    "filtered": ids_of(logs(by_kind)),
    "paged": ids_of(logs({"filter": is_third}), batch_size=2),
}

# Text of any kind is what it is, whether it is a value or a name.
written = open_dataset(name="hostile")
for text in texts:
    written.insert(id=text, input=text, metadata={text: text})
written.flush()


def found(*condition):
    return ids_of(open_dataset({"filter": eq(*condition)}, name="hostile"))


printed["texts"] = [
    [found(["id"], text), found(["input"], text), found(["metadata", text], text)] for text in texts
]
print(json.dumps(printed))
