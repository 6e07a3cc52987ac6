from __future__ import annotations

import json
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple

from ._transport import Response

_RETRY_AFTER_MAX_S = 300.0
"""The longest wait a server may ask for."""

_UNAUTHORIZED = "The API key is missing or unknown: set HEED_API_KEY, or pass api_key"


class Answer(NamedTuple):
    """
    What an answer means for the items that were sent.

    Attributes:
        kind: `stored`, all but the rejected ones; `retry`, later, the same bytes; `split`, in
            smaller parts, because the server could not take the request whole; `refused`, for good.
        reason: Why it is not stored.
        rejected: Of `stored`: the items the server refused, as it names them.
        after_s: Of `retry`: the seconds the server asks for.
    """

    kind: Literal["stored", "retry", "split", "refused"]
    reason: str = ""
    rejected: tuple[dict[str, Any], ...] = ()
    after_s: float | None = None


class UnansweredError(Exception):
    """The server did not give what it was asked for."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


def read_answer(response: Response) -> Answer:
    if not is_success(response):
        return read_failure(response)
    rejected = _parse(response.text).get("rejected")
    if isinstance(rejected, list):
        return Answer("stored", rejected=tuple(r for r in rejected if isinstance(r, dict)))
    return Answer("retry", f"HTTP {response.status} without a receipt; is HEED_URL right?")


def is_success(response: Response) -> bool:
    return 200 <= response.status < 300


def read_failure(response: Response) -> Answer:
    """What an answer without success means; its kind is never `stored`."""
    status = response.status
    error = _parse(response.text).get("error")
    told = error if isinstance(error, dict) else {}
    message = told.get("message")
    reason = f"HTTP {status}" + (f": {message}" if isinstance(message, str) else "")
    if status in (408, 429) or status >= 500:
        return Answer("retry", reason, after_s=_retry_after_s(response.retry_after))
    # A 400 that Heed explains may be the fault of one item; any other comes from a stranger.
    if status == 413 or (status == 400 and told.get("code")):
        return Answer("split", reason)
    return Answer("refused", _UNAUTHORIZED if status == 401 else reason)


def _parse(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after_s(header: str | None) -> float | None:
    """RFC 9110, 10.2.3: a number of seconds or a date. None if it is neither."""
    if not header:
        return None
    if re.fullmatch(r"[0-9]+", header.strip()):
        seconds = float(header)
    else:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    return min(max(0.0, seconds), _RETRY_AFTER_MAX_S)
