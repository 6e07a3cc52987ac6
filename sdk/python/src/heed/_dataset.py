from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from ._ask import Reader
from ._clock import iso_micros, now_micros
from ._counts import Stats
from ._dataset_home import Home
from ._dataset_summary import DatasetSummary, DataSummary
from ._error import HeedError
from ._id import new_uuid
from ._options import Options
from ._recorder import FLUSH_TIMEOUT_S, Recorder
from ._whole_item import WholeItem

_PAGE_RECORDS_MAX = 1000
_ENVELOPE_SIZE = 120
"""About what the id and the time of a write take."""


class Dataset:
    """
    Writes and reads the records of one dataset; `init_dataset` makes it. `insert`, `update` and
    `delete` put a write into a bounded queue, and neither raise nor wait. All that reads asks the
    server, raises `HeedError` (`unreachable`, `refused`) where that does not answer, and first
    waits until this object's own writes are stored. May be used from any thread.
    """

    def __init__(self, options: Options, home: Home, version: str | int | None) -> None:
        self._options = options
        self._home = home
        # A transaction id, or the name of a snapshot until that has been looked up.
        self._version = None if version is None else str(version)
        self._recorder = Recorder(options, home)
        self._inserted = 0

    @property
    def id(self) -> str:
        """The id the server gave; the dataset is made if it is new."""
        with self._reader() as reader:
            return self._home.id(reader.ask)

    @property
    def name(self) -> str:
        with self._reader() as reader:
            return self._home.known(reader.ask).name

    @property
    def version(self) -> str:
        """
        The transaction id of what is read: the pinned one, else the newest of the records, for
        which all are read. `0` of an empty dataset.
        """
        if self._version is not None:
            with self._reader() as reader:
                return str(self._pinned(reader))
        return max((str(record["_xact_id"]) for record in self), default="0")

    def insert(
        self,
        input: Any = None,
        expected: Any = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        id: str | None = None,
        output: Any = None,
    ) -> str:
        """
        Queues a record; one of the same id is replaced as a whole.

        Args:
            input: What is asked; any value.
            expected: What should be answered; any value.
            tags: Strings.
            metadata: Names to values.
            id: Absent: a new UUID.
            output: An older name of `expected`, for programs that have it.

        Returns:
            The id of the record; an empty string if it was refused.
        """
        written = self._write(
            new_uuid(now_micros() // 1000) if id is None else id,
            {
                "input": input,
                "expected": output if expected is None else expected,
                "tags": tags,
                "metadata": metadata,
            },
            {},
        )
        self._inserted += written != ""
        return written

    def update(
        self,
        id: str,
        input: Any = None,
        expected: Any = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> str:
        """
        Queues a change of a record: objects merge key by key, tags unite, anything else replaces,
        and None says nothing. Returns the id; an empty string if it was refused.
        """
        fields = {"input": input, "expected": expected, "tags": tags, "metadata": metadata}
        return self._write(id, fields, {"_is_merge": True})

    def delete(self, id: str) -> str:
        """Queues the removal of a record. Returns its id; an empty string if it was refused."""
        return self._write(id, {}, {"_object_delete": True})

    def fetch(self, batch_size: int | None = None) -> Iterator[dict[str, Any]]:
        """
        The records, newest first, each with `id`, `input`, `expected`, `tags`, `metadata`,
        `created` and `_xact_id`. Pages are read as they are needed, all at one version.

        Args:
            batch_size: Records a page, 1 to 1000; absent is 1000.
        """
        self._recorder.delivery.settle(FLUSH_TIMEOUT_S)
        with self._reader() as reader:
            limit = min(max(1, batch_size or _PAGE_RECORDS_MAX), _PAGE_RECORDS_MAX)
            asked = {"limit": limit, "version": self._pinned(reader), "cursor": None}
            path = f"{self._home.path(reader.ask)}/fetch"
            while True:
                records, asked["cursor"] = reader.ask(path, asked, _page)
                yield from records
                if not asked["cursor"]:
                    return

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self.fetch()

    def summarize(self, summarize_data: bool = True) -> DatasetSummary:
        """Flushes; then the names and addresses and, unless `summarize_data` is False, counts."""
        self.flush()
        with self._reader() as reader:
            query = f"summarize_data={str(summarize_data).lower()}"
            path = f"{self._home.path(reader.ask)}/summarize?{query}"
            summary, total = reader.ask(path, None, _summary)
        counted = None if total is None else DataSummary(self._inserted, total)
        return summary._replace(data_summary=counted)

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        """Returns when everything written so far is stored. Raises as `Logger.flush` does."""
        self._recorder.flush(timeout_s)

    def stats(self) -> Stats:
        """Exact counters of writes since this object was made, in this process."""
        return self._recorder.delivery.stats()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Waits for what was written; what was lost is told to `on_error` and not raised."""
        self._recorder.delivery.settle(FLUSH_TIMEOUT_S)

    def _reader(self) -> Reader:
        return Reader(self._options, str(self._home))

    def _pinned(self, reader: Reader) -> str | None:
        """The transaction id of the pinned version; None if there is none."""
        name = self._version
        if name is not None and not (name.isascii() and name.isdigit()):
            body = {"dataset_id": self._home.id(reader.ask), "name": name}
            found = reader.ask("/api/dataset_snapshot/get", body, _versions)
            if not found:
                raise HeedError("refused", f"{self._home} has no snapshot named {name[:60]}.")
            self._version = found[0]
        return self._version

    def _write(self, id: str, fields: dict[str, Any], control: dict[str, Any]) -> str:
        recorder = self._recorder
        if not isinstance(id, str) or not id:
            recorder.delivery.count_rejected()
            sentence = "A record was not written: id must be a string that is not empty."
            recorder.report(HeedError("invalid_item", sentence))
            return ""
        # The time makes each write another one, so that only its repetitions count once.
        row: dict[str, Any] = {"id": id, "created": iso_micros(now_micros()), **control}
        size = _ENVELOPE_SIZE
        for field, given in fields.items():
            if given is None:
                continue
            value, value_size = recorder.snapshot(field, given)
            if value is not None:
                row[field] = value
                size += value_size
        recorder.put(WholeItem("rows", id, row, size))
        return id


def _page(body: Any) -> tuple[list[dict[str, Any]], Any]:
    return list(body["events"]), body.get("cursor")


def _versions(body: Any) -> list[str]:
    return [str(snapshot["xact_id"]) for snapshot in body]


def _summary(body: Any) -> tuple[DatasetSummary, int | None]:
    counted = body["data_summary"]
    summary = DatasetSummary(
        project_name=str(body["project_name"]),
        dataset_name=str(body["dataset_name"]),
        project_url=str(body["project_url"]),
        dataset_url=str(body["dataset_url"]),
        data_summary=None,
    )
    return summary, None if counted is None else int(counted["total_records"])
