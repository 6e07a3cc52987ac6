from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from datetime import datetime, timezone
from typing import Any

import pytest

import heed
from heed import _clock
from heed._draft import Draft
from support import program
from support.fake_server import OK, UNAVAILABLE, FakeLogger, FakeServer
from support.wait import wait_for


def rejecting(*rejected: Any) -> heed.Response:
    return heed.Response(200, json.dumps({"rejected": rejected}))


def total(stats: heed.Stats) -> int:
    return stats.queued + stats.acknowledged + stats.rejected + stats.dropped


def test_all_of_an_interval_goes_in_one_request(server: FakeServer) -> None:
    fake = FakeLogger(server, flush_interval_s=0.05)
    for n in range(10):
        fake.logger.log(input=n)
    wait_for(lambda: fake.logger.stats().acknowledged == 10)
    assert len(server.requests) == 1


def test_a_request_names_its_project_its_key_its_version_and_its_clock(
    server: FakeServer, fake: FakeLogger
) -> None:
    fake.logger.log(input=1)
    fake.logger.flush()
    (request,), (body,) = server.requests, server.bodies
    assert request.url == "http://heed.test/logs3"
    assert request.headers == {
        "authorization": "Bearer key",
        "content-type": "application/json",
    }
    assert (body["api_version"], body["project_name"], body["feedback"]) == (2, "test", [])
    sent_at = datetime.strptime(body["sent_at"], "%Y-%m-%dT%H:%M:%S.%fZ")
    off_s = sent_at.replace(tzinfo=timezone.utc).timestamp() - time.time()
    assert abs(off_s) < 5


def test_a_large_body_is_gzipped(server: FakeServer, fake: FakeLogger) -> None:
    fake.logger.log(input="large " * 1000)
    fake.logger.flush()
    assert server.requests[0].headers["content-encoding"] == "gzip"
    assert server.rows[0]["input"] == "large " * 1000


def test_a_batch_has_at_most_1000_rows_and_about_4_mb(server: FakeServer, fake: FakeLogger) -> None:
    fake = FakeLogger(server, flush_interval_s=60)
    for n in range(2500):
        fake.logger.log(input=n)
    fake.logger.flush()
    assert [len(body["rows"]) for body in server.bodies] == [1000, 1000, 500]
    for _ in range(3):
        fake.logger.log(input="é" * 1_000_000)
    fake.logger.flush()
    assert [len(body["rows"]) for body in server.bodies[3:]] == [2, 1]


def test_a_rejected_item_is_named_counted_and_not_sent_again(server: FakeServer) -> None:
    row = {"list": "rows", "index": 1, "field": "metadata", "message": "must be an object"}
    vote = {"list": "feedback", "index": 0, "field": "", "message": "needs scores"}
    server.script.append(rejecting(row, vote))
    fake = FakeLogger(server, flush_interval_s=60)
    fake.logger.log(input=1)
    second = fake.logger.log(input=2)
    fake.logger.log_feedback(second, scores={"good": 1})
    error = fake.flush()
    assert error is not None
    assert [failure.code for failure in error.failures] == ["rejected", "rejected"]
    assert (error.code, error.queued) == ("not_flushed", 0)
    assert fake.problems == [
        f"rejected: Refused rows {second}: metadata must be an object.",
        f"rejected: Refused feedback {second}: needs scores.",
    ]
    assert fake.logger.stats() == (0, 3, 1, 2, 0, 0, 0)
    assert len(server.requests) == 1


def test_a_receipt_that_makes_no_sense_cannot_break_the_next_flush(server: FakeServer) -> None:
    odd: list[Any] = [{"list": "rows", "index": 99}, None, {"list": [], "index": "0"}, {}]
    server.script.append(rejecting(*odd))
    fake = FakeLogger(server)
    fake.logger.log(input=1)
    fake.flush()
    fake.logger.log(input=2)
    fake.logger.flush()
    assert fake.logger.stats().acknowledged == 2


