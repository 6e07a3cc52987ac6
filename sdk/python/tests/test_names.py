"""The names people know from the `braintrust` package, as its version 0.48.1 has them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import heed
from heed._live_span import LiveSpan

KNOWN: list[tuple[Any, list[str]]] = [
    (heed.init_logger, ["project", "async_flush", "api_key", "set_current"]),
    (heed.init_dataset, ["project", "name", "description", "version", "api_key", "metadata"]),
    (heed.Dataset.insert, ["input", "expected", "tags", "metadata", "id"]),
    (heed.Dataset.update, ["id", "input", "expected", "tags", "metadata"]),
    (heed.Dataset.delete, ["id"]),
    (heed.Dataset.fetch, ["batch_size"]),
    (heed.Dataset.summarize, ["summarize_data"]),
    (heed.update_span, ["exported", "event"]),
    *[
        (
            start,
            ["name", "type", "span_attributes", "start_time", "set_current", "parent", "event"],
        )
        for start in (heed.start_span, heed.Logger.start_span, LiveSpan.start_span)
    ],
    (
        heed.Logger.log,
        [
            *["input", "output", "expected", "error", "tags", "scores", "metadata", "metrics"],
            *["id", "allow_concurrent_with_spans"],
        ],
    ),
    (
        heed.Logger.log_feedback,
        ["id", "scores", "expected", "tags", "comment", "metadata", "source"],
    ),
    (heed.Logger.update_span, ["id", "event"]),
    (LiveSpan.log, ["event"]),
    (LiveSpan.end, ["end_time"]),
    (LiveSpan.set_attributes, ["name", "type", "span_attributes"]),
]


@pytest.mark.parametrize(("call", "names"), KNOWN, ids=lambda part: getattr(part, "__name__", ""))
def test_a_call_takes_the_arguments_people_know_in_the_order_they_know(
    call: Any, names: list[str]
) -> None:
    parameters = [name for name in inspect.signature(call).parameters if name != "self"]
    assert [name for name in parameters if name in names] == names


@pytest.mark.parametrize(
    "name",
    ["current_logger", "current_span", "flush", "init_logger", "log", "start_span", "traced"],
)
def test_a_function_people_know_is_there(name: str) -> None:
    assert callable(getattr(heed, name))
