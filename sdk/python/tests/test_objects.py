"""Objects of other packages, as those make them: each becomes something readable."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import datetime, timezone
from typing import Any, Optional

import numpy
import pydantic
import pytest

import heed
from heed._copy import copy, to_json
from support.product import API_KEY, Product

if sys.version_info < (3, 14):
    # pydantic 2 brings version 1 along, up to Python 3.13.
    from pydantic import v1 as pydantic_1
else:
    pydantic_1 = None


def read(value: Any) -> Any:
    return json.loads(to_json({"value": copy(value)[0]}))["value"]


class Raising:
    def __repr__(self) -> str:
        raise ValueError("boom")


RAISING = "[Unserialisable: boom]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (numpy.int8(-3), -3),
        (numpy.uint64(2**64 - 1), "18446744073709551615"),
        (numpy.float16(0.5), 0.5),
        (numpy.float32(0.25), 0.25),
        (numpy.float64(1.5), 1.5),
        (numpy.float64("nan"), None),
        (numpy.float32("inf"), None),
        (numpy.bool_(True), True),
        (numpy.str_("text"), "text"),
        (numpy.bytes_(b"abc"), "[bytes_, 3 bytes]"),
        (numpy.complex64(1 + 2j), "(1+2j)"),
        (numpy.datetime64("2026-01-02"), "2026-01-02"),
        (numpy.datetime64("2026-01-02T03:04:05.000000006"), "2026-01-02T03:04:05.000000006"),
        (numpy.datetime64("NaT"), "NaT"),
        (numpy.timedelta64(5, "ns"), "5 nanoseconds"),
        (numpy.array(7), 7),
        (numpy.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (numpy.array([1.5, float("nan"), float("-inf")]), [1.5, None, None]),
        (numpy.array(["a", "b"]), ["a", "b"]),
        (numpy.array([None, {"a": numpy.int64(1)}, Raising()]), [None, {"a": 1}, RAISING]),
        (numpy.array(["2026-01-02T03", "NaT"], "M8[ns]"), ["2026-01-02T03:00:00.000000000", "NaT"]),
        (numpy.array([(1, 0.5)], [("n", "i4"), ("x", "f4")]), [[1, 0.5]]),
        (numpy.ma.array([1, 2], mask=[False, True]), [1, None]),
        (numpy.array([], "f8"), []),
        (numpy.zeros((200, 100)), "[ndarray, shape (200, 100), float64]"),
        ({numpy.int64(1): numpy.float32(2), numpy.str_("k"): [numpy.int16(3)]}, {"1": 2, "k": [3]}),
        ({numpy.float64(0.5), 0.5}, [0.5]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_numpy(value: Any, expected: Any) -> None:
    assert read(value) == expected


def test_a_number_of_long_double_is_told_by_its_text() -> None:
    assert "1.5" in read(numpy.longdouble(1.5))


class Part(pydantic.BaseModel):
    when: datetime
    key: pydantic.SecretStr = pydantic.SecretStr("secret")
    odd: Any = None


class Whole(pydantic.BaseModel):
    model_config = {"extra": "allow", "arbitrary_types_allowed": True}
    parts: list[Part] = []
    by_name: dict[str, Part] = {}
    back: Any = None


WHEN = datetime(2026, 1, 2, tzinfo=timezone.utc)
PART = {"when": "2026-01-02T00:00:00+00:00", "key": "SecretStr('**********')", "odd": None}


def test_models_of_pydantic() -> None:
    part = Part(when=WHEN)
    whole = Whole(parts=[part], by_name={"a": part}, extra=(1, float("nan")))  # type: ignore[call-arg]
    expected = {"parts": [PART], "by_name": {"a": PART}, "back": None, "extra": [1, None]}
    assert read(whole) == expected
    assert read({"list": [part]}) == {"list": [PART]}


class Linked(pydantic.BaseModel):
    name: str
    next: Optional[Linked] = None  # noqa: UP045  pydantic reads it, also on Python 3.9


def test_a_model_of_pydantic_that_leads_back_to_itself_says_so() -> None:
    whole = Whole(parts=[Part(when=WHEN)])
    whole.back = [whole]
    assert "[Circular]" in json.dumps(read(whole))
    # Its fields are not read around its own method, which may leave some out, or hide them.
    linked = Linked(name="a")
    linked.next = linked
    assert read([linked])[0].startswith("[Unserialisable: Circular reference")


def test_a_model_of_pydantic_whose_field_cannot_be_told() -> None:
    told = read(Part(when=WHEN, odd=Raising()))
    assert told == {**PART, "odd": RAISING}


def test_a_model_of_pydantic_whose_serialiser_raises() -> None:
    class Broken(pydantic.BaseModel):
        value: int = 1

        @pydantic.field_serializer("value")
        def tell(self, value: int) -> int:
            raise KeyError("boom")

    assert "boom" in json.dumps(read(Broken()))


@pytest.mark.skipif(pydantic_1 is None, reason="pydantic.v1 does not run on Python 3.14")
def test_models_of_pydantic_1() -> None:
    class Inner(pydantic_1.BaseModel):
        when: datetime
        odd: Any = None

    class Outer(pydantic_1.BaseModel):
        inner: Inner
        back: Any = None

    Outer.update_forward_refs(Inner=Inner)
    outer = Outer(inner=Inner(when=WHEN, odd=Raising()))
    inner = {"when": "2026-01-02T00:00:00+00:00", "odd": RAISING}
    assert read(outer) == {"inner": inner, "back": None}
    outer.back = outer
    assert read(outer).startswith("[Unserialisable: maximum recursion depth exceeded")


@dataclasses.dataclass
class Node:
    name: Any
    next: Node | None = None
    others: list[Any] = dataclasses.field(default_factory=list)
    weight: float = float("nan")

    def __repr__(self) -> str:
        raise ValueError("a dataclass is told by its fields")


@dataclasses.dataclass(frozen=True)
class Slotted:
    __slots__ = ("missing", "name")
    name: str
    missing: int


def test_dataclasses_that_lead_back_to_themselves() -> None:
    first, second = Node("first"), Node(Raising())
    first.next, second.next = second, first
    first.others = [first, {"second": second}]
    assert read(first) == {
        "name": "first",
        "next": {"name": RAISING, "next": "[Circular]", "others": [], "weight": None},
        "others": [
            "[Circular]",
            {"second": {"name": RAISING, "next": "[Circular]", "others": [], "weight": None}},
        ],
        "weight": None,
    }


def test_a_dataclass_with_a_field_that_is_not_there() -> None:
    told = read(object.__new__(Slotted))
    assert set(told) == {"name", "missing"}
    assert all(value.startswith("[Unserialisable: ") for value in told.values())


@pytest.mark.parametrize("digits", [100, 5000, 100_000])
def test_an_integer_of_any_size_keeps_all_its_digits(digits: int) -> None:
    """Beyond 4300 digits, which is all that newer Pythons write, it is hexadecimal."""
    value = 10**digits + 1
    assert int(read(value), 0) == value
    assert int(read([-value])[0], 0) == -value
    assert isinstance(read({value: 1}), dict)


def test_the_server_stores_all_of_them(product: Product, project: str) -> None:
    told: list[str] = []
    logger = heed.init_logger(
        project,
        url=product.url,
        api_key=API_KEY,
        set_current=False,
        on_error=lambda error: told.append(error.message),
    )
    cyclic = Node("a")
    cyclic.next = cyclic
    values: dict[str, Any] = {
        "numpy": numpy.arange(6).reshape(2, 3),
        "pydantic": Part(when=WHEN),
        "dataclass": cyclic,
        "raising": [Raising()],
        "huge": 10**5000,
        "nan": {"a": float("nan")},
    }
    span = logger.start_span(name="odd", input=values, metadata={"n": numpy.int64(3)})
    span.log(scores={"good": numpy.float32(0.5), "sure": numpy.bool_(True)}, output=values)
    span.end()
    logger.flush()
    held = product.get(f"/v1/spans/{span.id}", project_name=project)
    assert told == []
    assert held["input"] == held["output"]
    assert held["input"]["numpy"] == [[0, 1, 2], [3, 4, 5]]
    assert held["input"]["pydantic"] == PART
    assert held["input"]["dataclass"]["next"] == "[Circular]"
    assert held["input"]["raising"] == [RAISING]
    assert held["input"]["nan"] == {"a": None}
    assert held["metadata"] == {"n": 3}
