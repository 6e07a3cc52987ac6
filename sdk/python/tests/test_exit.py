"""The end of a program: by itself, by `exec`, and with threads and generators that go on."""

from __future__ import annotations

import time

import pytest

from support import program
from support.held import inputs, named, spans
from support.product import Product


def run(text: str, product: Product, project: str, first: str = "") -> str:
    code, output, errors = program.run(text, product.url, project, first)
    assert (code, errors) == (0, "")
    return output


MANY = """
    options = {'flush_interval_s': 60, 'set_current': False}
    away = [heed.init_logger(url='http://127.0.0.1:9', **options) for _ in range(4)]
    live = [heed.init_logger(os.environ['PROJECT'], **options) for _ in range(4)]
    def log():
        for each in away:
            each.log(input='lost')
        for n, each in enumerate(live):
            each.log(input=n)
    """


@pytest.mark.parametrize("when", ["log()", "import atexit; atexit.register(log)"])
def test_a_server_that_is_away_takes_no_time_from_the_others_at_the_end(
    product: Product, project: str, when: str
) -> None:
    """From 3.12 on, an `atexit` function of the program finds that no thread can be started."""
    begun = time.monotonic()
    code, _, errors = program.run(f"{MANY}{when}\n", product.url, project)
    assert code == 0
    assert time.monotonic() - begun < 15
    assert inputs(product, project) == [0, 1, 2, 3]
    assert errors.count("The process ends with 1 items not delivered") == 4


LATE = """
import atexit
def late():
    logger.log(input='late')
    logger.log_feedback('span', comment='late')
    print(logger.stats().queued, flush=True)
atexit.register(late)
"""


def test_what_is_logged_after_the_last_flush_is_sent_by_who_logs_it(
    product: Product, project: str
) -> None:
    assert run("logger.log(input='early')", product, project, LATE) == "0\n"
    assert inputs(product, project) == ["early", "late"]
    assert len(product.get("/v1/feedback", project_name=project)["feedback"]) == 1


def test_what_is_logged_after_the_last_flush_without_a_server_is_told(project: str) -> None:
    begun = time.monotonic()
    code, output, errors = program.run("", "http://127.0.0.1:9", project, LATE)
    assert (code, output) in ((0, "2\n"), (0, "3\n"))  # The span goes whole or in two parts.
    assert 4 < time.monotonic() - begun < 15
    assert "The process ends with 1 items not delivered" in errors


def test_an_on_error_that_logs_does_not_prolong_the_end(project: str) -> None:
    text = """
        def tell(error):
            print(error.code, flush=True)
            logger.log(input='about an error')
        logger = heed.init_logger(flush_interval_s=60, on_error=tell)
        """
    begun = time.monotonic()
    code, output, errors = program.run(text, "http://127.0.0.1:9", project, LATE)
    assert (code, errors) == (0, "")
    assert time.monotonic() - begun < 15
    # The end, each of the three things that LATE may log, and the thread that sends.
    assert 1 <= output.count("not_flushed") <= 5


@pytest.mark.parametrize(
    "call", ["os.execv(path, args)", "os.execve(path, args, os.environ)", "os.execl(path, *args)"]
)
def test_what_was_flushed_before_an_exec_is_stored_and_the_next_program_goes_on(
    product: Product, project: str, call: str
) -> None:
    successor = f"{program.PREAMBLE}logger.log(input='after')"
    text = f"""
        logger.log(input='before')
        logger.flush()
        path, args = sys.executable, [sys.executable, '-c', {successor!r}]
        {call}
        """
    run(text, product, project)
    assert inputs(product, project) == ["after", "before"]


def test_a_subprocess_leaves_the_queue_of_its_parent_alone(product: Product, project: str) -> None:
    """`preexec_fn` is Python that runs in the child, between fork and exec."""
    successor = f"{program.PREAMBLE}logger.log(input='child')"
    text = f"""
        import subprocess
        logger.log(input='parent')
        logger.log(input='parent too')
        args = [sys.executable, '-c', {successor!r}]
        subprocess.run(args, check=True, preexec_fn=lambda: logger.log(input='between'))
        """
    run(text, product, project)
    # What is logged between is queued in the child, which then becomes another program.
    assert inputs(product, project) == ["child", "parent", "parent too"]


