"""How the pieces of OpenAI's two streams become one answer."""

from __future__ import annotations

from typing import Any

from ._model_call import Json

_WHOLE = {"id", "type", "role", "name"}
"""Texts that come whole, and from some servers with each piece; others come in parts."""


class ChatGather:
    """Chunks of a chat completion: each choice has a `delta` to its message."""

    def __init__(self) -> None:
        self._choices: dict[int, Json] = {}
        self._usage: Any = None

    def add(self, piece: Json) -> bool:
        self._usage = piece.get("usage") or self._usage
        has_content = False
        for part in piece.get("choices") or []:
            index = part.get("index", 0)
            choice = self._choices.setdefault(index, {"index": index, "message": {}})
            delta = part.get("delta") or {}
            has_content |= any(delta[key] for key in delta if key != "role")
            _merge(choice["message"], delta)
            if part.get("finish_reason"):
                choice["finish_reason"] = part["finish_reason"]
        return has_content

    def answer(self) -> Json:
        choices = [self._choices[index] for index in sorted(self._choices)]
        return {"choices": choices, "usage": self._usage}


def _merge(message: Json, delta: Json) -> None:
    for key, value in delta.items():
        known = message.get(key)
        if value is None:
            message.setdefault(key, None)
        elif isinstance(value, str) and isinstance(known, str) and key not in _WHOLE:
            message[key] = known + value
        elif isinstance(value, dict):
            _merge(message.setdefault(key, {}), value)
        elif isinstance(value, list):
            _merge_list(message.setdefault(key, []), value)
        else:
            message[key] = value


def _merge_list(items: list[Any], pieces: list[Any]) -> None:
    """Tool calls name their place by `index`; what names none is one more item."""
    for piece in pieces:
        index = piece.get("index") if isinstance(piece, dict) else None
        known = [item for item in items if index is not None and item.get("index") == index]
        if known:
            _merge(known[0], piece)
        elif isinstance(piece, dict):
            items.append({})
            _merge(items[-1], piece)
        else:
            items.append(piece)


class ResponseGather:
    """Events of a response: the last one holds it whole; before that, items and texts are kept."""

    def __init__(self) -> None:
        self._response: Json = {}
        self._items: dict[int, Any] = {}
        self._texts: dict[int, str] = {}

    def add(self, piece: Json) -> bool:
        kind = str(piece.get("type", ""))
        index = piece.get("output_index", 0)
        if isinstance(piece.get("response"), dict):
            self._response = piece["response"]
        elif kind == "response.output_item.done":
            self._items[index] = piece.get("item")
        elif kind == "response.output_text.delta":
            self._texts[index] = self._texts.get(index, "") + piece.get("delta", "")
        return kind.endswith(".delta")

    def answer(self) -> Json:
        if self._response.get("output"):
            return self._response
        begun = {
            index: {"type": "message", "role": "assistant", "content": text}
            for index, text in self._texts.items()
        }
        items = {**begun, **self._items}
        return {**self._response, "output": [items[index] for index in sorted(items)]}
