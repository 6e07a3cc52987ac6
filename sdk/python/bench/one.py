"""One measurement of one SDK, in a process of its own: `one.py heed|braintrust <url>`."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any

SPANS = 10_000
FLUSH_EVERY = 500
INPUT = {"messages": [{"role": "user", "content": "x" * 1500}]}
OUTPUT = "y" * 300


def make_logger(name: str, url: str) -> Any:
    os.environ.update(HEED_URL=url, HEED_API_KEY="k")
    os.environ.update(BRAINTRUST_APP_URL=url, BRAINTRUST_API_KEY="k")
    return importlib.import_module(name).init_logger(project="bench")


def log_span(logger: Any, n: int) -> None:
    """The same lines for both: a span with about 2 KB."""
    with logger.start_span(name="chat") as span:
        span.log(input=INPUT, output=OUTPUT, metadata={"user_id": f"u{n}", "model": "m"})


def measure(name: str, url: str) -> dict[str, float]:
    logger = make_logger(name, url)
    log_span(logger, 0)
    logger.flush()

    costs_us = []
    for n in range(SPANS):
        begun = time.perf_counter()
        log_span(logger, n)
        costs_us.append((time.perf_counter() - begun) * 1e6)
        if n % FLUSH_EVERY == 0:
            logger.flush()
    logger.flush()

    begun = time.perf_counter()
    for n in range(SPANS):
        log_span(logger, n)
    logged = time.perf_counter()
    logger.flush()
    flushed = time.perf_counter()

    costs_us.sort()
    return {
        "spans": 1 + 2 * SPANS,
        "span_us_p50": costs_us[SPANS // 2],
        "span_us_p95": costs_us[SPANS * 95 // 100],
        "span_us_p99": costs_us[SPANS * 99 // 100],
        "log_10000_s": logged - begun,
        "flush_10000_s": flushed - logged,
        "log_and_flush_10000_s": flushed - begun,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2])))
