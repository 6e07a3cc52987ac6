from __future__ import annotations

import contextvars
from contextlib import suppress
from typing import Protocol

from ._span import Span


class _EndingSpan(Span, Protocol):
    @property
    def is_over(self) -> bool: ...


class Entry:
    """A span that was made current, and what was current before. It never changes."""

    __slots__ = ("before", "span")

    def __init__(self, span: _EndingSpan, before: Entry | None) -> None:
        self.span = span
        self.before = before


_top: contextvars.ContextVar[Entry | None] = contextvars.ContextVar("heed_span", default=None)
"""What was entered last in this thread or task, whose spans may be over by now."""


def current_entry() -> Entry | None:
    """Skips spans that are over: what ends a span may run in another context than what began it."""
    entry = _top.get()
    while entry is not None and entry.span.is_over:
        entry = entry.before
    return entry


def current() -> Span | None:
    """The current span of this thread or task."""
    entry = current_entry()
    return None if entry is None else entry.span


def enter(span: _EndingSpan) -> None:
    """Makes a span the current one."""
    _top.set(Entry(span, current_entry()))


def leave(span: Span) -> None:
    """Makes current what was before a span; nothing, if it was entered in another context."""
    entry = _top.get()
    while entry is not None and entry.span is not span:
        entry = entry.before
    if entry is not None:
        _top.set(entry.before)


def switch(entry: Entry | None) -> contextvars.Token[Entry | None]:
    """Puts something else in the place of all that was entered, until `switch_back`."""
    return _top.set(entry)


def switch_back(token: contextvars.Token[Entry | None]) -> Entry | None:
    """Undoes `switch`; returns what was entered last by then."""
    entry = _top.get()
    with suppress(ValueError):  # Somebody drives a coroutine in two contexts by turns.
        _top.reset(token)
    return entry
