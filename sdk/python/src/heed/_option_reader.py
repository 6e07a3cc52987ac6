from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable
from uuid import UUID

from ._error import HeedError, Report

_SHOWN_MAX = 40
_WAIT_MAX_S = 86_400.0
"""A day: longer waits are as good as this one, and no clock of the system takes all of them."""


class OptionReader:
    """
    Reads options as a program gave them. None says nothing. What is of a wrong kind is told, by
    name and with what was expected, and its default is used: nothing here raises.
    """

    def __init__(self) -> None:
        self._problems: list[HeedError] = []

    def tell(self, report: Report) -> None:
        """Tells what was wrong, once everything is read."""
        for problem in self._problems:
            try:
                report(problem)
            except KeyboardInterrupt:
                raise
            except BaseException:
                continue  # An error in telling an error ends here.

    def text(self, name: str, value: Any) -> str | None:
        """Text, or a UUID as text; None if it says nothing."""
        if isinstance(value, UUID):
            return str(value)
        if value is None or isinstance(value, str):
            return value if value and value.strip() else None
        self._wrong(name, value, "text", "Its default")
        return None

    def uuid(self, name: str, value: Any) -> str | None:
        """A UUID as text."""
        text = self.text(name, value)
        if text is None:
            return None
        with suppress(ValueError):
            return str(UUID(text.strip()))
        self._wrong(name, value, "a UUID", "Its default")
        return None

    def meaningless(self, options: Mapping[str, Any]) -> None:
        """Options that other packages have. A program that gives them learns that nothing comes."""
        for name, value in options.items():
            if value is not None and value is not False:
                sentence = f"{name} has no meaning here. It was not used."
                self._problems.append(HeedError("invalid_option", sentence))

    def key(self, name: str, value: Any) -> str | None:
        """What can stand in a header. A wrong one is never shown."""
        if value is None:
            return None
        if isinstance(value, str):
            text = value.strip()
            if text.isascii() and (text.isprintable() or not text):
                return text or None
        sentence = f"{name} must be text of printable ASCII characters. It was not used."
        self._problems.append(HeedError("invalid_option", sentence))
        return None

    def address(self, name: str, value: Any) -> str | None:
        """The address of a server. An object that is one by its text will do."""
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        with suppress(Exception):
            text = str(value)
            if text.startswith(("http://", "https://")):
                return text
        self._wrong(name, value, "an http or https address", "Its default")
        return None

    def folder(self, name: str, value: Any) -> Path | None:
        if value is None:
            return None
        with suppress(Exception):  # Also the directory that this process runs in may be gone.
            path = os.fspath(value)
            if isinstance(path, str) and b"\0" not in os.fsencode(path):
                return Path(path).absolute() if path else None
        self._wrong(name, value, "the path of a directory", "None")
        return None

    def flag(self, name: str, value: Any, default: bool) -> bool:
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._wrong(name, value, "True or False", default)
        return default

    def seconds(self, name: str, value: Any, default: float) -> float:
        """Of a wait: less than none is none, and more than a day is a day."""
        if value is None:
            return default
        if isinstance(value, (int, float)) and value == value and not isinstance(value, bool):
            return float(min(max(0, value), _WAIT_MAX_S))
        self._wrong(name, value, "a number of seconds", default)
        return default

    def count(self, name: str, value: Any, default: int) -> int:
        if value is None:
            return default
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 1:
            with suppress(OverflowError):  # Without a bound there is no bounded memory.
                return int(value)
        self._wrong(name, value, "an integer, 1 or more", default)
        return default

    def version(self, name: str, value: Any) -> str | None:
        """A transaction id, also as a number, or a name."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
            return str(value)
        return self.text(name, value)

    def function(self, name: str, value: Any) -> Callable[..., Any] | None:
        if callable(value):
            function: Callable[..., Any] = value
            return function
        if value is not None:
            self._wrong(name, value, "a function", "Its default")
        return None

    def mapping(self, name: str, value: Any) -> Mapping[str, Any] | None:
        if value is None or isinstance(value, Mapping):
            return value
        self._wrong(name, value, "a mapping", "None")
        return None

    def masking(self, name: str, value: Any) -> Callable[[Any], Any] | None:
        """What should mask and cannot does not let anything pass."""
        if callable(value):
            function: Callable[[Any], Any] = value
            return function
        if value is None:
            return None
        self._wrong(name, value, "a function", "A fixed text in place of what it would see")

        def fail(seen: Any) -> Any:
            raise TypeError(f"{name} is no function")

        return fail

    def _wrong(self, name: str, value: Any, expected: str, used: Any) -> None:
        sentence = f"{name} is {_show(value)}; it must be {expected}. {used} is used."
        self._problems.append(HeedError("invalid_option", sentence))


def _show(value: Any) -> str:
    try:
        text = str.__str__(repr(value))
    except Exception:
        return f"of type {type(value).__name__}"
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"
