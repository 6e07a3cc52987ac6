from __future__ import annotations

import contextlib
import random
import threading
from typing import NamedTuple

from ._answer import Answer, UnansweredError, read_answer
from ._clock import now_micros
from ._copy import to_json
from ._counts import Counts
from ._destination import Destination
from ._error import HeedError, Report, message_of
from ._options import Options
from ._queue import Queue, Sealed
from ._spool import Spool

BATCH_ROWS_MAX = 1000
_BATCH_BYTES_MAX = 4 * 1024 * 1024
_SPILLS_MAX = 10
"""Batches that go to the spool at once; then one is sent, however much is logged meanwhile."""
_ATTEMPT_TIMEOUT_S = 30.0
_BACKOFF_BASE_S = 0.2
_BACKOFF_MAX_S = 30.0


class Pause(NamedTuple):
    """How long to wait before the next attempt; `asked_s` of it because the server said so."""

    seconds: float
    asked_s: float


class Sending:
    """
    One request at a time: takes a batch, sends it, and settles what became of it.

    Attributes:
        moving: Held, also through file I/O, by who takes items from the queue.
    """

    def __init__(
        self,
        options: Options,
        destination: Destination,
        lock: contextlib.AbstractContextManager[object],
        queue: Queue,
        counts: Counts,
        report: Report,
        spool: Spool | None,
    ) -> None:
        self._options = options
        self._destination = destination
        self._lock = lock
        self._queue = queue
        self._counts = counts
        self._report = report
        self._spool = spool
        # What is being sent belongs to it. What waits is moved from one to the other meanwhile,
        # unless it is the queue itself.
        self._source: Queue | Spool = spool or queue
        self.moving = threading.RLock()
        self._rows_max = BATCH_ROWS_MAX
        self._failed_attempts = 0

    def send_batch(self, timeout_s: float = _ATTEMPT_TIMEOUT_S) -> Pause | None:
        """Sends the oldest items. A pause means that they wait in the queue to be sent again."""
        try:
            batch = self._next()
            if not batch:
                return None
            answer = self._attempt(batch, min(timeout_s, _ATTEMPT_TIMEOUT_S))
            if answer.kind == "retry":
                return self._retry(answer)
            self._failed_attempts = 0
            if answer.kind == "stored":
                self._stored(batch, answer)
            elif answer.kind == "split" and len(batch) > 1:
                self._rows_max = -(-len(batch) // 2)
                with self._lock:
                    self._source.give_back()
            else:
                self._lost(batch, answer.reason)
            return None
        except BaseException:  # The thread ends; another will send what this one was sending.
            with self._lock:
                self._source.give_back()
            raise
        finally:
            if self._spool is not None:
                self._rest(self._spool)

    def _rest(self, spool: Spool) -> None:
        """Nothing is being sent."""
        with self.moving:
            self._source = spool
            spool.clean()

    def spill(self) -> bool:
        """
        Moves what waits in memory to the spool. On any thread. False if it has to stay: there is no
        spool or no room, or something is being sent from memory.
        """
        spool = self._spool
        if spool is None:
            return False
        with self.moving:
            if self._source is self._queue:
                return False
            spool.search()
            for _ in range(_SPILLS_MAX):
                batch = self._take(BATCH_ROWS_MAX)
                if not batch:
                    return True
                is_written = False
                try:
                    is_written = spool.append(batch)
                finally:
                    with self._lock:
                        if is_written:
                            self._queue.settle()
                            spool.waiting += len(batch)
                        else:
                            self._queue.give_back()
                if not is_written:
                    return False
            return True

    def spill_all(self) -> None:
        """Moves all that waits now, if it can; what is logged meanwhile prolongs nothing."""
        with self._lock:
            newest = self._queue.newest_seq
        while self.spill():
            with self._lock:
                if self._queue.oldest_seq > newest:
                    return

    def _next(self) -> list[Sealed]:
        """The oldest items: from the spool, which is behind the queue, if there is one."""
        with self.moving:
            if self._spool is not None:
                is_moved = self.spill()
                batch = self._spool.take(self._rows_max, _BATCH_BYTES_MAX)
                if batch or is_moved:
                    return batch  # What is logged just now goes by the disk as well.
            batch = self._take(self._rows_max)
            if batch:
                self._source = self._queue
            return batch

    def _take(self, rows_max: int) -> list[Sealed]:
        batch: list[Sealed] = []
        left = _BATCH_BYTES_MAX
        while len(batch) < rows_max:
            # Read outside the lock: a signal handler that logs may interrupt who reads the clock.
            at_micros = now_micros()
            with self._lock:
                sealed = self._queue.begin(left, at_micros)
            if sealed is None:
                break
            if sealed.row is not None:
                # Made outside the lock: the text of a large row takes a while.
                try:
                    sealed.body = to_json(sealed.row)
                except Exception as raised:
                    self._unsealable(sealed, raised)
                    continue
                with self._lock:
                    if not self._queue.is_sealed(sealed, left):
                        break
            left -= len(sealed.body)
            batch.append(sealed)
        return batch

    def _unsealable(self, sealed: Sealed, raised: Exception) -> None:
        with self._lock:
            self._queue.unsealable()
            self._counts.dropped += 1
        told = f"{sealed.list_name} {sealed.id[:60]} cannot be written: {message_of(raised)}. Lost."
        self._report(HeedError("refused", told))

    def _attempt(self, batch: list[Sealed], timeout_s: float) -> Answer:
        try:
            request = self._destination.new_request(batch, timeout_s)
            self._count(batch)
            return read_answer(self._options.transport(request))
        except UnansweredError as raised:
            return raised.answer
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # A transport may be cancelled, or exit.
            return Answer("retry", f"{type(raised).__name__}: {message_of(raised)}")

    def _count(self, batch: list[Sealed]) -> None:
        with self._lock:
            for sealed in batch:
                if sealed.was_sent:
                    self._counts.retried += 1
                else:
                    self._counts.sent += 1
                sealed.was_sent = True

    def _stored(self, batch: list[Sealed], answer: Answer) -> None:
        refused: set[tuple[str, int]] = set()
        errors: list[HeedError] = []
        for rejection in answer.rejected:
            name, index = rejection.get("list"), rejection.get("index")
            of_list = [sealed for sealed in batch if sealed.list_name == name]
            what = str(name)
            if isinstance(index, int) and 0 <= index < len(of_list):
                refused.add((str(name), index))
                what = f"{name} {of_list[index].id[:60]}"
            sentence = f"{rejection.get('field') or ''} {rejection.get('message')}".strip()
            errors.append(HeedError("rejected", f"Refused {what}: {sentence}."))
        self._rows_max = min(BATCH_ROWS_MAX, self._rows_max * 2)
        try:
            for error in errors:
                self._report(error)
        finally:  # Ctrl-C may come while it is told.
            with self._lock:
                self._source.settle()
                self._counts.is_full_told = False
                self._counts.rejected += len(refused)
                self._counts.acknowledged += len(batch) - len(refused)

    def _lost(self, batch: list[Sealed], reason: str) -> None:
        one = f"{batch[0].list_name} {batch[0].id[:60]}"
        what = one if len(batch) == 1 else f"{len(batch)} items"
        try:
            self._report(HeedError("refused", f"{reason}. Lost: {what}."))
        finally:
            with self._lock:
                self._source.settle()
                self._counts.dropped += len(batch)

    def _retry(self, answer: Answer) -> Pause:
        """Exponential backoff with full jitter, or longer if the server asked for it."""
        with self._lock:
            self._source.give_back()
        self._failed_attempts += 1
        if self._failed_attempts == 1:
            told = f"{self._options.url} did not store: {answer.reason}. Will retry."
            self._report(HeedError("unreachable", told))
        exponent = min(self._failed_attempts - 1, 16)
        ceiling = min(_BACKOFF_MAX_S, _BACKOFF_BASE_S * 2.0**exponent)
        asked_s = answer.after_s or 0.0
        return Pause(max(asked_s, random.random() * ceiling), asked_s)
