"""Every item is stored once, or counted and told: the sums are exact, whatever happens."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import heed
from support import program
from support.held import count
from support.product import API_KEY, Product
from support.proxy import Proxy
from support.spool import make as make_with_spool

THREADS = 3
EACH = 700


def make(url: str, project: str, **options: Any) -> tuple[heed.Logger, list[str]]:
    told: list[str] = []
    logger = heed.init_logger(
        project,
        url=url,
        api_key=API_KEY,
        set_current=False,
        flush_interval_s=0.005,
        on_error=lambda error: told.append(error.code),
        **options,
    )
    return logger, told


def log(logger: heed.Logger, pause_s: float) -> int:
    """Threads log at once; how many items that are. Each feedback is one item, never two."""

    def work(thread: int) -> None:
        for n in range(EACH):
            logger.log_feedback(f"{thread}-{n}", scores={"good": 1}, comment="x" * 100)
            logger.log_feedback("" if n % 100 == 0 else f"{thread}-{n}", scores={"bad": n})
            time.sleep(pause_s)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 2 * THREADS * EACH


def settle(logger: heed.Logger) -> heed.Stats:
    """Flushes until nothing waits."""
    while True:
        try:
            logger.flush()
        except heed.HeedError as error:
            if error.queued:
                continue
        return logger.stats()


@pytest.mark.parametrize("trouble", ["none", "slow", "cut off"])
def test_a_server_that_is_there_stores_all_that_can_be_stored(
    product: Product, project: str, trouble: str
) -> None:
    with Proxy(product.url) as proxy:
        proxy.delay_s = 0.2 if trouble == "slow" else 0
        proxy.cut_answers = 5 if trouble == "cut off" else 0
        logger, told = make(proxy.url, project)
        logged = log(logger, 0.0002)
        stats = settle(logger)
    assert (stats.queued, stats.dropped) == (0, 0)
    # A score of more than 1 leaves nothing of its feedback; without an id it is of nothing.
    assert stats.rejected == told.count("invalid_item") == THREADS * (EACH - 1)
    assert stats.acknowledged == logged - stats.rejected == count(product, project, "feedback")
    assert ("unreachable" in told) == (trouble == "cut off")


def test_a_server_that_was_away_while_the_queue_ran_over(away: Product, project: str) -> None:
    logger, told = make(away.url, project, max_queue_rows=500)
    logged = log(logger, 0)
    before = logger.stats()
    assert before.queued + before.dropped + before.rejected == logged
    assert before.dropped > 0
    away.start()
    try:
        stats = settle(logger)
        assert stats.queued == 0
        assert stats.acknowledged + stats.dropped + stats.rejected == logged
        assert stats.acknowledged == count(away, project, "feedback")
        assert told.count("queue_full") == 1
    finally:
        away.kill()


def test_a_server_whose_answers_are_cut_off_while_the_queue_runs_over(
    product: Product, project: str
) -> None:
    """What was dropped may have been stored: its answer did not come."""
    with Proxy(product.url) as proxy:
        proxy.delay_s = 0.05
        proxy.cut_answers = 4
        logger, told = make(proxy.url, project, max_queue_rows=200)
        logged = log(logger, 0)
        stats = settle(logger)
    assert stats.queued == 0
    assert stats.dropped > 0
    assert stats.acknowledged + stats.dropped + stats.rejected == logged
    assert stats.acknowledged <= count(product, project, "feedback") <= logged - stats.rejected
    assert "queue_full" in told


UNDER_LOAD = """
    import threading
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    counts = [0] * 3
    def work(thread):
        while not stopped.is_set():
            logger.log_feedback(f'{thread}-{counts[thread]}', comment='x' * 100)
            counts[thread] += 1
            time.sleep(0.0003)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    [thread.start() for thread in threads]
    while sum(counts) < 1500:
        time.sleep(0.01)
    print('busy', flush=True)
    stopped.wait()
    [thread.join() for thread in threads]
    sys.exit(0)
    """
LAST = """
import atexit, json, sys
def last():  # Registered first, so called last.
    print(json.dumps([sum(counts), *logger.stats()[:5], told]))
    sys.stdout.flush()
