"""What people know from the `braintrust` package: the calls and names of the one that is pinned."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
from fnmatch import fnmatchcase
from typing import Any, Callable, NamedTuple

import pytest

import heed
from heed._live_span import LiveSpan
from support.fake_server import FakeServer
from support.product import ROOT

OFFICIAL = ROOT / "test/compat/.venv/latest/bin/python"

OURS: dict[str, Callable[..., Any]] = {
    "init_logger": heed.init_logger,
    "init_dataset": heed.init_dataset,
    "start_span": heed.start_span,
    "log": heed.log,
    "flush": heed.flush,
    "update_span": heed.update_span,
    "current_logger": heed.current_logger,
    "current_span": heed.current_span,
    "wrap_openai": heed.wrap_openai,
    "wrap_anthropic": heed.wrap_anthropic,
    "logger.Logger.log": heed.Logger.log,
    "logger.Logger.log_feedback": heed.Logger.log_feedback,
    "logger.Logger.start_span": heed.Logger.start_span,
    "logger.Logger.update_span": heed.Logger.update_span,
    "logger.Logger.flush": heed.Logger.flush,
    "logger.SpanImpl.log": LiveSpan.log,
    "logger.SpanImpl.log_feedback": LiveSpan.log_feedback,
    "logger.SpanImpl.start_span": LiveSpan.start_span,
    "logger.SpanImpl.end": LiveSpan.end,
    "logger.SpanImpl.set_attributes": LiveSpan.set_attributes,
    "logger.SpanImpl.inject": LiveSpan.inject,
    "logger.SpanImpl.export": LiveSpan.export,
    "logger.SpanImpl.set_current": LiveSpan.set_current,
    "logger.SpanImpl.unset_current": LiveSpan.unset_current,
    "logger.Dataset.insert": heed.Dataset.insert,
    "logger.Dataset.update": heed.Dataset.update,
    "logger.Dataset.delete": heed.Dataset.delete,
    "logger.Dataset.fetch": heed.Dataset.fetch,
    "logger.Dataset.summarize": heed.Dataset.summarize,
    "logger.Dataset.flush": heed.Dataset.flush,
}

PRIVATE = "begins with an underscore: for the package's own use"
PLUMBING = "for the package's own wrappers; a program that gives it gets a key of that name"
EXCEPTIONS = {
    ("init_logger", "_create_in_project_group"): PRIVATE,
    ("init_dataset", "_internal_btql"): PRIVATE,
    **{
        (name, parameter): PLUMBING
        for name, parameters in {
            "start_span": ["propagated_event", "state", "internal"],
            "logger.Logger.start_span": [
                *["propagated_event", "span_id", "root_span_id", "internal"],
            ],
            "logger.SpanImpl.start_span": ["propagated_event", "internal"],
        }.items()
        for parameter in parameters
    },
}
"""What is not taken here, and why."""

ASK = """
import braintrust, functools, inspect, json, sys
def parameters(name):
    call = functools.reduce(getattr, name.split("."), braintrust)
    return [
        (each.name, each.kind.name, each.default is not each.empty)
        for each in inspect.signature(call).parameters.values()
    ]
print(json.dumps({name: parameters(name) for name in sys.argv[1:]}))
"""


class Parameter(NamedTuple):
    name: str
    kind: str
    has_default: bool


@pytest.fixture(scope="module")
def theirs() -> dict[str, list[Parameter]]:
    command = [str(OFFICIAL), "-B", "-c", ASK, *OURS, "traced"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return {
        name: [Parameter(*each) for each in parameters]
        for name, parameters in json.loads(ran.stdout).items()
    }


@pytest.mark.parametrize("name", OURS)
def test_a_call_takes_what_people_give_in_the_order_they_know(
    theirs: dict[str, list[Parameter]], name: str
) -> None:
    ours = inspect.signature(OURS[name]).parameters
    of_kind = [each.kind.name for each in ours.values()]
    is_in_order = True
    for place, known in enumerate(theirs[name]):
        if (name, known.name) in EXCEPTIONS:
            assert known.name not in ours, "It is taken after all."
            is_in_order = False  # Nobody reaches those behind it by their place.
        elif known.kind.startswith("VAR_"):
            assert known.kind in of_kind
        else:
            assert known.name in ours
            assert not is_in_order or list(ours)[place] == known.name
            assert ours[known.name].default is not inspect.Parameter.empty or not known.has_default


def test_each_exception_is_of_a_call_and_an_argument_that_are_there(
    theirs: dict[str, list[Parameter]],
) -> None:
    for name, parameter in EXCEPTIONS:
        assert parameter in [known.name for known in theirs[name]]


def test_traced_takes_what_a_span_takes(theirs: dict[str, list[Parameter]]) -> None:
    kinds = [known.kind for known in theirs["traced"]]
    assert kinds == ["VAR_POSITIONAL", "VAR_KEYWORD"]  # All of it goes to `start_span`.
    span = list(inspect.signature(heed.start_span).parameters)[:-1]
    assert list(inspect.signature(heed.traced).parameters)[: len(span)] == span


NAMES = """
import braintrust, inspect, json

