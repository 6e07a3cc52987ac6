from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import inspect
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

import pytest

import heed
from support.fake_server import FakeLogger, FakeServer

pytestmark = pytest.mark.usefixtures("current")

PROJECT_ID = "0192f0c1-a2b3-7c4d-8e5f-00112233445a"


def rows(server: FakeServer) -> dict[str, dict[str, Any]]:
    heed.flush()
    return server.by_name()


def is_child(all_rows: dict[str, Any], child: str, parent: str) -> bool:
    return bool(all_rows[child].get("span_parents") == [all_rows[parent]["span_id"]])


def test_a_span_inside_a_span_is_its_child(server: FakeServer) -> None:
    with heed.start_span("outer") as outer:
        with heed.start_span("middle"):
            heed.start_span("inner").end()
        assert heed.current_span() is outer
    assert heed.current_span() is heed.NOOP_SPAN
    sent = rows(server)
    assert is_child(sent, "middle", "outer")
    assert is_child(sent, "inner", "middle")


def test_tasks_that_run_at_the_same_time_do_not_mix(server: FakeServer) -> None:
    async def work(name: str) -> None:
        with heed.start_span(name):
            await asyncio.sleep(0.005)
            with heed.start_span(f"{name} child"):
                await asyncio.sleep(0.001)

    async def main() -> None:
        with heed.start_span("root"):
            await asyncio.gather(*(work(name) for name in "abc"))

    asyncio.run(main())
    sent = rows(server)
    for name in "abc":
        assert is_child(sent, name, "root")
        assert is_child(sent, f"{name} child", name)


def test_a_task_that_is_cancelled_ends_its_span_and_says_so(server: FakeServer) -> None:
    @heed.traced
    async def forever() -> None:
        await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    row = rows(server)["forever"]
    assert "CancelledError" in row["error"]
    assert row["metrics"]["end"] > row["metrics"]["start"]


def test_threads_have_current_spans_of_their_own(server: FakeServer) -> None:
    def work(name: str) -> None:
        for _ in range(50):
            with heed.start_span(name), heed.start_span(f"{name} child"):
                pass

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heed.flush()
    spans = {row["span_id"]: row for row in server.rows}
    children = [row for row in server.rows if "span_parents" in row]
    assert len(spans) == 400
    assert len(children) == 200
    for row in children:
        parent = spans[row["span_parents"][0]]
        assert row["span_attributes"]["name"] == f"{parent['span_attributes']['name']} child"


def test_the_executor_of_this_package_hands_the_current_span_on(server: FakeServer) -> None:
    def work(name: str) -> str:
        with heed.start_span(name) as span:
            return span.root_span_id

    with heed.start_span("root") as root:
        with heed.TracedThreadPoolExecutor(2) as pool:
            assert list(pool.map(work, ["a", "b"])) == [root.root_span_id] * 2
        with ThreadPoolExecutor(1) as plain:
            assert plain.submit(work, "c").result() != root.root_span_id


def test_a_given_parent_wins_over_the_current_span(server: FakeServer) -> None:
    other = heed.start_span("other")
    with heed.start_span("current"):
        heed.start_span("one", parent=other.id).end()
        heed.start_span("fresh", parent=heed.NEW_TRACE).end()
        heed.start_span("aside", set_current=False).__enter__()
        heed.start_span("nested").end()
    sent = rows(server)
    assert is_child(sent, "one", "other")
    assert is_child(sent, "nested", "current")
    assert "span_parents" not in sent["fresh"]


def test_set_current_makes_any_span_the_current_one(server: FakeServer) -> None:
    span = heed.start_span("kept open")
    span.set_current()
    heed.start_span("child").end()
    span.unset_current()
    span.unset_current()
    assert heed.current_span() is heed.NOOP_SPAN
    assert is_child(rows(server), "child", "kept open")


@pytest.mark.parametrize("named", [{}, {"project_id": PROJECT_ID}], ids=["by name", "by id"])
def test_loggers_of_one_project_share_a_trace(named: dict[str, Any]) -> None:
    first, second = FakeServer(), FakeServer()
    here, there = FakeLogger(first, **named).logger, FakeLogger(second, **named).logger
    with here.start_span("outer"), there.start_span("inner"):
        heed.start_span("deep").end()
        here.start_span("again").end()
    here.flush()
    there.flush()
    sent = {**first.by_name(), **second.by_name()}
    assert is_child(sent, "inner", "outer")
    assert is_child(sent, "deep", "inner")
    assert is_child(sent, "again", "inner")
    assert set(second.by_name()) == {"inner", "deep"}


