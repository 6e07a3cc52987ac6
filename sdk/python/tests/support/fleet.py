"""Servers and workers of other packages that run programs of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.product import API_KEY, ROOT, Product


class Fleet:
    """A process with workers, in a folder of its own; `stop` ends it as a deployment does."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def printed(self) -> str:
        return self._log.read_text()

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(by)
        self._process.wait(60)


@contextmanager
def fleet(
    program: str, command: list[str], folder: Path, product: Product, project: str
) -> Iterator[Fleet]:
    """Runs `python -m <command>` beside the module `app`, whose text is `program`."""
    (folder / "app.py").write_text(textwrap.dedent(program))
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "sdk/python/src"), str(folder)]),
        "PYTHONUNBUFFERED": "1",
        "HEED_URL": product.url,
        "HEED_API_KEY": API_KEY,
        "PROJECT": project,
    }
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=folder, env=env, stdout=file, stderr=file
        )
    try:
        yield Fleet(process, log)
    finally:
        process.kill()
        process.wait()


def ask(url: str, timeout_s: float = 30) -> str:
    """The answer of a server, on a connection of its own, as soon as it serves."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
