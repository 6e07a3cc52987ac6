"""A model provider: an HTTP server with the fixed answers of OpenAI's and Anthropic's routes."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from support.provider_answers import ANSWERS, JSON_ANSWERS, STREAMS


class Provider:
    """
    Serves on `url` while it is used as a context manager. A model named `broken` answers 400, one
    named `json` a text of JSON, and a stream of one named `cut` breaks off after three events.
    """

    def __enter__(self) -> Provider:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        path = self.path.partition("?")[0]
        if asked["model"] == "broken":
            self._answer(400, "application/json", json.dumps({"error": {"message": "no model"}}))
        elif asked["model"] == "json":
            self._answer(200, "application/json", json.dumps(JSON_ANSWERS[path]))
        elif asked.get("stream"):
            events = STREAMS[path]
            if asked["model"] == "cut":
                events = [*events[:3], {"type": "error", "error": {"message": "cut off"}}]
            self._answer(200, "text/event-stream", "".join(map(_event, events)))
        else:
            self._answer(200, "application/json", json.dumps(ANSWERS[path]))

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Prints nothing."""


def _event(data: dict[str, Any]) -> str:
    kind = f"event: {data['type']}\n" if "type" in data else ""
    return f"{kind}data: {json.dumps(data)}\n\n"