@pytest.mark.parametrize(
    "option",
    [{"project": "elsewhere"}, {"url": "http://elsewhere.test"}, {"project_id": PROJECT_ID}],
    ids=str,
)
def test_a_logger_of_another_project_or_server_begins_its_own_trace(option: dict[str, Any]) -> None:
    elsewhere = FakeServer()
    logger = FakeLogger(elsewhere, **option).logger
    with heed.start_span("here"), logger.start_span("there"):
        heed.start_span("deep").end()
    logger.flush()
    sent = elsewhere.by_name()
    assert "span_parents" not in sent["there"]
    assert is_child(sent, "deep", "there")


def test_what_a_logger_opens_is_a_task_also_within_another_span(
    server: FakeServer, current: heed.Logger
) -> None:
    with current.start_span("outer") as outer:
        current.start_span("nested").end()
        current.start_span("typed", type="tool").end()
        current.start_span("hung", parent=outer.id).end()
        outer.start_span("child").end()
        heed.start_span("step").end()
        current.start_span().end()
    sent = rows(server)
    types = {name: row["span_attributes"].get("type") for name, row in sent.items()}
    assert types == {
        "outer": "task",
        "nested": "task",
        "typed": "tool",
        "hung": None,
        "child": None,
        "step": None,
        "span": "task",
    }


def test_without_async_flush_the_outermost_span_of_each_logger_waits(server: FakeServer) -> None:
    elsewhere = FakeServer()
    logger = FakeLogger(elsewhere, async_flush=False).logger
    with heed.start_span("outer"):
        with logger.start_span("inner"):
            logger.start_span("deep").end()
            assert elsewhere.rows == []
        assert set(elsewhere.by_name()) == {"inner", "deep"}


def test_a_span_that_is_left_in_another_context_raises_nothing(server: FakeServer) -> None:
    span = heed.start_span("moved")
    contextvars.copy_context().run(span.__enter__)
    span.__exit__(None, None, None)
    assert rows(server)["moved"]["metrics"]["end"] > 0


def test_a_span_is_set_and_unset_in_each_context_by_itself() -> None:
    span = heed.start_span("shared")
    here, there = contextvars.Context(), contextvars.Context()
    here.run(span.set_current)
    there.run(span.set_current)
    here.run(span.unset_current)
    assert here.run(heed.current_span) is heed.NOOP_SPAN
    assert there.run(heed.current_span) is span
    there.run(span.unset_current)
    assert there.run(heed.current_span) is heed.NOOP_SPAN


def test_a_span_that_ends_in_another_context_is_no_longer_current(
    server: FakeServer, current: heed.Logger
) -> None:
    with heed.start_span("outer") as outer:
        moved = heed.start_span("moved").__enter__()
        contextvars.copy_context().run(moved.__exit__, None, None, None)
        assert heed.current_span() is outer
        heed.start_span("next").end()
        with current.start_span("nested"):
            assert heed.current_span() is not moved
        assert heed.current_span() is outer
    sent = rows(server)
    assert is_child(sent, "next", "outer")
    assert is_child(sent, "nested", "outer")


def test_the_span_of_a_generator_that_ends_it_is_not_its_current_one(server: FakeServer) -> None:
    @heed.traced
    def steps() -> Iterator[int]:
        heed.current_span().end()
        yield 1
        heed.start_span("after").end()

    with heed.start_span("outer"):
        assert list(steps()) == [1]
    assert is_child(rows(server), "after", "outer")


