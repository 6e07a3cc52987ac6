"""Machines that are frozen between two calls, as those of AWS Lambda are, and clocks that jump."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from heed import _http
from heed._http import HttpTransport
from heed._transport import new_request
from support import program
from support.held import inputs
from support.product import API_KEY, Product
from support.proxy import Proxy

COUNTS = "print(*(logger.stats()[at] for at in (0, 2, 3, 4)))"
"""Queued, acknowledged, rejected, dropped."""


def freeze(process: subprocess.Popen[str], seconds: float) -> None:
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)


def invoke(process: subprocess.Popen[str], frozen_s: list[float]) -> str:
    """Freezes a program after each of its calls; what it prints at its end."""
    assert process.stdout is not None
    try:
        for n, seconds in enumerate(frozen_s):
            assert process.stdout.readline() == f"{n}\n"
            freeze(process, seconds)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")
    return output


def test_a_process_that_is_frozen_after_each_flush_loses_and_doubles_nothing(
    product: Product, project: str
) -> None:
    """The longest time is more than the SDK trusts an idle connection."""
    text = f"""
        for n in range(6):
            with logger.start_span(name='call', input=n) as span:
                span.log(output=n)
            logger.flush()
            print(n, flush=True)
            time.sleep(0.2)
        {COUNTS}
        """
    process = program.start(text, product.url, project)
    assert invoke(process, [0.1, 0.5, 6.5, 0, 1, 0.1]) == "0 6 0 0\n"
    assert inputs(product, project) == list(range(6))


def test_a_process_that_is_frozen_while_an_answer_comes_or_is_cut_off_doubles_nothing(
    product: Product, project: str
) -> None:
    """It does not flush: it is frozen while it sends."""
    text = f"""
        options = {{'flush_interval_s': 0.01, 'on_error': lambda error: None}}
        logger = heed.init_logger(os.environ['PROJECT'], **options)
        for n in range(4):
            logger.log(input=n)
            print(n, flush=True)
            time.sleep(0.2)
        logger.flush()
        {COUNTS}
        """
    with Proxy(product.url) as proxy:
        proxy.delay_s = 0.3
        proxy.cut_answers = 2
        process = program.start(text, proxy.url, project)
        queued, acknowledged, rejected, dropped = map(
            int, invoke(process, [1, 0.5, 1, 0.2]).split()
        )
    assert (queued, rejected, dropped) == (0, 0, 0)
    assert acknowledged >= 4  # A span that is sent before its end is two items.
    assert inputs(product, project) == list(range(4))


def test_clocks_that_jump_while_it_is_frozen_lose_and_double_nothing(
    product: Product, project: str
) -> None:
    text = f"""
        wall, wall_ns, hour = time.time, time.time_ns, 3600
        def jump(seconds):
            time.time = lambda: wall() + seconds
            time.time_ns = lambda: wall_ns() + seconds * 10**9
        for n, seconds in enumerate([0, hour, 5 * hour, -hour, 0, 2]):
            jump(seconds)
            logger.log(input=n)
            logger.flush()
        {COUNTS}
        """
    code, output, errors = program.run(text, product.url, project)
    assert (code, output, errors) == (0, "0 6 0 0\n", "")
    assert inputs(product, project) == list(range(6))


@pytest.mark.parametrize(
    ("monotonic_s", "wall_s", "is_kept"),
    [(0, 0, True), (1, 1, True), (10, 10, False), (0, 10, False), (10, 0, False), (0, -10, False)],
)
def test_a_connection_is_used_again_only_if_no_clock_says_that_it_is_old(
    product: Product,
    monkeypatch: pytest.MonkeyPatch,
    monotonic_s: float,
    wall_s: float,
    is_kept: bool,
) -> None:
    transport = HttpTransport()
    request = new_request(f"{product.url}/healthz", API_KEY, None, 10)
    assert transport(request).status == 200
    connection = transport._connection
    assert connection is not None
    monotonic, wall = _http._clocks()
    monkeypatch.setattr(_http, "_clocks", lambda: (monotonic + monotonic_s, wall + wall_s))
    assert transport(request).status == 200
    assert (transport._connection is connection) == is_kept
    transport.close()
