"""
A server that takes everything: what is measured is the SDK, not what it sends to. It keeps the
bodies, and counts the spans in them only when it is asked: `GET /spans`.
"""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROJECT = {"id": "00000000-0000-0000-0000-000000000001", "name": "bench"}


bodies: list[bytes] = []
"""Those of the rows that came since the last count."""


def count_spans() -> int:
    """How many spans the bodies have, each counted once however many rows tell of it."""
    ids: set[str] = set()
    while bodies:
        body = bodies.pop()
        text = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        ids.update(row["id"] for row in json.loads(text)["rows"])
    return len(ids)


class Sink(BaseHTTPRequestHandler):
    """Reads a request whole and answers what either SDK takes for success."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path == "/logs3":
            bodies.append(body)
        url = f"http://{self.headers['host']}"
        # Login and registration of `braintrust`, and the receipt of Heed.
        organisation = {"id": "o", "name": "o", "api_url": url, "proxy_url": url}
        self._answer(
            {"org_info": [organisation], "project": PROJECT, **PROJECT, "rejected": []},
        )

    def do_GET(self) -> None:
        self._answer({"spans": count_spans()} if self.path == "/spans" else {})

    def _answer(self, body: dict[str, Any]) -> None:
        payload = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    print(server.server_address[1], flush=True)
    server.serve_forever()
