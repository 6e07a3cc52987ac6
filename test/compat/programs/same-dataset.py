"""A dataset in a program of which only the import differs: COMPAT_SDK is `braintrust` or `heed`."""

import importlib
import json
import os

sdk = importlib.import_module(os.environ["COMPAT_SDK"])
project = os.environ["COMPAT_PROJECT"]
FIELDS = ("id", "input", "expected", "tags", "metadata")


def open_dataset(**more):
    return sdk.init_dataset(project=project, name="questions", **more)


def read(records):
    return sorted(({f: record[f] for f in FIELDS} for record in records), key=lambda r: r["id"])


with open_dataset(description="What people ask", metadata={"team": ["a", 1]}) as dataset:
    first = dataset.insert({"q": "Größe?"}, {"n": [1, 2.5, None, True]}, ["t"], {"a": {"b": 1}}, "a")
    dataset.insert(input="two", expected="2", id="b")
    dataset.insert(input=[3], metadata={"k": None}, id="c")
    dataset.insert(id="empty")
    dataset.insert(input="gone", id="gone")
    dataset.flush()
    version = dataset.version
    changed = dataset.update(id="a", tags=["u", "t"], metadata={"a": {"c": None}}, input={"r": 1})
    dataset.update("c", expected="three")
    dataset.update(id="new", input="by an update")
    dataset.insert(input="replaced", id="b")
    deleted = dataset.delete("gone")
    chosen = dataset.insert(input="with an id of its own")
    dataset.flush()
    dataset.delete(chosen)
    dataset.flush()
summary = dataset.summarize()
print(
    json.dumps(
        {
            "returned": [first, changed, deleted, type(chosen).__name__, len(chosen)],
            "name": dataset.name,
            "same": open_dataset().id == dataset.id,
            "version": [type(version).__name__, len(version), open_dataset(version=version).version == version],
            "grows": open_dataset().version > version,
            "now": read(open_dataset()),
            "paged": read(open_dataset().fetch(batch_size=2)),
            "then": read(open_dataset(version=int(version))),
            "by id": read(sdk.init_dataset(dataset_id=dataset.id)),
            "total": summary.data_summary.total_records,
            "written": summary.data_summary.new_records,
            "names": [summary.project_name == project, summary.dataset_name],
            "page": summary.dataset_url.endswith("/datasets/questions"),
            "unnamed": sdk.init_dataset(project).name,
        }
    )
)
