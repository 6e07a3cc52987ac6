from __future__ import annotations

import time
from typing import Any, Callable, NamedTuple
from urllib.parse import quote

from ._answer import UnansweredError
from ._ask import Read, ask
from ._destination import joined
from ._options import Options
from ._queue import Sealed
from ._transport import Request, new_request

Ask = Callable[[str, Any, Read["Known"]], "Known"]
"""Asks the server: a path, a body, and how to read the answer."""


class Wanted(NamedTuple):
    """Which dataset is meant: the one of that id, else that of a name, made if it is new."""

    id: str | None
    name: str
    project_id: str | None
    description: str | None
    metadata: Any


class Known(NamedTuple):
    id: str
    name: str


class Home:
    """
    One dataset of the server: found when it is first needed, and then remembered. It is also where
    writes of its records are brought.
    """

    def __init__(self, options: Options, wanted: Wanted) -> None:
        self._options = options
        self._wanted = wanted
        self._known: Known | None = None

    def __str__(self) -> str:
        return f"dataset {self._wanted.id or self._wanted.name}"

    def id(self, ask: Ask) -> str:
        return self._wanted.id or self.known(ask).id

    def known(self, ask: Ask) -> Known:
        """Id and name. Two who ask at once both ask the server, and learn the same."""
        if self._known is None:
            wanted = self._wanted
            if wanted.id:
                self._known = ask(f"/v1/dataset/{_segment(wanted.id)}", None, _dataset)
            else:
                self._known = ask("/api/dataset/register", self._registration(), _registered)
        return self._known

    def _registration(self) -> dict[str, Any]:
        wanted = self._wanted
        project = (
            {"project_id": wanted.project_id}
            if wanted.project_id
            else {"project_name": self._options.project}
        )
        return {
            **project,
            "dataset_name": wanted.name,
            "description": wanted.description,
            "metadata": wanted.metadata,
        }

    def path(self, ask: Ask) -> str:
        """The address of the dataset below that of the server."""
        return f"/v1/dataset/{_segment(self.id(ask))}"

    def new_request(self, batch: list[Sealed], timeout_s: float) -> Request:
        options = self._options
        deadline = time.monotonic() + timeout_s

        def ask_now(path: str, body: Any, read: Read[Known]) -> Known:
            try:
                return ask(options, options.transport, path, body, read, timeout_s)
            except UnansweredError as raised:
                answer = raised.answer
                told = answer._replace(reason=f"{self} was not found: {answer.reason}")
                if told.kind == "split":  # No smaller part of the batch would make it possible.
                    told = told._replace(kind="refused")
                raise UnansweredError(told) from raised

        url = f"{options.url}{self.path(ask_now)}/insert"
        body = b'{"events":[' + joined(batch) + b"]}"
        return new_request(url, options.api_key, body, max(0.001, deadline - time.monotonic()))


def _dataset(body: Any) -> Known:
    return Known(str(body["id"]), str(body["name"]))


def _registered(body: Any) -> Known:
    return _dataset(body["dataset"])


def _segment(id: str) -> str:
    return quote(id, safe="")
