from __future__ import annotations

from typing import Any, TypeVar

from ._model_call import Endpoint, Json, as_json, counts
from ._openai_streams import ChatGather, ResponseGather
from ._wrap_method import wrap_method

Client = TypeVar("Client")


def wrap_openai(client: Client) -> Client:
    """
    Makes an `OpenAI` or `AsyncOpenAI` client record its `chat.completions` and `responses`, also
    of `beta`, and its `embeddings`: each call is a span of type `llm` below the current span. What
    it returns and raises stays as it is.

    Returns:
        The same client. Copies made by `with_options` are not wrapped.
    """
    given: Any = client
    for holder in (given, getattr(given, "beta", None)):
        chat = getattr(getattr(holder, "chat", None), "completions", None)
        responses = getattr(holder, "responses", None)
        for name in ("create", "parse"):
            wrap_method(chat, name, _CHAT)
            wrap_method(responses, name, _RESPONSES)
    wrap_method(getattr(given, "embeddings", None), "create", _EMBEDDINGS)
    return client


def _read_chat(answer: Json) -> Json:
    usage = {
        "prompt_tokens": "prompt_tokens",
        "completion_tokens": "completion_tokens",
        "total_tokens": "tokens",
        "prompt_tokens_details.cached_tokens": "prompt_cached_tokens",
        "completion_tokens_details.reasoning_tokens": "completion_reasoning_tokens",
    }
    return {"output": answer.get("choices"), "metrics": counts(answer.get("usage"), usage)}


def _read_response(answer: Json) -> Json:
    usage = {
        "input_tokens": "prompt_tokens",
        "output_tokens": "completion_tokens",
        "total_tokens": "tokens",
        "input_tokens_details.cached_tokens": "prompt_cached_tokens",
        "output_tokens_details.reasoning_tokens": "completion_reasoning_tokens",
    }
    # A background response may have failed without the call having raised.
    return {
        "output": answer.get("output"),
        "error": answer.get("error"),
        "metrics": counts(answer.get("usage"), usage),
    }


_CHAT = Endpoint(
    name="Chat Completion",
    provider="openai",
    inputs=("messages",),
    read_input=lambda arguments: arguments.get("messages"),
    read=_read_chat,
    gather=ChatGather,
)
_RESPONSES = Endpoint(
    name="openai.responses.create",
    provider="openai",
    inputs=("input",),
    read_input=lambda arguments: arguments.get("input"),
    read=_read_response,
    gather=ResponseGather,
)


def _measure(answer: Any) -> Json:
    """The vectors themselves tell a reader nothing, and may be megabytes."""
    length = len(answer.data[0].embedding)
    return {"output": {"embedding_length": length}, "usage": as_json(answer.usage)}


def _read_embeddings(answer: Json) -> Json:
    usage = {"prompt_tokens": "prompt_tokens", "total_tokens": "tokens"}
    return {"output": answer["output"], "metrics": counts(answer["usage"], usage)}


_EMBEDDINGS = Endpoint(
    name="Embedding",
    provider="openai",
    inputs=("input",),
    read_input=lambda arguments: arguments.get("input"),
    read=_read_embeddings,
    to_json=_measure,
)
