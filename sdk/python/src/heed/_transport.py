from __future__ import annotations

import gzip
from typing import Callable, NamedTuple


class Request(NamedTuple):
    """One POST. `timeout_s` is for all of it."""

    url: str
    headers: dict[str, str]
    body: bytes
    timeout_s: float


class Response(NamedTuple):
    """What came back; `retry_after` is the header of that name."""

    status: int
    text: str
    retry_after: str | None = None


Transport = Callable[[Request], Response]
"""Brings a request to the server. Raises anything if no answer came in time."""

_GZIP_FROM_BYTES = 1024
"""Smaller bodies gain nothing from compression."""


def new_request(url: str, api_key: str | None, body: bytes, timeout_s: float) -> Request:
    """The request that carries a JSON body to Heed."""
    headers = {"content-type": "application/json"}
    if api_key:
        headers["authorization"] = f"Bearer {api_key}"
    if len(body) > _GZIP_FROM_BYTES:
        headers["content-encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=4, mtime=0)
    return Request(f"{url}/logs3", headers, body, timeout_s)
