from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import islice
from pathlib import PurePath
from typing import Any
from uuid import UUID

from ._error import error_text, message_of

UNKNOWN = object()
"""Said of a value that nothing here knows: its `repr` has to do."""

VALUES_MAX = 250_000
"""Values in one field; a `range`, or a graph of shared references, could unfold without end."""

_ARRAY_VALUES_MAX = 10_000
"""Larger arrays are named by their shape."""


def describe(value: Any) -> Any:
    """
    Plain data in place of a value that is not of JSON's types, one level deep; `UNKNOWN` if there
    is no better than its `repr`. May raise what the value's own methods raise.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (int, float)):
        # Also numpy's float64, which is a float.
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID, PurePath)):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        size = value.nbytes if isinstance(value, memoryview) else len(value)
        return f"[{type(value).__name__}, {size} bytes]"
    if isinstance(value, BaseException):
        return _exception(value)
    if isinstance(value, type):
        return f"[Class {value.__name__}]"
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return f"[Function {value.__name__}]"
    return _container(value)


def _container(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _attribute(value, field.name) for field in dataclasses.fields(value)}
    dump = getattr(type(value), "model_dump", None)  # pydantic 2, and what looks like it
    if callable(dump):
        return dump(value)
    if hasattr(type(value), "__fields__") and callable(getattr(value, "dict", None)):
        return value.dict()  # pydantic 1
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, Mapping):
        return {key: value[key] for key in islice(value, VALUES_MAX)}
    if isinstance(value, (Sequence, AbstractSet)):
        return list(islice(value, VALUES_MAX))
    array = _array(value)
    return UNKNOWN if array is None else array


def _array(value: Any) -> Any:
    """A scalar or an array of numpy, if numpy is there at all."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(value, (numpy.datetime64, numpy.timedelta64)):
        return str(value)  # Of nanoseconds, `item` makes a bare number.
    if isinstance(value, numpy.generic):
        plain = value.item()
        return repr(value) if isinstance(plain, numpy.generic) else plain
    if isinstance(value, numpy.ndarray):
        if value.size <= _ARRAY_VALUES_MAX:
            return (value.astype(str) if value.dtype.kind in "mM" else value).tolist()
        return f"[ndarray, shape {value.shape}, {value.dtype}]"
    return None


def _exception(raised: BaseException) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": type(raised).__name__,
        "message": message_of(raised),
        "stack": error_text(raised),
    }
    if raised.__cause__ is not None:
        told["cause"] = raised.__cause__
    return told


def _attribute(value: Any, name: str) -> Any:
    """One attribute; a property that raises costs that property only."""
    try:
        return getattr(value, name)
    except Exception as raised:
        return unserialisable(raised)


def unserialisable(raised: BaseException) -> str:
    return f"[Unserialisable: {message_of(raised)}]"
