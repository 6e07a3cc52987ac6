from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Callable
from uuid import UUID

from ._context import current
from ._error import Report
from ._logger import Logger
from ._noop_span import NOOP_SPAN
from ._option_reader import OptionReader
from ._options import (
    FLUSH_INTERVAL_S,
    MAX_QUEUE_BYTES,
    MAX_QUEUE_ROWS,
    MAX_SPOOL_BYTES,
    resolve_options,
)
from ._parent import Parent
from ._recorder import FLUSH_TIMEOUT_S
from ._span import Span
from ._transport import Transport

_logger: Logger | None = None


def init_logger(
    project: str | None = None,
    project_id: str | UUID | None = None,
    async_flush: bool = True,
    app_url: str | None = None,
    api_key: str | None = None,
    org_name: object = None,
    force_login: object = None,
    set_current: bool = True,
    state: object = None,
    environment: object = None,
    *,
    url: str | None = None,
    flush_interval_s: float = FLUSH_INTERVAL_S,
    max_queue_rows: int = MAX_QUEUE_ROWS,
    max_queue_bytes: int = MAX_QUEUE_BYTES,
    on_error: Report | None = None,
    masking: Callable[[Any], Any] | None = None,
    spool_dir: str | os.PathLike[str] | None = None,
    max_spool_bytes: int = MAX_SPOOL_BYTES,
    transport: Transport | None = None,
) -> Logger:
    """
    Makes a logger and, unless `set_current` is False, the current one. Sends nothing yet.
    Raises nothing: an option of a wrong kind is told to `on_error`, and its default is used.

    Args:
        project: The project that gets the traces; it is made when the first one arrives.
            Absent or empty: `default`.
        project_id: Names the project in place of `project`; it has to be there.
        api_key: Default: the environment variable HEED_API_KEY.
        url: Base address of the server. Default: HEED_URL, else http://127.0.0.1:4333.
        app_url: The same, by the name that the `braintrust` package has for it.
        org_name, force_login, state, environment: Known from there; told as `invalid_option`.
        async_flush: False: `log`, feedback, and the end of a trace wait until it is stored.
        set_current: False: `traced`, `start_span` and the like do not use this logger.
        flush_interval_s: Seconds from the first queued item to its sending.
        max_queue_rows: Items that may wait; beyond it the oldest is dropped and counted.
        max_queue_bytes: About how much may wait, in bytes of JSON.
        on_error: Told every problem, on any thread. Default: one warning per distinct problem.
        masking: Sees a copy of input, output, expected, error, metadata and comment; returns what
            may leave the process.
        spool_dir: A directory where what waits survives the end of the process.
        max_spool_bytes: About how much it may hold, in bytes, of all processes that use it.
        transport: Used in place of the network.
    """
    global _logger
    read = OptionReader()
    read.meaningless(
        {
            "org_name": org_name,
            "force_login": force_login,
            "state": state,
            "environment": environment,
        }
    )
    options = resolve_options(
        read=read,
        project=project,
        project_id=project_id,
        app_url=app_url,
        api_key=api_key,
        url=url,
        async_flush=async_flush,
        spool_dir=spool_dir,
        max_spool_bytes=max_spool_bytes,
        flush_interval_s=flush_interval_s,
        max_queue_rows=max_queue_rows,
        max_queue_bytes=max_queue_bytes,
        on_error=on_error,
        masking=masking,
        transport=transport,
        set_current=set_current,
    )
    logger = Logger(options)
    if options.set_current:
        _logger = logger
    return logger


def current_logger() -> Logger | None:
    """The logger of the last `init_logger`; None before."""
    return _logger


def current_span() -> Span:
    """The span this code runs in; one that records nothing, with an empty id, if there is none."""
    return current() or NOOP_SPAN


def start_span(
    name: str | None = None,
    type: str | None = None,
    span_attributes: Mapping[str, Any] | None = None,
    start_time: float | None = None,
    set_current: bool | None = None,
    parent: Parent | None = None,
    **event: Any,
) -> Span:
    """
    Opens a span under `parent`, else under the current span, else as a root of the current logger;
    see `Logger.start_span`. Without a logger it records nothing.
    """
    opener = current() or _logger or NOOP_SPAN
    return opener.start_span(name, type, span_attributes, start_time, set_current, parent, **event)


def log(**event: Any) -> str:
    """Logs a whole trace of one span with the current logger; see `Logger.log`."""
    return _logger.log(**event) if _logger else ""


def log_feedback(id: str, **feedback: Any) -> str:
    """Judges a span by its id with the current logger; an empty string if there is none."""
    return _logger.log_feedback(id, **feedback) if _logger else ""


def update_span(exported: str, **event: Any) -> None:
    """Changes fields of a span with the current logger; `exported` is its id or slug."""
    if _logger:
        _logger.update_span(exported, **event)


def flush(timeout_s: float = FLUSH_TIMEOUT_S) -> None:
    """Flushes the current logger; see `Logger.flush`."""
    if _logger:
        _logger.flush(timeout_s)
