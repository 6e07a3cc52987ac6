from __future__ import annotations

import contextlib
import math
import os
import threading
from collections import deque
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from ._counts import Counts
from ._error import HeedError, Report, message_of
from ._queue import Sealed
from ._spool_files import (
    Claim,
    bytes_of,
    claim,
    claim_new,
    line_of,
    owners,
    read_segment,
    release,
    segments,
)

_SEGMENT_ROWS_MAX = 1000
_SEGMENT_BYTES_MAX = 4 * 1024 * 1024


class SpoolOptions(NamedTuple):
    folder: Path
    max_bytes: int


class _Segment:
    __slots__ = ("claim", "first_seq", "is_readable", "path", "rows", "sent_lines", "size")

    def __init__(self, claim: Claim, path: Path, size: int, first_seq: int) -> None:
        self.claim = claim
        self.path = path
        self.size = size
        self.rows = 0
        self.is_readable = True
        self.first_seq = first_seq
        """0 of a segment that another process wrote; its `rows` are then not known."""
        self.sent_lines: set[int] = set()
        """Numbers of the lines, from 0, that were sent from memory before they were written."""


class Spool:
    """
    A queue on disk, first in, first out, behind the one in memory: what is in it survives the
    process. Segments of processes that ended come first. Nothing here raises.

    Files are touched by one thread at a time. The lock of the delivery is held for the counts
    alone; that of the claims, across forks, so that no child keeps a lock without knowing.

    Attributes:
        waiting: Items in it, as far as their segments were read or written here.
        claims_lock: Held, also through file I/O, by who takes a folder or gives it up.
        oldest_seq: No item before this one is in it. 0 until segments of others were looked for,
            and while there are any; infinite if it is empty.
    """

    def __init__(
        self,
        options: SpoolOptions,
        parent: Path,
        lock: contextlib.AbstractContextManager[object],
        counts: Counts,
        report: Report,
    ) -> None:
        """`parent` holds the folders of all who write for the same destination."""
        self._options = options
        self._parent = parent
        self._lock = lock
        self._counts = counts
        self._report = report
        self.claims_lock = threading.RLock()
        self._own: Claim | None = None
        self._others: list[Claim] = []
        self._is_searched = False
        self._segments: deque[_Segment] = deque()
        self._numbers = count(1)
        self._tail: int | None = None
        self._bytes = 0
        self._head: deque[Sealed] | None = None
        self._taken = 0
        self._is_failure_told = False
        self.waiting = 0
        self.oldest_seq: float = 0

    def search(self) -> None:
        """Once: takes over what processes left that ended."""
        if self._is_searched:
            return
        self._is_searched = True
        for folder in owners(self._parent):
            try:
                self._take_over(folder)
            except OSError as raised:
                self._failed(f"was not searched: {message_of(raised)}")
        self._count_oldest()

    def _take_over(self, folder: Path) -> None:
        with self.claims_lock:
            claimed = claim(folder)
            if claimed is None:
                return
            found = [_Segment(claimed, path, path.stat().st_size, 0) for path in segments(folder)]
            if found:
                self._others.append(claimed)
            else:
                release(claimed)
        self._segments.extend(found)

    def append(self, batch: Sequence[Sealed]) -> bool:
        """Writes items behind all others. False if they were not written, not even in part."""
        lines = b"".join(map(line_of, batch))
        segment = None
        try:
            segment = self._writable(batch, len(lines))
            if segment is None or self._tail is None:
                return False
            _write(self._tail, lines)
        except OSError as raised:
            self._close_tail()
            if segment is not None:
                self._cut(segment)
            self._failed(f"was not written to: {message_of(raised)}")
            return False
        segment.size += len(lines)
        first = segment.rows
        segment.sent_lines.update(first + n for n, sealed in enumerate(batch) if sealed.was_sent)
        segment.rows += len(batch)
        self._bytes += len(lines)
        self._count_oldest()
        self._is_failure_told = False
        return True

    def _cut(self, segment: _Segment) -> None:
        """What was written in part goes. If it cannot, it is not read: `size` says how far."""
        with contextlib.suppress(OSError):
            if segment.rows:
                os.truncate(segment.path, segment.size)
            else:
                self._segments.pop()
                segment.path.unlink(missing_ok=True)

    def _writable(self, batch: Sequence[Sealed], size: int) -> _Segment | None:
        """The segment that has room for a batch; None if the spool has not."""
        last = self._segments[-1] if self._segments else None
        if self._tail is not None and (
            last is None
            or last.rows + len(batch) > _SEGMENT_ROWS_MAX
            or last.size + size > _SEGMENT_BYTES_MAX
        ):
            self._close_tail()
        if self._tail is None:
            self._bytes = bytes_of(self._options.folder)
        if self._bytes + size > self._options.max_bytes:
            self._failed(f"holds {self._bytes} bytes and has no room: more waits in memory alone")
            return None
        if self._tail is not None:
            return last
        with self.claims_lock:
            if self._own is not None and not self._own.folder.is_dir():
                os.close(self._own.lock)  # Somebody has tidied up.
                self._own = None
            if self._own is None:
                self._own = claim_new(self._parent)
        path = self._own.folder / f"{next(self._numbers):08d}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._tail = os.open(path, flags, 0o600)
        segment = _Segment(self._own, path, 0, batch[0].seq)
        self._segments.append(segment)
        return segment

    def take(self, rows_max: int, bytes_max: int) -> list[Sealed]:
        """The oldest items, to be settled or given back. Empty if there are none."""
        while self._segments and not self._head:
            if self._head is not None:
                self._remove_first()
            if self._segments:
                self._load_first()
        batch: list[Sealed] = []
        size = 0
        for sealed in self._head or ():
            size += len(sealed.body)
            if len(batch) == rows_max or (batch and size > bytes_max):
                break
            batch.append(sealed)
        self._taken = len(batch)
        return batch

    def _load_first(self) -> None:
        first = self._segments[0]
        if len(self._segments) == 1:
            self._close_tail()  # What is being sent does not grow.
        try:
            items, broken = read_segment(first.path, first.size)
            reason = "broken lines"
        except OSError as raised:
            items, broken = {}, 1
            reason = message_of(raised)
            first.is_readable = False
        lost = 0
        with self._lock:
            if first.first_seq:
                lost = max(0, first.rows - len(items))
                self._counts.dropped += lost
                self.waiting -= lost
            else:
                self._counts.recovered += len(items)
                self.waiting += len(items)
        for number in first.sent_lines.intersection(items):
            items[number].was_sent = True
        self._head = deque(items.values())
        if broken or lost:
            sentence = f"Not all of {first.path} could be read: {reason}. Lost: {lost or 'some'}."
            self._report(HeedError("spool_broken", sentence))

    def settle(self) -> None:
        """The items taken are settled, well or badly. The lock of the delivery is held."""
        head = self._head or deque()
        for _ in range(self._taken):
            head.popleft()
        self.waiting -= self._taken
        self._taken = 0

    def give_back(self) -> None:
        """The items taken were not delivered: they are the first to be taken again."""
        self._taken = 0

    def clean(self) -> None:
        """Removes a segment of which every item is settled."""
        if self._segments and self._head is not None and not self._head:
            self._remove_first()

    def _remove_first(self) -> None:
        segment = self._segments.popleft()
        self._head = None
        self._bytes -= segment.size
        try:
            if segment.is_readable:
                segment.path.unlink(missing_ok=True)
        except OSError as raised:
            # It will be sent again, which counts once.
            self._failed(f"keeps {segment.path.name}: {message_of(raised)}")
        claimed = segment.claim
        if claimed in self._others and all(other.claim != claimed for other in self._segments):
            with self.claims_lock:
                self._others.remove(claimed)
                release(claimed)
        self._count_oldest()

    def _count_oldest(self) -> None:
        self.oldest_seq = self._segments[0].first_seq if self._segments else math.inf

    def _close_tail(self) -> None:
        tail, self._tail = self._tail, None
        if tail is not None:
            os.close(tail)

    def close(self) -> None:
        """The process ends: a folder that is empty goes."""
        self._close_tail()
        with self.claims_lock:
            own, self._own = self._own, None
            if own is not None and not self._segments:
                release(own)

    def after_fork_in_child(self) -> None:
        """The parent keeps its folders: their locks end with it, not with the child."""
        claims = [*self._others, *([self._own] if self._own else [])]
        tail = [] if self._tail is None else [self._tail]
        for file in [*(claimed.lock for claimed in claims), *tail]:
            with contextlib.suppress(OSError):  # Who makes itself a daemon closes all files.
                os.close(file)

    def _failed(self, sentence: str) -> None:
        if self._is_failure_told:
            return
        self._is_failure_told = True
        self._report(HeedError("spool_failed", f"The spool {self._options.folder} {sentence}."))


def _write(file: int, lines: bytes) -> None:
    left = memoryview(lines)
    while left:
        left = left[os.write(file, left) :]
