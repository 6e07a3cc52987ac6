"""The built server as a user runs it: a process with a data directory, a port and a key."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[4]
API_KEY = "heed_key_of_the_python_tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """Runs until `stop`; `pause` freezes it until `resume`; `start` again keeps all it holds."""

    def __init__(self) -> None:
        self._directory = tempfile.mkdtemp(prefix="heed-python-")
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        env = {
            **os.environ,
            "HEED_DATA_DIR": self._directory,
            "HEED_PORT": str(self._port),
            "HEED_API_KEY": API_KEY,
        }
        self._process = subprocess.Popen(
            ["node", "dist/cli/start.js"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        printed = ""
        for line in self._process.stdout:
            printed += line
            if "Heed is running on" in line:
                return
        raise AssertionError(f"Heed ended: {printed}")

    def kill(self) -> None:
        """As a power cut would end it."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def pause(self) -> None:
        """It takes connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self._directory)

    def get(self, path: str, **query: str) -> Any:
        """The JSON answer of a route, as a program with a key gets it."""
        return self._ask(f"{path}?{urllib.parse.urlencode(query)}", None)

    def post(self, path: str, body: Any) -> Any:
        """The same for a POST of JSON."""
        return self._ask(path, json.dumps(body).encode())

    def _ask(self, path: str, body: bytes | None) -> Any:
        headers = {"authorization": f"Bearer {API_KEY}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
