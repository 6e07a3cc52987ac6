"""Clients that are compatible with those of the providers, and built in another way."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import heed
from support.fake_server import FakeServer
from support.provider_answers import CHAT_STREAM


class NoAttributes:
    """A stream that takes no attribute and no weak reference."""

    __slots__ = ("_chunks",)

    def __init__(self) -> None:
        self._chunks: Iterator[Any] = iter(CHAT_STREAM)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._chunks)


class NoReferences(NoAttributes):
    """One that takes attributes, but no weak reference."""

    __slots__ = ("__dict__",)


class Refusing(NoAttributes):
    """One that takes no attribute by a rule of its own."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "_chunks":
            raise RuntimeError("This stream does not change.")
        super().__setattr__(name, value)


@pytest.mark.parametrize("kind", [NoAttributes, NoReferences, Refusing])
def test_a_stream_that_cannot_be_watched_passes_unread(
    kind: type[NoAttributes], server: FakeServer, current: heed.Logger
) -> None:
    completions = SimpleNamespace(create=lambda **asked: kind())
    client = heed.wrap_openai(SimpleNamespace(chat=SimpleNamespace(completions=completions)))
    stream = client.chat.completions.create(model="m-1", messages=[], stream=True)
    assert list(stream) == CHAT_STREAM
    current.flush()
    (row,) = server.rows
    assert "output" not in row
    assert row["metrics"]["end"]


class Manager:
    """Opens a stream, and takes no attribute."""

    __slots__ = ()

    def __enter__(self) -> Iterator[Any]:
        return iter(["one"])

    def __exit__(self, *raised: object) -> None:
        return


def test_a_manager_of_a_stream_that_takes_no_attribute_passes_unrecorded(
    server: FakeServer, current: heed.Logger
) -> None:
    messages = SimpleNamespace(stream=lambda **asked: Manager())
    client = heed.wrap_anthropic(SimpleNamespace(messages=messages))
    with client.messages.stream(model="m-1") as stream:
        assert list(stream) == ["one"]
    current.flush()
    assert server.rows == []