class TestTraced:
    def test_logs_arguments_by_name_and_the_result(self, server: FakeServer) -> None:
        class Shop:
            price = 3

            @heed.traced
            def total(self, count: int, *, tax: int = 1) -> int:
                """Doc."""
                return self.price * count

        assert Shop().total(2, tax=5) == 6
        assert (Shop.total.__name__, Shop.total.__doc__) == ("total", "Doc.")
        row = rows(server)["total"]
        assert (row["input"], row["output"]) == ({"count": 2, "tax": 5}, 6)
        assert row["span_attributes"]["type"] == "function"

    def test_takes_the_arguments_of_a_span(self, server: FakeServer) -> None:
        @heed.traced(name="named", type="tool", notrace_io=True, metadata={"a": 1})
        async def work(secret: str) -> str:
            return secret

        assert asyncio.run(work("x")) == "x"
        row = rows(server)["named"]
        assert row["span_attributes"]["type"] == "tool"
        assert row["metadata"] == {"a": 1}
        assert not {"input", "output"} & set(row)

    def test_leaves_input_and_output_out_also_where_the_function_comes_first(
        self, server: FakeServer
    ) -> None:
        def quiet(secret: str) -> str:
            return secret

        assert heed.traced(quiet, notrace_io=True)("x") == "x"
        row = rows(server)["quiet"]
        assert not {"input", "output"} & set(row)

    def test_records_what_is_raised_also_for_wrong_arguments(self, server: FakeServer) -> None:
        @heed.traced
        def bad() -> None:
            raise ValueError("boom")

        with pytest.raises(ValueError, match="boom"):
            bad()
        with pytest.raises(TypeError):
            bad(1)  # type: ignore[call-arg]
        heed.flush()
        assert "boom" in server.rows[0]["error"]
        assert "TypeError" in server.rows[1]["error"]

    def test_follows_a_generator_to_its_end(self, server: FakeServer) -> None:
        @heed.traced
        def count(to: int) -> Iterator[Any]:
            for n in range(to):
                with heed.start_span(f"step {n}"):
                    sent = yield n
                    heed.start_span(f"in step {n}").end()
                if sent:
                    yield sent

        running = count(2)
        assert next(running) == 0
        assert heed.current_span() is heed.NOOP_SPAN
        assert running.send("more") == "more"  # type: ignore[attr-defined]
        assert list(running) == [1]
        sent = rows(server)
        assert (sent["count"]["input"], sent["count"]["output"]) == ({"to": 2}, [0, "more", 1])
        assert is_child(sent, "step 1", "count")
        assert is_child(sent, "in step 1", "step 1")

    def test_a_generator_that_is_never_finished_ends_its_span(self, server: FakeServer) -> None:
        @heed.traced
        def endless() -> Iterator[int]:
            while True:
                yield 1

        unstarted, running = endless(), endless()
        next(running)
        del unstarted, running
        gc.collect()
        row = rows(server)["endless"]
        assert len(server.rows) == 1
        assert row["output"] == [1]
        assert row["metrics"]["end"] > 0
        assert "error" not in row

    def test_a_generator_that_raises_is_recorded(self, server: FakeServer) -> None:
        @heed.traced
        def failing() -> Iterator[int]:
            yield 1
            raise ValueError("boom")

        with pytest.raises(ValueError, match="boom"):
            list(failing())
        row = rows(server)["failing"]
        assert row["output"] == [1]
        assert "boom" in row["error"]

    def test_follows_an_async_generator_also_when_its_reader_stops(
        self, server: FakeServer
    ) -> None:
        closed = []

        @heed.traced
        async def stream() -> AsyncIterator[int]:
            try:
                for n in range(1000):
                    await asyncio.sleep(0)
                    heed.start_span(f"chunk {n}").end()
                    yield n
            finally:
                closed.append(True)

        async def main() -> None:
            reading = stream()
            async for n in reading:
                if n == 2:
                    break
            await reading.aclose()  # type: ignore[attr-defined]

        asyncio.run(main())
        assert closed == [True]
        sent = rows(server)
        assert sent["stream"]["output"] == [0, 1, 2]
        assert is_child(sent, "chunk 1", "stream")


def test_without_a_logger_everything_runs_and_nothing_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("heed._current._logger", None)
    with heed.start_span("a") as span:
        span.log(input=1)
        assert (span.id, span.export(), span.log_feedback(comment="x")) == ("", "", "")
        assert span.start_span("b").inject({}) == {}
    assert heed.traced(lambda n: n + 1)(1) == 2
    assert heed.log_feedback("x", scores={"a": 1}) == heed.log(input=1) == ""
    heed.update_span("x", output=1)
    heed.flush()
    assert heed.current_logger() is None


def test_a_traced_function_is_of_the_kind_it_was(server: FakeServer) -> None:
    def plain() -> None: ...
    def generator() -> Iterator[int]:
        yield 1

    async def coroutine() -> None: ...
    async def async_generator() -> AsyncIterator[int]:
        yield 1

    asked = [inspect.isgeneratorfunction, inspect.isasyncgenfunction, inspect.iscoroutinefunction]
    functions: list[Callable[..., Any]] = [plain, generator, coroutine, async_generator]
    for function in functions:
        traced = heed.traced(function)
        assert [ask(traced) for ask in asked] == [ask(function) for ask in asked]
        assert traced.__name__ == function.__name__
    with contextlib.closing(heed.traced(generator)()) as numbers:  # type: ignore[type-var]
        assert inspect.isgenerator(numbers)
        assert numbers.__name__ == "generator"


def test_traced_takes_the_arguments_of_a_span_in_their_order(server: FakeServer) -> None:
    @heed.traced("named", "llm", {"purpose": "scorer"}, 5.0)
    def work() -> None:
        assert heed.current_span() is not heed.NOOP_SPAN

    work()
    row = rows(server)["named"]
    assert row["span_attributes"]["type"] == "llm"
    assert row["span_attributes"]["purpose"] == "scorer"
    assert row["metrics"]["start"] == 5.0
