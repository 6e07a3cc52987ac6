"""Every item is stored once, or counted and told: the sums are exact, whatever happens."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import heed
from support import program
from support.held import count
from support.product import API_KEY, Product
from support.proxy import Proxy
from support.spool import make as make_with_spool

THREADS = 3
EACH = 700
TOO_MANY_KEYS = {str(n): n for n in range(10_001)}
"""The server refuses an object of so many."""

STORED = {"feedback": "", "rows": 'input exists and metadata.state = "done" and duration exists'}
"""What of each kind the server holds whole: a row may come in parts, as its span goes on."""
both = pytest.mark.parametrize("kind", STORED)


def stored(product: Product, project: str, kind: str) -> int:
    return count(product, project, "feedback" if kind == "feedback" else "spans", STORED[kind])


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


class Logged(NamedTuple):
    """
    What was logged.

    Attributes:
        whole: How many events of feedback, or spans, that can be stored.
        refused: How many items that cannot.
        items: How many items; a span is one, and one more for each time it had been sent before.
    """

    whole: int
    refused: int
    items: int


def log(logger: heed.Logger, kind: str, pause_s: float) -> Logged:
    """Threads log at once."""
    work = log_feedback if kind == "feedback" else log_rows
    threads = [threading.Thread(target=work, args=(logger, n, pause_s)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if kind == "rows":
        refused = THREADS * EACH // 100
        return Logged(THREADS * EACH, refused, numbered(logger))
    refused = THREADS * (EACH - 1)
    return Logged(2 * THREADS * EACH - refused, refused, 2 * THREADS * EACH)


def log_feedback(logger: heed.Logger, thread: int, pause_s: float) -> None:
    """A score of more than 1 leaves nothing of its feedback; without an id it is of nothing."""
    for n in range(EACH):
        logger.log_feedback(f"{thread}-{n}", scores={"good": 1}, comment="x" * 100)
        logger.log_feedback("" if n % 100 == 0 else f"{thread}-{n}", scores={"bad": n})
        time.sleep(pause_s)


def log_rows(logger: heed.Logger, thread: int, pause_s: float) -> None:
    """A span goes on while others begin: some are sent before their end, and then again."""
    begun: deque[heed.Span] = deque()
    for n in range(EACH):
        begun.append(logger.start_span(name=f"{thread}-{n}", input="x" * 100))
        if n % 100 == 0:
            logger.log(metadata=TOO_MANY_KEYS)
        time.sleep(pause_s)
        if len(begun) > 200:
            finish(begun.popleft())
    for span in begun:
        finish(span)


def finish(span: heed.Span) -> None:
    span.log(metadata={"state": "done"})
    span.end()


def numbered(logger: heed.Logger) -> int:
    """How many items were queued: the queue numbers them, and knows nothing of the counters."""
    return logger._recorder.delivery._queue.newest_seq


def settle(logger: heed.Logger) -> heed.Stats:
    """Flushes until nothing waits."""
    while True:
        try:
            logger.flush()
        except heed.HeedError as error:
            if error.queued:
                continue
        return logger.stats()


@both
@pytest.mark.parametrize("trouble", ["none", "slow", "cut off"])
def test_a_server_that_is_there_stores_all_that_can_be_stored(
    product: Product, project: str, kind: str, trouble: str
) -> None:
    with Proxy(product.url) as proxy:
        proxy.delay_s = 0.2 if trouble == "slow" else 0
        proxy.cut_answers = 5 if trouble == "cut off" else 0
        logger, told = make(proxy.url, project)
        logged = log(logger, kind, 0.0002)
        stats = settle(logger)
    assert (stats.queued, stats.dropped) == (0, 0)
    refusal = "rejected" if kind == "rows" else "invalid_item"
    assert stats.rejected == told.count(refusal) == logged.refused
    assert stats.acknowledged == logged.items - stats.rejected
    assert stored(product, project, kind) == logged.whole
    in_parts = logged.items - logged.whole - logged.refused
    assert in_parts == 0 if kind == "feedback" else in_parts > 0
    assert ("unreachable" in told) == (trouble == "cut off")


@both
def test_a_server_that_was_away_while_the_queue_ran_over(
    away: Product, project: str, kind: str
) -> None:
    logger, told = make(away.url, project, max_queue_rows=500)
    logged = log(logger, kind, 0)
    before = logger.stats()
    assert before.queued + before.dropped + before.rejected == logged.items
    assert before.dropped > 0
    away.start()
    try:
        stats = settle(logger)
        assert stats.queued == 0
        assert stats.acknowledged + stats.dropped + stats.rejected == logged.items
        missing = logged.whole - stored(away, project, kind)
        assert 0 < missing <= stats.dropped
        if kind == "feedback":  # One item each.
            assert stored(away, project, kind) == stats.acknowledged
        assert told.count("queue_full") == 1
    finally:
        away.kill()


@both
def test_a_server_whose_answers_are_cut_off_while_the_queue_runs_over(
    product: Product, project: str, kind: str
) -> None:
    """What was dropped may have been stored: its answer did not come."""
    with Proxy(product.url) as proxy:
        proxy.delay_s = 0.05
        proxy.cut_answers = 4
        logger, told = make(proxy.url, project, max_queue_rows=200)
        logged = log(logger, kind, 0)
        stats = settle(logger)
    assert stats.queued == 0
    assert stats.dropped > 0
    assert stats.acknowledged + stats.dropped + stats.rejected == logged.items
    assert 0 <= logged.whole - stored(product, project, kind) <= stats.dropped
    if kind == "feedback":
        assert stats.acknowledged <= stored(product, project, kind)
    assert "queue_full" in told


UNDER_LOAD = """
    import threading
    stopped = []  # No event: its lock may be held by the very line that the signal interrupts.
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    counts = [0] * 3
    def work(thread):
        while not stopped:
            log(f'{thread}-{counts[thread]}')
            counts[thread] += 1
            time.sleep(0.0003)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    [thread.start() for thread in threads]
    while sum(counts) < 1500:
        time.sleep(0.01)
    print('busy', flush=True)
    while not stopped:
        time.sleep(0.01)
    [thread.join() for thread in threads]
    sys.exit(0)
    """
LAST = """
import atexit, json, sys
def last():  # Registered first, so called last.
    print(json.dumps([sum(counts), numbered(), *logger.stats()[:5], told]))
    sys.stdout.flush()
