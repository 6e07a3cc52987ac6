"""A server that takes everything: what is measured is the SDK, not what it sends to."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROJECT = {"id": "00000000-0000-0000-0000-000000000001", "name": "bench"}


class Sink(BaseHTTPRequestHandler):
    """Reads a request whole and answers what either SDK takes for success."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        url = f"http://{self.headers['host']}"
        # Login and registration of `braintrust`, and the receipt of Heed.
        organisation = {"id": "o", "name": "o", "api_url": url, "proxy_url": url}
        body: dict[str, Any] = {
            "org_info": [organisation],
            "project": PROJECT,
            **PROJECT,
            "rejected": [],
        }
        payload = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    print(server.server_address[1], flush=True)
    server.serve_forever()
