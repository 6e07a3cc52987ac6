from __future__ import annotations

import itertools
import math
from collections import deque
from typing import Any, Literal, NamedTuple, Protocol

ListName = Literal["rows", "feedback"]


class Item(Protocol):
    """Something that waits to be sent. Its text is made when it is taken: late changes count."""

    seq: int
    """Set by the queue: its place in the order of logging, 0 while it is not queued."""
    size: int
    """About how long its JSON text is, in characters."""

    @property
    def id(self) -> str: ...
    @property
    def list_name(self) -> ListName: ...
    def take(self, at_micros: int) -> dict[str, Any]:
        """What it holds, as plain data that nobody changes any more. The time is Unix time."""
        ...

    def discard(self) -> None:
        """Forgets what was logged: there was no room for it."""
        ...

    def disown(self) -> None:
        """Forgets what was logged: the process this one was forked from sends it."""
        ...


class Sealed:
    """
    An item as it travels. Its bytes never change: sent twice, it is the same bytes.

    Attributes:
        row: Its data, as long as its bytes are still to be made; then None.
    """

    __slots__ = ("body", "id", "list_name", "row", "seq", "was_sent")

    def __init__(
        self, seq: int, id: str, list_name: ListName, row: dict[str, Any] | None = None
    ) -> None:
        self.seq = seq
        self.id = id
        self.list_name: ListName = list_name
        self.row = row
        self.body = b""
        self.was_sent = False


class QueueLimits(NamedTuple):
    """How much may wait; `max_bytes` is of JSON text, in characters until it is encoded."""

    max_rows: int
    max_bytes: int


class Queue:
    """
    A bounded queue, first in, first out. When it is full the oldest item goes, and is counted; an
    item that is larger than the whole queue goes itself.
    Items that are being sent are queued until they are settled. The caller holds the lock.
    """

    def __init__(self, limits: QueueLimits) -> None:
        self._limits = limits
        self._counter = itertools.count(1)
        self.newest_seq = 0
        self.clear()

    def clear(self) -> None:
        """Empties the queue; what waited is disowned."""
        for item in getattr(self, "_open", ()):
            item.seq = 0
            item.disown()
        # Taken before, and given back because sending failed: older than all that is open.
        self._returned: deque[Sealed] = deque()
        self._sending: list[Sealed] = []
        self._open: deque[Item] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._returned) + len(self._sending) + len(self._open)

    @property
    def oldest_seq(self) -> float:
        """The number of the oldest item that is not settled; infinite if there is none."""
        for waiting in (self._sending, self._returned, self._open):
            if waiting:
                return waiting[0].seq
        return math.inf

    def put(self, item: Item, size_before: int) -> int:
        """Queues an item, or counts its growth. Returns how many were dropped to make room."""
        if item.seq == 0:
            item.seq = self.newest_seq = next(self._counter)
            self._open.append(item)
            self._bytes += item.size
        else:
            self._bytes += item.size - size_before
        if item.size > self._limits.max_bytes:
            self._open.remove(item)
            self._bytes -= item.size
            item.seq = 0
            item.discard()
            return 1
        dropped = 0
        while len(self) > self._limits.max_rows or self._bytes > self._limits.max_bytes:
            if self._returned:
                self._leave(self._returned.popleft())
            elif self._open:
                self._pop().discard()
            else:
                break
            dropped += 1
        return dropped

    def _pop(self) -> Item:
        item = self._open.popleft()
        self._bytes -= item.size
        item.seq = 0
        return item

    def begin(self, bytes_left: float, at_micros: int) -> Sealed | None:
        """
        Moves the oldest item among those being sent; it is taken at `at_micros`, Unix time. The
        caller makes its bytes, if it has a `row`, and asks `is_sealed`. None if nothing waits, or
        if it is larger than `bytes_left` and not the first.
        """
        if self._returned:
            if self._sending and len(self._returned[0].body) > bytes_left:
                return None
            self._sending.append(self._returned.popleft())
        elif self._open:
            first = self._open[0]
            seq = first.seq
            self._pop()
            sealed = Sealed(seq, first.id, first.list_name, first.take(at_micros))
            self._sending.append(sealed)
        else:
            return None
        return self._sending[-1]

    def is_sealed(self, sealed: Sealed, bytes_left: float) -> bool:
        """Its bytes are made. False if they are too many for this batch: then it goes next time."""
        sealed.row = None
        self._bytes += len(sealed.body)
        if len(self._sending) == 1 or len(sealed.body) <= bytes_left:
            return True
        self._returned.appendleft(self._sending.pop())
        return False

    def unsealable(self) -> None:
        """The newest item being sent cannot be made into bytes: it leaves."""
        self._sending.pop()

    def settle(self) -> int:
        """The items being sent are settled, well or badly: they leave. Returns their number."""
        settled = len(self._sending)
        for sealed in self._sending:
            self._leave(sealed)
        self._sending = []
        return settled

    def _leave(self, sealed: Sealed) -> None:
        if sealed.row is None:
            self._bytes -= len(sealed.body)

    def give_back(self) -> None:
        """The items being sent were not delivered: they are the first to be taken again."""
        self._returned.extendleft(reversed(self._sending))
        self._sending = []