atexit.register(last)
"""
LOG = {
    "feedback": """
def log(name):
    logger.log_feedback(name, comment='x' * 100)
""",
    "rows": """
def log(name):
    span = logger.start_span(name=name, input='x' * 100)
    time.sleep(0)
    span.log(metadata={'state': 'done'})
    span.end()
""",
}
NUMBERED = """
def numbered():
    return logger._recorder.delivery._queue.newest_seq
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


class Ended(NamedTuple):
    """How many spans or events a program logged, how many items that were, and what it said."""

    logged: int
    items: int
    stats: heed.Stats
    left: list[str]


def end(url: str, project: str, kind: str) -> Ended:
    """Ends a program under load."""
    text = (NUMBERED + LOG[kind] + LOGGER).replace("\n", "\n    ") + UNDER_LOAD
    process = program.start(text, url, project, LAST)
    assert process.stdout is not None
    assert process.stdout.readline() == "busy\n"
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    logged, items, queued, sent, acknowledged, rejected, dropped, told = json.loads(output)
    stats = heed.Stats(queued, sent, acknowledged, rejected, dropped, 0)
    left = [message for code, message in told if code == "not_flushed"]
    assert items == logged or kind == "rows"
    return Ended(logged, items, stats, left)


@both
def test_sigterm_under_load_with_a_server_that_is_there(
    product: Product, project: str, kind: str
) -> None:
    logged, items, stats, left = end(product.url, project, kind)
    assert (stats.queued, stats.rejected, stats.dropped, left) == (0, 0, 0, [])
    assert items == stats.acknowledged
    assert logged == stored(product, project, kind) >= 1500


@both
def test_sigterm_under_load_with_a_server_that_is_slow(
    product: Product, project: str, kind: str
) -> None:
    """So slow that not all is delivered in time; what was under way may still be stored."""
    with Proxy(product.url) as proxy:
        proxy.delay_s = 4
        logged, items, stats, left = end(proxy.url, project, kind)
        assert items == stats.acknowledged + stats.queued + stats.dropped
        assert left == [f"The process ends with {stats.queued} items not delivered."]
        missing = logged - stored(product, project, kind)
    assert 0 <= missing <= stats.queued + stats.dropped


@both
def test_sigterm_under_load_without_a_server(project: str, kind: str) -> None:
    _, items, stats, left = end("http://127.0.0.1:9", project, kind)
    assert (stats.acknowledged, stats.queued + stats.dropped) == (0, items)
    assert left == [f"The process ends with {stats.queued} items not delivered."]


@both
def test_sigterm_under_load_without_a_server_and_with_a_spool(
    away: Product, project: str, spool: Path, kind: str
) -> None:
    logged, items, stats, left = end(away.url, project, kind)
    assert (stats.acknowledged, stats.queued, stats.dropped, left) == (0, items, 0, [])
    away.start()
    try:
        logger, told = make_with_spool(away.url, project, spool)
        stats = settle(logger)
        assert (stats.recovered, stats.acknowledged, told) == (items, items, [])
        assert stored(away, project, kind) == logged
    finally:
        away.kill()


@both
def test_forks_while_all_threads_flush_store_what_each_process_logged_once(
    product: Product, project: str, kind: str
) -> None:
    text = """
        import threading
        logger = heed.init_logger(os.environ['PROJECT'], flush_interval_s=0.001)
        is_over = False
        counts = [0] * 3
        def work(thread):
            while not is_over:
                log(f'parent {thread} {counts[thread]}')
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
                    log(f'child {child} {n}')
                sys.exit(0)  # Its end flushes.
            pids.append(pid)
        assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 12
        is_over = True
        [thread.join() for thread in threads]
        logger.flush()
        stats = logger.stats()
        print(sum(counts), numbered(), stats.acknowledged, stats.queued, stats.dropped)
        """
    first = (NUMBERED + LOG[kind]).replace("\n", "\n        ")
    code, output, errors = program.run(first + text, product.url, project)
    assert (code, errors) == (0, "")
    logged, items, acknowledged, queued, dropped = map(int, output.split())
    assert (acknowledged, queued, dropped) == (items, 0, 0)
    assert stored(product, project, kind) == logged + 12 * 50
