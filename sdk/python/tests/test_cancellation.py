"""What is cancelled, closed early or left: its span ends, and the one before is current again."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest

import heed
from support.fake_server import FakeServer

pytestmark = pytest.mark.usefixtures("current")


def rows(server: FakeServer) -> dict[str, dict[str, Any]]:
    heed.flush()
    return server.by_name()


def is_over(row: dict[str, Any]) -> bool:
    return bool(row["metrics"]["end"] >= row["metrics"]["start"])


def test_a_task_that_survives_its_cancellation_goes_on_in_the_span_before(
    server: FakeServer,
) -> None:
    async def work() -> None:
        with heed.start_span("task") as own:
            try:
                with heed.start_span("slow"):
                    await asyncio.sleep(60)
            except asyncio.CancelledError:
                pass
            assert heed.current_span() is own
            heed.start_span("after").end()

    async def main() -> None:
        with heed.start_span("outer") as outer:
            task = asyncio.create_task(work())
            await asyncio.sleep(0.01)
            task.cancel()
            await task
            assert heed.current_span() is outer

    asyncio.run(main())
    sent = rows(server)
    assert "CancelledError" in sent["slow"]["error"]
    assert is_over(sent["slow"])
    assert "error" not in sent["task"]
    assert sent["after"]["span_parents"] == [sent["task"]["span_id"]]
    assert heed.current_span() is heed.NOOP_SPAN


def test_a_timeout_and_a_failing_neighbour_cancel_spans_that_say_so(server: FakeServer) -> None:
    @heed.traced
    async def timed() -> None:
        await asyncio.sleep(60)

    @heed.traced
    async def neighbour() -> None:
        await timed()

    async def fail() -> None:
        raise ValueError("boom")

    async def main() -> None:
        with heed.start_span("outer") as outer:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(timed(), 0.01)
            tasks = [asyncio.create_task(neighbour()), asyncio.create_task(fail())]
            with pytest.raises(ValueError, match="boom"):
                await asyncio.gather(*tasks)
            tasks[0].cancel()
            await asyncio.wait(tasks)
            assert heed.current_span() is outer

    asyncio.run(main())
    heed.flush()
    cancelled = [row for row in server.rows if row["span_attributes"]["name"] != "outer"]
    assert len(cancelled) == 3
    for row in cancelled:
        assert "CancelledError" in row["error"]
        assert is_over(row)


def test_tasks_that_the_end_of_the_loop_cancels_end_their_spans(server: FakeServer) -> None:
    async def forever() -> None:
        with heed.start_span("pending"):
            await asyncio.sleep(60)

    async def main() -> None:
        asyncio.create_task(forever())  # noqa: RUF006
        await asyncio.sleep(0.01)

    asyncio.run(main())
    row = rows(server)["pending"]
    assert "CancelledError" in row["error"]
    assert is_over(row)


def test_a_coroutine_that_nobody_finishes_ends_its_span_without_an_error(
    server: FakeServer,
) -> None:
    async def left() -> None:
        with heed.start_span("left"):
            await asyncio.get_running_loop().create_future()

    loop = asyncio.new_event_loop()
    coroutine = left()
    task = loop.create_task(coroutine)
    loop.run_until_complete(asyncio.sleep(0))
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    loop.close()
    coroutine.close()
    del task, coroutine
    gc.collect()
    row = rows(server)["left"]
    assert is_over(row)
    assert "error" not in row
    assert heed.current_span() is heed.NOOP_SPAN


class TestGenerators:
    def test_one_that_is_closed_early_ends_without_an_error(self, server: FakeServer) -> None:
        closed = []

        @heed.traced
        def count() -> Generator[int, None, None]:
            try:
                yield from range(10)
            finally:
                closed.append(heed.current_span().span_id)

        with heed.start_span("reader") as reader:
            running = count()
            assert [next(running), next(running)] == [0, 1]
            running.close()
            assert heed.current_span() is reader
        row = rows(server)["count"]
        assert (row["output"], closed) == ([0, 1], [row["span_id"]])
        assert is_over(row)
        assert "error" not in row

    def test_one_that_is_closed_by_another_thread_ends_there(self, server: FakeServer) -> None:
        @heed.traced
        def count() -> Generator[int, None, None]:
            yield from range(10)

        running = count()
        next(running)
        thread = threading.Thread(target=running.close)
        thread.start()
        thread.join()
        row = rows(server)["count"]
        assert is_over(row)
        assert "error" not in row

    def test_one_that_fails_while_it_is_closed_says_so(self, server: FakeServer) -> None:
        @heed.traced
        def count() -> Generator[int, None, None]:
            try:
                yield from range(10)
            finally:
                raise ValueError("in finally")

        running = count()
        next(running)
        with pytest.raises(ValueError, match="in finally"):
            running.close()
        row = rows(server)["count"]
        assert "in finally" in row["error"]
        assert is_over(row)

    def test_one_in_a_cycle_ends_when_it_is_collected(self, server: FakeServer) -> None:
        @heed.traced
        def count(kept: list[Any]) -> Generator[int, None, None]:
            yield from range(10)

        cycle: list[Any] = []
        running = count(cycle)
        cycle.append(running)
        next(running)
        del cycle, running
        gc.collect()
        assert is_over(rows(server)["count"])


class TestAsyncGenerators:
    @pytest.fixture(autouse=True)
    def loop_complains_of_nothing(
        self, caplog: pytest.LogCaptureFixture
    ) -> Generator[None, None, None]:
        """What the loop could not close it tells to its log."""
        with caplog.at_level(logging.WARNING, "asyncio"):
            yield
        assert caplog.get_records("call") == []

    def test_one_whose_reader_breaks_off_ends_without_an_error(self, server: FakeServer) -> None:
        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            for n in range(10):
                await asyncio.sleep(0)
                yield n

        async def main() -> None:
            with heed.start_span("reader") as reader:
                async for n in stream():
                    if n == 2:
                        break
                assert heed.current_span() is reader
            gc.collect()
            await asyncio.sleep(0.01)

        asyncio.run(main())
        row = rows(server)["stream"]
        assert row["output"] == [0, 1, 2]
        assert is_over(row)
        assert "error" not in row

    def test_one_that_is_still_open_when_the_loop_ends_is_closed_once(
        self, server: FakeServer
    ) -> None:
        """The loop closes all generators at once; this one waits while it is closed."""
        closed = []

        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            try:
                while True:
                    yield 1
            finally:
                await asyncio.sleep(0.01)
                closed.append(heed.current_span().span_id)

        running = stream()

        async def main() -> None:
            assert await running.__anext__() == 1

        asyncio.run(main())
        row = rows(server)["stream"]
        assert closed == [row["span_id"]]
        assert row["output"] == [1]
        assert is_over(row)
        assert "error" not in row

    def test_one_that_is_cancelled_while_it_waits_says_so(self, server: FakeServer) -> None:
        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            yield 1
            await asyncio.sleep(60)
            yield 2

        async def read() -> None:
            async for _ in stream():
                pass

        async def main() -> None:
            with heed.start_span("outer") as outer:
                task = asyncio.create_task(read())
                await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert heed.current_span() is outer

        asyncio.run(main())
        row = rows(server)["stream"]
        assert row["output"] == [1]
        assert "CancelledError" in row["error"]
        assert is_over(row)

    def test_one_that_is_closed_by_another_task_leaves_the_span_of_that_current(
        self, server: FakeServer
    ) -> None:
        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            while True:
                yield 1

        async def close(running: AsyncGenerator[int, None]) -> None:
            with heed.start_span("closer") as closer:
                await running.aclose()
                assert heed.current_span() is closer

        async def main() -> None:
            running = stream()
            await running.__anext__()
            await asyncio.create_task(close(running))
            assert heed.current_span() is heed.NOOP_SPAN

        asyncio.run(main())
        sent = rows(server)
        assert is_over(sent["stream"])
        assert "error" not in sent["stream"]

    def test_one_that_no_loop_knows_ends_when_it_is_collected(self, server: FakeServer) -> None:
        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            while True:
                yield 1

        running = stream()
        with pytest.raises(StopIteration) as stepped:
            running.__anext__().__await__().send(None)
        assert stepped.value.value == 1
        del running, stepped
        gc.collect()
        row = rows(server)["stream"]
        assert is_over(row)
        assert "error" not in row

    def test_one_that_is_never_begun_is_no_span(self, server: FakeServer) -> None:
        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            yield 1

        del_me = stream()
        del del_me
        gc.collect()
        heed.flush()
        assert server.rows == []

    def test_the_hooks_of_the_loop_stand_as_they_were(self, server: FakeServer) -> None:
        hooks = []

        @heed.traced
        async def stream() -> AsyncGenerator[int, None]:
            hooks.append(sys.get_asyncgen_hooks())
            yield 1

        async def main() -> None:
            hooks.append(sys.get_asyncgen_hooks())
            async for _ in stream():
                pass
            hooks.append(sys.get_asyncgen_hooks())

        asyncio.run(main())
        assert hooks[0] == hooks[1] == hooks[2]
        assert hooks[0].firstiter is not None
