from __future__ import annotations

import contextlib

# Addresses are looked up with this codec. Imported when it is first needed, a fork of that moment
# would leave it half imported in the child, which then waits for it for ever.
import encodings.idna  # noqa: F401
import http.client
import io
import os
import socket
import time
from functools import partial
from typing import Any, Union
from urllib.parse import urlsplit

from ._transport import Request, Response

_ANSWER_BYTES_MAX = 256 * 1024 * 1024
"""More than the server puts into a page, whose first record may be as large as a request."""
_IDLE_MAX_S = 4.0
"""Node's servers close a connection that was idle for 5 s, Heed's for 75 s; proxies vary."""

_Connection = Union[http.client.HTTPConnection, http.client.HTTPSConnection]


class HttpTransport:
    """Requests over one connection that is kept while it is in use. For one thread at a time."""

    def __init__(self) -> None:
        self._connection: _Connection | None = None
        self._origin = ""
        self._used_at = _clocks()

    def __call__(self, request: Request) -> Response:
        if self._connection is not None:
            if self._is_fresh() and request.url.startswith(self._origin):
                try:
                    return self._exchange(self._connection, request)
                except (http.client.RemoteDisconnected, ConnectionError):
                    pass  # Closed meanwhile by the other side. Sending twice counts once.
            self.close()
        return self._exchange(self._connect(request), request)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def abandon(self) -> None:
        """
        In a forked process: leaves the connection to the parent. What reads from it is not closed,
        because a thread that does not exist here may hold its lock.
        """
        connection, self._connection = self._connection, None
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                os.close(connection.sock.detach())

    def _is_fresh(self) -> bool:
        """
        False if the other side may have closed the connection. A machine that was frozen, as those
        of AWS Lambda are between two calls, need not count that time on both clocks.
        """
        passed = (now - then for now, then in zip(_clocks(), self._used_at))
        return all(0 <= seconds < _IDLE_MAX_S for seconds in passed)

    def _connect(self, request: Request) -> _Connection:
        url = urlsplit(request.url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError(f"{request.url} is no http or https address")
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname, url.port, timeout=request.timeout_s)
        self._connection, self._origin = connection, f"{url.scheme}://{url.netloc}/"
        return connection

    def _exchange(self, connection: _Connection, request: Request) -> Response:
        deadline = time.monotonic() + request.timeout_s
        connection.response_class = partial(_Answer, deadline)  # type: ignore[assignment]
        try:
            if connection.sock is not None:
                connection.sock.settimeout(request.timeout_s)
            path = request.url[len(self._origin) - 1 :]
            connection.request(
                request.method, path, body=request.body or None, headers=request.headers
            )
            answer = connection.getresponse()
            text = _read(answer).decode("utf-8", "replace")
        except BaseException:
            self.close()
            raise
        self._used_at = _clocks()
        answer.close()  # Else the connection counts as busy.
        if answer.will_close:
            self.close()
        return Response(answer.status, text, answer.getheader("retry-after"))


def _clocks() -> tuple[float, float]:
    """Seconds by the clock that nobody sets, and by that of the wall."""
    return time.monotonic(), time.time()


class _Answer(http.client.HTTPResponse):
    """An answer that is there by `deadline`, monotonic seconds, from its first byte to its last."""

    def __init__(self, deadline: float, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Pieces(sock, self.fp.detach(), deadline))


class _Pieces(io.RawIOBase):
    """What a socket brings. Its own timeout is for each piece; the deadline is for all of them."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, deadline: float) -> None:
        self._socket = sock
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The body."""
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if size > _ANSWER_BYTES_MAX:
            raise ValueError("the answer is too large")
    if answer.length:
        raise http.client.IncompleteRead(b"".join(pieces), answer.length)
    return b"".join(pieces)
