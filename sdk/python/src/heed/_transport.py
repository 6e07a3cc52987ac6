from __future__ import annotations

import gzip
from typing import Callable, NamedTuple


class Request(NamedTuple):
    """One request of HTTP; of a GET the body is empty. `timeout_s` is for all of it."""

    url: str
    headers: dict[str, str]
    body: bytes
    timeout_s: float
    method: str = "POST"


class Response(NamedTuple):
    """What came back; `retry_after` is the header of that name."""

    status: int
    text: str
    retry_after: str | None = None


Transport = Callable[[Request], Response]
"""Brings a request to the server. Raises anything if no answer came in time."""

_GZIP_FROM_BYTES = 1024
"""Smaller bodies gain nothing from compression."""


def new_request(url: str, api_key: str | None, body: bytes | None, timeout_s: float) -> Request:
    """A request of Heed: a POST that carries a JSON body, a GET without one."""
    headers = {} if body is None else {"content-type": "application/json"}
    if api_key:
        headers["authorization"] = f"Bearer {api_key}"
    if body is None:
        return Request(url, headers, b"", timeout_s, "GET")
    if len(body) > _GZIP_FROM_BYTES:
        headers["content-encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=4, mtime=0)
    return Request(url, headers, body, timeout_s)
