"""A server that is a function, and a logger in front of it."""

from __future__ import annotations

import gzip
import json
from collections import deque
from typing import Any, Callable, Union

import heed

Row = dict[str, Any]
Step = Union[heed.Response, Exception, Callable[[dict[str, Any]], heed.Response]]

OK = heed.Response(200, '{"rejected":[]}')
UNAVAILABLE = heed.Response(503, "")


class FakeServer:
    """Keeps what it gets and answers what it is told, then 200."""

    def __init__(self, *script: Step) -> None:
        self.script = deque(script)
        self.requests: list[heed.Request] = []
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, request: heed.Request) -> heed.Response:
        is_gzip = request.headers.get("content-encoding") == "gzip"
        body = json.loads(gzip.decompress(request.body) if is_gzip else request.body)
        self.requests.append(request)
        self.bodies.append(body)
        step: Step = self.script.popleft() if self.script else OK
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, heed.Response) else step(body)

    @property
    def rows(self) -> list[Row]:
        return [row for body in self.bodies for row in body["rows"]]

    @property
    def feedback(self) -> list[Row]:
        return [event for body in self.bodies for event in body["feedback"]]

    def by_name(self) -> dict[str, Row]:
        return {row["span_attributes"]["name"]: row for row in self.rows}


class FakeLogger:
    """A logger in front of a fake server. Its problems are collected, as `code: message`."""

    def __init__(self, server: FakeServer, **options: Any) -> None:
        self.problems: list[str] = []
        given: dict[str, Any] = {
            "project": "test",
            "api_key": "key",
            "url": "http://heed.test/",
            "transport": server,
            "flush_interval_s": 60,  # On a slow machine too, a span is over before it is sent.
            "set_current": False,
            "on_error": lambda e: self.problems.append(f"{e.code}: {e.message}"),
            **options,
        }
        self.logger = heed.init_logger(**given)

    def flush(self) -> heed.HeedError | None:
        """Flushes; what it raised, if it did."""
        try:
            self.logger.flush(10)
        except heed.HeedError as error:
            return error
        return None
