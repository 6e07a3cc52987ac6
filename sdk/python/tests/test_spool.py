"""What waits on disk: it survives its process, is sent by another, counts once, or is told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Callable

import pytest

import heed
from support import program
from support.fake_server import OK, UNAVAILABLE, FakeLogger, FakeServer
from support.product import API_KEY, Product

LOGGER = """
told = []
logger = heed.init_logger(
    os.environ["PROJECT"],
    spool_dir=os.environ["SPOOL"],
    flush_interval_s=0.01,
    on_error=lambda error: told.append(error.code),
)
def deliver():
    while True:
        try:
            return logger.flush(1)  # A flush cuts the pause between two attempts short.
        except heed.HeedError as error:
            if not error.queued:
                return
"""


@pytest.fixture(scope="module")
def away() -> Iterator[Product]:
    """A product that is not running. Who starts it kills it again."""
    product = Product()
    product.kill()
    yield product
    product.start()
    product.stop()


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "spool"
    monkeypatch.setenv("SPOOL", str(folder))
    return folder


def wait_for(is_true: Callable[[], bool], timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline, "It did not become true in time."
        time.sleep(0.01)


def segments(spool: Path) -> list[Path]:
    return sorted(spool.glob("*/*/*.jsonl"))


def lines(spool: Path) -> int:
    """How many items are in a spool."""
    return held(spool).count(b"\n")


def size(spool: Path) -> int:
    return len(held(spool))


def leave_behind(url: str, project: str, spool: Path, rows: int) -> None:
    """A process logs rows with numbers, and is killed while no server answers."""
    text = f"""
        for n in range({rows}):
            logger.log(input=n)
        time.sleep(60)
        """
    with running(text, url, project):
        # A span that is written before it has ended takes two lines.
        wait_for(lambda: held(spool).count(b'"input":') == rows and b'"end":' in held(spool)[-200:])


def held(spool: Path) -> bytes:
    return b"".join(map(content, segments(spool)))


def content(segment: Path) -> bytes:
    with suppress(FileNotFoundError):  # It may have been sent meanwhile.
        return segment.read_bytes()
    return b""


@contextmanager
def running(text: str, url: str, project: str) -> Iterator[subprocess.Popen[str]]:
    """A program with a logger that has a spool; killed at the end, if it did not end itself."""
    with program.start(LOGGER + textwrap.dedent(text), url, project) as process:
        try:
            yield process
        finally:
            process.kill()


def run(text: str, url: str, project: str) -> str:
    with running(text, url, project) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return output


def inputs(product: Product, project: str) -> list[Any]:
    spans = product.get("/v1/spans", project_name=project, limit="1000")["spans"]
    whole = [product.get(f"/v1/spans/{span['id']}", project_name=project) for span in spans]
    return sorted((span.get("input") for span in whole), key=str)


def count(product: Product, project: str) -> int:
    return int(product.get("/v1/count", project_name=project, of="spans")["count"])


def make(url: str, project: str, spool: Path, **options: Any) -> tuple[heed.Logger, list[str]]:
    told: list[str] = []
    given: dict[str, Any] = {
        "url": url,
        "api_key": API_KEY,
        "set_current": False,
        "flush_interval_s": 0.005,
        "spool_dir": spool,
        "on_error": lambda error: told.append(error.code),
        **options,
    }
    return heed.init_logger(project, **given), told


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


def test_what_is_recovered_is_counted_apart_and_comes_before_what_is_new(
    server: FakeServer, spool: Path
) -> None:
    server.script.extend([UNAVAILABLE] * 3)
    first = FakeLogger(server, spool_dir=spool, flush_interval_s=0.005)
    for n in range(3):
        first.logger.log(input=n)
    wait_for(lambda: lines(spool) == 3)
    left = held(spool)
    first.flush()
    assert first.logger.stats()._replace(retried=0) == (0, 3, 3, 0, 0, 0, 0)
    assert segments(spool) == []
    # The files of a process that died just before it could remove them.
    folder = next(spool.glob("*")) / "dead"
    folder.mkdir()
    (folder / "00000001.jsonl").write_bytes(left)
    del server.bodies[:]
    second = FakeLogger(server, spool_dir=spool)
    second.logger.log(input="new")
    second.flush()
    assert [row["input"] for row in server.rows] == [0, 1, 2, "new"]
    assert second.logger.stats() == (0, 4, 4, 0, 0, 0, 3)
    assert second.problems == []


def test_the_same_bytes_are_sent_from_the_disk(server: FakeServer, spool: Path) -> None:
    fake = FakeLogger(server, spool_dir=spool)
    server.script.extend([UNAVAILABLE])
    fake.logger.log(input={"a": 1.5, "ü": "\u2028\n", "id": '"'}, id='an "id", odd')
    fake.flush()
    first, second = server.bodies
    assert first["rows"] == second["rows"]
    assert first["rows"][0]["input"] == {"a": 1.5, "ü": "\u2028\n", "id": '"'}


def test_a_tail_that_was_cut_off_is_skipped_and_told(
    away: Product, project: str, spool: Path
) -> None:
    leave_behind(away.url, project, spool, 20)
    last = segments(spool)[-1]
    whole = last.read_bytes().split(b"\n")
    last.write_bytes(b"\n".join(whole[:-1])[:-10])
    (last.parent / "00000009.jsonl").write_bytes(b'\x00\xff\n["rows","x",5]\n[]\n{}\n')
    expected = lines(spool) - 4
    away.start()
    try:
        logger, told = make(away.url, project, spool)
        with pytest.raises(heed.HeedError) as raised:
            logger.flush()
        assert [failure.code for failure in raised.value.failures] == ["spool_broken"] * 2
        assert str(last) in raised.value.failures[0].message
        assert told == ["spool_broken"] * 2
        assert logger.stats().recovered == logger.stats().acknowledged == expected
        assert count(away, project) == 19
    finally:
        away.kill()


def test_a_full_spool_keeps_its_bound_and_more_waits_in_memory(
    away: Product, project: str, spool: Path
) -> None:
    logger, told = make(away.url, project, spool, max_spool_bytes=30_000)
    for n in range(100):
        logger.log(input=f"{n} {'x' * 1000}")
        time.sleep(0.001)
    wait_for(lambda: "spool_failed" in told)
    assert 10_000 < size(spool) <= 30_000
    assert logger.stats().queued >= 100
    assert sorted(set(told)) == ["spool_failed", "unreachable"]
    assert told.count("spool_failed") == 1
    away.start()
    try:
        logger.flush()
        assert count(away, project) == 100
        stats = logger.stats()
        assert (stats.dropped, stats.acknowledged) == (0, stats.sent)
        assert segments(spool) == []
    finally:
        away.kill()


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


def test_a_disk_that_is_full_raises_nothing_and_loses_nothing(
    away: Product, project: str, spool: Path
) -> None:
    text = """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # A write fails in its middle.
        for n in range(60):
            logger.log(input=f'{n} ' + 'x' * 1000)
            time.sleep(0.001)
        while 'spool_failed' not in told:
            time.sleep(0.01)
        print('full', flush=True)
        deliver()
        print(sorted(set(told)), logger.stats().dropped)
        """
    with running(text, away.url, project) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "full\n"
        # What was written in part goes again.
        for _ in range(3):
            wait_for(lambda: all(content(path).endswith(b"\n") for path in segments(spool)))
        away.start()
        try:
            output, errors = process.communicate(timeout=60)
            assert (output, errors) == ("['spool_failed', 'unreachable'] 0\n", "")
            assert count(away, project) == 60
        finally:
            away.kill()


def test_a_spool_that_cannot_be_made_is_told_and_the_queue_does(
    server: FakeServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    fake = FakeLogger(server, spool_dir=tmp_path / "file")
    fake.logger.log(input=1)
    fake.flush()
    assert [row["input"] for row in server.rows] == [1]
    assert len(fake.problems) == 1
    assert fake.problems[0].startswith(f"spool_failed: The spool {tmp_path / 'file'} was not")
    assert fake.logger.stats().acknowledged == 1


def test_a_spool_that_was_tidied_away_is_told_counted_and_made_again(
    server: FakeServer, spool: Path
) -> None:
    server.script.extend([UNAVAILABLE] * 30)
    fake = FakeLogger(server, spool_dir=spool, flush_interval_s=0.005)
    fake.logger.log(input=1)
    wait_for(lambda: fake.logger.stats().retried > 0)
    fake.logger.log(input=2)
    wait_for(lambda: b'"input":2' in held(spool))
    shutil.rmtree(spool)
    server.script.clear()
    error = fake.flush()
    assert error is not None
    assert {failure.code for failure in error.failures} == {"spool_broken"}
    assert [row["input"] for row in server.rows if row.get("input") == 2] == []
    stats = fake.logger.stats()
    assert (stats.queued, stats.acknowledged) == (0, 1)
    assert stats.dropped in (1, 2)  # The span, whole or in two parts.
    server.script.append(UNAVAILABLE)
    fake.logger.log(input=3)
    wait_for(lambda: server.rows[-1]["input"] == 3)
    assert fake.flush() is None
    assert fake.logger.stats().queued == 0


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


def test_what_is_logged_after_an_idle_time_is_on_disk_before_it_is_sent(
    server: FakeServer, spool: Path
) -> None:
    on_disk: list[int] = []

    def look(body: dict[str, Any]) -> heed.Response:
        on_disk.append(lines(spool))
        return OK

    server.script.extend([look] * 5)
    fake = FakeLogger(server, spool_dir=spool, flush_interval_s=0.005)
    for n in range(5):
        fake.logger.update_span("span", output=n)
        fake.logger.flush()
        time.sleep(0.05)
    assert on_disk == [1] * 5


def test_an_item_that_was_sent_from_memory_and_then_from_the_disk_counts_as_sent_once(
    server: FakeServer, spool: Path
) -> None:
    spool.write_text("no folder")

    def make_room(body: dict[str, Any]) -> heed.Response:
        spool.unlink()
        return UNAVAILABLE

    def look(body: dict[str, Any]) -> heed.Response:
        assert lines(spool) == 1
        return OK

    server.script.extend([make_room, look])
    fake = FakeLogger(server, spool_dir=spool, flush_interval_s=0.005)
    fake.logger.update_span("span", output=1)
    fake.flush()
    assert fake.logger.stats() == (0, 1, 1, 0, 0, 1, 0)


def test_an_end_writes_all_that_waits_however_much_it_is(server: FakeServer, spool: Path) -> None:
    is_over = threading.Event()

    def hang(body: dict[str, Any]) -> heed.Response:
        is_over.wait(30)
        return OK

    server.script.append(hang)
    fake = FakeLogger(server, spool_dir=spool, max_queue_rows=50_000)
    for n in range(21_500):
        fake.logger.update_span("span", output=n)
    fake.logger._recorder.delivery.finish(0.5)
    assert (lines(spool), fake.problems) == (21_500, [])
    is_over.set()
    fake.logger.flush()
    assert fake.logger.stats().acknowledged == 21_500


def test_an_item_of_a_spool_that_is_refused_is_named_and_goes(
    server: FakeServer, spool: Path
) -> None:
    rejection = (
        '{"rejected":[{"list":"rows","index":1,"field":"input","message":"is bad"},'
        '{"list":"rows","index":2,"field":"input","message":"is bad"}]}'
    )
    server.script.append(heed.Response(200, rejection))
    server.script.append(heed.Response(401, ""))
    fake = FakeLogger(server, spool_dir=spool)
    for n in range(3):
        fake.logger.log(input=n)
    fake.flush()
    fake.logger.log(input="unauthorized")
    fake.flush()
    assert [problem.split(":")[0] for problem in fake.problems] == ["rejected"] * 2 + ["refused"]
    assert fake.logger.stats() == (0, 4, 1, 2, 1, 0, 0)
    assert segments(spool) == []


def test_a_project_whose_name_is_no_unicode_has_a_spool(server: FakeServer, spool: Path) -> None:
    fake = FakeLogger(server, project="\ud800", spool_dir=spool)
    fake.logger.update_span("span", output=1)
    fake.logger.flush()
    assert (fake.logger.stats().acknowledged, fake.problems) == (1, [])


def test_the_files_are_for_their_owner_alone(server: FakeServer, spool: Path) -> None:
    server.script.extend([UNAVAILABLE] * 20)
    fake = FakeLogger(server, spool_dir=spool, flush_interval_s=0.005)
    fake.logger.log(input="private")
    wait_for(lambda: lines(spool) == 1)
    for path in spool.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    fake.logger._recorder.delivery.settle(0)
