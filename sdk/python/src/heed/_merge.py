from __future__ import annotations

from typing import Any


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
