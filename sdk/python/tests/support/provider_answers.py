"""What the stand-in provider says, in the shapes that the providers document."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

CHAT_USAGE = {
    "prompt_tokens": 11,
    "completion_tokens": 3,
    "total_tokens": 14,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 1},
}
RESPONSE_USAGE = {
    "input_tokens": 11,
    "output_tokens": 3,
    "total_tokens": 14,
    "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 1},
}
MESSAGE_USAGE = {
    "input_tokens": 5,
    "output_tokens": 3,
    "cache_read_input_tokens": 4,
    "cache_creation_input_tokens": 2,
}
CALL = {"id": "call-1", "type": "function", "function": {"name": "look", "arguments": '{"a":1}'}}


def _chat(kind: str, choices: list[Json], usage: Json | None = None) -> Json:
    base = {"id": "chat-1", "created": 1_790_000_000, "model": "stand-in-1"}
    return {**base, "object": f"chat.completion{kind}", "choices": choices, "usage": usage}


def _delta(delta: Json, finish: str | None = None) -> Json:
    return _chat(".chunk", [{"index": 0, "delta": delta, "finish_reason": finish}])


CHAT = _chat(
    "",
    [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "one two", "tool_calls": [CALL]},
            "finish_reason": "tool_calls",
        }
    ],
    CHAT_USAGE,
)
CHAT_STREAM = [
    _delta({"role": "assistant", "content": ""}),
    _delta({"content": "one "}),
    _delta({"content": "two"}),
    _delta({"tool_calls": [{"index": 0, **CALL, "function": {"name": "look", "arguments": ""}}]}),
    _delta({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}),
    _delta({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
    _delta({}, "tool_calls"),
    _chat(".chunk", [], CHAT_USAGE),
]

ITEM = {
    "id": "msg-1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "one two", "annotations": []}],
}


def _response(status: str, output: list[Json], usage: Json | None) -> Json:
    base = {"id": "resp-1", "object": "response", "created_at": 1_790_000_000}
    options = {"model": "stand-in-1", "parallel_tool_calls": True, "tool_choice": "auto"}
    return {**base, **options, "tools": [], "status": status, "output": output, "usage": usage}


RESPONSE = _response("completed", [ITEM], RESPONSE_USAGE)


def _text(part: str) -> Json:
    place = {"item_id": "msg-1", "output_index": 0, "content_index": 0, "logprobs": []}
    return {"type": "response.output_text.delta", **place, "delta": part}


_RESPONSE_EVENTS: list[Json] = [
    {"type": "response.created", "response": _response("in_progress", [], None)},
    {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": {**ITEM, "status": "in_progress", "content": []},
    },
    {
        "type": "response.content_part.added",
        "item_id": "msg-1",
        "output_index": 0,
        "content_index": 0,
        "part": {"type": "output_text", "text": "", "annotations": []},
    },
    _text("one "),
    _text("two"),
    {"type": "response.output_item.done", "output_index": 0, "item": ITEM},
    {"type": "response.completed", "response": RESPONSE},
]
RESPONSE_STREAM = [{**event, "sequence_number": n} for n, event in enumerate(_RESPONSE_EVENTS)]

TOOL_USE = {"type": "tool_use", "id": "tool-1", "name": "look", "input": {"a": 1}}
_MESSAGE = {"id": "msg-1", "type": "message", "role": "assistant", "model": "stand-in-1"}
MESSAGE = {
    **_MESSAGE,
    "content": [{"type": "text", "text": "one two"}, TOOL_USE],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": MESSAGE_USAGE,
}


def _block_delta(index: int, kind: str, key: str, part: str) -> Json:
    delta = {"type": kind, key: part}
    return {"type": "content_block_delta", "index": index, "delta": delta}


MESSAGE_STREAM: list[Json] = [
    {
        "type": "message_start",
        "message": {
            **_MESSAGE,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {**MESSAGE_USAGE, "output_tokens": 1},
        },
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    _block_delta(0, "text_delta", "text", "one "),
    _block_delta(0, "text_delta", "text", "two"),
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {**TOOL_USE, "input": {}}},
    _block_delta(1, "input_json_delta", "partial_json", '{"a"'),
    _block_delta(1, "input_json_delta", "partial_json", ":1}"),
    {"type": "content_block_stop", "index": 1},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 3},
    },
    {"type": "message_stop"},
]

_VECTORS = [
    {"object": "embedding", "index": n, "embedding": [0.25, 0.5, float(n)]} for n in range(2)
]
EMBEDDINGS = {
    "object": "list",
    "data": _VECTORS,
    "model": "stand-in-1",
    "usage": {"prompt_tokens": 5, "total_tokens": 5},
}

ANSWERS: dict[str, Json] = {
    "/chat/completions": CHAT,
    "/embeddings": EMBEDDINGS,
    "/responses": RESPONSE,
    "/v1/messages": MESSAGE,
}
_JSON = '{"numbers": [1, 2]}'
_JSON_CHOICE = {
    "index": 0,
    "message": {"role": "assistant", "content": _JSON},
    "finish_reason": "stop",
}
JSON_ANSWERS: dict[str, Json] = {
    "/chat/completions": _chat("", [_JSON_CHOICE], CHAT_USAGE),
    "/v1/messages": {
        **MESSAGE,
        "content": [{"type": "text", "text": _JSON}],
        "stop_reason": "end_turn",
    },
}
STREAMS: dict[str, list[Json]] = {
    "/chat/completions": CHAT_STREAM,
    "/responses": RESPONSE_STREAM,
    "/v1/messages": MESSAGE_STREAM,
}
