from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ._model_call import Endpoint, ModelCall
from ._watch import is_stream, watch

MARK = "__heed_wrapped__"
"""An attribute of methods that record already."""
_RAW_HEADER = "x-stainless-raw-response"
_PARSED = ("true", "raw")
"""Of `with_raw_response`, which keeps what it parsed: its caller gets the same object."""


def wrap_method(owner: Any, name: str, endpoint: Endpoint) -> None:
    """Makes a method of one object record its calls, once. A method that is not there is none."""
    original = getattr(owner, name, None)
    if not callable(original) or hasattr(original, MARK):
        return
    wrapped: Any
    if inspect.iscoroutinefunction(inspect.unwrap(original)):

        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            call = ModelCall(endpoint, kwargs)
            try:
                result = await original(*args, **kwargs)
            except BaseException as error:
                call.failed(error)
                raise
            answer = result
            if _raw(kwargs) in _PARSED:
                with suppress(Exception):
                    parsed = result.parse()
                    answer = await parsed if inspect.isawaitable(parsed) else parsed
            _record(call, answer, kwargs)
            return result

    else:

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            call = ModelCall(endpoint, kwargs)
            try:
                result = original(*args, **kwargs)
            except BaseException as error:
                call.failed(error)
                raise
            answer = result
            if _raw(kwargs) in _PARSED:
                with suppress(Exception):
                    answer = result.parse()
            _record(call, answer, kwargs)
            return result

    functools.update_wrapper(wrapped, original)
    setattr(wrapped, MARK, True)
    setattr(owner, name, wrapped)


def _raw(arguments: Mapping[str, Any]) -> Any:
    """What a raw answer was asked for by; None if it was not."""
    headers = arguments.get("extra_headers")
    names = headers if isinstance(headers, Mapping) else {}
    return next((names[name] for name in names if str(name).lower() == _RAW_HEADER), None)


def _record(call: ModelCall, answer: Any, arguments: Mapping[str, Any]) -> None:
    if _raw(arguments) == "stream":
        call.over()  # `with_streaming_response`: the body is the caller's to read.
    elif is_stream(answer):
        watch(answer, call)
    else:
        call.answered(answer)
