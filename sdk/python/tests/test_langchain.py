"""The real `langchain-core`, its models fakes of its own."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool

import heed
from support.fake_server import FakeServer


def model() -> Any:
    usage: Any = {
        "input_tokens": 11,
        "output_tokens": 3,
        "total_tokens": 14,
        "input_token_details": {"cache_read": 4},
    }
    return GenericFakeChatModel(messages=iter([AIMessage(content="one two", usage_metadata=usage)]))


def chain() -> Any:
    return ChatPromptTemplate.from_messages([("user", "Count to {n}")]) | model()


def test_a_chain_is_a_trace_with_its_model_and_tokens(
    server: FakeServer, current: heed.Logger
) -> None:
    config: Any = {
        "callbacks": [heed.langchain_handler()],
        "run_name": "counting",
        "tags": ["mine"],
        "metadata": {"user_id": "ann"},
    }
    with heed.start_span(name="request") as request:
        assert chain().invoke({"n": 2}, config).content == "one two"
    current.flush()
    rows = server.by_name()
    outer = rows["counting"]
    assert outer["span_parents"] == [request.span_id]
    assert (outer["input"], outer["tags"]) == ({"n": 2}, ["mine"])
    assert outer["metadata"]["user_id"] == "ann"
    assert outer["output"]["content"] == "one two"
    llm = rows["GenericFakeChatModel"]
    assert llm["span_parents"] == rows["ChatPromptTemplate"]["span_parents"] == [outer["span_id"]]
    assert llm["span_attributes"]["type"] == "llm"
    assert [message["content"] for message in llm["input"]] == ["Count to 2"]
    assert [message["content"] for message in llm["output"]] == ["one two"]
    metrics = {key: llm["metrics"].get(key) for key in ("prompt_tokens", "completion_tokens")}
    assert metrics == {"prompt_tokens": 11, "completion_tokens": 3}
    assert (llm["metrics"]["tokens"], llm["metrics"]["prompt_cached_tokens"]) == (14, 4)
    assert all(row["metrics"]["end"] for row in server.rows)


def test_an_async_chain_is_the_same_trace_and_a_stream_tells_its_first_token(
    server: FakeServer, current: heed.Logger
) -> None:
    async def main() -> None:
        config: Any = {"callbacks": [heed.langchain_handler()], "run_name": "counting"}
        await chain().ainvoke({"n": 2}, config)
        said = [piece.content async for piece in chain().astream({"n": 3}, config)]
        assert "".join(said) == "one two"

    asyncio.run(main())
    current.flush()
    outer = [row for row in server.rows if row["span_attributes"]["name"] == "counting"]
    llm = [row for row in server.rows if row["span_attributes"]["type"] == "llm"]
    assert [row["span_parents"] for row in llm] == [[row["span_id"]] for row in outer]
    assert "time_to_first_token" not in llm[0]["metrics"]
    assert llm[1]["metrics"]["time_to_first_token"] >= 0
    assert all(row["metrics"]["end"] for row in server.rows)


def test_a_tool_and_what_it_raises_are_recorded(server: FakeServer, current: heed.Logger) -> None:
    @tool
    def look(word: str) -> str:
        """Looks a word up."""
        raise LookupError(f"no {word}")

    handler = heed.langchain_handler()
    with pytest.raises(LookupError):
        RunnableLambda(lambda word: look.invoke({"word": word})).invoke(
            "x", {"callbacks": [handler]}
        )
    current.flush()
    outer, inner = server.rows
    assert inner["span_parents"] == [outer["span_id"]]
    assert (inner["span_attributes"]["name"], inner["span_attributes"]["type"]) == ("look", "tool")
    assert inner["input"] == {"word": "x"}
    assert inner["error"].startswith("no x")
    assert outer["error"].startswith("no x")


class Shelf(BaseRetriever):
    """Finds two documents for any word but one."""

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        if query == "nothing":
            raise LookupError("no such shelf")
        return [Document(f"{query} {n}", metadata={"page": n}) for n in range(2)]


def test_a_retriever_is_a_tool_with_its_documents(server: FakeServer, current: heed.Logger) -> None:
    config: Any = {"callbacks": [heed.langchain_handler()]}
    search = RunnableLambda(lambda given: given["q"]) | Shelf(metadata={"index": "books"})
    assert len(search.invoke({"q": "word"}, config)) == 2
    current.flush()
    found = server.by_name()["Shelf"]
    assert found["span_attributes"]["type"] == "tool"
    assert found["span_parents"] == [server.by_name()["RunnableSequence"]["span_id"]]
    assert found["input"] == "word"
    assert found["metadata"]["index"] == "books"
    documents = [(each["page_content"], each["metadata"]) for each in found["output"]]
    assert documents == [("word 0", {"page": 0}), ("word 1", {"page": 1})]
    assert all(row["metrics"]["end"] for row in server.rows)


@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_retriever_raises_is_on_it_and_on_the_chain(
    server: FakeServer, current: heed.Logger, is_async: bool
) -> None:
    config: Any = {"callbacks": [heed.langchain_handler()], "run_name": "search"}
    search = RunnableLambda(lambda given: given["q"]) | Shelf()
    with pytest.raises(LookupError, match="no such shelf"):
        if is_async:
            asyncio.run(search.ainvoke({"q": "nothing"}, config))
        else:
            search.invoke({"q": "nothing"}, config)
    current.flush()
    rows = server.by_name()
    for name in ("Shelf", "search"):
        assert rows[name]["error"].startswith("no such shelf\n\nTraceback")
        assert "output" not in rows[name]
    assert "error" not in rows["RunnableLambda"]
    assert all(row["metrics"]["end"] for row in server.rows)


class Breaking(GenericFakeChatModel):
    """Says two words and breaks off."""

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        for word in ("one ", "two"):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        raise ConnectionError("provider away")


def test_what_a_model_raises_is_recorded_with_what_it_had_said(
    server: FakeServer, current: heed.Logger
) -> None:
    def nothing() -> Iterator[AIMessage]:
        raise ConnectionError("provider away")
        yield

    config: Any = {"callbacks": [heed.langchain_handler()]}
    with pytest.raises(ConnectionError):
        GenericFakeChatModel(messages=nothing()).invoke("Count", config)
    with pytest.raises(ConnectionError):
        list(Breaking(messages=iter([])).stream("Count", config))
    current.flush()
    silent, broken = server.rows
    for row in (silent, broken):
        assert row["error"].startswith("provider away\n\nTraceback")
        assert row["metrics"]["end"] >= row["metrics"]["start"]
    assert "output" not in silent
    assert [message["content"] for message in broken["output"]] == ["one two"]
    assert broken["metrics"]["time_to_first_token"] >= 0


def test_an_end_whose_beginning_was_not_seen_is_no_matter(
    server: FakeServer, current: heed.Logger
) -> None:
    handler = heed.langchain_handler()
    unseen = uuid.uuid4()
    for end in (handler.on_chain_end, handler.on_tool_end, handler.on_retriever_end):
        end("output", run_id=unseen)
    handler.on_llm_error(ValueError("x"), run_id=unseen)
    handler.on_llm_new_token("one", run_id=unseen)
    current.flush()
    assert server.rows == []
