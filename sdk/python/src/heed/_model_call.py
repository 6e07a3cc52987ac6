"""One call of a model provider's client, as a span. Nothing that is read here can fail the call."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Callable, NamedTuple, Protocol

from ._clock import now_micros
from ._current import start_span

Json = dict[str, Any]

_TRANSPORT = {"extra_headers", "extra_query", "extra_body", "timeout"}
"""Arguments that are about the request, and may hold secrets; never part of the metadata."""
_NOT_GIVEN = {"NotGiven", "Omit"}
"""Classes by which the clients say that an argument was left out."""


class Gather(Protocol):
    """Makes one answer of the pieces of a stream."""

    def add(self, piece: Json) -> bool:
        """Takes the next piece; True if it holds something the model said."""
        ...

    def answer(self) -> Json:
        """The answer so far, in the shape of one that is not streamed."""
        ...


def as_json(value: Any) -> Json:
    """An answer or piece as an object; the clients give pydantic models. Empty if it is neither."""
    if isinstance(value, Mapping):
        return dict(value)
    with suppress(Exception):
        # The clients parse into classes of the caller, which their own types do not know.
        dumped: Json = value.model_dump(exclude_unset=True, warnings=False)
        return dumped
    return {}


class Endpoint(NamedTuple):
    """
    What a provider's method means.

    Attributes:
        name: Of its spans.
        provider: Such as `openai`.
        inputs: The arguments that are the input and not metadata.
        read_input: The `input` of the span, from the arguments by name.
        read: Fields of the span (`output`, `metrics`), from an answer.
        gather: What makes an answer of a stream; None where there are no streams.
        to_json: What `read` gets of a whole answer.
    """

    name: str
    provider: str
    inputs: tuple[str, ...]
    read_input: Callable[[Json], Any]
    read: Callable[[Json], Json]
    gather: Callable[[], Gather] | None = None
    to_json: Callable[[Any], Json] = as_json


class ModelCall:
    """The span of one call; it begins with it, and is no parent of what happens meanwhile."""

    def __init__(self, endpoint: Endpoint, arguments: Mapping[str, Any]) -> None:
        given = {
            name: value
            for name, value in arguments.items()
            if type(value).__name__ not in _NOT_GIVEN and value is not None
        }
        metadata = {
            name: value
            for name, value in given.items()
            if name not in _TRANSPORT and name not in endpoint.inputs
        }
        self._endpoint = endpoint
        self._started = time.monotonic()
        self._first_token_s: float | None = None
        self._gather = endpoint.gather() if endpoint.gather else None
        self._has_more = False
        self._has_ended = False
        self._is_over = False
        self._span = start_span(
            endpoint.name, "llm", metadata={"provider": endpoint.provider, **metadata}
        )
        with suppress(Exception):
            self._span.log(input=endpoint.read_input(given))

    def answered(self, answer: Any) -> None:
        """The whole answer is there: ends the span."""
        with suppress(Exception):
            self._log(self._endpoint.to_json(answer))
        self.over()

    def piece(self, piece: Any) -> None:
        """The next piece of a stream is there."""
        self._has_more = True
        with suppress(Exception):
            is_said = self._gather is not None and self._gather.add(as_json(piece))
            if is_said and self._first_token_s is None:
                self._first_token_s = time.monotonic() - self._started

    def left(self) -> None:
        """The reader of a stream left it: what came is the output, until more is read."""
        if not self._is_over and (self._has_more or not self._has_ended):
            self._tell()
            self._end()

    def streamed(self) -> None:
        """A stream ended or was closed: what came is the output."""
        self.left()
        self._is_over = True

    def failed(self, error: BaseException) -> None:
        """The call or its stream failed; what came before is kept."""
        if not self._is_over:
            self._span.log(error=error)
            self._tell()
            self.over()

    def _tell(self) -> None:
        """Logs what came of a stream; of a call without an answer there is none."""
        if self._has_more and self._gather is not None:
            self._has_more = False
            with suppress(Exception):
                self._log(self._gather.answer())

    def over(self) -> None:
        """Ends the span as it is."""
        self._is_over = True
        self._end()

    def _end(self) -> None:
        """Ends the span, or moves its end: a stream may be read on after it was left."""
        if self._has_ended:
            self._span.log(metrics={"end": now_micros() / 1e6})
        else:
            self._has_ended = True
            self._span.end()

    def _log(self, answer: Json) -> None:
        with suppress(Exception):
            fields = self._endpoint.read(answer)
            metrics = fields.pop("metrics", {})
            if self._first_token_s is not None:
                metrics["time_to_first_token"] = self._first_token_s
            self._span.log(metrics=metrics, **fields)


def counts(usage: Any, names: Mapping[str, str]) -> dict[str, float]:
    """Metrics from a usage object: `names` maps paths such as `details.cached` to their names."""
    found: dict[str, float] = {}
    for path, name in names.items():
        value = usage
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, (int, float)):
            found[name] = value
    return found
