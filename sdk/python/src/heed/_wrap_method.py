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
            _record(call, result, kwargs)
            return result

    else:

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            call = ModelCall(endpoint, kwargs)
            try:
                result = original(*args, **kwargs)
            except BaseException as error:
                call.failed(error)
                raise
            _record(call, result, kwargs)
            return result

    functools.update_wrapper(wrapped, original)
    setattr(wrapped, MARK, True)
    setattr(owner, name, wrapped)


def _record(call: ModelCall, result: Any, arguments: Mapping[str, Any]) -> None:
    headers = arguments.get("extra_headers")
    names = headers if isinstance(headers, Mapping) else {}
    raw = next((names[name] for name in names if str(name).lower() == _RAW_HEADER), None)
    if raw == "true":
        # `with_raw_response` keeps what it parsed: its caller gets the same object.
        with suppress(Exception):
            result = result.parse()
    if raw == "stream":
        call.over()  # `with_streaming_response`: the body is the caller's to read.
    elif is_stream(result):
        watch(result, call)
    else:
        call.answered(result)