UNFINISHED = {
    "a generator": """
        @heed.traced
        def numbers(to):
            while True:
                yield 1
        running = numbers(5)
        next(running)
        """,
    "a generator that has a finally": """
        @heed.traced
        def numbers(to):
            try:
                while True:
                    yield 1
            finally:
                heed.current_span().log(output='closed')
        running = numbers(5)
        next(running)
        cycle = [running]
        cycle.append(cycle)
        """,
    "an async generator": """
        import asyncio
        @heed.traced
        async def numbers(to):
            while True:
                await asyncio.sleep(0)
                yield 1
        running = numbers(5)
        async def main():
            await running.__anext__()
        asyncio.run(main())
        """,
    "a generator, when nothing was sent for long": """
        heed._delivery._IDLE_S = 0.05
        @heed.traced
        def numbers(to):
            while True:
                yield 1
        running = numbers(5)
        next(running)
        logger.flush()
        while logger._recorder.delivery._thread:
            time.sleep(0.01)
        """,
    "a generator, of a logger that waits": """
        heed._delivery._IDLE_S = 0.05
        logger = heed.init_logger(os.environ["PROJECT"], async_flush=False)
        @heed.traced
        def numbers(to):
            while True:
                yield 1
        running = numbers(5)
        next(running)
        logger.flush()
        while logger._recorder.delivery._thread:
            time.sleep(0.01)
        """,
    "a span": "running = heed.start_span('numbers', input={'to': 5}).__enter__()",
}


@pytest.mark.parametrize("text", UNFINISHED.values(), ids=UNFINISHED)
def test_what_is_never_finished_is_stored_as_far_as_it_came(
    product: Product, project: str, text: str
) -> None:
    begun = time.monotonic()
    run(text, product, project)
    assert time.monotonic() - begun < 15
    (span,) = spans(product, project)
    assert (span["name"], span["input"]) == ("numbers", {"to": 5})
    assert span["error"] is None


def test_a_daemon_thread_that_is_killed_by_the_end_leaves_its_span_as_it_was(
    product: Product, project: str
) -> None:
    text = """
        import threading
        ready = threading.Event()
        def work():
            with heed.start_span('killed', input='daemon'):
                ready.set()
                time.sleep(60)
        threading.Thread(target=work, daemon=True).start()
        ready.wait()
        """
    begun = time.monotonic()
    run(text, product, project)
    assert time.monotonic() - begun < 15
    (span,) = spans(product, project)
    assert (span["name"], span["input"]) == ("killed", "daemon")
    assert span["end"] is None


def test_a_daemon_thread_that_logs_without_end_does_not_hold_the_end_up(
    product: Product, project: str
) -> None:
    text = """
        import threading
        logger = heed.init_logger(os.environ['PROJECT'])
        def work():
            while True:
                heed.start_span('busy').end()
                time.sleep(0.001)
        for _ in range(3):
            threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
        """
    begun = time.monotonic()
    run(text, product, project)
    assert time.monotonic() - begun < 20
    assert named(product, project, "busy") > 50


def test_what_two_threads_log_after_the_last_flush_is_sent_by_both(project: str) -> None:
    first = """
import atexit, threading
began, is_over = threading.Event(), threading.Event()
def transport(request):
    import heed
    began.set()
    time.sleep(0.3)
    return heed.Response(200, '{"rejected":[]}')
def work():
    began.wait()
    logger.update_span('span', output='daemon')
    print(logger.stats().queued, flush=True)
    is_over.set()
def late():
    logger.update_span('span', output='main')
    is_over.wait(5)
thread = threading.Thread(target=work, daemon=True)
thread.start()
atexit.register(late)
"""
    text = "logger = heed.init_logger(transport=transport, flush_interval_s=60)"
    code, output, errors = program.run(text, "http://127.0.0.1:9", project, first)
    assert (code, output, errors) == (0, "0\n", "")
