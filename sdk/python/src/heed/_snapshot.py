from __future__ import annotations

from typing import Any, Callable

from ._check import check_field
from ._copy import Copy, copy
from ._error import HeedError, Report

Masking = Callable[[Any], Any]
"""Gets a plain copy of a field's value and returns what may leave the process."""

Snapshot = Callable[[str, Any], Copy]
"""A field's value as it is now, masked and checked; its value is None if nothing is left."""

_MASKED = frozenset({"input", "output", "expected", "error", "metadata", "comment"})
_MASK_FAILED = "[Masking failed]"


def snapshot_with(report: Report, masking: Masking | None) -> Snapshot:
    """Never raises. Whatever is left out or replaced is told to `report`, by its field's name."""

    def mask(mask_with: Masking, field: str, value: Any) -> Any:
        try:
            return mask_with(value)
        except Exception as raised:
            sentence = f"The masking function raised at {field}; a fixed text was sent instead."
            error = HeedError("masking_failed", sentence)
            error.__cause__ = raised
            report(error)
            return {"masking": _MASK_FAILED} if field == "metadata" else _MASK_FAILED

    def complain(sentence: str) -> None:
        report(HeedError("invalid_field", f"{sentence}. It was left out."))

    def snapshot(field: str, given: Any) -> Copy:
        value, size = copy(given)
        if masking is not None and field in _MASKED and value is not None:
            value, size = copy(mask(masking, field, value))
        return check_field(field, value, complain), size

    return snapshot