def home(value):
    own = getattr(value, "__module__", None)
    return own if isinstance(own, str) else type(value).__module__

def members(kind):
    return {name: kind.__module__ for name in dir(kind) if not name.startswith("_")}

names = {
    name: home(value)
    for name, value in vars(braintrust).items()
    if not name.startswith("_")
    and not inspect.ismodule(value)
    and home(value).startswith("braintrust")
}
held = {"logger": "Logger", "span": "SpanImpl", "dataset": "Dataset", "summary": "DatasetSummary"}
told = {holder: members(getattr(braintrust, kind)) for holder, kind in held.items()}
print(json.dumps({"": names, **told}))
"""
HELD: dict[str, Any] = {
    "": heed,
    "logger": heed.Logger,
    "span": heed.Span,
    "dataset": heed.Dataset,
    "summary": heed.DatasetSummary,
}
"""What has names that people know: the package itself, and what a program holds of it."""


@pytest.fixture(scope="module")
def absent() -> dict[str, str]:
    """The names of the official package that are not here, as a program has them; their module."""
    command = [str(OFFICIAL), "-B", "-c", NAMES]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return {
        f"{holder}.{name}" if holder else name: module
        for holder, names in json.loads(ran.stdout).items()
        for name, module in names.items()
        if not hasattr(HELD[holder], name)
    }


def listed() -> list[str]:
    """What the page says is not here: names, patterns of names, and modules of `braintrust`."""
    page = (ROOT / "docs/sdk-python.md").read_text(encoding="utf-8")
    table, _, rest = page.partition("| not here |")[2].partition("\n\n")
    firsts = [row.split("|")[1] for row in table.splitlines()[2:]]
    own = rest.partition("\n\n")[0]
    return [name for part in [*firsts, own] for name in re.findall(r"`([\w.*]+)`", part)]


def is_of(name: str, module: str, entry: str) -> bool:
    return fnmatchcase(module if entry.startswith("braintrust.") else name, entry)


def test_a_name_that_people_know_is_here_or_the_page_says_what_to_do_without(
    absent: dict[str, str],
) -> None:
    entries = listed()
    assert len(entries) > 50
    untold = [
        f"{name} ({module})"
        for name, module in absent.items()
        if not any(is_of(name, module, entry) for entry in entries)
    ]
    assert untold == []


def test_what_the_page_says_is_not_here_is_there_and_not_here(absent: dict[str, str]) -> None:
    entries = listed()
    assert len(set(entries)) == len(entries)
    wrong = [
        entry
        for entry in entries
        if not any(is_of(name, module, entry) for name, module in absent.items())
    ]
    assert wrong == []


def test_the_types_of_spans_have_the_names_that_people_know() -> None:
    ask = (
        "import braintrust, json; print(json.dumps(dict(braintrust.SpanTypeAttribute.__members__)))"
    )
    command = [str(OFFICIAL), "-B", "-c", ask]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert dict(heed.SpanTypeAttribute.__members__) == json.loads(ran.stdout)


def test_a_type_may_be_given_by_its_name(server: FakeServer, current: heed.Logger) -> None:
    kind = heed.SpanTypeAttribute.LLM
    heed.start_span(name="one", type=kind).end()
    heed.start_span(name="two", span_attributes={"type": kind}).end()
    span = heed.start_span(name="three")
    span.set_attributes(type=kind)
    span.end()
    heed.traced(type=kind)(lambda: None)()
    current.flush()
    assert [row["span_attributes"]["type"] for row in server.rows] == ["llm"] * 4
