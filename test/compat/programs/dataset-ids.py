"""A dataset that is named by ids, with records that say where they came from; prints what was read back."""

import inspect
import json
import os

from braintrust import init_dataset

project_id = os.environ["COMPAT_PROJECT_ID"]
dataset_id = os.environ["COMPAT_DATASET_ID"]


def told(dataset):
    return {
        "id": dataset.id,
        "name": dataset.name,
        "project": dataset.project.name,
        "origins": {row["id"]: row.get("origin") for row in dataset.fetch()},
    }


def by_project():
    return init_dataset(project_id=project_id, name="by ids")


written = by_project()
# Python sends no origin; it reads that of others.
written.insert(id="from the SDK", input=2)
written.flush()
printed = {"byProject": told(by_project())}

# PyPI 0.7.0 takes no id of a dataset.
if "dataset_id" in inspect.signature(init_dataset).parameters:
    by_id = init_dataset(dataset_id=dataset_id)
    by_id.update(id="from the SDK", expected=4)
    by_id.flush()
    printed["byId"] = told(init_dataset(dataset_id=dataset_id))
    try:
        printed["unknown"] = init_dataset(dataset_id=project_id).id
    except Exception as error:
        printed["unknown"] = str(error)
print(json.dumps(printed))
