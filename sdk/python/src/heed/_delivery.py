from __future__ import annotations

import math
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, Callable

from . import _lifecycle
from ._counts import Counts, Stats
from ._destination import Destination
from ._draft import Draft
from ._error import HeedError, Report
from ._http import HttpTransport
from ._options import Options
from ._queue import Item, Queue
from ._sending import Sending
from ._spool import Spool
from ._spool_files import folder_of

_IDLE_S = 5.0
"""The thread ends when there was nothing to send for so long; the next item starts another."""
_BUSY_MAX_S = 0.1
"""How long the end waits, also past its deadline, for a thread that is just doing something."""
_DISK_MAX_S = 1.0
"""The same for a thread that writes to the spool, when the rest is to be written there."""
_DEATHS_MAX = 3
"""Threads in a row that were killed before they sent anything; the next one waits for an item, a
flush or the end."""


class Delivery:
    """
    Takes items in order and brings them to the server, on a thread of its own. Nothing here is on
    the caller's path except `put`. The lock may be taken twice by one thread, and waiting is done
    on queues, because a signal handler that logs may interrupt any line.
    """

    def __init__(
        self,
        options: Options,
        destination: Destination,
        report: Report,
        on_child: Callable[[], None],
    ) -> None:
        """`on_child` is called in a forked process, before anything is logged there."""
        self._options = options
        self._destination = destination
        self._report = report
        self._on_child = on_child
        self._queue = Queue(options.limits)
        self._reset()
        _lifecycle.register(self)

    def _reset(self) -> None:
        self._lock = threading.RLock()
        self._counts = Counts()
        self._spool = self._new_spool()
        self._sending = Sending(
            self._options,
            self._destination,
            self._lock,
            self._queue,
            self._counts,
            self._report,
            self._spool,
        )
        self._thread: threading.Thread | None = None
        self._is_scheduled = False
        self._hurries = 0
        self._deaths = 0
        self._late_threads: set[int] = set()
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._waiters: list[tuple[int, SimpleQueue[None]]] = []
        self._turn = threading.Lock()
        self._sender: int | None = None  # The thread whose turn it is.

    def _new_spool(self) -> Spool | None:
        options = self._options
        if options.spool is None:
            return None
        project = options.project_id or options.project
        parent = folder_of(options.spool.folder, options.url, project)
        return Spool(options.spool, parent, self._lock, self._counts, self._report)

    def stats(self) -> Stats:
        if not self._may_wait():
            return self._read_stats()
        with self._lock:
            return self._read_stats()

    def _read_stats(self) -> Stats:
        n = self._counts
        spooled = self._spool.waiting if self._spool else 0
        return Stats(
            len(self._queue) + spooled,
            n.sent,
            n.acknowledged,
            n.rejected,
            n.dropped,
            n.retried,
            n.recovered,
        )

    def _oldest_seq(self) -> float:
        oldest = self._queue.oldest_seq
        return min(oldest, self._spool.oldest_seq) if self._spool else oldest

    def put(self, item: Item, fields: list[tuple[str, Any, int]] | None = None) -> None:
        """Queues an item; a draft first gets its new fields, and may be queued already."""
        if _lifecycle.is_over():
            return
        late_s = _lifecycle.late_s()
        if late_s is not None and not self._is_free(late_s):
            self._tell_late(1)
            return
        with self._lock:
            size_before = item.size
            if fields and isinstance(item, Draft):
                for field, value, size in fields:
                    item.add(field, value, size)
            dropped = self._queue.put(item, size_before)
            # Ctrl-C may have come while a thread was started: then there is none.
            is_idle = not self._is_scheduled or self._thread is None
            self._is_scheduled = True
        if dropped:
            self._dropped(dropped)
        if is_idle:
            self._start()
        if late_s is not None:
            self._finish_late(late_s)

    def count_rejected(self) -> None:
        """Counts an item that could not even be queued."""
        if self._may_wait():
            with self._lock:
                self._counts.rejected += 1

    def settle(self, timeout_s: float) -> bool:
        """
        Sends what is queued now. True when all of it is settled, stored or lost; False if the
        deadline passed first. A pause between retries is cut short once.
        """
        if _lifecycle.is_over():
            return False
        deadline = time.monotonic() + timeout_s
        done: SimpleQueue[None] = SimpleQueue()
        if _lifecycle.is_ending() and not self._is_free(timeout_s):
            return False
        with self._lock:
            seq = self._queue.newest_seq
            if self._oldest_seq() > seq:
                return True
            waiter = (seq, done)
            self._waiters.append(waiter)
            self._hurries += 1
            self._is_scheduled = True
        if threading.get_ident() == self._sender or threading.current_thread() is self._thread:
            deadline = 0.0  # Called from `on_error`: what is waited for cannot come.
        if not self._start():
            self._deliver(deadline)
        try:
            _get(done, deadline - time.monotonic())
            return True
        except Empty:
            return False
        finally:
            with self._lock:
                self._waiters = [other for other in self._waiters if other is not waiter]

    def finish(self, timeout_s: float) -> None:
        """The process ends: what cannot be sent by then, and is in no spool, is told."""
        if not self.settle(timeout_s):
            if self._is_free(_DISK_MAX_S):
                self._sending.spill_all()
            if left := len(self._queue):
                self._tell_undelivered(left)
        elif self._turn.acquire(timeout=_BUSY_MAX_S):
            self._disconnect()
            if self._spool:
                self._spool.close()
            self._turn.release()

    def _tell_undelivered(self, count: int) -> None:
        sentence = f"The process ends with {count} items not delivered."
        self._report(HeedError("not_flushed", sentence))

    def _is_free(self, timeout_s: float) -> bool:
        """
        False if a thread holds a lock all the time: one that is stuck would hold the end up for
        ever. Asked at the end alone, because a Ctrl-C may come before a lock is given back.
        """
        deadline = time.monotonic() + max(timeout_s, _BUSY_MAX_S)
        locks = [self._sending.moving, self._lock]
        if self._spool:
            locks.insert(0, self._spool.claims_lock)
        for lock in locks:
            if not lock.acquire(timeout=max(0.0, _left(deadline))):
                return False
            lock.release()
        return True

    def _may_wait(self) -> bool:
        """False if the lock may never be given back."""
        if _lifecycle.is_over():
            return False
        return not _lifecycle.is_ending() or self._is_free(0.0)

    def _finish_late(self, late_s: float) -> None:
        """What is logged when the end has flushed already waits for nobody else to send it."""
        with self._late() as is_first:
            if is_first:
                self.finish(late_s)

    def _tell_late(self, count: int) -> None:
        with self._late() as is_first:
            if is_first:
                self._tell_undelivered(count)

    @contextmanager
    def _late(self) -> Generator[bool, None, None]:
        """False where an `on_error` logs, or a signal handler, within the same of this thread."""
        thread = threading.get_ident()
        if thread in self._late_threads:
            yield False
            return
        self._late_threads.add(thread)
        try:
            yield True
        finally:
            self._late_threads.discard(thread)

    def _disconnect(self) -> None:
        if isinstance(self._options.transport, HttpTransport):
            self._options.transport.close()

    def _start(self) -> bool:
        """Wakes the thread, or makes it. False if there can be none: the interpreter is ending."""
        self._wake.put(None)
        made = None
        try:
            with self._lock:
                if self._thread is None or _is_dead(self._thread):
                    made = self._thread = threading.Thread(
                        target=self._work, name="heed", daemon=True
                    )
            # Not under the lock: it waits for the new thread, where an object may be collected
            # whose `__del__` logs.
            if made:
                made.start()
        except BaseException as raised:
            with self._lock:
                if self._thread is made and made and not made.is_alive():
                    self._thread, self._is_scheduled = None, False
            if isinstance(raised, RuntimeError):
                return False
            raise  # Ctrl-C
        _lifecycle.flush_at_exit_of_worker()
        return True

    def _work(self) -> None:
        is_over = False
        try:
            while self._is_needed():
                hurries = self._hurries  # Read first: who begins to wait after it is noticed.
                if not self._waiters:
                    self._pause(self._options.flush_interval_s, hurries)
                self._deliver()
            is_over = True
        finally:
            with self._turn:
                self._disconnect()
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread, self._is_scheduled = None, False
            if not is_over:
                self._replace()

    def _replace(self) -> None:
        """The thread was killed. Another takes its place, unless that will be killed as well."""
        with self._lock:
            self._deaths += 1
            is_needed = self._oldest_seq() < math.inf and self._deaths <= _DEATHS_MAX
            self._is_scheduled = self._is_scheduled or is_needed
        if is_needed:
            self._start()

    def _is_needed(self) -> bool:
        """Waits for something to do. False when it is time for the thread to end."""
        try:
            _get(self._wake, _IDLE_S)
        except Empty:
            with self._lock:
                if not self._is_scheduled:
                    # After Ctrl-C in `_start` there may be another by now.
                    if self._thread is threading.current_thread():
                        self._thread = None
                    return False
        return True

    def _pause(self, seconds: float, hurries: int) -> None:
        """Returns early when somebody began to wait after `hurries` was read."""
        deadline = time.monotonic() + seconds
        while self._hurries == hurries and (left := deadline - time.monotonic()) > 0:
            try:
                _get(self._wake, left)
            except Empty:
                return

    def _deliver(self, deadline: float | None = None) -> None:
        """Sends until the queue is empty, or the deadline (monotonic seconds) has passed."""
        if deadline is None:
            with self._turn:  # Who is killed here gives it back: `acquire` could not promise that.
                self._send(None)
        elif self._turn.acquire(timeout=max(0.0, _left(deadline))):
            try:
                self._send(deadline)
            finally:
                self._turn.release()

    def _send(self, deadline: float | None) -> None:
        """See `_deliver`; whose turn it is calls it."""
        self._sender = threading.get_ident()
        try:
            self._send_all(deadline)
        finally:
            self._sender = None

    def _send_all(self, deadline: float | None) -> None:
        while (left_s := _left(deadline)) > 0:
            hurries = self._hurries
            pause = self._sending.send_batch(left_s)
            self._deaths = 0
            self._tell_waiters()
            with self._lock:
                if self._oldest_seq() == math.inf:
                    self._is_scheduled = False
                    return
            if pause is None:
                continue
            # What the server asks for is obeyed, even if a flush is waiting.
            self._rest(min(pause.asked_s, _left(deadline)), None)
            self._rest(min(pause.seconds - pause.asked_s, _left(deadline)), hurries)

    def _rest(self, seconds: float, hurries: int | None) -> None:
        """Between two attempts; what is logged meanwhile goes to the spool."""
        until = time.monotonic() + seconds
        step = self._options.flush_interval_s if self._spool else math.inf
        while (left := until - time.monotonic()) > 0 and hurries in (None, self._hurries):
            if hurries is None:
                time.sleep(min(left, step))
            else:
                self._pause(min(left, step), hurries)
            self._sending.spill()

    def _dropped(self, count: int) -> None:
        with self._lock:
            self._counts.dropped += count
            is_told, self._counts.is_full_told = self._counts.is_full_told, True
        self._tell_waiters()
        if not is_told:
            sentence = "The queue is full; the oldest items are dropped and counted."
            self._report(HeedError("queue_full", sentence))

    def _tell_waiters(self) -> None:
        with self._lock:
            oldest = self._oldest_seq()
            for seq, done in self._waiters:
                if seq < oldest:
                    done.put(None)

    @property
    def lock(self) -> threading.RLock:
        return self._lock

    @property
    def file_lock(self) -> threading.RLock | None:
        return self._spool.claims_lock if self._spool else None

    def after_fork_in_child(self) -> None:
        """The parent sends what was queued; the child begins with nothing, and no thread."""
        spool = self._spool
        self._queue.clear()
        self._reset()
        self._on_child()
        if spool:
            spool.after_fork_in_child()
        if isinstance(self._options.transport, HttpTransport):
            self._options.transport.abandon()


def _is_dead(thread: threading.Thread) -> bool:
    """False of one that is just being started."""
    return thread.ident is not None and not thread.is_alive()


def _left(deadline: float | None) -> float:
    """Seconds until a deadline; infinite without one."""
    return math.inf if deadline is None else deadline - time.monotonic()


def _get(queue: SimpleQueue[None], timeout_s: float) -> None:
    """
    Raises Empty when nothing came in time. Python's own may wait for ever: it takes a lock that is
    free, finds the queue empty, and goes on with what is left of a short time, less than nothing.
    Whoever finds it empty without waiting has taken that lock.
    """
    try:
        queue.get_nowait()
    except Empty:
        if timeout_s <= 0:
            raise
        queue.get(timeout=timeout_s)
