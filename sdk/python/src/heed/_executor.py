from __future__ import annotations

import contextvars
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable


class TracedThreadPoolExecutor(ThreadPoolExecutor):
    """A `ThreadPoolExecutor` whose work knows the span that was current where it was submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        # A context of its own for each call: one cannot be entered by two threads at a time.
        return super().submit(contextvars.copy_context().run, fn, *args, **kwargs)
