"""
HeedError          raised by `flush` and what reads, given to `on_error`; `code` says what happened:
  invalid_option   an option was of a wrong kind; its default is used
  invalid_field    a field could not be sent and was left out; the rest was kept
  invalid_item     a whole item could not be sent, feedback without an id for instance
  masking_failed   the masking function raised; a fixed text was sent in its place
  rejected         the server refused one item by name; its neighbours are stored
  refused          the server refused a request for good; items it carried are dropped
  unreachable      the server does not answer; items are kept and sent again
  spool_failed     the spool could not be written to; what waits does so in memory alone
  spool_broken     a part of the spool could not be read; what stood there is lost
  queue_full       more was logged than could be sent; the oldest item was dropped
  not_flushed      `flush` ended with something undelivered
"""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Sequence
from typing import Any, Callable, Literal

ErrorCode = Literal[
    "invalid_option",
    "invalid_field",
    "invalid_item",
    "masking_failed",
    "rejected",
    "refused",
    "unreachable",
    "spool_failed",
    "spool_broken",
    "queue_full",
    "not_flushed",
]


class HeedError(Exception):
    """
    The one exception of this package. Logging calls never raise it.

    Attributes:
        code: What happened; see the top of this module.
        message: The same in a sentence.
        failures: Of a failed `flush`: every loss since the last one, at most 100.
        queued: Of a failed `flush`: items still waiting. They stay queued.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        failures: Sequence[HeedError] = (),
        queued: int = 0,
    ) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message
        self.failures = tuple(failures)
        self.queued = queued

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors go from process to process: `multiprocessing` pickles them."""
        return HeedError, (self.code, self.message), self.__dict__


Report = Callable[[HeedError], None]
"""Receives every problem, on any thread. What it raises is ignored."""


def message_of(raised: BaseException) -> str:
    """The readable part of anything that was raised; its type where it says nothing."""
    try:
        return str(raised) or type(raised).__name__
    except Exception:
        return f"{type(raised).__name__}, which cannot be read"


def error_text(raised: BaseException) -> str:
    """The message, an empty line, and the traceback: how an exception stands on a span."""
    try:
        lines = traceback.format_exception(type(raised), raised, raised.__traceback__)
    except Exception:
        return message_of(raised)
    return f"{message_of(raised)}\n\n{''.join(lines)}".rstrip()


_DISTINCT_MAX = 100
_VARYING = re.compile(r"[0-9a-f-]{8,}|\d+")


def warn_once() -> Report:
    """The default `on_error`: one Python warning per distinct problem, never a flood."""
    told: set[str] = set()

    def report(error: HeedError) -> None:
        # Numbers and ids vary from one telling to the next; the problem is the same.
        key = f"{error.code} {_VARYING.sub('#', error.message)}"
        if key in told or len(told) >= _DISTINCT_MAX:
            return
        told.add(key)
        warnings.warn(f"heed: {error.message}", RuntimeWarning, stacklevel=2)

    return report
