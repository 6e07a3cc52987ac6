"""Programs and loggers with a spool, and what is in its files."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import heed
from support import program
from support.product import API_KEY
from support.wait import wait_for

LOGGER = """
told = []
logger = heed.init_logger(
    os.environ["PROJECT"],
    spool_dir=os.environ["SPOOL"],
    flush_interval_s=0.01,
    on_error=lambda error: told.append(error.code),
)
def deliver():
    while True:
        try:
            return logger.flush(1)  # A flush cuts the pause between two attempts short.
        except heed.HeedError as error:
            if not error.queued:
                return
"""


def segments(spool: Path) -> list[Path]:
    return sorted(spool.glob("*/*/*.jsonl"))


def lines(spool: Path) -> int:
    """How many items are in a spool."""
    return held(spool).count(b"\n")


def held(spool: Path) -> bytes:
    return b"".join(map(content, segments(spool)))


def content(segment: Path) -> bytes:
    with suppress(FileNotFoundError):  # It may have been sent meanwhile.
        return segment.read_bytes()
    return b""


def leave_behind(url: str, project: str, spool: Path, rows: int) -> None:
    """A process logs rows with numbers, and is killed while no server answers."""
    text = f"""
        for n in range({rows}):
            logger.log(input=n)
        time.sleep(60)
        """
    with running(text, url, project):
        # A span that is written before it has ended takes two lines.
        wait_for(lambda: held(spool).count(b'"input":') == rows and b'"end":' in held(spool)[-200:])


@contextmanager
def running(text: str, url: str, project: str) -> Iterator[subprocess.Popen[str]]:
    """A program with a logger that has a spool; killed at the end, if it did not end itself."""
    with program.start(LOGGER + textwrap.dedent(text), url, project) as process:
        try:
            yield process
        finally:
            process.kill()


def run(text: str, url: str, project: str) -> str:
    with running(text, url, project) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return output


def make(url: str, project: str, spool: Path, **options: Any) -> tuple[heed.Logger, list[str]]:
    """A logger with a spool in this process, and the codes of its problems."""
    told: list[str] = []
    given: dict[str, Any] = {
        "url": url,
        "api_key": API_KEY,
        "set_current": False,
        "flush_interval_s": 0.005,
        "spool_dir": spool,
        "on_error": lambda error: told.append(error.code),
        **options,
    }
    return heed.init_logger(project, **given), told
