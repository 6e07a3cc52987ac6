from __future__ import annotations

import os
from typing import Any, NamedTuple

from ._error import Report, warn_once
from ._http import HttpTransport
from ._option_reader import OptionReader
from ._queue import QueueLimits
from ._snapshot import Masking
from ._spool import SpoolOptions
from ._transport import Transport

FLUSH_INTERVAL_S = 0.05
MAX_QUEUE_ROWS = 20_000
MAX_QUEUE_BYTES = 64 * 1024 * 1024
MAX_SPOOL_BYTES = 256 * 1024 * 1024

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
    set_current: bool
    spool: SpoolOptions | None = None
    project_id: str | None = None
    """Names the project in place of `project`."""

    @property
    def container(self) -> tuple[str, str]:
        """Server and project: spans that go to one of these can be of one trace."""
        named = f"id {self.project_id}" if self.project_id else f"name {self.project}"
        return (self.url, named)


def resolve_options(
    *,
    project: Any,
    api_key: Any,
    url: Any,
    flush_interval_s: Any,
    max_queue_rows: Any,
    max_queue_bytes: Any,
    on_error: Any,
    transport: Any,
    masking: Any = None,
    async_flush: Any = True,
    set_current: Any = False,
    project_id: Any = None,
    app_url: Any = None,
    spool_dir: Any = None,
    max_spool_bytes: Any = MAX_SPOOL_BYTES,
    read: OptionReader | None = None,
) -> Options:
    """Raises nothing: what is wrong is told to `on_error`, with what `read` found wrong before."""
    read = read or OptionReader()
    spool_folder = read.folder("spool_dir", spool_dir)
    spool_bytes = read.count("max_spool_bytes", max_spool_bytes, MAX_SPOOL_BYTES)
    options = Options(
        project=(read.text("project", project) or "default").strip()[:_NAME_MAX],
        api_key=read.key("api_key", api_key)
        or read.key("HEED_API_KEY", os.environ.get("HEED_API_KEY")),
        url=(
            read.address("url", url)
            or read.address("app_url", app_url)
            or read.address("HEED_URL", os.environ.get("HEED_URL"))
            or _DEFAULT_URL
        ).rstrip("/"),
        flush_interval_s=read.seconds("flush_interval_s", flush_interval_s, FLUSH_INTERVAL_S),
        limits=QueueLimits(
            read.count("max_queue_rows", max_queue_rows, MAX_QUEUE_ROWS),
            read.count("max_queue_bytes", max_queue_bytes, MAX_QUEUE_BYTES),
        ),
        on_error=read.function("on_error", on_error) or warn_once(),
        masking=read.masking("masking", masking),
        transport=read.function("transport", transport) or HttpTransport(),
        async_flush=read.flag("async_flush", async_flush, True),
        set_current=read.flag("set_current", set_current, True),
        spool=SpoolOptions(spool_folder, spool_bytes) if spool_folder else None,
        project_id=read.uuid("project_id", project_id),
    )
    read.tell(options.on_error)
    return options
