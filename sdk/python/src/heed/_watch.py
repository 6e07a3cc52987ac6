"""Streams that tell what they pass on. They stay the objects they were, of the class they were."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

from ._model_call import ModelCall

_CALL = "_heed_call"


def is_stream(value: Any) -> bool:
    return hasattr(type(value), "__next__") or hasattr(type(value), "__anext__")


def become(value: Any, base: type, **attributes: Any) -> bool:
    """
    Puts the methods of `base`, which need `attributes`, above those of an object; False if its
    class does not allow it.
    """
    try:
        # These first: an object with slots may refuse them.
        for name, given in attributes.items():
            setattr(value, name, given)
        value.__class__ = _with_base(base, type(value))
    except Exception:
        return False
    return True


def watch(stream: Any, call: ModelCall) -> None:
    """
    Tells `call` each piece of a stream as it is read, and when the stream ends, fails, is closed,
    is left by its reader, or is collected unread.
    """
    base = _Watched if hasattr(type(stream), "__next__") else _AsyncWatched
    with suppress(TypeError):  # Of an object that takes no weak reference.
        weakref.finalize(stream, call.streamed)
        if become(stream, base, **{_CALL: call}):
            return
    call.over()  # It is passed on unread.


_classes: dict[tuple[type, type], type] = {}


def _with_base(base: type, kind: type) -> type:
    made = _classes.get((base, kind))
    if made is None:
        # A second base, or slots, would be another layout, and no object could change to the class.
        methods = {name: value for name, value in vars(base).items() if inspect.isfunction(value)}
        names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__slots__": ()}
        made = _classes[base, kind] = type(kind.__name__, (kind,), {**names, **methods})
    return made


def above(value: Any) -> Any:
    """What a method that `become` put on an object calls the object's own methods by."""
    return super(type(value), value)


class _Watched:
    def __next__(self) -> Any:
        call: ModelCall = getattr(self, _CALL)
        try:
            piece = above(self).__next__()
        except StopIteration:
            call.streamed()
            raise
        except BaseException as error:
            call.failed(error)
            raise
        call.piece(piece)
        return piece

    def __iter__(self) -> Iterator[Any]:
        try:
            while True:
                try:
                    piece = self.__next__()
                except StopIteration:
                    return
                yield piece
        finally:
            getattr(self, _CALL).left()

    def close(self) -> None:
        try:
            above(self).close()
        finally:
            getattr(self, _CALL).streamed()


class _AsyncWatched:
    async def __anext__(self) -> Any:
        call: ModelCall = getattr(self, _CALL)
        try:
            piece = await above(self).__anext__()
        except StopAsyncIteration:
            call.streamed()
            raise
        except BaseException as error:
            call.failed(error)
            raise
        call.piece(piece)
        return piece

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            while True:
                try:
                    piece = await self.__anext__()
                except StopAsyncIteration:
                    return
                yield piece
        finally:
            getattr(self, _CALL).left()

    async def close(self) -> None:
        try:
            await above(self).close()
        finally:
            getattr(self, _CALL).streamed()
