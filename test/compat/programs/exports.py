"""Prints the names of what an SDK exports: functions, and the members of the classes that a user holds."""

import inspect
import json

import braintrust

HELD = (
    "Logger",
    "SpanImpl",
    "Dataset",
    "Experiment",
    "ReadonlyExperiment",
    "ObjectFetcher",
    "Attachment",
    "ReadonlyAttachment",
)


def is_own(name):
    value = getattr(braintrust, name)
    return inspect.isfunction(value) and value.__module__.startswith("braintrust")


names = [name for name in dir(braintrust) if not name.startswith("_") and is_own(name)]
for held in HELD:
    members = (name for name in vars(getattr(braintrust, held)) if not name.startswith("_"))
    names += [f"{held}.{name}" for name in members]
print(json.dumps(names))
