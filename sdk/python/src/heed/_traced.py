from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any, Callable, TypeVar, cast, overload

from ._current import start_span
from ._follow import follow, follow_async
from ._parent import Parent
from ._span import Span

Function = TypeVar("Function", bound=Callable[..., Any])


@overload
def traced(function: Function, /, *, notrace_io: bool = False) -> Function: ...
@overload
def traced(
    name: str | None = None,
    type: str | None = None,
    span_attributes: Mapping[str, Any] | None = None,
    start_time: float | None = None,
    set_current: bool | None = None,
    parent: Parent | None = None,
    *,
    notrace_io: bool = False,
    **event: Any,
) -> Callable[[Function], Function]: ...
def traced(
    name: Callable[..., Any] | str | None = None,
    type: str | None = None,
    span_attributes: Mapping[str, Any] | None = None,
    start_time: float | None = None,
    set_current: bool | None = None,
    parent: Parent | None = None,
    *,
    notrace_io: bool = False,
    **event: Any,
) -> Any:
    """
    Decorator, bare or with arguments: each call runs in a span of its own. The arguments by name,
    without `self`, are `input`, and the result is `output`. Also for async functions, generators
    and async generators, whose values are the `output`, at most 1000 of them.

    Args:
        name: Of the span; absent is the name of the function.
        type: Absent: `function`.
        notrace_io: True: neither input nor output is logged.
        span_attributes, start_time, set_current, parent, **event: As for `start_span`.
    """
    span = {
        **event,
        "type": type or "function",
        "span_attributes": span_attributes,
        "start_time": start_time,
        "set_current": set_current,
        "parent": parent,
    }
    if callable(name):
        return _wrap(name, None, notrace_io, span)
    return lambda function: _wrap(function, name, notrace_io, span)


def _wrap(function: Function, name: str | None, notrace_io: bool, span: dict[str, Any]) -> Function:
    arguments = {**span, "name": name or getattr(function, "__name__", None) or "function"}
    read_input = _no_input if notrace_io else _input_reader(function)

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Span:
        opened = start_span(**arguments)
        opened.log(input=read_input(args, kwargs))
        return opened

    def finish(opened: Span, output: Any) -> None:
        if not notrace_io:
            opened.log(output=output)

    # Each is of the kind it wraps: frameworks ask, by `inspect.isgeneratorfunction` for instance.
    wrapped: Callable[..., Any]
    if inspect.isasyncgenfunction(function):
        wrapped = follow_async(function, begin, finish)

    elif inspect.isgeneratorfunction(function):
        wrapped = follow(function, begin, finish)

    elif inspect.iscoroutinefunction(function):

        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            with begin(args, kwargs) as opened:
                output = await function(*args, **kwargs)
                finish(opened, output)
                return output

    else:

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with begin(args, kwargs) as opened:
                output = function(*args, **kwargs)
                finish(opened, output)
                return output

    return cast("Function", functools.wraps(function)(wrapped))


def _no_input(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    return None


def _input_reader(
    function: Callable[..., Any],
) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
    """How the arguments of a call become `input`: by name, without the object of a method."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return lambda args, kwargs: {"args": args, "kwargs": kwargs}
    first = next(iter(signature.parameters), None)
    skipped = first if first in ("self", "cls") else None

    def read(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            bound = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return None  # The call itself will say what is wrong with its arguments.
        return {name: value for name, value in bound.items() if name != skipped}

    return read
