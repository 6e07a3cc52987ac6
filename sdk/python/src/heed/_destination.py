from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Protocol

from ._clock import iso_micros, now_micros
from ._options import Options
from ._queue import Sealed
from ._transport import Request, new_request


class Destination(Protocol):
    """Where items are brought."""

    def new_request(self, batch: list[Sealed], timeout_s: float) -> Request:
        """The request that carries a batch. Raises `UnansweredError` if it cannot be known."""
        ...


class Logs:
    """The logs of a project: rows and feedback in one request."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def new_request(self, batch: list[Sealed], timeout_s: float) -> Request:
        options = self._options
        project = (
            {"project_id": options.project_id}
            if options.project_id
            else {"project_name": options.project}
        )
        envelope = {
            "api_version": 2,
            **project,
            "sent_at": iso_micros(now_micros()),
        }
        rows = joined(sealed for sealed in batch if sealed.list_name == "rows")
        feedback = joined(sealed for sealed in batch if sealed.list_name == "feedback")
        head = json.dumps(envelope).encode()[:-1]
        body = b"".join([head, b',"rows":[', rows, b'],"feedback":[', feedback, b"]}"])
        return new_request(f"{options.url}/logs3", options.api_key, body, timeout_s)


def joined(items: Iterable[Sealed]) -> bytes:
    """Items, which are JSON already, as the inside of a JSON list."""
    return b",".join(sealed.body for sealed in items)
