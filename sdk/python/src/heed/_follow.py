from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Callable

from ._context import current_entry, switch, switch_back
from ._span import Span

_YIELDS_MAX = 1000
"""How many values of a generator are kept as its output."""

Begin = Callable[[tuple[Any, ...], dict[str, Any]], Span]
"""Opens the span of a call, of which it gets the arguments."""
Finish = Callable[[Span, Any], None]


class _Steps:
    """The span of one generator: current while the generator runs, not while its reader does."""

    def __init__(self, span: Span, finish: Finish) -> None:
        self._span = span
        self._finish = finish
        token = switch(current_entry())
        span.set_current()
        self._inside = switch_back(token)
        self._yielded: list[Any] = []

    @contextmanager
    def step(self) -> Generator[None, None, None]:
        """Within it the generator's own current span is current, which may be one it opened."""
        token = switch(self._inside)
        try:
            yield
        finally:
            self._inside = switch_back(token)

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
    function: Callable[..., Generator[Any, Any, Any]], begin: Begin, finish: Finish
) -> Callable[..., Generator[Any, Any, Any]]:
    """
    The same generator function; each of its generators is in a span, which begins at the first
    step and ends with the last one.
    """

    def wrapped(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        inner = function(*args, **kwargs)
        steps = _Steps(begin(args, kwargs), finish)
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

    return wrapped


def follow_async(
    function: Callable[..., AsyncGenerator[Any, Any]], begin: Begin, finish: Finish
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """`follow` for an async generator function."""

    async def wrapped(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        inner = function(*args, **kwargs)
        steps = _Steps(begin(args, kwargs), finish)
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

    return wrapped


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
