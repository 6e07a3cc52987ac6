from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from ._error import Report, warn_once
from ._http import HttpTransport
from ._queue import QueueLimits
from ._snapshot import Masking
from ._spool import SpoolOptions
from ._transport import Transport

_DEFAULT_URL = "http://127.0.0.1:4333"
_NAME_MAX = 512
"""The longest project name the server keeps."""


class Options(NamedTuple):
    """What a logger was made with, every default filled."""

    project: str
    api_key: str | None
    url: str
    flush_interval_s: float
    limits: QueueLimits
    on_error: Report
    masking: Masking | None
    transport: Transport
    async_flush: bool
    spool: SpoolOptions | None = None


def resolve_options(
    *,
    project: str | None,
    api_key: str | None,
    url: str | None,
    flush_interval_s: float,
    max_queue_rows: int,
    max_queue_bytes: int,
    on_error: Report | None,
    masking: Masking | None,
    transport: Transport | None,
    async_flush: bool,
    spool_dir: str | os.PathLike[str] | None = None,
    max_spool_bytes: int = 0,
) -> Options:
    return Options(
        project=_name(project) or "default",
        api_key=api_key or os.environ.get("HEED_API_KEY") or None,
        url=str(url or os.environ.get("HEED_URL") or _DEFAULT_URL).rstrip("/"),
        flush_interval_s=flush_interval_s,
        limits=QueueLimits(max_queue_rows, max_queue_bytes),
        on_error=on_error or warn_once(),
        masking=masking,
        transport=transport or HttpTransport(),
        async_flush=async_flush,
        spool=SpoolOptions(Path(spool_dir).absolute(), max_spool_bytes) if spool_dir else None,
    )


def _name(name: Any) -> str:
    return name.strip()[:_NAME_MAX] if isinstance(name, str) else ""
