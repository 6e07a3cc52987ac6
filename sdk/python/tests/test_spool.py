"""The queue on disk behind the one in memory: what waits is sent in order and counted once."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import heed
from support.fake_server import OK, UNAVAILABLE, FakeLogger, FakeServer
from support.spool import held, lines, segments
from support.wait import wait_for


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
