from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Union

from ._error import HeedError, Report
from ._id import SpanAddress, parse_id, parse_traceparent
from ._slug import parse_slug

Parent = Union[str, Mapping[str, Any]]
"""
Who a new span belongs to: a `span.id`, of any process, headers with a `traceparent`, or what
`span.export()` of an official `braintrust` SDK returned.
"""

NEW_TRACE = "new trace"
"""As `parent`: the span begins a trace of its own, whatever the current span is."""


class Attachment(NamedTuple):
    """Where a new span hangs: under an address, under a foreign id, or nowhere (both None)."""

    address: SpanAddress | None = None
    foreign_id: str | None = None


def is_blank(parent: Any) -> bool:
    """True for a parent that says nothing: absent, empty, or a header the request did not have."""
    if _is_headers(parent):
        return not _traceparent(parent)
    return parent is None or (isinstance(parent, str) and parent == "")


def read_parent(parent: Any, report: Report) -> Attachment:
    """
    Reads what the caller gave as `parent`. A Heed id needs no look-up, nor does what a span of the
    official `braintrust` SDKs exports. Never raises: what cannot be read is told to `report`, and
    the span becomes a root.
    """
    if isinstance(parent, str):
        if parent == NEW_TRACE:
            return Attachment()
        address = parse_id(parent)
        if address:
            return Attachment(address)
        if slug := parse_slug(parent):
            return Attachment(slug.address)
        told = f"parent {parent[:60]} is no id of a Heed span; it was sent as it is"
        report(HeedError("invalid_field", f"{told}."))
        return Attachment(foreign_id=parent)
    header = _traceparent(parent) if _is_headers(parent) else None
    address = parse_traceparent(header) if isinstance(header, str) else None
    if address is None:
        told = "parent.traceparent is no W3C trace header; a new trace was begun"
        report(HeedError("invalid_field", f"{told}."))
    return Attachment(address)


def _is_headers(parent: Any) -> bool:
    """The headers of a web framework need not be a `Mapping`: those of Flask are none."""
    try:
        return not isinstance(parent, type) and callable(getattr(parent, "get", None))
    except Exception:
        return False


def _traceparent(headers: Mapping[str, Any]) -> Any:
    try:
        found = headers.get("traceparent")
        if not found and isinstance(headers, Mapping):
            found = next((headers[name] for name in names_of(headers)), None)
        return found or None
    except Exception:
        return None


def names_of(headers: Mapping[Any, Any]) -> list[str]:
    """The names under which a `traceparent` is there: in a plain dictionary case makes another."""
    names = [name for name in headers if isinstance(name, str)]
    return [name for name in names if name.lower() == "traceparent"]
