"""The files of a spool: their bounds, what breaks them, and who may read them."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

import heed
from support.fake_server import UNAVAILABLE, FakeLogger, FakeServer
from support.held import count
from support.product import Product
from support.spool import content, held, leave_behind, lines, make, running, segments
from support.wait import wait_for


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
    assert 10_000 < len(held(spool)) <= 30_000
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
