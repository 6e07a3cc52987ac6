from __future__ import annotations

from typing import NamedTuple


class DataSummary(NamedTuple):
    """How many records there are, and how many of them were inserted by this object."""

    new_records: int
    total_records: int

    def __str__(self) -> str:
        return f"Total records: {self.total_records} ({self.new_records} inserted here)"


class DatasetSummary(NamedTuple):
    """A dataset by its names, the addresses of its pages, and how much is in it, if asked for."""

    project_name: str
    dataset_name: str
    project_url: str
    dataset_url: str
    data_summary: DataSummary | None

    def __str__(self) -> str:
        counted = f": {self.data_summary}" if self.data_summary else ""
        return f"{self.dataset_name} of {self.project_name}{counted}\n{self.dataset_url}"
