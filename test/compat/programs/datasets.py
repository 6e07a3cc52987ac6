"""A dataset as an application keeps it; prints what was read back."""

import json
import os

from braintrust import Attachment, ExternalAttachment, init_dataset
from braintrust.logger import JSONAttachment

project = os.environ["COMPAT_PROJECT"]
FIELDS = ("id", "input", "expected", "tags", "metadata")


def open_dataset(**more):
    return init_dataset(project=project, name="questions", **more)


def rows(dataset):
    return sorted(({f: row[f] for f in FIELDS} for row in dataset.fetch()), key=lambda row: row["id"])


dataset = open_dataset(description="What people ask")
dataset.insert(id="a", input={"q": 1}, expected="x", tags=["t"], metadata={"a": {"b": 1}})
dataset.insert(id="b", input="two", expected="2")
dataset.insert(id="gone", input="gone")
dataset.flush()
dataset.update(id="a", metadata={"a": {"c": None}})
dataset.delete("gone")
dataset.flush()
printed = {
    "id": dataset.id,
    "name": dataset.name,
    "project": dataset.project.name,
    "closed": dataset.close(),
    "description": dataset.data.get("description"),
    "before": rows(open_dataset()),
    "fetched": sorted(row["id"] for row in open_dataset().fetched_data),
    "version": open_dataset().version,
}
for i in range(10, 35):
    dataset.insert(id=f"n{i}", input=i, expected=i)
dataset.delete("b")
dataset.flush()
summary = dataset.summarize()
printed["total"] = summary.data_summary.total_records
printed["url"] = summary.dataset_url
printed["ids"] = sorted(row["id"] for row in open_dataset().fetch(batch_size=10))
printed["pinned"] = rows(open_dataset(version=printed["version"]))

files = init_dataset(project=project, name="files")
files.insert(
    id="f",
    input={
        "file": Attachment(data=b"hello", filename="a.txt", content_type="text/plain"),
        "json": JSONAttachment({"turns": [1, "zwei"]}, filename="turns.json"),
        "elsewhere": ExternalAttachment(
            url="s3://bucket/a b.png", filename="b.png", content_type="image/png"
        ),
    },
)
files.flush()
for row in init_dataset(project=project, name="files").fetch():
    given = row["input"]
    printed["file"] = given["file"].data.decode()
    printed["status"] = given["file"].status()
    printed["json"] = json.loads(given["json"].data)
    printed["elsewhere"] = {**given["elsewhere"].reference, **given["elsewhere"].metadata()}
print(json.dumps(printed))
