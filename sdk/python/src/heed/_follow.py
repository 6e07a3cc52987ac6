from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Callable

from ._live_span import leave
from ._span import Span, context

_YIELDS_MAX = 1000
"""How many values of a generator are kept as its output."""

Begin = Callable[[], Span]
Finish = Callable[[Span, Any], None]


class _Steps:
    """The span of one generator: current while the generator runs, not while its reader does."""

    def __init__(self, begin: Begin, finish: Finish) -> None:
        self._span = begin()
        self._finish = finish
        self._inside: Span | None = self._span
        self._yielded: list[Any] = []

    @contextmanager
    def step(self) -> Generator[None, None, None]:
        """Within it the generator's own current span is current, which may be one it opened."""
        token = context.set(self._inside)
        try:
            yield
        finally:
            self._inside = context.get()
            leave(token)

    def saw(self, value: Any) -> None:
        if len(self._yielded) < _YIELDS_MAX:
            self._yielded.append(value)

    def over(self, returned: Any = None) -> None:
        yielded = self._yielded
        self._finish(
            self._span,
            yielded if returned is None else {"yielded": yielded, "returned": returned},
        )
        self._span.end()

    def failed(self, raised: BaseException) -> None:
        self._finish(self._span, self._yielded)
        self._span.log(error=raised)
        self._span.end()


def follow(
    begin: Begin, inner: Generator[Any, Any, Any], finish: Finish
) -> Generator[Any, Any, Any]:
    """The same generator in a span, which begins at the first step and ends with the last one."""
    steps = _Steps(begin, finish)
    advance: Callable[[], Any] = partial(next, inner)
    try:
        while True:
            try:
                with steps.step():
                    value = advance()
            except StopIteration as stop:
                steps.over(stop.value)
                return stop.value
            steps.saw(value)
            try:
                sent = yield value
                advance = partial(inner.send, sent)
            except GeneratorExit:
                with steps.step():
                    inner.close()
                raise
            except BaseException as thrown:
                advance = partial(inner.throw, thrown)
    except GeneratorExit:
        steps.over()
        raise
    except BaseException as raised:
        steps.failed(raised)
        raise


async def follow_async(
    begin: Begin, inner: AsyncGenerator[Any, Any], finish: Finish
) -> AsyncGenerator[Any, Any]:
    """`follow` for an async generator."""
    steps = _Steps(begin, finish)
    advance: Callable[[], Awaitable[Any]] = partial(_begin_untold, inner)
    try:
        while True:
            try:
                with steps.step():
                    value = await advance()
            except StopAsyncIteration:
                steps.over()
                return
            steps.saw(value)
            try:
                sent = yield value
                advance = partial(inner.asend, sent)
            except GeneratorExit:
                with steps.step():
                    await inner.aclose()
                raise
            except BaseException as thrown:
                advance = partial(inner.athrow, thrown)
    except GeneratorExit:
        steps.over()
        raise
    except BaseException as raised:
        steps.failed(raised)
        raise


def _begin_untold(inner: AsyncGenerator[Any, Any]) -> Awaitable[Any]:
    """
    The first step of a generator that the event loop is not told of. The loop closes, at its end,
    all that it knows of at once; this one is closed by the generator that follows it.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return inner.__anext__()
    finally:
        sys.set_asyncgen_hooks(*hooks)
