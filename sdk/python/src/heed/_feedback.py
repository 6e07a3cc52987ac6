from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from ._clock import iso_micros, now_micros
from ._error import HeedError
from ._id import new_uuid
from ._recorder import Recorder
from ._whole_item import WholeItem

_CONTENTS = ("scores", "expected", "comment", "tags", "metadata")
"""The contents of feedback: without any of them it says nothing."""

_FIELDS = frozenset({*_CONTENTS, "user", "source", "replaces", "reply_to", "feedback_id"})

_ENVELOPE_SIZE = 240
"""About what the ids, the time, the user and the source take."""


def record_feedback(recorder: Recorder, id: Any, given: dict[str, Any]) -> str:
    """
    Queues one judgement of a span and returns its id at once; the network happens later.

    Never raises: feedback comes from strangers. A bad field is left out and named to `on_error`,
    the rest is sent. Who is judged and who judges cannot be left out: if `id` or `user` is bad, or
    if nothing remains, the feedback is refused as a whole and the id is an empty string.
    """

    def refuse(sentence: str) -> str:
        recorder.delivery.count_rejected()
        recorder.report(HeedError("invalid_item", f"Feedback was not sent: {sentence}."))
        return ""

    for name in sorted(given.keys() - _FIELDS):
        told = f"{name} is no field of feedback. It was left out."
        recorder.report(HeedError("invalid_field", told))
    if not isinstance(id, str) or not id:
        return refuse("id must be the id of a span")
    user = _text(given.get("user"))
    if user is None and given.get("user") is not None:
        return refuse("user must be a string that is not empty")

    created_micros = now_micros()
    feedback_id = _text(given.get("feedback_id")) or new_uuid(created_micros // 1000)
    contents: dict[str, Any] = {}
    size = _ENVELOPE_SIZE
    for field in _CONTENTS:
        if given.get(field) is None:
            continue
        value, value_size = recorder.snapshot(field, given[field])
        if value is not None:
            contents[field] = value
            size += value_size
    replaces = _text(given.get("replaces"))
    if not contents and not replaces:
        return refuse(f"it needs one of {', '.join(_CONTENTS)}")

    event = {
        "id": id,
        "feedback_id": feedback_id,
        "created": iso_micros(created_micros),
        "user": user,
        "source": recorder.snapshot("source", given.get("source"))[0],
        "replaces": replaces,
        "reply_to": _text(given.get("reply_to")),
    }
    named = {field: value for field, value in event.items() if value is not None}
    recorder.put(WholeItem("feedback", id, {**named, **contents}, size))
    return feedback_id


def _text(value: Any) -> str | None:
    """An id as text; None if it is none."""
    if isinstance(value, (str, int, UUID)):
        with suppress(ValueError):  # A number may have more digits than Python writes.
            text = str(value)
            return text if text.strip() else None
    return None
