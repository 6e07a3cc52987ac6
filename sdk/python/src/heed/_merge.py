from __future__ import annotations

from typing import Any

from ._copy import copy


def merge_values(base: Any, change: Any) -> Any:
    """
    Deep merge: an object into an object goes key by key; anything else, lists and None included,
    replaces what was there. Neither argument is changed.
    """
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    merged = dict(base)
    for key, value in change.items():
        merged[key] = merge_values(base[key], value) if key in base else value
    return merged


def merge_field(field: str, base: Any, change: Any) -> Any:
    """A field after it was logged again: tags unite in the order they came, all else merges."""
    if field == "tags" and isinstance(base, list) and isinstance(change, list):
        return list(dict.fromkeys([*base, *change]))
    return merge_values(base, change)


def size_gone(field: str, base: Any, change: Any) -> int:
    """By how much a merged field is shorter than both its parts, in characters of JSON text."""
    if field == "tags" and isinstance(base, list) and isinstance(change, list):
        parts = copy(base)[1] + copy(change)[1]
        return parts - copy(merge_field(field, base, change))[1]
    return _size_replaced(base, change)


def _size_replaced(base: Any, change: Any) -> int:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return copy(base)[1]
    replaced = 2
    for key, value in change.items():
        if key in base:
            replaced += len(key) + 4 + _size_replaced(base[key], value)
    return replaced
