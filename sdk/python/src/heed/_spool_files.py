"""
The files of a spool, below the folder that the user names:

    <destination>/<owner>/lock              an flock, held as long as the owner lives
    <destination>/<owner>/00000001.jsonl    a segment: items in the order of logging, one a line
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from pathlib import Path
from typing import NamedTuple

from ._copy import to_json
from ._queue import ListName, Sealed

try:
    import fcntl
except ImportError:  # Windows: `claim` then raises OSError.
    fcntl = None  # type: ignore[assignment]


class Claim(NamedTuple):
    """A folder of segments that this process alone touches, as long as the file `lock` is open."""

    folder: Path
    lock: int


def folder_of(spool: Path, url: str, project: str) -> Path:
    """Where items wait that go to one project of one server."""
    return (
        spool
        / hashlib.sha256(f"{url}\n{project}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    )


def claim(folder: Path) -> Claim | None:
    """Takes a folder whose owner is dead. None if it lives, or has taken the folder away."""
    if fcntl is None:
        raise OSError("a spool needs flock, which this system has not")
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        os.close(lock)
        raise
    if os.fstat(lock).st_nlink == 0:
        os.close(lock)
        return None
    return Claim(folder, lock)


def claim_new(parent: Path) -> Claim:
    """Makes a folder and takes it."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        folder = parent / uuid.uuid4().hex
        folder.mkdir(mode=0o700)
        try:
            claimed = claim(folder)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # One who looks for folders of the dead may have come between.
        if claimed:
            return claimed


def release(claimed: Claim) -> None:
    """Gives a folder up; it goes if no segment is left in it."""
    if not segments(claimed.folder):
        with contextlib.suppress(OSError):
            (claimed.folder / "lock").unlink()
            claimed.folder.rmdir()
    os.close(claimed.lock)


def owners(parent: Path) -> list[Path]:
    try:
        return sorted(parent.iterdir())
    except OSError:
        return []


def segments(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob("*.jsonl"))


def bytes_of(spool: Path) -> int:
    """What all segments of all owners take."""
    total = 0
    for path in spool.glob("*/*/*.jsonl"):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def line_of(sealed: Sealed) -> bytes:
    return _head(sealed.list_name, sealed.id) + sealed.body + b"]\n"


def read_segment(path: Path, size: int) -> tuple[dict[int, Sealed], int]:
    """
    The items in the first `size` bytes of a segment by the number of their line, from 0, their
    bytes as they were; and how many lines are no items.
    """
    items: dict[int, Sealed] = {}
    broken = 0
    with path.open("rb") as file:
        text = file.read(size)
    for number, line in enumerate(text.split(b"\n")):
        if line:
            item = _item(line)
            if item:
                items[number] = item
            else:
                broken += 1
    return items, broken


def _head(list_name: ListName, id: str) -> bytes:
    return to_json([list_name, id])[:-1] + b","


def _item(line: bytes) -> Sealed | None:
    try:
        list_name, id, row = json.loads(line)
    except (ValueError, RecursionError, TypeError):
        return None
    if list_name not in ("rows", "feedback") or not isinstance(id, str) or type(row) is not dict:
        return None
    sealed = Sealed(0, id, list_name)
    sealed.body = line[len(_head(list_name, id)) : -1]
    return sealed
