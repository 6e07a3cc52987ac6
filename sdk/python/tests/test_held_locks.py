"""Locks that a daemon thread took and never gives back: the end waits for none of them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from support import program
from support.held import inputs
from support.product import Product

HOLD = """
# A namespace of its own: what the thread can reach is not closed while the interpreter comes apart.
space = {}
exec('''
import threading
wanted, taken = threading.Event(), threading.Event()
locks = []
def work():
    wanted.wait()
    locks[0].acquire()
    taken.set()
    threading.Event().wait()
def hold(lock):
    locks.append(lock)
    wanted.set()
    taken.wait()
threading.Thread(target=work, daemon=True).start()
''', space)
hold = space["hold"]
"""

LOCKS = {
    "of all deliveries": "heed._lifecycle._lock",
    "of the queue": "held._recorder.delivery._lock",
    "of whose turn it is": "held._recorder.delivery._turn",
    "of what is moved": "held._recorder.delivery._sending.moving",
    "of the spool": "held._recorder.delivery._spool.claims_lock",
}


@pytest.mark.parametrize("when", ["log()", "import atexit; atexit.register(log)"])
@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_that_is_never_given_back_holds_neither_the_end_nor_other_loggers_up(
    product: Product, project: str, spool: Path, lock: str, when: str
) -> None:
    """From 3.12 on, an `atexit` function of the program finds that no thread can be started."""
    has_spool = "spool" in lock
    text = f"""
        options = {{"flush_interval_s": 60, "set_current": False}}
        spool = {{"spool_dir": os.environ["SPOOL"]}} if {has_spool} else {{}}
        held = heed.init_logger(os.environ["PROJECT"], **options, **spool)
        if {has_spool}:
            held.log(input="before")
            held.flush()
        live = [heed.init_logger(os.environ["PROJECT"], **options) for _ in range(2)]
        def log():
            held.log(input="held")
            for each in live:
                each.log(input="live")
            hold({lock})
        {when}
        """
    begun = time.monotonic()
    code, _, errors = program.run(text, product.url, project, HOLD)
    assert code == 0
    assert time.monotonic() - begun < 10
    is_lost = "_lifecycle" not in lock
    told = errors.count("The process ends with 1 items not delivered")
    stored = [each for each in inputs(product, project) if each != "before"]
    assert stored == (["live", "live"] if is_lost else ["held", "live", "live"])
    assert told == is_lost


def test_a_generator_that_flushes_while_the_interpreter_comes_apart_waits_for_no_lock(
    product: Product, project: str
) -> None:
    first = f"""{HOLD}
import atexit
atexit.register(lambda: hold(logger._recorder.delivery._lock))
"""
    text = """
        def numbers(logger, write, error, is_finalizing):
            try:
                yield 1
            finally:
                logger.update_span(id=5)  # Counts what cannot be sent.
                try:
                    logger.flush()
                except error as raised:
                    write(1, f"{is_finalizing()} {raised.code} {logger.stats().queued}".encode())
        running = numbers(logger, os.write, heed.HeedError, sys.is_finalizing)
        next(running)
        """
    begun = time.monotonic()
    code, output, _ = program.run(text, product.url, project, first)
    assert (code, output) == (0, "True not_flushed 0")
    assert time.monotonic() - begun < 10


def test_no_call_waits_for_a_lock_that_is_taken_after_the_last_flush(project: str) -> None:
    first = f"""{HOLD}
import atexit
def late():
    hold(logger._recorder.delivery._lock)
    logger.update_span(id=5)
    logger.update_span("span", output="late")
    try:
        logger.flush(1)
    except heed.HeedError as error:
        print(error.code, logger.stats().queued, flush=True)
atexit.register(late)
"""
    text = """
        def tell(error):
            print(error.code, flush=True)
            logger.update_span("span", output="about an error")
        logger = heed.init_logger(on_error=tell)
        """
    begun = time.monotonic()
    code, output, errors = program.run(text, "http://127.0.0.1:9", project, first)
    assert time.monotonic() - begun < 15
    assert (code, errors) == (0, "")
    assert output.splitlines()[0] == "invalid_item"
    assert output.splitlines()[-1] == "not_flushed 0"
    assert output.count("\n") <= 4
