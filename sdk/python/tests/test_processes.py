"""Forks, signals and ends of processes."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from support import program
from support.held import inputs, named
from support.product import Product


def run(text: str, product: Product, project: str) -> str:
    code, output, errors = program.run(text, product.url, project)
    assert (code, errors) == (0, "")
    return output


def test_a_program_that_ends_sends_what_is_queued(product: Product, project: str) -> None:
    run("logger.log(input='last words')", product, project)
    assert inputs(product, project) == ["last words"]


def test_a_program_that_fails_sends_what_is_queued(product: Product, project: str) -> None:
    text = "with logger.start_span(input='bad'): raise ValueError('boom')"
    code, _, errors = program.run(text, product.url, project)
    assert code == 1
    assert "ValueError: boom" in errors
    assert inputs(product, project) == ["bad"]


def test_a_thread_that_logs_to_the_end_loses_nothing(product: Product, project: str) -> None:
    run(
        """
        import threading
        def work():
            time.sleep(0.2)
            logger.log(input='late')
        threading.Thread(target=work).start()
        """,
        product,
        project,
    )
    assert inputs(product, project) == ["late"]


@pytest.mark.parametrize(
    "handler", ["sys.exit(0)", "(logger.start_span(name='handler').end(), sys.exit(0))"]
)
def test_sigterm_with_a_handler_that_exits_loses_nothing(
    product: Product, project: str, handler: str
) -> None:
    process = program.start(
        f"""
        signal.signal(signal.SIGTERM, lambda *_: {handler})
        print('ready', flush=True)
        n = 0
        while True:
            n += 1
            logger.start_span(name='busy').end()
            if n == 200:
                print('logged', flush=True)
            time.sleep(0 if n < 200 else 0.01)
        """,
        product.url,
        project,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert process.stdout.readline() == "logged\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert named(product, project, "busy") >= 200
    assert named(product, project, "handler") == ("handler" in handler)


def test_an_end_waits_five_seconds_for_a_server_that_is_away_and_says_what_is_lost(
    project: str,
) -> None:
    begun = time.monotonic()
    code, _, errors = program.run("logger.log(input=1)", "http://127.0.0.1:9", project)
    assert code == 0
    assert 4 < time.monotonic() - begun < 15
    assert "The process ends with 1 items not delivered" in errors


def test_a_fork_sends_what_each_process_logged_exactly_once(product: Product, project: str) -> None:
    output = run(
        """
        import threading
        for n in range(20):
            logger.log(input=f'parent {n}')
        open_span = logger.start_span(name='open', input='opened by the parent')
        flusher = threading.Thread(target=logger.flush)  # a flush is under way while forking
        flusher.start()
        pids = []
        for child in range(4):
            pid = os.fork()
            if pid == 0:
                logger.log(input=f'child {child}')
                with logger.start_span(name='step', parent=open_span.id, input=f'step {child}'):
                    pass
                if child == 0:
                    open_span.log(output='by a child')
                logger.flush()
                os.write(1, f"{logger.stats().acknowledged}\\n".encode())  # One write, one line.
                os._exit(0)
            pids.append(pid)
        flusher.join()
        open_span.end()
        for pid in pids:
            os.waitpid(pid, 0)
        logger.flush()
        print('parent', logger.stats().acknowledged >= 21, logger.stats().dropped)
        """,
        product,
        project,
    )
    assert sorted(output.split("\n")) == ["", "2", "2", "2", "3", "parent True 0"]
    expected = [f"parent {n}" for n in range(20)] + ["opened by the parent"]
    expected += [f"{what} {child}" for what in ("child", "step") for child in range(4)]
    assert inputs(product, project) == sorted(expected)


def test_forking_again_and_again_under_load_never_hangs(product: Product, project: str) -> None:
    run(
        """
        import threading
        is_over = False
        logger = heed.init_logger(project=os.environ["PROJECT"], flush_interval_s=0.001)
        def work():
            while not is_over:
                logger.log(input='parent', flag=object())
                time.sleep(0.0005)
        threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
        [thread.start() for thread in threads]
        for n in range(20):
            pid = os.fork()
            if pid == 0:
                logger.start_span(name='child').end()
                logger.flush(20)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        is_over = True
        [thread.join() for thread in threads]
        logger.flush()
        """,
        product,
        project,
    )
    assert named(product, project, "child") == 20


def test_a_fork_while_half_an_answer_is_read_does_not_hang_the_child(
    product: Product, project: str
) -> None:
    output = run(
        """
        import socket, threading
        half = threading.Event()
        server = socket.create_server(("127.0.0.1", 0))
        accepted = []
        def answer():
            connection, _ = server.accept()
            accepted.append(connection)
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: 15\\r\\n\\r\\n")
            time.sleep(0.3)
            half.set()
            time.sleep(1)
            connection.sendall(b'{"rejected":[]}')
        threading.Thread(target=answer, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        logger = heed.init_logger(url=url, flush_interval_s=0.001)
        logger.log(input=1)
        half.wait()
        pid = os.fork()
        if pid == 0:
            [each.close() for each in (server, *accepted)]
            sys.exit(7)
        deadline = time.monotonic() + 10
        while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        logger.flush()
        [each.close() for each in (server, *accepted)]
        print(os.WIFEXITED(ended[1]) and os.WEXITSTATUS(ended[1]), logger.stats().retried)
        """,
        product,
        project,
    )
    assert output == "7 0\n"


def test_sending_imports_nothing_a_fork_would_leave_half_imported(
    product: Product, project: str
) -> None:
    output = run(
        """
        before = set(sys.modules)
        logger.log(input="x" * 3000, metadata={"odd": object()})
        logger.flush()
        print(set(sys.modules) - before)
        """,
        product,
        project,
    )
    assert output == "set()\n"


WORKERS = {
    "Process": """
    workers = [context.Process(target=work, args=(n,)) for n in range(3)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert [worker.exitcode for worker in workers] == [0] * 3
    """,
    "ProcessPoolExecutor": """
    with concurrent.futures.ProcessPoolExecutor(2, context) as pool:
        list(pool.map(work, range(3)))
    """,
    "Pool": """
    pool = context.Pool(2)
    pool.map(work, range(3))
    pool.close()
    pool.join()
    """,
}


@pytest.mark.parametrize("work", WORKERS)
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_send_what_they_logged(
    product: Product, project: str, method: str, work: str, tmp_path: Path
) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        f"""
import concurrent.futures, heed, multiprocessing, os
logger = heed.init_logger(project=os.environ["PROJECT"], flush_interval_s=60)
def work(n):
    logger.log(input=f"worker {{n}}")
if __name__ == "__main__":
    logger.log(input="main")
    context = multiprocessing.get_context({method!r})
    {WORKERS[work]}
"""
    )
    started = f"sys.exit(subprocess.run([sys.executable, {str(script)!r}]).returncode)"
    run(f"import subprocess; {started}", product, project)
    assert inputs(product, project) == ["main", "worker 0", "worker 1", "worker 2"]


def test_a_child_does_not_tell_what_its_parent_lost(product: Product, project: str) -> None:
    output = run(
        """
        logger = heed.init_logger(project=os.environ["PROJECT"], on_error=lambda error: None)
        logger.log(scores={'bad': 7})
        pid = os.fork()
        if pid == 0:
            logger.flush()
            print('nothing to tell', flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        try:
            logger.flush()
        except heed.HeedError as error:
            print(error.failures[0].code)
        """,
        product,
        project,
    )
    assert output == "nothing to tell\ninvalid_field\n"


def test_threads_that_fork_at_once_leave_nothing_locked(project: str) -> None:
    text = """
        import faulthandler, threading
        faulthandler.dump_traceback_later(20, exit=True)
        def answer(request):
            return heed.Response(200, '{"rejected":[]}')
        options = {'max_queue_rows': 50, 'transport': answer, 'on_error': lambda error: None}
        loggers = [heed.init_logger(**options) for _ in range(2)]
        is_over = False
        def log():
            while not is_over:
                [logger.log(input=1) for logger in loggers]
        def fork():
            for _ in range(50):
                pid = os.fork()
                if pid == 0:
                    [logger.log(input=1) for logger in loggers]
                    os._exit(0)
                assert os.waitpid(pid, 0)[1] == 0
        logging = threading.Thread(target=log)
        forking = [threading.Thread(target=fork) for _ in range(4)]
        with loggers[0]._recorder.delivery._lock:
            [thread.start() for thread in (logging, *forking)]
            time.sleep(0.2)  # All that fork wait here, at once.
        [thread.join() for thread in forking]
        is_over = True
        logging.join()
        with loggers[0], loggers[1]:
            pass
        print([logger.stats().queued for logger in loggers])
        """
    # Imported after `heed`, this module lets one thread fork at a time.
    first = "import concurrent.futures.thread"
    code, output, errors = program.run(text, "http://127.0.0.1:9", project, first)
    assert (code, output, errors) == (0, "[0, 0]\n", "")


def test_a_celery_that_is_half_imported_is_asked_again(product: Product, project: str) -> None:
    text = """
        import celery.signals, types
        whole = sys.modules["celery.signals"]
        sys.modules["celery.signals"] = types.ModuleType("celery.signals")
        logger.log(input="early")
        logger.flush()
        sys.modules["celery.signals"] = whole
        logger.log(input="late")
        whole.worker_process_shutdown.send(sender=None)
        print(logger.stats().acknowledged)
        """
    assert run(text, product, project) == "2\n"