atexit.register(last)
"""
LOGGER = """
told = []
logger = heed.init_logger(
    os.environ['PROJECT'],
    flush_interval_s=0.01,
    spool_dir=os.environ.get('SPOOL'),
    on_error=lambda error: told.append([error.code, error.message]),
)
"""


def end(url: str, project: str) -> tuple[int, heed.Stats, list[str]]:
    """Ends a program under load: how much it logged, its counters, and what it said was left."""
    text = LOGGER.replace("\n", "\n    ") + UNDER_LOAD
    process = program.start(text, url, project, LAST)
    assert process.stdout is not None
    assert process.stdout.readline() == "busy\n"
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    logged, queued, sent, acknowledged, rejected, dropped, told = json.loads(output)
    stats = heed.Stats(queued, sent, acknowledged, rejected, dropped, 0)
    return logged, stats, [message for code, message in told if code == "not_flushed"]


def test_sigterm_under_load_with_a_server_that_is_there(product: Product, project: str) -> None:
    logged, stats, left = end(product.url, project)
    assert (stats.queued, stats.rejected, stats.dropped, left) == (0, 0, 0, [])
    assert logged == stats.acknowledged == count(product, project, "feedback") >= 1500


def test_sigterm_under_load_with_a_server_that_is_slow(product: Product, project: str) -> None:
    """So slow that not all is delivered in time; what was under way may still be stored."""
    with Proxy(product.url) as proxy:
        proxy.delay_s = 4
        logged, stats, left = end(proxy.url, project)
        assert logged == stats.acknowledged + stats.queued + stats.dropped
        assert left == [f"The process ends with {stats.queued} items not delivered."]
        stored = count(product, project, "feedback")
    assert stats.acknowledged <= stored <= logged


def test_sigterm_under_load_without_a_server(project: str) -> None:
    logged, stats, left = end("http://127.0.0.1:9", project)
    assert (stats.acknowledged, stats.queued + stats.dropped) == (0, logged)
    assert left == [f"The process ends with {stats.queued} items not delivered."]


def test_sigterm_under_load_without_a_server_and_with_a_spool(
    away: Product, project: str, spool: Path
) -> None:
    logged, stats, left = end(away.url, project)
    assert (stats.acknowledged, stats.queued, stats.dropped, left) == (0, logged, 0, [])
    away.start()
    try:
        logger, told = make_with_spool(away.url, project, spool)
        stats = settle(logger)
        assert (stats.recovered, stats.acknowledged, told) == (logged, logged, [])
        assert count(away, project, "feedback") == logged
    finally:
        away.kill()


def test_forks_while_all_threads_flush_store_what_each_process_logged_once(
    product: Product, project: str
) -> None:
    text = """
        import threading
        logger = heed.init_logger(os.environ['PROJECT'], flush_interval_s=0.001)
        is_over = False
        counts = [0] * 3
        def work(thread):
            while not is_over:
                logger.log_feedback(f'parent {thread} {counts[thread]}', comment='x')
                counts[thread] += 1
                if counts[thread] % 10 == 0:
                    logger.flush()
        threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
        [thread.start() for thread in threads]
        pids = []
        for child in range(12):
            time.sleep(0.02)
            pid = os.fork()
            if pid == 0:
                for n in range(50):
                    logger.log_feedback(f'child {child} {n}', comment='x')
                sys.exit(0)  # Its end flushes.
            pids.append(pid)
        assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 12
        is_over = True
        [thread.join() for thread in threads]
        logger.flush()
        stats = logger.stats()
        print(sum(counts), stats.acknowledged, stats.queued, stats.dropped)
        """
    code, output, errors = program.run(text, product.url, project)
    assert (code, errors) == (0, "")
    logged, acknowledged, queued, dropped = map(int, output.split())
    assert (acknowledged, queued, dropped) == (logged, 0, 0)
    assert count(product, project, "feedback") == logged + 12 * 50
