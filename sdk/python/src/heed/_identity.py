from __future__ import annotations

from typing import Any

from ._id import parse_id
from ._slug import parse_slug


def read_identity(text: Any) -> dict[str, str] | None:
    """
    What names a row that is to be changed: its `id` and, where the text tells them, its `span_id`
    and `root_span_id`. None if the text names no row of the logs of a project.
    """
    if not isinstance(text, str) or not text:
        return None
    address, row_id = parse_id(text), text
    if address is None and (slug := parse_slug(text)):
        if slug.row_id is None or not slug.is_of_logs:
            return None
        address, row_id = slug.address, slug.row_id
    identity = {"id": row_id}
    if address:
        identity.update(span_id=address.span_id, root_span_id=address.trace_id)
    return identity
