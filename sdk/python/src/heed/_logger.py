from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any
from uuid import UUID

from ._clock import now_micros
from ._context import current
from ._counts import Stats
from ._destination import Logs
from ._draft import Draft
from ._error import HeedError
from ._feedback import record_feedback
from ._fields import snapshot_fields
from ._identity import read_identity
from ._live_span import LiveSpan
from ._options import Options
from ._parent import NEW_TRACE, Attachment, Parent, is_blank, read_parent
from ._recorder import FLUSH_TIMEOUT_S, Recorder
from ._slug import logs_slug
from ._span import Span


class Logger:
    """
    Logs to one project; `init_logger` makes it. Only `flush` raises; no other method raises, waits
    or does more than put a row into a bounded queue. May be used from any thread.

    Attributes:
        url: Base address of the server.
    """

    def __init__(self, options: Options) -> None:
        self.url = options.url
        self._options = options
        self._recorder = Recorder(options, Logs(options))

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
        """
        Opens a span: under `parent`, else under the current span of this project, else as a root.
        End it with `with`, or by `span.end()`.

        Args:
            name: What the step does, such as `retrieve`.
            type: `llm`, `tool`, `function`, `task`, `score`, `eval`, `review`, or your own.
            span_attributes: Further attributes, such as `{"purpose": "scorer"}`.
            start_time: Unix seconds; absent is now.
            set_current: False: a `with` does not make it the current span.
            parent: A `span.id`, also of another process, or headers with a W3C `traceparent`.
                `NEW_TRACE` begins a trace of its own.
            **event: The first fields, as if logged at once; `id` replaces the row id of the span.
        """
        recorder = self._recorder
        default_type, is_outermost = "", None
        if not is_blank(parent):
            attachment = read_parent(parent, recorder.report)
        else:
            default_type = "task"
            within = current()
            attachment = Attachment()
            if isinstance(within, LiveSpan) and within.shares_traces_of(recorder):
                attachment = within.attachment
                is_outermost = not within.is_recorded_by(recorder)
        return LiveSpan(
            recorder,
            attachment,
            name=name,
            type=type,
            span_attributes=span_attributes,
            start_time=start_time,
            set_current=set_current,
            default_type=default_type,
            is_outermost=is_outermost,
            event=event,
        )

    def log(
        self,
        input: Any = None,
        output: Any = None,
        expected: Any = None,
        error: Any = None,
        tags: list[str] | None = None,
        scores: Mapping[str, float | bool | None] | None = None,
        metadata: Mapping[str, Any] | None = None,
        metrics: Mapping[str, float] | None = None,
        id: str | None = None,
        allow_concurrent_with_spans: bool = False,
        **event: Any,
    ) -> str:
        """
        Logs a whole trace of one span; returns its id. The fields are those of `Span.log`.
        `allow_concurrent_with_spans` is known from other SDKs; here it is always allowed.
        """
        event.update(
            input=input,
            output=output,
            expected=expected,
            error=error,
            tags=tags,
            scores=scores,
            metadata=metadata,
            metrics=metrics,
            id=id,
        )
        span = self.start_span(**{**event, "parent": NEW_TRACE})
        span.end()
        return span.id

    def log_feedback(
        self,
        id: str,
        scores: Mapping[str, float | bool | None] | None = None,
        expected: Any = None,
        tags: list[str] | None = None,
        comment: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        source: str | None = None,
        *,
        user: str | int | UUID | None = None,
        replaces: str | UUID | None = None,
        reply_to: str | UUID | None = None,
        feedback_id: str | UUID | None = None,
    ) -> str:
        """
        Judges a span, of any process. At least one of the first five contents is needed.

        Args:
            id: What `span.id` returned.
            scores: Name to a number in [0, 1], True, False, or None: no vote any more.
            expected: A correction: what the output should have been.
            tags: About this feedback, as `metadata` is; never about the span.
            comment: Free text.
            metadata: `user_id` names the voter if `user` does not.
            source: `app`, `api` (the server's default) or `external`.
            user: Who judges; one user has one current vote per score. Absent is anonymous.
            replaces: The feedback id of a comment: this call edits or, without one, deletes it.
            reply_to: The feedback id of the comment that this one answers.
            feedback_id: Names this feedback, so that sending it twice counts once.

        Returns:
            The feedback id; an empty string if it was refused.
        """
        given = {
            "scores": scores,
            "expected": expected,
            "tags": tags,
            "comment": comment,
            "metadata": metadata,
            "source": source,
            "user": user,
            "replaces": replaces,
            "reply_to": reply_to,
            "feedback_id": feedback_id,
        }
        logged = record_feedback(self._recorder, id, given)
        self._recorder.event_over()
        return logged

    def update_span(self, id: str, **event: Any) -> None:
        """
        Changes fields of a span that is elsewhere or long over, by its id, or by what
        `span.export()` of an official `braintrust` SDK returned.
        """
        recorder = self._recorder
        identity = read_identity(id)
        if identity is None:
            recorder.delivery.count_rejected()
            recorder.report(HeedError("invalid_item", "update_span needs the id of a logged span."))
            return
        fields = snapshot_fields(recorder, event)
        if not fields:
            return
        recorder.add(Draft(identity, now_micros(), None), fields)
        recorder.event_over()

    def export(self) -> str:
        """
        Names the project, for programs of the official `braintrust` SDKs and as `parent`: a span
        under it begins a trace of its own.
        """
        return logs_slug(self._options.project, self._options.project_id)

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        """
        Returns when everything logged so far is stored.

        Raises:
            HeedError: `not_flushed`. Its `failures` are what was lost since the last flush; its
                `queued` is how much still waits after `timeout_s` seconds, and will be sent.
        """
        self._recorder.flush(timeout_s)

    def stats(self) -> Stats:
        """Exact counters since this logger was made, in this process."""
        return self._recorder.delivery.stats()

    def __enter__(self) -> Logger:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Waits for what was logged; what was lost is told to `on_error` and not raised."""
        self._recorder.delivery.settle(FLUSH_TIMEOUT_S)
