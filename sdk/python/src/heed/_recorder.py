from __future__ import annotations

from typing import Any

from ._delivery import Delivery
from ._destination import Destination
from ._draft import Draft
from ._error import HeedError
from ._option_reader import OptionReader
from ._options import Options
from ._queue import Item
from ._snapshot import snapshot_with

_FAILURES_MAX = 100
"""How many losses one flush can name."""


class Recorder:
    """Where all that is logged goes: a snapshot is taken, queued, sent, and losses are told."""

    def __init__(self, options: Options, destination: Destination) -> None:
        self.container = options.container
        self._on_error = options.on_error
        self._forget()
        self.snapshot = snapshot_with(self.report, options.masking)
        self.delivery = Delivery(options, destination, self.report, on_child=self._forget)
        self._is_async = options.async_flush

    def _forget(self) -> None:
        # Losses that no flush has told yet, and those of the flushes under way.
        self._untold: list[HeedError] = []
        self._flushes: list[list[HeedError]] = []
        self._trouble: HeedError | None = None

    def put(self, item: Item) -> None:
        """Queues an item that holds all it will hold."""
        self.delivery.put(item)

    def add(self, draft: Draft, fields: list[tuple[str, Any, int]]) -> None:
        """Adds (field, value, size) to a draft and queues it, if it is not queued yet."""
        self.delivery.put(draft, fields)

    def event_over(self) -> None:
        """A whole event was logged: without `async_flush` it is waited for; failures are told."""
        if not self._is_async:
            self.delivery.settle(FLUSH_TIMEOUT_S)

    def report(self, error: HeedError) -> None:
        """Tells a problem to `on_error` and to the next flush. Raises nothing of it."""
        if error.code == "unreachable":
            self._trouble = error
        elif error.code != "spool_failed":  # By which nothing is lost.
            for failures in [*self._flushes] or [self._untold]:
                if len(failures) < _FAILURES_MAX:
                    failures.append(error)
        try:
            self._on_error(error)
        except KeyboardInterrupt:
            raise  # Of the user, not of `on_error`.
        except BaseException:
            return  # An error in telling an error ends here.

    def flush(self, timeout_s: float) -> None:
        """See `Logger.flush`."""
        read = OptionReader()
        timeout_s = read.seconds("timeout_s", timeout_s, FLUSH_TIMEOUT_S)
        read.tell(self._on_error)
        failures = self._untold
        self._untold = []
        self._flushes.append(failures)
        try:
            is_settled = self.delivery.settle(timeout_s)
        finally:
            self._flushes = [waiting for waiting in self._flushes if waiting is not failures]
        if is_settled and not failures:
            return
        queued = self.delivery.stats().queued
        if is_settled:
            more = f" And {len(failures) - 1} more." if len(failures) > 1 else ""
            sentence = failures[0].message + more
        else:
            trouble = self._trouble.message if self._trouble else ""
            sentence = f"{queued} items were not delivered within {timeout_s} s. {trouble}".strip()
        cause = failures[0] if is_settled else self._trouble
        raise HeedError("not_flushed", sentence, failures=failures, queued=queued) from cause


FLUSH_TIMEOUT_S = 30.0
"""How long a flush waits that says nothing else."""
