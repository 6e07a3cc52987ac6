from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple
from uuid import UUID

from ._id import SpanAddress

_FIELDS = {1: "object_id", 2: "row_id", 3: "span_id", 4: "root_span_id"}
"""What the numbered fields of a slug say; versions 3 and 4 number them, JSON names them."""

_LOGS = 2
"""The logs of a project."""

_CONTAINERS = (1, _LOGS, 3)
"""An experiment, logs, or a playground."""


class Slug(NamedTuple):
    """
    What `span.export()` of the official `braintrust` SDKs names: a span, or only its container.
    Of that no more is read than its kind, since a span goes where its own logger logs.
    """

    address: SpanAddress | None
    row_id: str | None
    is_of_logs: bool
    """False: of an experiment or a playground."""


def logs_slug(project: str, project_id: str | None) -> str:
    """The slug of the logs of a project, version 4: as `parent`, a trace of its own there."""
    named: dict[str, Any] = {"object_id": project_id}
    if project_id is None:
        named = {"compute_object_metadata_args": {"project_name": project}}
    text = json.dumps(named, separators=(",", ":"))
    return base64.b64encode(bytes([4, _LOGS, 0]) + text.encode()).decode()


def parse_slug(text: str) -> Slug | None:
    """Reads a slug of version 1 to 4. None: it is no such text. Never raises."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        ids = _ids(raw) if raw[1] in _CONTAINERS else None
    except (ValueError, IndexError, RecursionError):
        return None
    if ids is None:
        return None
    span_id, trace_id = ids.get("span_id"), ids.get("root_span_id")
    address = None
    if isinstance(span_id, str) and isinstance(trace_id, str):
        address = SpanAddress(trace_id, span_id)
    row_id = ids.get("row_id")
    return Slug(
        address,
        row_id if isinstance(row_id, str) and row_id else None,
        raw[1] == _LOGS,
    )


def _ids(raw: bytes) -> dict[str, Any] | None:
    version = raw[0]
    if version == 1:
        return _row(raw, 20, raw[3]) if raw[2] else {}
    if version == 2:
        has_object, has_arguments, has_row, is_uuid = raw[2:6]
        at = 22 if has_object else 6
        if has_arguments:
            at += 4 + int.from_bytes(raw[at : at + 4], "big")
        return _row(raw, at, is_uuid) if has_row else {}
    return _numbered(raw, version) if version in (3, 4) else None


def _row(raw: bytes, at: int, is_uuid: int) -> dict[str, Any]:
    """Version 1 and 2: the ids of span and root, which are UUIDs, and of the row, if it is one."""
    return {
        "span_id": _uuid(raw, at),
        "root_span_id": _uuid(raw, at + 16),
        "row_id": _uuid(raw, at + 32) if is_uuid else raw[at + 32 :].decode(),
    }


def _numbered(raw: bytes, version: int) -> dict[str, Any]:
    """Version 3 and 4: fields of fixed length, then whatever does not fit one as JSON."""
    ids: dict[str, Any] = {}
    at = 3
    for _ in range(raw[2]):
        field = raw[at]
        size = 8 if version == 4 and field == 3 else 16
        read = _cut(raw, at + 1, size).hex() if version == 4 else _uuid(raw, at + 1)
        ids[_FIELDS.get(field, "")] = read
        at += 1 + size
    if at < len(raw):
        rest = json.loads(raw[at:])
        if not isinstance(rest, dict):
            raise ValueError("The JSON of the slug is no object.")
        ids.update(rest)
    return ids


def _uuid(raw: bytes, at: int) -> str:
    return str(UUID(bytes=_cut(raw, at, 16)))


def _cut(raw: bytes, at: int, size: int) -> bytes:
    part = raw[at : at + size]
    if len(part) < size:
        raise ValueError("The slug is cut short.")
    return part
