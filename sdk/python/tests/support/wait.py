from __future__ import annotations

import time
from typing import Callable


def wait_for(is_true: Callable[[], bool], timeout_s: float = 20) -> None:
    """Returns as soon as it is true; fails the test if it does not become so in time."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline, "It did not become true in time."
        time.sleep(0.005)
