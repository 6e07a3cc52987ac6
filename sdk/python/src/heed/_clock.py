from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timedelta

from . import _lifecycle

_DRIFT_MAX_NS = 1_000_000_000
"""How far the wall clock may run ahead before it is followed: the machine slept, for instance."""

_EPOCH = datetime(1970, 1, 1)
_MICROS_MAX = int((datetime(9999, 12, 31) - _EPOCH).total_seconds()) * 1_000_000

_lock = threading.RLock()
_anchor_ns = -(2**63)
_last_micros = 0


def now_micros() -> int:
    """
    Unix time in microseconds, strictly increasing within this process, so that of two writes the
    later one always carries the greater time. A wall clock set back is not followed.
    """
    global _anchor_ns, _last_micros
    if _lifecycle.is_over():
        return _last_micros + 1
    with _lock:
        since_ns = time.monotonic_ns()
        wall_ns = time.time_ns()
        if wall_ns - (_anchor_ns + since_ns) > _DRIFT_MAX_NS:
            _anchor_ns = wall_ns - since_ns
        micros = (_anchor_ns + since_ns) // 1000
        if micros <= _last_micros:
            micros = _last_micros + 1
        _last_micros = micros
        return micros


def iso_micros(micros: int) -> str:
    """`2026-11-23T09:25:03.598123Z`. `micros` is Unix time in microseconds."""
    moment = _EPOCH + timedelta(microseconds=min(max(0, micros), _MICROS_MAX))
    return moment.isoformat(timespec="microseconds") + "Z"


def _after_fork() -> None:
    """The lock may have been held by a thread that does not exist in the child."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
