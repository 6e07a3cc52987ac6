"""A TCP proxy before the product that can hold answers back, or cut them in the middle."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from urllib.parse import urlsplit


class Proxy:
    """
    Forwards connections to `target`, an http address, while it is used as a context manager.

    Attributes:
        delay_s: How long each piece of an answer is held back.
        cut_answers: How many answers are still to be cut after their first bytes: the request has
            reached the server, and its sender never learns it.
    """

    def __init__(self, target: str) -> None:
        url = urlsplit(target)
        self._target = (url.hostname or "", url.port or 80)
        self.delay_s = 0.0
        self.cut_answers = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        for each in [self._listener, *self._open]:
            _close(each)
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:
                _close(client)
                continue
            self._open += [client, server]
            for source, sink, is_answer in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=self._pump, args=(source, sink, is_answer), daemon=True
                ).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        try:
            while piece := source.recv(65536):
                if is_answer:
                    time.sleep(self.delay_s)
                    if self.cut_answers > 0:
                        self.cut_answers -= 1
                        sink.sendall(piece[:20])
                        break
                sink.sendall(piece)
        except OSError:
            pass
        _close(source)
        _close(sink)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
