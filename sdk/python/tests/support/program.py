"""Programs that run in a Python process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

from support.product import API_KEY, ROOT

PREAMBLE = """
import heed, os, signal, sys, time
logger = heed.init_logger(project=os.environ["PROJECT"], flush_interval_s=60)
"""


def start(program: str, url: str, project: str, first: str = "") -> subprocess.Popen[str]:
    """
    Starts a program that has a logger with an interval so long that only an end can flush it.
    `first` is done before `heed` is imported.
    """
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "sdk/python/src"),
        "HEED_URL": url,
        "HEED_API_KEY": API_KEY,
        "PROJECT": project,
    }
    # Python 3.12 and newer warn of every fork of a process that has threads.
    warnings = ["-W", "always", "-W", "ignore::DeprecationWarning"]
    return subprocess.Popen(
        [sys.executable, *warnings, "-c", first + PREAMBLE + textwrap.dedent(program)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(program: str, url: str, project: str, first: str = "") -> tuple[int, str, str]:
    """Runs a program to its end: exit code, output, errors."""
    process = start(program, url, project, first)
    try:
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, output, errors
