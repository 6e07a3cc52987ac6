"""
What a span costs its caller, and how long 10,000 spans take to be delivered, beside the official
`braintrust` package: each in a process of its own, in turn, against one sink. Prints Markdown,
which names a goal that is missed: a machine may be slower than the one that it was reached on.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import urllib.request
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
ROUNDS = 3
SPAN_US_P50_MAX = 20.0
"""What a span of heed may cost its caller."""
NAMES = {
    "span_us_p50": "a span on its caller's thread, p50, µs",
    "span_us_p95": "the same, p95",
    "span_us_p99": "the same, p99",
    "log_10000_s": "10,000 spans logged, s",
    "flush_10000_s": "what of them still waits, flushed, s",
    "log_and_flush_10000_s": "10,000 spans logged and flushed, s",
}


def main() -> None:
    env = {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    sink = subprocess.Popen(
        [sys.executable, str(HERE / "sink.py")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert sink.stdout is not None
        url = f"http://127.0.0.1:{sink.stdout.readline().strip()}"
        measured: dict[str, list[dict[str, float]]] = {"heed": [], "braintrust": []}
        for _ in range(ROUNDS):
            for name, results in measured.items():
                command = [sys.executable, str(HERE / "one.py"), name, url]
                ran = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
                assert ran.stderr == "", ran.stderr
                result = json.loads(ran.stdout)
                # What is lost costs nothing, and a queue may lose it without a word.
                logged, came = result.pop("spans"), count_spans(url)
                assert came == logged, f"{name} logged {logged} spans, and {came} came"
                results.append(result)
    finally:
        sink.kill()
        sink.wait()
    print("# The Python SDK beside `braintrust`\n")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, braintrust {version('braintrust')}, commit {commit()}. "
        f"Median of {ROUNDS} rounds in turn, lowest and highest in brackets; 2 KB a span; the sink "
        "ran on the same cores, and counted each span of both.\n"
    )
    print("| what | heed | braintrust |")
    print("| --- | --- | --- |")
    for key, told in NAMES.items():
        cells = []
        for results in measured.values():
            values = sorted(result[key] for result in results)
            middle = statistics.median(values)
            cells.append(f"{middle:.3g} ({values[0]:.3g} to {values[-1]:.3g})")
        print(f"| {told} | {' | '.join(cells)} |")
    cost_us = statistics.median(result["span_us_p50"] for result in measured["heed"])
    if cost_us > SPAN_US_P50_MAX:
        print(
            f"\nMissed: {cost_us:.3g} µs a span at the median; the goal is {SPAN_US_P50_MAX:.3g}."
        )


def count_spans(url: str) -> int:
    """How many spans came to the sink since the last time."""
    with urllib.request.urlopen(f"{url}/spans", timeout=60) as answer:
        return int(json.load(answer)["spans"])


def commit() -> str:
    def git(*args: str) -> str:
        command = ["git", "-C", str(HERE), *args]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", "..")
        return f"{git('rev-parse', '--short', 'HEAD')}{' with changes' if changed else ''}"
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


if __name__ == "__main__":
    main()
