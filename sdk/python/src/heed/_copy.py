from __future__ import annotations

import json
import re
from typing import Any

from ._describe import UNKNOWN, VALUES_MAX, describe, unserialisable

_DEPTH_MAX = 64
"""Deeper values are cut: no reader wants them, and the server bounds the depth of a body."""

_INT_MAX = 2**53
"""JSON numbers are 64-bit floats to most readers; a larger integer would lose digits."""


Copy = tuple[Any, int]
"""
A value as it was when it was logged, plain data that JSON can hold, shared with nobody; and about
the length of its JSON text, in characters. A bare tuple, because each logged field makes one.
"""


class _Walk:
    __slots__ = ("ancestors", "left", "size")

    def __init__(self) -> None:
        self.left = VALUES_MAX
        self.size = 0
        self.ancestors: list[int] = []


def copy(value: Any) -> Copy:
    """
    Copies any value. Never raises: what JSON cannot hold becomes readable text. Strings are shared,
    since they cannot change: a copy costs far less than the JSON text, which is made when sending.
    """
    walk = _Walk()
    try:
        return _visit(walk, value), walk.size
    except RecursionError as raised:  # The program itself was near the limit.
        return unserialisable(raised), walk.size


def _visit(walk: _Walk, value: Any) -> Any:
    walk.left -= 1
    if walk.left < 0:
        return "[Too large]"
    kind = type(value)
    if kind is str:
        walk.size += len(value) + 3
        return value
    if kind is dict or kind is list or kind is tuple:
        return _nested(walk, value, kind)
    walk.size += 8
    if value is None or kind is bool or kind is float:
        return value
    if kind is int:
        return value if -_INT_MAX <= value <= _INT_MAX else _text(walk, value)
    return _nested(walk, value, kind)


def _nested(walk: _Walk, value: Any, kind: type) -> Any:
    ancestors = walk.ancestors
    identity = id(value)
    if identity in ancestors:
        return "[Circular]"
    if len(ancestors) >= _DEPTH_MAX:
        return "[Too deep]"
    ancestors.append(identity)
    try:
        walk.size += 2
        if kind is dict:
            return _fields(walk, value)
        if kind is list or kind is tuple:
            return [_visit(walk, item) for item in value if walk.left > 0]
        return _foreign(walk, value)
    except Exception as raised:
        return unserialisable(raised)
    finally:
        ancestors.pop()


def _fields(walk: _Walk, mapping: dict[Any, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = {}
    # Another thread may be adding keys: the list is taken at once.
    for key, value in list(mapping.items()):
        if walk.left <= 0:
            break
        name = key if type(key) is str else _name(key)
        walk.size += len(name) + 4
        copied[name] = _visit(walk, value)
    return copied


def _foreign(walk: _Walk, value: Any) -> Any:
    """Anything that is not of JSON's own types: told as plain data, which is then walked."""
    plain = describe(value)
    if plain is UNKNOWN:
        return _text(walk, value)
    return _visit(walk, plain)


def _text(walk: _Walk, value: Any) -> str:
    try:
        text = str.__str__(repr(value))
    except Exception as raised:
        # Python writes no number of many thousand digits, unless they are hexadecimal.
        text = hex(value) if type(value) is int else unserialisable(raised)
    walk.size += len(text) + 3
    return text


def _name(key: Any) -> str:
    """A key as JSON would write it."""
    if key is None or key is True or key is False:
        return json.dumps(key)
    try:
        plain = describe(key)
        return str.__str__(key if isinstance(key, str) else str(key if plain is UNKNOWN else plain))
    except Exception as raised:
        return unserialisable(raised)


_HALF = re.compile("[\ud800-\udfff]")


def to_json(copied: Any) -> bytes:
    """
    The JSON text of copied values, UTF-8. NaN and the infinities become null, and half characters
    U+FFFD: they are not text, and no database keeps them.
    """
    try:
        text = _dumps(copied)
    except ValueError:
        text = _dumps(_finite(copied))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text).encode()


_dumps = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
