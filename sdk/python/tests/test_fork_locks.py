"""What forks hold, and give back whatever happens."""

from __future__ import annotations

import time
from pathlib import Path

from support import program
from support.held import inputs
from support.product import Product

SPOOLED = """
import threading
logger = heed.init_logger(os.environ["PROJECT"], spool_dir=os.environ["SPOOL"])
logger.log(input="before")
logger.flush()
def hold(lock, seconds):
    taken = threading.Event()
    def work():
        with lock:
            taken.set()
            time.sleep(seconds)
    threading.Thread(target=work).start()
    taken.wait()
"""


def test_ctrl_c_while_a_fork_waits_for_a_lock_leaves_nothing_locked(
    product: Product, project: str, spool: Path
) -> None:
    """Python tells what a hook of a fork raises, and forks all the same."""
    text = f"""{SPOOLED}
def fork(lock, name):
    hold(lock, 1)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    pid = os.fork()
    if pid == 0:
        logger.log(input=name)
        logger.flush(5)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
delivery = logger._recorder.delivery
fork(delivery.file_lock, "child, of the spool")
fork(delivery.lock, "child, of the queue")
def work():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    logger.log(input="another thread")
    logger.flush(5)
thread = threading.Thread(target=work, daemon=True)
thread.start()
thread.join(10)
"""
    begun = time.monotonic()
    code, _, errors = program.run(text, product.url, project)
    assert (code, errors.count("KeyboardInterrupt")) == (0, 2)
    assert time.monotonic() - begun < 10
    assert inputs(product, project) == [
        "another thread",
        "before",
        "child, of the queue",
        "child, of the spool",
    ]


def test_a_daemon_that_closes_all_files_before_it_forks_logs_with_every_logger(
    product: Product, project: str, spool: Path
) -> None:
    text = f"""{SPOOLED}
def fail():
    raise ValueError("a logger that fails in a child")
broken = [heed.init_logger(set_current=False) for _ in range(2)]
for each in broken:
    each._recorder.delivery._on_child = fail
loggers = [heed.init_logger(os.environ["PROJECT"], set_current=False) for _ in range(2)]
loggers.insert(1, logger)
for each in loggers:
    each.update_span("span", input="parent")
    each.flush()
os.closerange(3, 1000)
pid = os.fork()
if pid == 0:
    for each in loggers:
        each.update_span("span", input="child")
        each.flush(5)
    print([each.stats().sent for each in loggers], flush=True)
os._exit(0 if pid == 0 else os.waitpid(pid, 0)[1])
"""
    code, output, errors = program.run(text, product.url, project)
    assert (code, output, errors) == (0, "[1, 1, 1]\n", "")


def test_a_fork_that_waits_for_a_slow_disk_holds_up_no_thread_that_logs(
    product: Product, project: str, spool: Path
) -> None:
    text = f"""{SPOOLED}
def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    print("forked", flush=True)
hold(logger._recorder.delivery.file_lock, 1)
thread = threading.Thread(target=fork)
thread.start()
time.sleep(0.3)
logger.log(input="meanwhile")
print("logged", flush=True)
thread.join()
"""
    code, output, errors = program.run(text, product.url, project)
    assert (code, output, errors) == (0, "logged\nforked\n", "")
    assert inputs(product, project) == ["before", "meanwhile"]
