from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._error import HeedError, error_text
from ._recorder import Recorder

_RESERVED = frozenset(
    {
        "id",
        "span_id",
        "root_span_id",
        "span_parents",
        "created",
        "project_id",
        "project_name",
        "log_id",
        "experiment_id",
        "dataset_id",
        "prompt_session_id",
        "origin",
    }
)
"""Keys of a row that are not the caller's to set; so are all that begin with an underscore."""


def snapshot_fields(recorder: Recorder, event: Mapping[str, Any]) -> list[tuple[str, Any, int]]:
    """
    What one `log` call adds to a row: (field, value, size). None says nothing. What cannot be sent
    is left out and told.
    """
    taken: list[tuple[str, Any, int]] = []
    for field, value in event.items():
        if value is None:
            continue
        if field in _RESERVED or field.startswith("_"):
            if field != "id":
                told = f"{field} is set by Heed. It was left out."
                recorder.report(HeedError("invalid_field", told))
            continue
        if field == "error" and isinstance(value, BaseException):
            value = error_text(value)
        kept, size = recorder.snapshot(field, value)
        if kept is not None:
            taken.append((field, kept, size))
    return taken
