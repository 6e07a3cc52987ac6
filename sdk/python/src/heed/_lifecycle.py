"""What happens to every delivery when the process forks and when it ends."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from contextlib import suppress
from typing import Any, Callable, Protocol

EXIT_TIMEOUT_S = 5.0
"""How long an exit may be held up when the server does not answer."""


class Deliverer(Protocol):
    @property
    def lock(self) -> threading.RLock:
        """Held for moments."""
        ...

    @property
    def file_lock(self) -> threading.RLock | None:
        """Held through file I/O; it is taken before `lock`."""
        ...

    def after_fork_in_child(self) -> None:
        """Begins anew. A lock may be held by a thread that does not exist in this process."""
        ...

    def settle(self, timeout_s: float) -> bool: ...
    def finish(self, timeout_s: float) -> None: ...


_all: tuple[weakref.ref[Deliverer], ...] = ()
"""Never changed in place, so that the end can read it without a lock."""
_lock = threading.RLock()
"""Held through each fork: threads that fork at once do so one after the other."""


class _Forks(threading.local):
    """What each fork of this thread holds; a signal handler may fork within another."""

    def __init__(self) -> None:
        self.held: list[list[threading.RLock]] = []


_forks = _Forks()


def register(deliverer: Deliverer) -> None:
    """Makes a delivery survive forks, and be finished when the process ends."""
    global _all
    if is_over():
        return
    with _lock:
        _all = (*(known for known in _all if known() is not None), weakref.ref(deliverer))


def _alive() -> list[Deliverer]:
    return [deliverer for known in _all if (deliverer := known()) is not None]


def flush_at_exit() -> None:
    """
    Sends what is queued, all deliveries within one deadline, so that none waits for the server of
    another. Called more than once, harmless.
    """
    global _is_ending
    _is_ending = True
    deadline = time.monotonic() + EXIT_TIMEOUT_S
    deliverers = _alive()
    # Each begins at once, on its own thread. Where none can be started any more, each gets its
    # share of this one, and then of what the others left.
    waiting = [deliverer for deliverer in deliverers if not deliverer.settle(0.0)]
    for done, deliverer in enumerate(waiting):
        deliverer.settle(max(0.0, deadline - time.monotonic()) / (len(waiting) - done))
    for deliverer in deliverers:
        deliverer.finish(max(0.0, deadline - time.monotonic()))


is_over = sys.is_finalizing
"""
True while the interpreter comes apart. Generators that nobody finished are closed then, and log;
but no thread runs any more, and one may have been stopped while it held a lock.
"""


def is_ending() -> bool:
    """The process's end flushes, or has flushed: nothing may wait longer than that."""
    return _is_ending


_is_ending = False


def late_s() -> float | None:
    """
    The program's end has flushed: the seconds in which what is logged still can be sent, by who
    logs it. None before.
    """
    if _ends_at is None:
        return None
    return max(0.0, _ends_at - time.monotonic())


_ends_at: float | None = None
"""Monotonic seconds; None until the program has ended."""


def _end() -> None:
    global _ends_at
    ends_at = time.monotonic() + EXIT_TIMEOUT_S
    flush_at_exit()
    _ends_at = ends_at


def flush_at_exit_of_worker() -> None:
    """
    Workers of `multiprocessing` and of Celery end without the usual `atexit`: their own way is
    taken. Called when a process has something to send, again and again: a module may be imported
    later, or be half imported now.
    """
    for name, flush_at_end_of in _WORKERS.items():
        key = (os.getpid(), name)
        if key not in _known and (module := sys.modules.get(name)) is not None:
            with suppress(Exception):  # What is not ours may be anything.
                flush_at_end_of(module)
                _known.add(key)


def _flush_at_end_of_multiprocessing(process: Any) -> None:
    if process.parent_process() is not None:
        sys.modules["multiprocessing.util"].Finalize(None, flush_at_exit, exitpriority=0)


def _flush_at_end_of_celery(signals: Any) -> None:
    signals.worker_process_shutdown.connect(_end_of_celery_worker, weak=False)


def _end_of_celery_worker(**told: object) -> None:
    flush_at_exit()


_WORKERS: dict[str, Callable[[Any], None]] = {
    "multiprocessing.process": _flush_at_end_of_multiprocessing,
    "celery.signals": _flush_at_end_of_celery,
}
_known: set[tuple[int, str]] = set()
"""Process id, and module whose end is followed there."""


def _before_fork() -> None:
    # What is raised in here, by Ctrl-C for instance, stops no fork: what is held has to be known.
    held: list[threading.RLock] = []
    _forks.held.append(held)
    _take(_lock, held)
    deliverers = _alive()
    # While a file is waited for, no lock is held that who logs may wait for.
    for deliverer in deliverers:
        if deliverer.file_lock:
            _take(deliverer.file_lock, held)
    for deliverer in deliverers:
        _take(deliverer.lock, held)


def _take(lock: threading.RLock, held: list[threading.RLock]) -> None:
    lock.acquire()
    held.append(lock)


def _give_back(held: list[threading.RLock]) -> None:
    try:
        while held:
            held.pop().release()
    finally:
        if held:
            _give_back(held)


def _after_fork_in_parent() -> None:
    _give_back(_forks.held.pop())


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.RLock()
    _forks.held.pop()
    for deliverer in _alive():
        with suppress(Exception):  # One that fails keeps no other from beginning anew.
            deliverer.after_fork_in_child()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