def test_the_same_row_is_sent_again_until_it_is_stored(server: FakeServer) -> None:
    server.script.extend([UNAVAILABLE, ConnectionResetError("reset"), UNAVAILABLE])
    fake = FakeLogger(server, flush_interval_s=0.05)
    fake.logger.log(input=1)
    wait_for(lambda: fake.logger.stats().acknowledged == 1)
    assert len({json.dumps(row) for row in server.rows}) == 1
    assert fake.logger.stats() == (0, 1, 1, 0, 0, 3, 0)
    assert [problem.split(":")[0] for problem in fake.problems] == ["unreachable"]


def test_pauses_between_retries_grow_up_to_thirty_seconds_at_random(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeLogger(server, flush_interval_s=60)
    fake.logger.log(input=1)
    sending = fake.logger._recorder.delivery._sending
    monkeypatch.setattr("random.random", lambda: 1.0)
    server.script.extend([UNAVAILABLE] * 10)
    pauses = [sending.send_batch() for _ in range(10)]
    assert [pause and pause.seconds for pause in pauses] == [
        0.2,
        0.4,
        0.8,
        1.6,
        3.2,
        6.4,
        12.8,
        25.6,
        30,
        30,
    ]
    assert sending.send_batch() is None


def test_retry_after_is_obeyed_even_if_a_flush_is_waiting(server: FakeServer) -> None:
    server.script.append(heed.Response(429, "", "1"))
    fake = FakeLogger(server)
    fake.logger.log(input=1)
    begun = time.monotonic()
    fake.logger.flush()
    assert 1 <= time.monotonic() - begun < 5


@pytest.mark.parametrize("retry_after", ["0", "Sun, 06 Nov 1994 08:49:37 GMT"])
def test_a_server_that_asks_for_no_pause_gets_the_usual_one(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, retry_after: str
) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    monkeypatch.setattr("heed._sending._BACKOFF_BASE_S", 0.1)
    server.script.extend([heed.Response(503, "", retry_after)] * 1000)
    fake = FakeLogger(server, flush_interval_s=0.005)
    fake.logger.log(input=1)
    wait_for(lambda: len(server.requests) > 0)
    time.sleep(0.5)
    # At 0, 0.1, 0.3 and 0.7 s; without a pause hundreds, however busy the machine is.
    assert 2 <= len(server.requests) <= 5
    server.script.clear()
    fake.flush()
    assert fake.logger.stats().acknowledged == 1


def test_a_flush_cuts_the_pause_of_a_retry_short(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    monkeypatch.setattr("heed._sending._BACKOFF_BASE_S", 20.0)
    server.script.append(UNAVAILABLE)
    fake = FakeLogger(server, flush_interval_s=0.05)
    fake.logger.log(input=1)
    wait_for(lambda: len(server.requests) == 1)
    time.sleep(0.05)
    begun = time.monotonic()
    fake.logger.flush()
    assert time.monotonic() - begun < 5


def test_an_outage_is_survived_in_bounded_memory_with_an_exact_count_of_what_was_lost() -> None:
    is_up = False

    def answer(body: dict[str, Any]) -> heed.Response:
        return OK if is_up else UNAVAILABLE

    server = FakeServer(*[answer] * 500)
    fake = FakeLogger(server, max_queue_rows=100, flush_interval_s=0.05)
    for n in range(250):
        fake.logger.log(input=n)
    wait_for(lambda: len(server.requests) > 2)
    stats = fake.logger.stats()
    assert stats.queued <= 200  # Those being sent, and those that wait.
    is_up = True
    fake.logger.flush() if stats.dropped == 0 else fake.flush()
    stats = fake.logger.stats()
    assert (stats.queued, total(stats)) == (0, 250)
    stored = [row["input"] for row in server.bodies[-1]["rows"]]
    assert stored[-1] == 249
    assert [problem.split(":")[0] for problem in fake.problems].count("queue_full") == 1


def test_a_flush_that_misses_its_deadline_raises_and_what_waits_is_sent_later(
    server: FakeServer,
) -> None:
    server.script.extend([UNAVAILABLE] * 4)
    fake = FakeLogger(server, flush_interval_s=0.05)
    fake.logger.log(input=1)
    with pytest.raises(heed.HeedError, match="HTTP 503") as raised:
        fake.logger.flush(timeout_s=0.1)
    assert (raised.value.code, raised.value.queued) == ("not_flushed", 1)
    wait_for(lambda: fake.logger.stats().acknowledged == 1)


def test_a_401_drops_counts_and_says_what_to_set(server: FakeServer) -> None:
    server.script.append(heed.Response(401, ""))
    fake = FakeLogger(server)
    fake.logger.log(input=1)
    with pytest.raises(heed.HeedError, match="set HEED_API_KEY"):
        fake.logger.flush()
    assert fake.logger.stats() == (0, 1, 0, 0, 1, 0, 0)


def test_a_request_that_is_too_large_is_halved_until_the_one_bad_row_is_found() -> None:
    def answer(body: dict[str, Any]) -> heed.Response:
        is_bad = any(row["input"] == "bad" for row in body["rows"])
        return heed.Response(413, "") if is_bad else OK

    fake = FakeLogger(FakeServer(*[answer] * 100), flush_interval_s=60)
    for n in range(64):
        fake.logger.log(input="bad" if n == 40 else n)
    error = fake.flush()
    assert error is not None
    assert [failure.code for failure in error.failures] == ["refused"]
    assert (fake.logger.stats().acknowledged, fake.logger.stats().dropped) == (63, 1)


def test_many_threads_lose_nothing_and_the_counters_always_add_up() -> None:
    server = FakeServer(UNAVAILABLE, heed.Response(401, ""))
    fake = FakeLogger(server, flush_interval_s=0.001, max_queue_rows=500)

    def work() -> None:
        for n in range(500):
            with fake.logger.start_span(name="work") as span:
                span.log(input=n)
            if n % 100 == 0:
                fake.flush()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        stats = fake.logger.stats()
        assert stats.queued <= 500 + 1000
    for thread in threads:
        thread.join()
    fake.flush()
    stats = fake.logger.stats()
    stored = {row["span_id"] for row in server.rows if "_is_merge" not in row}
    assert stats.queued == 0
    assert len(stored) + stats.dropped >= 2000
    assert total(stats) == stats.acknowledged + stats.dropped


def test_an_on_error_that_raises_or_logs_does_not_reach_the_caller(server: FakeServer) -> None:
    server.script.append(heed.Response(401, ""))

    def broken(error: heed.HeedError) -> None:
        fake.logger.log(input="about an error")
        raise ValueError("mine")

    fake = FakeLogger(server, on_error=broken)
    fake.logger.log(input=1)
    assert fake.flush() is not None


def test_without_on_error_each_distinct_problem_is_one_warning(server: FakeServer) -> None:
    logger = FakeLogger(server, on_error=None).logger
    with pytest.warns(RuntimeWarning, match=r"scores\.bad is 7") as told:
        logger.log(scores={"bad": 7})
        logger.log(scores={"bad": 8})
    assert len(told) == 1


def test_without_async_flush_an_event_is_stored_when_its_call_returns(server: FakeServer) -> None:
    fake = FakeLogger(server, async_flush=False, flush_interval_s=60)
    fake.logger.log(input=1)
    assert fake.logger.stats().acknowledged == 1
    with fake.logger.start_span() as span:
        assert fake.logger.stats().queued == 1
    assert fake.logger.stats().queued == 0
    span.log_feedback(comment="x")
    assert len(server.feedback) == 1


def test_an_address_that_is_none_raises_nothing_before_the_flush() -> None:
    fake = FakeLogger(FakeServer(), url="not a url", transport=None)
    fake.logger.log(input=1)
    with pytest.raises(heed.HeedError, match="no http or https address"):
        fake.logger.flush(timeout_s=0.2)


def test_the_thread_ends_when_it_is_idle_and_comes_back(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heed._delivery._IDLE_S", 0.01)
    fake = FakeLogger(server, flush_interval_s=0.001)
    delivery = fake.logger._recorder.delivery
    for n in range(20):
        fake.logger.log(input=n)
        fake.logger.flush()
        wait_for(lambda: delivery._thread is None)
    # On a busy machine a span may be sent before it ends, and its end follows.
    assert len({row["id"] for row in server.rows}) == 20


def test_each_outage_is_told_once(server: FakeServer) -> None:
    fake = FakeLogger(server, flush_interval_s=0.05)
    for _ in range(2):
        server.script.extend([UNAVAILABLE, UNAVAILABLE])
        fake.logger.log(input=1)
        wait_for(lambda: fake.logger.stats().queued == 0)
    assert [problem.split(":")[0] for problem in fake.problems] == ["unreachable"] * 2


@pytest.mark.parametrize("raised", [SystemExit(3), asyncio.CancelledError()])
def test_a_transport_that_ends_the_thread_is_only_asked_again(raised: BaseException) -> None:
    answers: list[BaseException | None] = [raised, None, None]

    def transport(request: heed.Request) -> heed.Response:
        answer = answers.pop(0)
        if answer:
            raise answer
        return OK

    fake = FakeLogger(FakeServer(), transport=transport)
    fake.logger.update_span("span", output=1)
    assert fake.flush() is None
    assert fake.logger.stats() == (0, 1, 1, 0, 0, 1, 0)
    assert [problem.split(":")[0] for problem in fake.problems] == ["unreachable"]


@pytest.mark.parametrize(
    "answer",
    [heed.Response(401, ""), rejecting({"list": "rows", "index": 0, "message": "is bad"})],
)
def test_an_on_error_that_ends_the_thread_costs_no_item_and_no_count(
    server: FakeServer, answer: heed.Response
) -> None:
    def leave(error: heed.HeedError) -> None:
        sys.exit(3)

    server.script.append(answer)
    fake = FakeLogger(server, on_error=leave)
    fake.logger.update_span("span", output=1)
    assert fake.flush() is not None
    fake.logger.update_span("span", output=2)
    assert fake.flush() is None
    stats = fake.logger.stats()
    assert (stats.queued, stats.acknowledged, stats.rejected + stats.dropped) == (0, 1, 1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_killed_gives_back_what_it_was_sending_and_another_sends_it(
    server: FakeServer,
) -> None:
    killed: list[threading.Thread] = []

    def transport(request: heed.Request) -> heed.Response:
        if killed:
            return OK
        killed.append(threading.current_thread())
        raise KeyboardInterrupt

    fake = FakeLogger(server, transport=transport)
    fake.logger.update_span("span", output=1)
    fake.logger.flush()
    assert fake.logger.stats() == (0, 1, 1, 0, 0, 1, 0)
    killed[0].join(timeout=10)  # Its end is told here, and not in the test that comes next.


def test_the_clock_is_never_read_under_the_lock_of_the_delivery(server: FakeServer) -> None:
    fake = FakeLogger(server, flush_interval_s=0.001)
    lock = fake.logger._recorder.delivery._lock
    for _ in range(20):
        with _clock._lock:  # As in a thread whose signal handler logs while it reads the clock.
            fake.logger._recorder.add(draft(), [("output", 1, 1)])
            time.sleep(0.02)
            assert lock.acquire(timeout=2)
            lock.release()
    fake.logger.flush()
    assert fake.logger.stats().acknowledged == 20


def draft() -> Draft:
    """A change of a span that is elsewhere: when it is sent is when it was made."""
    return Draft({"id": "span"}, 0, None)


def test_a_wait_for_a_moment_ends() -> None:
    """Python 3.9 would wait for ever, for some of these."""
    text = """
    from queue import Empty, SimpleQueue
    from heed._delivery import _get
    for n in range(50_000):
        try:
            _get(SimpleQueue(), n % 5 * 1e-6)
        except Empty:
            pass
    """
    assert program.run(text, "http://127.0.0.1:9", "none") == (0, "", "")
