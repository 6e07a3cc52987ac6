"""
The id is the address. A span's row id is `<trace id>-<span id>`: 32 hex digits, a dash, 16 hex
digits. The trace id is a UUIDv7 without dashes, so an id alone tells trace, span and minute.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple


class SpanAddress(NamedTuple):
    """What a child needs to know of its parent."""

    trace_id: str
    span_id: str


def new_trace_id(time_ms: int) -> str:
    """32 hex digits: a UUIDv7 (RFC 9562) without dashes. `time_ms` is Unix milliseconds."""
    # Asked of the system each time: a pool of random bytes would be shared by forked processes.
    digits = os.urandom(10).hex()
    variant = "89ab"[int(digits[3], 16) & 3]
    return f"{max(0, time_ms) & 0xFFFFFFFFFFFF:012x}7{digits[:3]}{variant}{digits[4:19]}"


def new_span_id() -> str:
    """16 lower-case hex digits, random."""
    return os.urandom(8).hex()


def new_uuid(time_ms: int) -> str:
    """A UUIDv7 with dashes. `time_ms`: Unix milliseconds."""
    digits = new_trace_id(time_ms)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_ADDRESS = re.compile(r"([0-9a-f]{32})-([0-9a-f]{16})")
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}"
)


def parse_id(text: str) -> SpanAddress | None:
    """Reads the id of a Heed span; None for an id of another making."""
    found = _ADDRESS.fullmatch(text)
    return SpanAddress(found[1], found[2]) if found else None


def parse_traceparent(header: str) -> SpanAddress | None:
    """Reads a W3C header, `00-<trace id>-<span id>-<flags>`; None if it is none."""
    found = _TRACEPARENT.match(header.strip())
    return SpanAddress(found[1], found[2]) if found else None
