"""Prints what an SDK exports, functions and the members of the classes that a user holds, by name: where
in which file each begins."""

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


def places_of(value):
    function = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
    code = getattr(inspect.unwrap(function), "__code__", None)
    return [[code.co_filename, code.co_firstlineno, code.co_firstlineno + 1]] if code else []


names = [name for name in dir(braintrust) if not name.startswith("_") and is_own(name)]
printed = {name: places_of(getattr(braintrust, name)) for name in names}
for held in HELD:
    for name, value in vars(getattr(braintrust, held)).items():
        if not name.startswith("_"):
            printed[f"{held}.{name}"] = places_of(value)
print(json.dumps(printed))
