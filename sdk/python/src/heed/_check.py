from __future__ import annotations

import json
from typing import Any, Callable

Complain = Callable[[str], None]
"""Tells which field, and what is wrong with it, in a sentence."""

_OBJECTS = frozenset({"metadata", "metrics", "span_attributes"})
_SOURCES = ("app", "api", "external")
_SHOWN_MAX = 40


def check_field(field: str, value: Any, complain: Complain) -> Any:
    """
    The part of a copied field that the server would accept; None if nothing is left of it. One bad
    score or tag costs itself, never its neighbours. Fields without a rule pass.
    """
    if value is None:
        return None
    if field in _OBJECTS:
        return value if isinstance(value, dict) else complain(f"{field} must be an object")
    if field == "scores":
        if isinstance(value, dict):
            return _check_scores(value, complain)
        return complain("scores must be an object of names and numbers")
    if field == "tags":
        if isinstance(value, list):
            return _check_tags(value, complain)
        return complain("tags must be a list")
    if field == "comment":
        return value if isinstance(value, str) else complain("comment must be a string")
    if field == "source" and value not in _SOURCES:
        return complain(f"source is {_show(value)}; it must be one of {', '.join(_SOURCES)}")
    return value


def _check_scores(scores: dict[str, Any], complain: Complain) -> dict[str, Any] | None:
    kept = {}
    for name, value in scores.items():
        if name == "":
            complain("scores has an empty name")
        elif value is None or (isinstance(value, (bool, int, float)) and 0 <= value <= 1):
            kept[name] = value
        else:
            told = f"scores.{name} is {_show(value)}"
            complain(f"{told}; it must be in [0, 1], true, false or null")
    return kept or None


def _check_tags(tags: list[Any], complain: Complain) -> list[str]:
    kept = [tag for tag in tags if isinstance(tag, str) and tag.strip()]
    if len(kept) < len(tags):
        complain("tags must be strings that are not empty")
    return kept


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"
