from __future__ import annotations

from typing import Any

from ._clock import iso_micros
from ._copy import copy
from ._merge import merge_field, size_gone
from ._queue import ListName

_LASTING = ("span_attributes", "metrics")
"""The fields a dropped row keeps, so that what is logged later still has a name and a time."""

_IDENTITY_SIZE = 240
"""About what the ids and the times of a row take."""


class Draft:
    """
    A row in the making. It gathers logged fields until it is sent. The first sending is the whole
    row; each later one is a merge row of what was logged since.
    """

    __slots__ = (
        "_created_micros",
        "_fields",
        "_identity",
        "_is_sent",
        "_origin",
        "id",
        "seq",
        "size",
    )
    list_name: ListName = "rows"

    def __init__(
        self, identity: dict[str, str], created_micros: int, origin: dict[str, Any] | None
    ) -> None:
        """
        Args:
            identity: `id` and, where known, `span_id` and `root_span_id`.
            created_micros: The start of the span, Unix microseconds.
            origin: What only the whole row tells: its parents. None for a change of a row that is
                elsewhere, which is sent as a merge row from the first.
        """
        self.id = identity["id"]
        self.seq = 0
        self.size = _IDENTITY_SIZE
        self._identity = identity
        self._origin = origin
        self._created_micros = created_micros
        self._is_sent = origin is None
        self._fields: dict[str, Any] = {}

    def add(self, field: str, value: Any, size: int) -> None:
        """Adds a field, or merges it into what was logged before."""
        fields = self._fields
        if field in fields:
            base = fields[field]
            fields[field] = merge_field(field, base, value)
            self.size += size - size_gone(field, base, value)
        else:
            fields[field] = value
            self.size += len(field) + size + 4

    def take(self, at_micros: int) -> dict[str, Any]:
        """The row as it is now. What it holds is then sent, and the draft is empty."""
        if self._is_sent:
            self._created_micros = max(self._created_micros + 1, at_micros)
        row: dict[str, Any] = {**self._identity, "created": iso_micros(self._created_micros)}
        row.update({"_is_merge": True} if self._is_sent else self._origin or {})
        row.update(self._fields)
        self.disown()
        return row

    def discard(self) -> None:
        """Forgets what was logged, because the queue had no room for it."""
        kept = {} if self._is_sent else {f: v for f, v in self._fields.items() if f in _LASTING}
        self._fields = kept
        self.size = _IDENTITY_SIZE + sum(len(f) + copy(v)[1] + 4 for f, v in kept.items())

    def disown(self) -> None:
        """What is known so far is sent: now, or by the process this one was forked from."""
        self._is_sent = True
        self._fields = {}
        self.size = _IDENTITY_SIZE
