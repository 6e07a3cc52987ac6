from __future__ import annotations

import time
from typing import Any, cast

from ._recorder import FLUSH_TIMEOUT_S
from ._span import Carrier, Span


class NoopSpan:
    """Stands where there is no span: takes everything, records nothing. Its id is empty."""

    id = ""
    name = ""
    span_id = ""
    root_span_id = ""
    traceparent = ""

    def log(self, **event: Any) -> None:
        return

    def log_feedback(self, **feedback: Any) -> str:
        return ""

    def start_span(self, *args: Any, **event: Any) -> Span:
        return self

    def end(self, end_time: float | None = None) -> float:
        return time.time() if end_time is None else end_time

    def close(self, end_time: float | None = None) -> float:
        return self.end(end_time)

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        return

    def set_attributes(self, *args: Any, **attributes: Any) -> None:
        return

    def inject(self, carrier: Carrier | None = None) -> Carrier:
        return cast("Carrier", {}) if carrier is None else carrier

    def export(self) -> str:
        return ""

    def set_current(self) -> None:
        return

    def unset_current(self) -> None:
        return

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *raised: object) -> None:
        return


NOOP_SPAN: Span = NoopSpan()
