"""Processes that share a spool: what one leaves behind another sends, once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from support.held import count, inputs
from support.product import Product
from support.program import PREAMBLE
from support.spool import LOGGER, held, leave_behind, lines, make, run, running
from support.wait import wait_for


def test_what_a_killed_process_had_waiting_is_sent_by_the_next_one(
    away: Product, project: str, spool: Path
) -> None:
    leave_behind(away.url, project, spool, 300)
    text = """
        with logger.start_span(name='judged', input='judged') as span:
            span.log(output={'text': 'Größe \\ud800'})
        logger.log_feedback(span.id, scores={'good': 1}, comment='kept', user='ann')
        time.sleep(60)
        """
    with running(text, away.url, project):
        wait_for(lambda: b'"comment":"kept"' in held(spool))
    away.start()
    try:
        # It logs nothing itself: its end is enough.
        output = run("import atexit; atexit.register(lambda: print(told))", away.url, project)
        assert output == "[]\n"
        assert inputs(away, project) == sorted([*range(300), "judged"], key=str)
        (vote,) = away.get("/v1/feedback", project_name=project)["feedback"]
        assert (vote["comment"], vote["user"], vote["status"]) == ("kept", "ann", "attached")
    finally:
        away.kill()
    assert list(spool.glob("*/*")) == []


def test_processes_on_one_directory_leave_each_other_alone(
    away: Product, project: str, spool: Path
) -> None:
    def text(name: str) -> str:
        return f"""
        for n in range(100):
            logger.log(input=f'{name} {{n}}')
        deliver()
        print(logger.stats().recovered, logger.stats().dropped, logger.stats().queued)
        """

    with running(text("a"), away.url, project) as a, running(text("b"), away.url, project) as b:
        wait_for(lambda: b"a 99" in held(spool) and b"b 99" in held(spool))
        third, told = make(away.url, project, spool)
        third.log(input="c")
        away.start()
        try:
            third.flush()
            assert third.stats().recovered == 0
            assert a.communicate(timeout=60) == b.communicate(timeout=60) == ("0 0 0\n", "")
            expected = [f"{name} {n}" for name in ("a", "b") for n in range(100)] + ["c"]
            assert inputs(away, project) == sorted(expected)
            assert set(told) <= {"unreachable"}
        finally:
            away.kill()


def test_a_child_neither_sends_nor_keeps_what_its_parent_has_waiting(
    away: Product, project: str, spool: Path
) -> None:
    text = """
        logger.log(input='parent')
        while not logger.stats().sent:
            time.sleep(0.01)
        pid = os.fork()
        if pid == 0:
            logger.log(input='child')
            print(os.getpid(), flush=True)
            deliver()
        time.sleep(60)
        """
    with running(text, away.url, project) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            wait_for(lambda: b'"child"' in held(spool) and b'"parent"' in held(spool))
            process.kill()
            process.wait()
            away.start()
            logger, _ = make(away.url, project, spool)
            logger.flush()
            assert logger.stats().recovered in (1, 2)  # The span of the parent, in parts or whole.
            wait_for(lambda: count(away, project) == 2)
            assert inputs(away, project) == ["child", "parent"]
        finally:
            os.kill(child, signal.SIGKILL)
            away.kill()


def test_an_end_without_a_server_leaves_all_to_the_next_process_and_complains_of_nothing(
    away: Product, project: str, spool: Path
) -> None:
    run(
        "import atexit; atexit.register(lambda: print(told)); logger.log(input='left')",
        away.url,
        project,
    )
    assert lines(spool) == 1
    away.start()
    try:
        logger, told = make(away.url, project, spool)
        logger.flush()
        assert (inputs(away, project), told) == (["left"], [])
    finally:
        away.kill()


def test_an_end_while_a_server_hangs_leaves_all_to_the_next_process(
    away: Product, project: str, spool: Path
) -> None:
    away.start()
    try:
        away.pause()
        run(
            "logger.log(input=1); time.sleep(0.5); [logger.log(input=n) for n in range(2, 9)]",
            away.url,
            project,
        )
        assert lines(spool) >= 8
        away.resume()
        logger, _ = make(away.url, project, spool)
        logger.flush()
        assert inputs(away, project) == list(range(1, 9))
    finally:
        away.kill()


def test_what_no_flush_delivered_before_an_exec_is_sent_by_the_program_in_its_place(
    away: Product, project: str, spool: Path
) -> None:
    successor = f"{PREAMBLE}{LOGGER}deliver()\nprint(logger.stats().dropped, set(told))"
    text = f"""
        for n in range(50):
            logger.log(input=n)
        try:
            logger.flush(0.5)
        except heed.HeedError as error:
            print(error.queued >= 50, flush=True)
        os.execv(sys.executable, [sys.executable, "-c", {successor!r}])
        """
    with running(text, away.url, project) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        away.start()
        try:
            output, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, "")
            assert output in ("0 {'unreachable'}\n", "0 set()\n")
            assert inputs(away, project) == sorted(range(50), key=str)
            assert list(spool.glob("*/*/*.jsonl")) == []
        finally:
            away.kill()
