from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._copy import copy
from ._dataset import Dataset
from ._dataset_home import Home, Wanted
from ._error import Report
from ._option_reader import OptionReader
from ._options import FLUSH_INTERVAL_S, MAX_QUEUE_BYTES, MAX_QUEUE_ROWS, resolve_options
from ._transport import Transport


def init_dataset(
    project: str | None = None,
    name: str | None = None,
    description: str | None = None,
    version: str | int | None = None,
    app_url: str | None = None,
    api_key: str | None = None,
    org_name: object = None,
    project_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    use_output: object = None,
    *,
    url: str | None = None,
    state: object = None,
    environment: object = None,
    dataset_id: str | None = None,
    flush_interval_s: float = FLUSH_INTERVAL_S,
    max_queue_rows: int = MAX_QUEUE_ROWS,
    max_queue_bytes: int = MAX_QUEUE_BYTES,
    on_error: Report | None = None,
    transport: Transport | None = None,
) -> Dataset:
    """
    Opens a dataset of a project. Sends nothing yet: both are made, if they are new, when the
    dataset is first written to or read.
    Raises nothing: an option of a wrong kind is told to `on_error`, and its default is used.

    Args:
        project: Absent or empty: `default`.
        name: Unique in the project. Absent or empty: `logs`.
        description: What a new dataset is for.
        version: What is read: a transaction id, or the name of a snapshot. Absent: what is there.
        url: Base address of the server. Default: HEED_URL, else http://127.0.0.1:4333.
        app_url: The same, by the name that the `braintrust` package has for it.
        org_name, use_output, state, environment: Known from there; told as `invalid_option`.
        api_key: Default: the environment variable HEED_API_KEY.
        project_id: Names the project in place of `project`.
        metadata: What a new dataset is to be known by.
        dataset_id: Names the dataset, in place of the names; it has to be there.
        flush_interval_s: Seconds from the first queued write to its sending.
        max_queue_rows: Writes that may wait; beyond it the oldest is dropped and counted.
        max_queue_bytes: About how much may wait, in bytes of JSON.
        on_error: Told every problem of writes, on any thread. Default: one warning each.
        transport: Used in place of the network.
    """
    read = OptionReader()
    read.meaningless(
        {
            "org_name": org_name,
            "use_output": use_output,
            "state": state,
            "environment": environment,
        }
    )
    described = read.mapping("metadata", metadata)
    wanted = Wanted(
        id=read.text("dataset_id", dataset_id),
        name=read.text("name", name) or "logs",
        project_id=read.text("project_id", project_id),
        description=read.text("description", description),
        metadata=None if described is None else copy(described)[0],
    )
    pinned = read.version("version", version)
    options = resolve_options(
        project=project,
        url=url,
        app_url=app_url,
        api_key=api_key,
        flush_interval_s=flush_interval_s,
        max_queue_rows=max_queue_rows,
        max_queue_bytes=max_queue_bytes,
        on_error=on_error,
        transport=transport,
        read=read,
    )
    return Dataset(options, Home(options, wanted), pinned)
