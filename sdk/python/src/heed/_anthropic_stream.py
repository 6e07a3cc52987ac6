"""How the events of Anthropic's message stream become one message."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from ._model_call import Json

_PARTS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "input_json_delta": "partial_json",
}


class MessageGather:
    """
    `message_start` holds the message without its content, each content block comes in parts, and
    `message_delta` brings why it stopped and the tokens so far.
    """

    def __init__(self) -> None:
        self._message: Json = {}
        self._usage: Json = {}
        self._blocks: dict[int, Json] = {}

    def add(self, piece: Json) -> bool:
        kind = piece.get("type")
        if kind == "message_start":
            self._message = dict(piece["message"])
            self._count(self._message.get("usage"))
        elif kind == "content_block_start":
            self._blocks[piece["index"]] = dict(piece["content_block"])
        elif kind == "content_block_delta":
            self._add_part(self._blocks.setdefault(piece["index"], {}), piece["delta"])
            return True
        elif kind == "message_delta":
            self._message.update(piece["delta"])
            self._count(piece.get("usage"))
        return False

    def answer(self) -> Json:
        content = [_with_input(self._blocks[index]) for index in sorted(self._blocks)]
        return {**self._message, "content": content, "usage": self._usage}

    def _add_part(self, block: Json, delta: Json) -> None:
        if delta.get("type") == "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
            return
        key = _PARTS.get(str(delta.get("type")))
        if key:
            block[key] = (block.get(key) or "") + delta[key]

    def _count(self, usage: Any) -> None:
        for name, value in (usage or {}).items():
            if value is not None:
                self._usage[name] = value


def _with_input(block: Json) -> Json:
    """The arguments of a tool come as parts of a JSON text; one that was cut stays a text."""
    if "partial_json" not in block:
        return block
    whole: Any = block["partial_json"]
    with suppress(ValueError):
        whole = json.loads(whole)
    return {**{key: block[key] for key in block if key != "partial_json"}, "input": whole}
