from __future__ import annotations

import functools
from typing import Any, TypeVar

from ._anthropic_stream import MessageGather
from ._model_call import Endpoint, Json, ModelCall, counts
from ._watch import above, become, watch
from ._wrap_method import MARK, wrap_method

Client = TypeVar("Client")


def wrap_anthropic(client: Client) -> Client:
    """
    Makes an `Anthropic` or `AsyncAnthropic` client record its `messages`, also of `beta`: each
    `create`, `parse` and `stream` is a span of type `llm` below the current span. What it returns
    and raises stays as it is.

    Returns:
        The same client. Copies made by `with_options` are not wrapped.
    """
    given: Any = client
    for messages in (
        getattr(given, "messages", None),
        getattr(getattr(given, "beta", None), "messages", None),
    ):
        wrap_method(messages, "create", _CREATE)
        wrap_method(messages, "parse", _CREATE)
        _wrap_stream(messages)
    return client


def _wrap_stream(messages: Any) -> None:
    """`stream` makes a context manager; its request is sent when that is entered."""
    original = getattr(messages, "stream", None)
    if not callable(original) or hasattr(original, MARK):
        return

    @functools.wraps(original)
    def stream(*args: Any, **kwargs: Any) -> Any:
        manager = original(*args, **kwargs)
        base = _Manager if hasattr(manager, "__enter__") else _AsyncManager
        become(manager, base, _heed_arguments=kwargs)
        return manager

    setattr(stream, MARK, True)
    messages.stream = stream


class _Manager:
    _heed_arguments: Json

    def __enter__(self) -> Any:
        call = ModelCall(_STREAM, self._heed_arguments)
        try:
            stream = above(self).__enter__()
        except BaseException as error:
            call.failed(error)
            raise
        watch(stream, call)
        return stream


class _AsyncManager:
    _heed_arguments: Json

    async def __aenter__(self) -> Any:
        call = ModelCall(_STREAM, self._heed_arguments)
        try:
            stream = await above(self).__aenter__()
        except BaseException as error:
            call.failed(error)
            raise
        watch(stream, call)
        return stream


def _read_input(arguments: Json) -> Any:
    messages = arguments.get("messages")
    system = arguments.get("system")
    if system is None:
        return messages
    return [{"role": "system", "content": system}, *(messages or [])]


_OUTPUT = ("model", "role", "content", "stop_reason")


def _read(answer: Json) -> Json:
    usage = {
        "input_tokens": "prompt_tokens",
        "output_tokens": "completion_tokens",
        "cache_read_input_tokens": "prompt_cached_tokens",
        "cache_creation_input_tokens": "prompt_cache_creation_tokens",
    }
    metrics = counts(answer.get("usage"), usage)
    if "prompt_tokens" in metrics:
        # Anthropic counts what is read from the cache or written to it apart from the input.
        for cached in ("prompt_cached_tokens", "prompt_cache_creation_tokens"):
            metrics["prompt_tokens"] += metrics.get(cached, 0)
        metrics["tokens"] = metrics["prompt_tokens"] + metrics.get("completion_tokens", 0)
    output = {
        key: answer[key] for key in ("model", "role", "content", "stop_reason") if key in answer
    }
    return {"output": output or None, "metrics": metrics}


_CREATE = Endpoint(
    name="anthropic.messages.create",
    provider="anthropic",
    inputs=("messages", "system"),
    read_input=_read_input,
    read=_read,
    gather=MessageGather,
)
_STREAM = _CREATE._replace(name="anthropic.messages.stream")
