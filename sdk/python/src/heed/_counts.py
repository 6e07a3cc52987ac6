from __future__ import annotations

from typing import NamedTuple


class Stats(NamedTuple):
    """
    Exact counts of items since the logger was made, in this process. An item is one row (a span,
    or later changes of one) or one feedback.
    Logged + recovered = queued + acknowledged + rejected + dropped, always, but for what is logged
    while the program ends and a thread that is stuck holds a lock: that is told, and not counted.

    Attributes:
        queued: Waiting or on their way.
        sent: Put on the wire at least once.
        acknowledged: Stored: the server answered after commit.
        rejected: Refused by name, by the server or, if they could not be sent at all, here.
        dropped: Lost: the queue was full, or the server refused the whole request for good.
        retried: Sendings after the first one.
        recovered: Taken over from a process that ended before it could send them.
    """

    queued: int
    sent: int
    acknowledged: int
    rejected: int
    dropped: int
    retried: int
    recovered: int = 0


class Counts:
    """The counters as they grow. Changed under the lock of their delivery."""

    __slots__ = (
        "acknowledged",
        "dropped",
        "is_full_told",
        "recovered",
        "rejected",
        "retried",
        "sent",
    )

    def __init__(self) -> None:
        self.sent = self.acknowledged = self.rejected = self.dropped = self.retried = (
            self.recovered
        ) = 0
        # A full queue is told once, until something was stored again.
        self.is_full_told = False
