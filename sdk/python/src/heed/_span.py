from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Protocol, TypeVar
from uuid import UUID

from ._parent import Parent
from ._recorder import FLUSH_TIMEOUT_S

Carrier = TypeVar("Carrier", bound=MutableMapping[str, Any])


class Span(Protocol):
    """
    One timed step of a trace. As a context manager it is the current span inside, and ends with it;
    what is raised there is recorded as `error` and goes on. No method but `flush` raises; what goes
    wrong is told to `on_error`.
    """

    @property
    def id(self) -> str:
        """The row id: what feedback and `parent` name. Empty if nothing is recorded."""
        ...

    @property
    def name(self) -> str:
        """As it was given, or changed by `set_attributes`. Empty if nothing is recorded."""
        ...

    @property
    def span_id(self) -> str:
        """16 hex digits."""
        ...

    @property
    def root_span_id(self) -> str:
        """32 hex digits: the trace."""
        ...

    @property
    def traceparent(self) -> str:
        """The W3C header that makes a span of another service a child of this one."""
        ...

    def log(self, **event: Any) -> None:
        """
        Adds fields, any number of times, also after the end. Values are taken as they are now.

        Args:
            **event: `input`, `output`, `expected`, `error` (text, or an exception), `scores` (name
                to a number in [0, 1], True, False or None), `metadata` (an object), `metrics`
                (name to a number; `start` and `end` are Unix seconds), `tags` (a list of strings),
                `comment` (a string), and keys of your own. None says nothing.
        """
        ...

    def log_feedback(
        self,
        *,
        scores: Mapping[str, float | bool | None] | None = None,
        expected: Any = None,
        tags: list[str] | None = None,
        comment: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        source: str | None = None,
        user: str | int | UUID | None = None,
        replaces: str | UUID | None = None,
        reply_to: str | UUID | None = None,
        feedback_id: str | UUID | None = None,
    ) -> str:
        """Judges this span; see `Logger.log_feedback`."""
        ...

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
        """Opens a child, or a span under `parent`; see `Logger.start_span`."""
        ...

    def end(self, end_time: float | None = None) -> float:
        """
        Ends the span and returns the end, Unix seconds. Only the first call counts, and not where
        an `end` was logged in `metrics`: that is the end.
        """
        ...

    def close(self, end_time: float | None = None) -> float:
        """`end`, by its other name in the `braintrust` package."""
        ...

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        """Flushes the logger of this span; see `Logger.flush`, and what it raises."""
        ...

    def set_attributes(
        self,
        name: str | None = None,
        type: str | None = None,
        span_attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Changes name, type or further attributes."""
        ...

    def inject(self, carrier: Carrier | None = None) -> Carrier:
        """Writes the `traceparent` header and returns the same carrier, a new one without any."""
        ...

    def export(self) -> str:
        """The id: all that another process needs."""
        ...

    def set_current(self) -> None:
        """Makes it the current span until `unset_current`, without a `with`."""
        ...

    def unset_current(self) -> None:
        """Undoes `set_current`, in the same thread or task."""
        ...

    def __enter__(self) -> Span: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None: ...
