"""Threads that die: those that log, and the one that sends."""

from __future__ import annotations

import _thread
import ctypes
import threading
import time
from typing import Callable

import pytest

import heed
from heed import _delivery
from support.fake_server import FakeLogger, FakeServer
from support.wait import wait_for

# pytest takes every end of a thread by an exception for a mistake.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def kill(thread: threading.Thread) -> None:
    """Ends a thread at its next line of Python, as libraries that stop threads do."""
    ended = ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(*ended) == 1


def sender(fake: FakeLogger) -> threading.Thread:
    thread = fake.logger._recorder.delivery._thread
    assert thread is not None
    return thread


def test_a_sender_that_was_killed_while_idle_is_replaced_and_nothing_is_lost(
    server: FakeServer,
) -> None:
    fake = FakeLogger(server, flush_interval_s=0.005)
    fake.logger.update_span("span", output=0)
    wait_for(lambda: fake.logger.stats().acknowledged == 1)
    for n in range(1, 6):
        thread = sender(fake)
        kill(thread)  # It notices when it is woken, by the item that it then should send.
        fake.logger.update_span("span", output=n)
        wait_for(lambda sent=n + 1: fake.logger.stats().acknowledged == sent)  # type: ignore[misc]
        wait_for(lambda dead=thread: not dead.is_alive())  # type: ignore[misc]
    assert [row["output"] for row in server.rows] == list(range(6))
    assert fake.logger.stats() == (0, 6, 6, 0, 0, 0, 0)
    assert fake.problems == []


def test_a_sender_that_was_killed_while_it_waits_is_replaced_without_a_further_item(
    server: FakeServer,
) -> None:
    fake = FakeLogger(server, flush_interval_s=0.2)
    fake.logger.update_span("span", output=0)
    thread = sender(fake)
    time.sleep(0.05)
    kill(thread)
    wait_for(lambda: fake.logger.stats().acknowledged == 1)
    assert not thread.is_alive()
    assert len(server.rows) == 1


def test_a_sender_that_was_killed_while_it_makes_the_text_of_an_item_loses_none_of_it(
    server: FakeServer,
) -> None:
    fake = FakeLogger(server, flush_interval_s=0.02)
    for n in range(3):
        fake.logger.update_span("large", output=[{"n": n} for n in range(60_000)])
        fake.logger.update_span("small", output=n)
        time.sleep(0.03)
        kill(sender(fake))
    assert fake.flush() is None
    stats = fake.logger.stats()
    assert (stats.queued, stats.acknowledged, stats.dropped) == (0, 6, 0)
    small = [row["output"] for row in server.rows if row["id"] == "small"]
    assert list(dict.fromkeys(small)) == [0, 1, 2]
    large = [row["output"] for row in server.rows if row["id"] == "large"]
    assert {len(output) for output in large} == {60_000}


def test_a_sender_whose_every_successor_is_killed_does_not_spin(server: FakeServer) -> None:
    asked = []

    def transport(request: heed.Request) -> heed.Response:
        asked.append(request)
        raise KeyboardInterrupt

    fake = FakeLogger(server, transport=transport, flush_interval_s=0.005)
    fake.logger.update_span("span", output=0)
    wait_for(lambda: len(asked) >= 4)
    time.sleep(0.3)
    assert len(asked) == 4
    assert fake.logger.stats().queued == 1
    fake.logger._recorder.delivery._queue.clear()


def fail() -> None:
    raise ValueError("boom")


@pytest.mark.parametrize(
    ("die", "told"), [(fail, "boom"), (_thread.exit, "SystemExit"), (None, "SystemExit")]
)
def test_a_thread_that_dies_in_a_span_ends_it_and_says_why(
    current: heed.Logger, server: FakeServer, die: Callable[[], None] | None, told: str
) -> None:
    begun = threading.Event()

    @heed.traced
    def work() -> None:
        with heed.start_span("step"):
            begun.set()
            if die:
                die()
            while True:
                time.sleep(0.001)

    with heed.start_span("main") as main:
        thread = threading.Thread(target=work)
        thread.start()
        begun.wait()
        if not die:
            kill(thread)
        thread.join()
        assert heed.current_span() is main
    heed.flush()
    rows = server.by_name()
    for name in ("work", "step"):
        assert told in rows[name]["error"]
        assert rows[name]["metrics"]["end"] > 0
    assert "error" not in rows["main"]


@pytest.mark.parametrize("is_before", [True, False])
def test_ctrl_c_while_the_sender_is_started_leaves_nothing_behind(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, is_before: bool
) -> None:
    """Before the thread runs, or when it does and its delivery does not know it yet."""
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        monkeypatch.undo()
        if not is_before:
            start(thread)
        raise KeyboardInterrupt

    fake = FakeLogger(server, flush_interval_s=0.005)
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fake.logger.update_span("span", output=1)
    fake.logger.update_span("span", output=2)
    wait_for(lambda: fake.logger.stats().acknowledged == 2)
    assert [row["output"] for row in server.rows] == [1, 2]


def test_an_object_that_is_collected_while_the_sender_is_started_may_log(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its `__del__` runs wherever memory is asked for: in the new thread too."""
    fake = FakeLogger(server)
    set_ident = threading.Thread._set_ident  # type: ignore[attr-defined]

    def collect(thread: threading.Thread) -> None:
        if thread.name == "heed":
            fake.logger.update_span("span", output="collected")
        set_ident(thread)

    monkeypatch.setattr(threading.Thread, "_set_ident", collect)
    logging = threading.Thread(
        target=lambda: fake.logger.update_span("span", output="logged"), daemon=True
    )
    logging.start()
    logging.join(5)
    assert not logging.is_alive()
    assert fake.flush() is None
    assert [row["output"] for row in server.rows] == ["logged", "collected"]


def test_a_sender_that_comes_up_after_ctrl_c_leaves_its_successor_in_its_place(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[threading.Thread] = []

    def interrupted(thread: threading.Thread) -> None:
        monkeypatch.undo()
        late.append(thread)
        raise KeyboardInterrupt

    fake = FakeLogger(server)
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fake.logger.update_span("span", output=1)
    assert fake.flush() is None
    successor = sender(fake)
    time.sleep(0.1)  # It waits for the next item now.
    monkeypatch.setattr(_delivery, "_IDLE_S", 0.01)
    late[0].start()
    late[0].join(5)
    assert not late[0].is_alive()
    assert sender(fake) is successor


def test_an_on_error_that_flushes_where_its_own_thread_delivers_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As at the end of a program, from Python 3.12 on: no thread can be started there."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    told: list[str] = []

    def tell(error: heed.HeedError) -> None:
        told.append(error.code)
        fake.logger.flush()

    fake = FakeLogger(FakeServer(heed.Response(404, "")), on_error=tell)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    fake.logger.update_span("span", output=1)
    begun = time.monotonic()
    error = fake.flush()
    assert time.monotonic() - begun < 5
    assert error is not None
    assert (told, error.queued) == (["refused"], 0)
