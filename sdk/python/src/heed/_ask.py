from __future__ import annotations

import json
import time
from types import TracebackType
from typing import Any, Callable, TypeVar

from ._answer import Answer, UnansweredError, is_success, read_failure
from ._copy import copy, to_json
from ._error import ErrorCode, HeedError, message_of
from ._http import HttpTransport
from ._options import Options
from ._transport import Transport, new_request

_T = TypeVar("_T")
Read = Callable[[Any], _T]
"""Takes from the JSON of an answer what was asked for; raises what plain Python raises."""

_TIMEOUT_S = 30.0
_ATTEMPTS_MAX = 4
_BACKOFF_BASE_S = 0.2
_WAIT_MAX_S = 5.0


def ask(
    options: Options, transport: Transport, path: str, body: Any, read: Read[_T], timeout_s: float
) -> _T:
    """
    Asks once: a POST of `body`, a GET where that is None. Raises `UnansweredError`, which says
    whether to ask again, or what the transport raises.
    """
    payload = None if body is None else to_json(copy(body)[0])
    request = new_request(f"{options.url}{path}", options.api_key, payload, timeout_s)
    response = transport(request)
    if not is_success(response):
        raise UnansweredError(read_failure(response))
    try:
        return read(json.loads(response.text))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as raised:
        reason = f"HTTP {response.status} without what was asked for; is HEED_URL right?"
        raise UnansweredError(Answer("retry", reason)) from raised


class Reader:
    """Asks on the thread of its caller, over a connection of its own, until it is left."""

    def __init__(self, options: Options, what: str) -> None:
        """`what` is asked for: errors name it."""
        self._options = options
        self._what = what
        is_http = isinstance(options.transport, HttpTransport)
        self._transport = HttpTransport() if is_http else options.transport

    def ask(self, path: str, body: Any, read: Read[_T]) -> _T:
        """
        See `ask`. Asks again, up to four times in all, while the server is away or busy.

        Raises:
            HeedError: `unreachable`, or `refused` for good.
        """
        attempt = 0
        while True:
            attempt += 1
            cause: Exception
            try:
                return ask(self._options, self._transport, path, body, read, _TIMEOUT_S)
            except UnansweredError as raised:
                answer, cause = raised.answer, raised
            except Exception as raised:
                answer, cause = (
                    Answer("retry", f"{type(raised).__name__}: {message_of(raised)}"),
                    raised,
                )
            if answer.kind != "retry" or attempt == _ATTEMPTS_MAX:
                break
            backoff_s = _BACKOFF_BASE_S * 2.0 ** (attempt - 1)
            time.sleep(min(_WAIT_MAX_S, max(backoff_s, answer.after_s or 0.0)))
        code: ErrorCode = "unreachable" if answer.kind == "retry" else "refused"
        sentence = f"{self._what} was not read from {self._options.url}: {answer.reason}."
        raise HeedError(code, sentence) from cause

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if isinstance(self._transport, HttpTransport):
            self._transport.close()
