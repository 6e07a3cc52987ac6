"""The real `openai` package, its server a stand-in."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import openai
import pydantic
import pytest

import heed
from support.fake_server import FakeServer, Row
from support.provider import Provider
from support.provider_answers import CALL, CHAT_STREAM, ITEM, RESPONSE_STREAM

ASK: dict[str, Any] = {"model": "m-1", "messages": [{"role": "user", "content": "Count"}]}
TOKENS = {
    "prompt_tokens": 11,
    "completion_tokens": 3,
    "tokens": 14,
    "prompt_cached_tokens": 4,
    "completion_reasoning_tokens": 1,
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as started:
        yield started


@pytest.fixture
def client(provider: Provider, current: heed.Logger) -> Iterator[Any]:
    with openai.OpenAI(base_url=provider.url, api_key="none", max_retries=0) as made:
        yield heed.wrap_openai(made)


def spans(server: FakeServer, logger: heed.Logger) -> list[Row]:
    logger.flush()
    return server.rows


def tokens(row: Row) -> Row:
    return {name: row["metrics"].get(name) for name in TOKENS}


def said(row: Row) -> Any:
    (choice,) = row["output"]
    message = choice["message"]
    assert choice["finish_reason"] == "tool_calls"
    calls = [{key: call[key] for key in CALL} for call in message["tool_calls"]]
    return message["role"], message["content"], calls


def test_a_chat_is_a_span_of_type_llm_below_the_current_one(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    with heed.start_span(name="chat") as parent:
        answer = client.chat.completions.create(
            **ASK, temperature=0, extra_headers={"x-secret": "s"}, timeout=5
        )
    assert answer.choices[0].message.content == "one two"
    _, row = spans(server, current)
    assert row["span_parents"] == [parent.span_id]
    assert (row["span_attributes"]["name"], row["span_attributes"]["type"]) == (
        "Chat Completion",
        "llm",
    )
    assert row["input"] == ASK["messages"]
    assert said(row) == ("assistant", "one two", [CALL])
    assert row["metadata"] == {"provider": "openai", "model": "m-1", "temperature": 0}
    assert tokens(row) == TOKENS
    assert row["metrics"]["end"] >= row["metrics"]["start"]


def test_a_streamed_chat_passes_each_chunk_on_and_becomes_one_answer(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    stream = client.chat.completions.create(**ASK, stream=True)
    assert isinstance(stream, openai.Stream)
    chunks = [chunk.to_dict() for chunk in stream]
    assert chunks == CHAT_STREAM
    (row,) = spans(server, current)
    assert said(row) == ("assistant", "one two", [CALL])
    assert tokens(row) == TOKENS
    assert 0 <= row["metrics"]["time_to_first_token"] < 30


def test_a_response_is_recorded_whole_and_streamed(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    whole = client.responses.create(model="m-1", input="Count", instructions="Be short")
    assert whole.output_text == "one two"
    events = list(client.responses.create(model="m-1", input="Count", stream=True))
    assert [event.type for event in events] == [event["type"] for event in RESPONSE_STREAM]
    first, second = spans(server, current)
    for row in (first, second):
        assert row["input"] == "Count"
        assert [item["content"] for item in row["output"]] == [ITEM["content"]]
        assert tokens(row) == TOKENS
        assert row["span_attributes"]["name"] == "openai.responses.create"
    assert first["metadata"]["instructions"] == "Be short"
    assert "time_to_first_token" not in first["metrics"]
    assert second["metrics"]["time_to_first_token"] >= 0


def test_the_helpers_for_streams_and_raw_answers_are_recorded_once(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    with client.chat.completions.stream(**ASK) as stream:
        assert stream.get_final_completion().choices[0].message.content == "one two"
    raw = client.chat.completions.with_raw_response.create(**ASK)
    assert raw.parse().choices[0].message.content == "one two"
    raw_stream = client.chat.completions.with_raw_response.create(**ASK, stream=True)
    assert len(list(raw_stream.parse())) == len(CHAT_STREAM)
    with client.responses.stream(model="m-1", input="Count") as events:
        assert events.get_final_response().output_text == "one two"
    assert client.responses.parse(model="m-1", input="Count").output_text == "one two"
    rows = spans(server, current)
    assert len(rows) == 5
    assert [tokens(row) for row in rows] == [TOKENS] * 5


def test_the_body_of_a_streaming_response_is_the_callers_to_read(
    client: Any, provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    completions = client.chat.completions.with_streaming_response
    with completions.create(**ASK) as response:
        assert not response.is_closed
        assert response.parse().choices[0].message.content == "one two"
    with completions.create(**ASK, stream=True) as response:
        lines = [line for line in response.iter_lines() if line.startswith("data: ")]
        assert len(lines) == len(CHAT_STREAM)

    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=provider.url, api_key="none") as made:
            responses = heed.wrap_openai(made).responses.with_streaming_response
            async with responses.create(model="m-1", input="Count") as response:
                assert (await response.parse()).output_text == "one two"

    asyncio.run(main())
    rows = spans(server, current)
    assert [row["input"] for row in rows] == [ASK["messages"]] * 2 + ["Count"]
    assert all("output" not in row and row["metrics"]["end"] for row in rows)


def test_a_raw_answer_of_an_async_client_is_recorded(
    provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=provider.url, api_key="none") as made:
            raw = heed.wrap_openai(made).chat.completions.with_raw_response
            assert (await raw.create(**ASK)).parse().choices[0].message.content == "one two"
            stream = (await raw.create(**ASK, stream=True)).parse()
            assert len([chunk async for chunk in stream]) == len(CHAT_STREAM)

    asyncio.run(main())
    rows = spans(server, current)
    assert [said(row) for row in rows] == [("assistant", "one two", [CALL])] * 2
    assert [tokens(row) for row in rows] == [TOKENS] * 2


def test_the_beta_of_a_client_is_recorded_as_the_client_is(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    beta = client.beta.chat.completions
    assert beta.create(**ASK).choices[0].message.content == "one two"
    assert beta.parse(**ASK).choices[0].message.content == "one two"
    with beta.stream(**ASK) as stream:
        assert stream.get_final_completion().choices[0].message.content == "one two"
    assert client.beta.responses.create(model="m-1", input="Count").id == "resp-1"
    *chats, response = spans(server, current)
    assert [row["input"] for row in chats] == [ASK["messages"]] * 3
    assert [said(row)[1] for row in chats] == ["one two"] * 3
    assert response["output"][0]["content"] == ITEM["content"]
    assert [tokens(row) for row in (*chats, response)] == [TOKENS] * 4


def test_embeddings_are_spans_with_the_length_of_their_vectors(
    client: Any, provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    asked: dict[str, Any] = {"model": "m-1", "input": ["one", "two"], "dimensions": 3}
    assert len(client.embeddings.create(**asked).data) == 2
    raw = client.embeddings.with_raw_response.create(**asked)
    assert raw.parse().data[1].embedding == [0.25, 0.5, 1.0]
    with pytest.raises(openai.BadRequestError, match="no model"):
        client.embeddings.create(**{**asked, "model": "broken"})

    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=provider.url, api_key="none") as made:
            assert len((await heed.wrap_openai(made).embeddings.create(**asked)).data) == 2

    asyncio.run(main())
    whole, parsed, failed, awaited = spans(server, current)
    for row in (whole, parsed, awaited):
        attributes = row["span_attributes"]
        assert (attributes["name"], attributes["type"]) == ("Embedding", "llm")
        assert (row["input"], row["output"]) == (["one", "two"], {"embedding_length": 3})
        assert row["metadata"] == {"provider": "openai", "model": "m-1", "dimensions": 3}
        assert (row["metrics"]["prompt_tokens"], row["metrics"]["tokens"]) == (5, 5)
    assert "no model" in failed["error"]


def test_a_call_is_no_parent_of_what_happens_while_its_answer_is_read(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    with heed.start_span(name="chat") as parent:
        for n, _ in enumerate(client.chat.completions.create(**ASK, stream=True)):
            if n == 0:
                assert heed.current_span() is parent
                heed.start_span(name="meanwhile").end()
    spans(server, current)
    assert server.by_name()["meanwhile"]["span_parents"] == [parent.span_id]


def test_an_error_is_recorded_and_reaches_the_caller_as_it_was(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    with pytest.raises(openai.BadRequestError, match="no model"):
        client.chat.completions.create(**{**ASK, "model": "broken"})
    stream = client.chat.completions.create(**{**ASK, "model": "cut"}, stream=True)
    with pytest.raises(openai.APIError, match="cut off"):
        list(stream)
    whole, cut = spans(server, current)
    assert "no model" in whole["error"]
    assert "output" not in whole
    assert cut["error"].startswith("cut off\n\nTraceback")
    assert cut["output"][0]["message"]["content"] == "one two"
    assert all(row["metrics"]["end"] for row in (whole, cut))


@pytest.mark.parametrize("how", ["break", "close", "collect"])
def test_an_abandoned_stream_ends_its_span_with_what_was_read(
    client: Any, server: FakeServer, current: heed.Logger, how: str
) -> None:
    stream = client.chat.completions.create(**ASK, stream=True)
    if how == "break":
        for n, _ in enumerate(stream):
            if n == 1:
                break
    else:
        next(stream), next(stream)
    if how == "close":
        stream.close()
    if how == "collect":
        response = stream.response
        del stream
        gc.collect()
        response.close()
    (row,) = spans(server, current)
    assert row["output"][0]["message"]["content"] == "one "
    assert row["metrics"]["end"] >= row["metrics"]["start"]
    if how == "break":
        stream.close()


def test_a_stream_that_is_peeked_at_is_recorded_to_its_end(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    stream = client.chat.completions.create(**ASK, stream=True)
    for _ in stream:
        break
    (peeked,) = spans(server, current)
    assert peeked["output"][0]["message"] == {"role": "assistant", "content": ""}
    assert next(iter(stream)).choices[0].delta.content == "one "
    assert len(list(stream)) == len(CHAT_STREAM) - 2
    stream.close()
    _, read = spans(server, current)
    assert (said(read), tokens(read)) == (("assistant", "one two", [CALL]), TOKENS)
    assert read["metrics"]["end"] > peeked["metrics"]["end"]


def test_a_stream_that_breaks_off_after_a_peek_has_its_error(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    stream = client.chat.completions.create(**{**ASK, "model": "cut"}, stream=True)
    next(iter(stream))
    with pytest.raises(openai.APIError, match="cut off"):
        list(stream)
    (row,) = spans(server, current)
    assert row["error"].startswith("cut off")
    assert row["output"][0]["message"]["content"] == "one two"


def test_a_stream_of_an_async_client_that_is_peeked_at_is_recorded_to_its_end(
    provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=provider.url, api_key="none") as made:
            completions = heed.wrap_openai(made).chat.completions
            stream = await completions.create(**ASK, stream=True)
            async for _ in stream:
                break
            await asyncio.sleep(0.01)  # The loop closes what was left.
            assert len([chunk async for chunk in stream]) == len(CHAT_STREAM) - 1

    asyncio.run(main())
    (row,) = spans(server, current)
    assert (said(row), tokens(row)) == (("assistant", "one two", [CALL]), TOKENS)


def test_an_async_client_is_recorded_whole_streamed_abandoned_and_failing(
    provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=provider.url, api_key="none") as made:
            client = heed.wrap_openai(made)
            assert client is made
            await client.chat.completions.create(**ASK)
            stream = await client.chat.completions.create(**ASK, stream=True)
            assert [chunk.to_dict() async for chunk in stream] == CHAT_STREAM
            async with await client.chat.completions.create(**ASK, stream=True) as stream:
                await stream.__anext__()
                await stream.__anext__()
            await client.responses.create(model="m-1", input="Count")
            with pytest.raises(openai.BadRequestError):
                await client.chat.completions.create(**{**ASK, "model": "broken"})

    asyncio.run(main())
    whole, streamed, left, response, failed = spans(server, current)
    assert said(whole) == said(streamed) == ("assistant", "one two", [CALL])
    assert tokens(whole) == tokens(streamed) == tokens(response) == TOKENS
    assert left["output"][0]["message"]["content"] == "one "
    assert "no model" in failed["error"]


def test_the_helpers_of_an_async_client_are_recorded_once(
    provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=provider.url, api_key="none") as made:
            client = heed.wrap_openai(made)
            parsed = await client.chat.completions.parse(**ASK)
            assert parsed.choices[0].message.content == "one two"
            async with client.chat.completions.stream(**ASK) as stream:
                final = await stream.get_final_completion()
                assert final.choices[0].message.content == "one two"
            answer = await client.responses.parse(model="m-1", input="Count")
            assert answer.output_text == "one two"
            async with client.responses.stream(model="m-1", input="Count") as events:
                assert (await events.get_final_response()).output_text == "one two"

    asyncio.run(main())
    rows = spans(server, current)
    assert [said(row)[1] for row in rows[:2]] == ["one two"] * 2
    assert [row["output"][0]["content"][0]["text"] for row in rows[2:]] == ["one two"] * 2
    assert [tokens(row) for row in rows] == [TOKENS] * 4


def test_a_parsed_chat_is_recorded_and_comes_back_parsed(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    count = pydantic.create_model("Count", numbers=(list[int], ...))
    answer = client.chat.completions.parse(**{**ASK, "model": "json"}, response_format=count)
    assert answer.choices[0].message.parsed == count(numbers=[1, 2])
    (row,) = spans(server, current)
    assert row["output"][0]["message"]["content"] == '{"numbers": [1, 2]}'
    assert row["output"][0]["message"]["parsed"] == {"numbers": [1, 2]}
    assert tokens(row) == TOKENS


def test_a_client_that_is_wrapped_twice_records_once(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    heed.wrap_openai(heed.wrap_openai(client)).chat.completions.create(**ASK)
    assert len(spans(server, current)) == 1


def test_what_is_no_client_comes_back_as_it_was() -> None:
    odd: list[Any] = [None, 5, object()]
    for value in odd:
        assert heed.wrap_openai(value) is value
        assert heed.wrap_anthropic(value) is value
