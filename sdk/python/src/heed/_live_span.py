from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any, cast

from ._clock import now_micros
from ._context import enter, leave
from ._draft import Draft
from ._error import HeedError, message_of
from ._feedback import record_feedback
from ._fields import snapshot_fields
from ._id import SpanAddress, new_span_id, new_trace_id
from ._parent import Attachment, Parent, is_blank, names_of, read_parent
from ._recorder import FLUSH_TIMEOUT_S, Recorder
from ._span import Carrier, Span

_exec_counter = itertools.count()
"""Orders siblings that began in the same microsecond."""


class LiveSpan:
    """A span that is recorded."""

    def __init__(
        self,
        recorder: Recorder,
        attachment: Attachment,
        *,
        name: str | None = None,
        type: str | None = None,
        span_attributes: Mapping[str, Any] | None = None,
        start_time: float | None = None,
        set_current: bool | None = None,
        default_type: str = "",
        is_outermost: bool | None = None,
        event: dict[str, Any] | None = None,
    ) -> None:
        """
        Args:
            default_type: The type of a span that is no root and has none.
            is_outermost: The logger opened it within none of its own. Absent: a root is that.
        """
        address, foreign_id = attachment
        start_micros = _micros(start_time)
        self.span_id = new_span_id()
        self.root_span_id = address.trace_id if address else new_trace_id(start_micros // 1000)
        given_id = event.get("id") if event else None
        own_id = f"{self.root_span_id}-{self.span_id}"
        self.id: str = given_id if isinstance(given_id, str) and given_id else own_id
        self._recorder = recorder
        self._can_set_current = set_current is not False
        self._end_time: float | None = None
        self.is_over = False
        is_root = address is None
        self._is_outermost = is_root if is_outermost is None else is_outermost
        origin: dict[str, Any] = {"span_parents": [address.span_id]} if address else {}
        if foreign_id is not None:
            origin["_parent_id"] = foreign_id
        self._draft = Draft(
            {"id": self.id, "span_id": self.span_id, "root_span_id": self.root_span_id},
            start_micros,
            origin,
        )
        self.name = self._text("name", name) or ("root" if is_root else "span")
        attributes: dict[str, Any] = {"name": self.name}
        kind = self._text("type", type) or ("task" if is_root else default_type)
        if kind:
            attributes["type"] = kind
        attributes["exec_counter"] = next(_exec_counter)
        fields: list[tuple[str, Any, int]] = [
            ("span_attributes", attributes, len(self.name) + 50),
            ("metrics", {"start": start_micros / 1e6}, 30),
        ]
        if span_attributes is not None:
            fields += snapshot_fields(recorder, {"span_attributes": span_attributes})
        if event:
            logged = snapshot_fields(recorder, event)
            if "metrics" in event:
                self._keep_end(logged)
            fields += logged
        recorder.add(self._draft, fields)

    @property
    def traceparent(self) -> str:
        return f"00-{self.root_span_id}-{self.span_id}-01"

    @property
    def attachment(self) -> Attachment:
        """Where a child of this span hangs."""
        return Attachment(SpanAddress(self.root_span_id, self.span_id))

    def is_recorded_by(self, recorder: Recorder) -> bool:
        return self._recorder is recorder

    def shares_traces_of(self, recorder: Recorder) -> bool:
        """True if what `recorder` records goes to the same project of the same server."""
        return self._recorder is recorder or self._recorder.container == recorder.container

    def log(self, **event: Any) -> None:
        fields = snapshot_fields(self._recorder, event)
        if fields:
            if "metrics" in event:
                self._keep_end(fields)
            self._recorder.add(self._draft, fields)

    def _keep_end(self, fields: list[tuple[str, Any, int]]) -> None:
        """An end that is logged as a metric is the end."""
        for field, value, _ in fields:
            end: Any = value.get("end") if field == "metrics" else None
            is_number = isinstance(end, (int, float)) and not isinstance(end, bool)
            if is_number and math.isfinite(end):
                self._end_time = float(end)

    def log_feedback(self, **feedback: Any) -> str:
        feedback_id = record_feedback(self._recorder, self.id, feedback)
        self._recorder.event_over()
        return feedback_id

    def start_span(
        self,
        name: str | None = None,
        type: str | None = None,
        span_attributes: Mapping[str, Any] | None = None,
        start_time: float | None = None,
        set_current: bool | None = None,
        parent: Parent | None = None,
        **event: Any,
    ) -> Span:
        recorder = self._recorder
        is_child = is_blank(parent)
        attachment = self.attachment if is_child else read_parent(parent, recorder.report)
        return LiveSpan(
            recorder,
            attachment,
            name=name,
            type=type,
            span_attributes=span_attributes,
            start_time=start_time,
            set_current=set_current,
            event=event,
        )

    def end(self, end_time: float | None = None) -> float:
        end = self._end_time
        if end is None:
            end = self._end_time = _micros(end_time) / 1e6
            self._recorder.add(self._draft, [("metrics", {"end": end}, 30)])
        if not self.is_over:
            self.is_over = True
            if self._is_outermost:
                self._recorder.event_over()
        return end

    def close(self, end_time: float | None = None) -> float:
        return self.end(end_time)

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        self._recorder.flush(timeout_s)

    def set_attributes(
        self,
        name: str | None = None,
        type: str | None = None,
        span_attributes: Mapping[str, Any] | None = None,
    ) -> None:
        if isinstance(name, str) and name:
            self.name = name
        named = {"name": name, "type": type}
        self.log(span_attributes={key: value for key, value in named.items() if value is not None})
        self.log(span_attributes=span_attributes)

    def inject(self, carrier: Carrier | None = None) -> Carrier:
        if carrier is None:
            carrier = cast("Carrier", {})
        try:
            if isinstance(carrier, MutableMapping):
                for name in names_of(carrier):
                    del carrier[name]
            carrier["traceparent"] = self.traceparent
        except Exception as raised:
            self._left_out("traceparent", raised)
        return carrier

    def _text(self, field: str, value: Any) -> str:
        """Empty if it says nothing. A type may be an enumeration, as in other SDKs."""
        try:
            return str(getattr(value, "value", value)) if value else ""
        except Exception as raised:
            self._left_out(field, raised)
            return ""

    def _left_out(self, field: str, raised: Exception) -> None:
        told = f"{field} cannot be told: {message_of(raised)}. It was left out."
        self._recorder.report(HeedError("invalid_field", told))

    def export(self) -> str:
        return self.id

    def set_current(self) -> None:
        enter(self)

    def unset_current(self) -> None:
        leave(self)

    def __enter__(self) -> Span:
        if self._can_set_current:
            self.set_current()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._can_set_current:
            self.unset_current()
        # A generator that is closed early has not failed.
        if exc is not None and not isinstance(exc, GeneratorExit):
            self.log(error=exc)
        self.end()


def _micros(seconds: float | None) -> int:
    """Unix seconds as microseconds; now, for anything that is no time."""
    if isinstance(seconds, (int, float)):
        with suppress(OverflowError, ValueError):
            return round(float(seconds) * 1e6)
    return now_micros()
