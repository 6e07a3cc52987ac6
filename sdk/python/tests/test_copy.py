from __future__ import annotations

import dataclasses
import itertools
import json
import tracemalloc
from collections import OrderedDict, deque, namedtuple
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import pytest

from heed._copy import copy, to_json


def read(value: Any) -> Any:
    return json.loads(to_json({"value": copy(value)[0]}))["value"]


@dataclasses.dataclass
class Point:
    x: int
    inner: Any = None


class Colour(Enum):
    RED = "red"


class Model:
    """Looks like a pydantic model."""

    def model_dump(self) -> dict[str, Any]:
        return {"a": date(2026, 1, 2)}


class Raising:
    def __repr__(self) -> str:
        raise ValueError("boom")


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise ValueError("boom")


def circular() -> dict[str, Any]:
    value: dict[str, Any] = {"name": "a"}
    value["self"] = value
    return value


Pair = namedtuple("Pair", "a b")
SHARED = {"n": 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (circular(), {"name": "a", "self": "[Circular]"}),
        ([SHARED, SHARED], [SHARED, SHARED]),
        (12345678901234567890, "12345678901234567890"),
        (2**53, 2**53),
        (datetime(2026, 1, 2, 3, tzinfo=timezone.utc), "2026-01-02T03:00:00+00:00"),
        ({"a": float("nan"), "b": float("inf"), "c": [1.5]}, {"a": None, "b": None, "c": [1.5]}),
        (Decimal("1.10"), "1.10"),
        (b"abc", "[bytes, 3 bytes]"),
        (
            {
                1,
            },
            [1],
        ),
        (frozenset("a"), ["a"]),
        ((1, "b"), [1, "b"]),
        (Pair(1, 2), {"a": 1, "b": 2}),
        (deque([1]), [1]),
        (OrderedDict(a=1), {"a": 1}),
        (range(3), [0, 1, 2]),
        (Point(1, Point(2)), {"x": 1, "inner": {"x": 2, "inner": None}}),
        (Colour.RED, "red"),
        (Model(), {"a": "2026-01-02"}),
        (Text("t"), "t"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (PurePosixPath("/a"), "/a"),
        (Point, "[Class Point]"),
        (circular, "[Function circular]"),
        (Raising(), "[Unserialisable: boom]"),
        (
            {1: "a", None: "b", False: "c", (1, 2): "d"},
            {"1": "a", "null": "b", "false": "c", "[1, 2]": "d"},
        ),
        ("\ud800 \U0001f600", "\ufffd \U0001f600"),
        ({"__proto__": 1}, {"__proto__": 1}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_hold_becomes_readable(value: Any, expected: Any) -> None:
    assert read(value) == expected


def test_an_exception_keeps_its_message_its_traceback_and_its_cause() -> None:
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise TypeError("outer") from inner
    except TypeError as raised:
        told = read(raised)
    assert (told["name"], told["message"]) == ("TypeError", "outer")
    assert "Traceback" in told["stack"]
    assert told["cause"]["name"] == "KeyError"


def test_a_copy_does_not_change_when_the_original_does() -> None:
    messages = [{"content": "hi"}]
    copied, _ = copy({"messages": messages})
    messages.append({"content": "later"})
    messages[0]["content"] = "changed"
    assert copied == {"messages": [{"content": "hi"}]}


def test_depth_is_cut_at_64_and_a_deep_value_is_no_recursion_error() -> None:
    deep: Any = "bottom"
    for _ in range(10_000):
        deep = {"deep": deep}
    text = to_json(copy(deep)[0]).decode()
    assert "[Too deep]" in text
    assert text.count("deep") < 70


def test_a_graph_that_would_unfold_without_end_is_cut() -> None:
    wide: Any = 1
    for _ in range(60):
        wide = [wide, wide]
    assert len(to_json(copy(wide)[0])) < 20_000_000


def test_the_size_is_near_the_length_of_the_json_text() -> None:
    value = {"messages": [{"role": "user", "n": n, "text": "abc"} for n in range(20)]}
    assert 0.7 < copy(value)[1] / len(json.dumps(value, separators=(",", ":"))) < 1.4


class Endless(Sequence[int]):
    """As long as it says, but it can be read for ever."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, at: Any) -> Any:
        return 0


class EndlessMapping(Mapping[int, int]):
    def __len__(self) -> int:
        return 3

    def __getitem__(self, key: int) -> int:
        return key

    def __iter__(self) -> Iterator[int]:
        return itertools.count()


@pytest.mark.parametrize("value", [range(10**7), Endless(), EndlessMapping()])
def test_a_collection_without_end_is_read_as_far_as_it_is_kept(value: Any) -> None:
    tracemalloc.start()
    try:
        copied = copy(value)[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 1000 < len(copied) <= 250_000
    assert peak < 100 * 1024 * 1024
