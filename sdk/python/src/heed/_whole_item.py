from __future__ import annotations

from typing import Any

from ._queue import ListName


class WholeItem:
    """One event of the ledger or one write of a record, waiting to be sent. It never changes."""

    __slots__ = ("_row", "id", "list_name", "seq", "size")

    def __init__(self, list_name: ListName, id: str, row: dict[str, Any], size: int) -> None:
        self.id = id
        self.list_name: ListName = list_name
        self.seq = 0
        self.size = size
        self._row = row

    def take(self, at_micros: int) -> dict[str, Any]:
        return self._row

    def discard(self) -> None:
        """Nothing of it will be needed again."""

    def disown(self) -> None:
        """Nothing of it will be needed again."""
