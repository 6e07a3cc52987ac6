"""What happens to every delivery when the process forks and when it ends."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from typing import Protocol

EXIT_TIMEOUT_S = 5.0
"""How long an exit may be held up when the server does not answer."""


class Deliverer(Protocol):
    def before_fork(self) -> None: ...
    def after_fork_in_parent(self) -> None: ...
    def after_fork_in_child(self) -> None: ...
    def finish(self, timeout_s: float) -> None: ...


_all: weakref.WeakSet[Deliverer] = weakref.WeakSet()
_lock = threading.RLock()
"""Held through each fork: threads that fork at once do so one after the other."""
_held: list[list[Deliverer]] = []
"""What each fork under way holds; a signal handler may fork within another."""


def register(deliverer: Deliverer) -> None:
    """Makes a delivery survive forks, and be finished when the process ends."""
    with _lock:
        _all.add(deliverer)


def flush_at_exit() -> None:
    """Sends what is queued, all deliveries within one deadline. Called more than once, harmless."""
    deadline = time.monotonic() + EXIT_TIMEOUT_S
    with _lock:
        deliverers = list(_all)
    for deliverer in deliverers:
        deliverer.finish(max(0.0, deadline - time.monotonic()))


def flush_at_exit_of_worker() -> None:
    """
    A worker process of `multiprocessing` ends without the usual `atexit`: its own way is taken.
    Called when such a process has something to send.
    """
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is None or util is None or process.parent_process() is None:
        return
    if os.getpid() not in _workers:
        _workers.add(os.getpid())
        util.Finalize(None, flush_at_exit, exitpriority=0)


_workers: set[int] = set()


def _before_fork() -> None:
    _lock.acquire()
    held: list[Deliverer] = []
    _held.append(held)
    for deliverer in list(_all):
        deliverer.before_fork()
        held.append(deliverer)


def _after_fork_in_parent() -> None:
    for deliverer in reversed(_held.pop()):
        deliverer.after_fork_in_parent()
    _lock.release()


def _after_fork_in_child() -> None:
    for deliverer in reversed(_held.pop()):
        deliverer.after_fork_in_child()
    _lock.release()


atexit.register(flush_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
