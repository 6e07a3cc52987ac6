"""The real `anthropic` package, its server a stand-in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import anthropic
import pydantic
import pytest

import heed
from support.fake_server import FakeServer, Row
from support.provider import Provider
from support.provider_answers import MESSAGE_STREAM, TOOL_USE

ASK: dict[str, Any] = {
    "model": "m-1",
    "max_tokens": 9,
    "system": "Be short",
    "messages": [{"role": "user", "content": "Count"}],
}
TOKENS = {
    "prompt_tokens": 11,
    "completion_tokens": 3,
    "tokens": 14,
    "prompt_cached_tokens": 4,
    "prompt_cache_creation_tokens": 2,
}
OUTPUT = {
    "model": "stand-in-1",
    "role": "assistant",
    "content": [{"type": "text", "text": "one two"}, TOOL_USE],
    "stop_reason": "tool_use",
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as started:
        yield started


@pytest.fixture
def client(provider: Provider, current: heed.Logger) -> Iterator[Any]:
    with anthropic.Anthropic(base_url=provider.url, api_key="none", max_retries=0) as made:
        yield heed.wrap_anthropic(made)


def spans(server: FakeServer, logger: heed.Logger) -> list[Row]:
    logger.flush()
    return server.rows


def tokens(row: Row) -> Row:
    return {name: row["metrics"].get(name) for name in TOKENS}


def test_a_message_is_a_span_of_type_llm_below_the_current_one(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    with heed.start_span(name="chat") as parent:
        assert client.messages.create(**ASK).content[0].text == "one two"
    _, row = spans(server, current)
    assert row["span_parents"] == [parent.span_id]
    attributes = row["span_attributes"]
    assert (attributes["name"], attributes["type"]) == ("anthropic.messages.create", "llm")
    assert row["input"] == [{"role": "system", "content": "Be short"}, *ASK["messages"]]
    assert row["output"] == OUTPUT
    assert row["metadata"] == {"provider": "anthropic", "model": "m-1", "max_tokens": 9}
    assert tokens(row) == TOKENS


def test_a_streamed_message_passes_each_event_on_and_becomes_one_message(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    events = list(client.messages.create(**ASK, stream=True))
    assert [event.type for event in events] == [event["type"] for event in MESSAGE_STREAM]
    with client.messages.stream(**ASK) as stream:
        assert "".join(stream.text_stream) == "one two"
        assert stream.get_final_message().content[0].text == "one two"
    rows = spans(server, current)
    assert len(rows) == 2
    for row in rows:
        assert row["output"] == OUTPUT
        assert tokens(row) == TOKENS
        assert 0 <= row["metrics"]["time_to_first_token"] < 30


def test_an_error_and_an_abandoned_stream_are_recorded(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    with pytest.raises(anthropic.BadRequestError, match="no model"):
        client.messages.create(**{**ASK, "model": "broken"})
    with (
        pytest.raises(anthropic.BadRequestError),
        client.messages.stream(**{**ASK, "model": "broken"}),
    ):
        pass
    with pytest.raises(anthropic.APIStatusError, match="cut off"):
        list(client.messages.create(**{**ASK, "model": "cut"}, stream=True))
    with client.messages.stream(**ASK) as stream:
        next(iter(stream.text_stream))
    failed, entered, cut, left = spans(server, current)
    assert "output" not in failed
    assert "output" not in entered
    assert "no model" in failed["error"]
    assert "no model" in entered["error"]
    assert "cut off" in cut["error"]
    assert cut["output"]["content"] == [{"type": "text", "text": "one "}]
    assert left["output"]["content"] == [{"type": "text", "text": "one "}]
    assert "error" not in left
    assert all(row["metrics"]["end"] for row in (failed, entered, cut, left))


def test_an_async_client_is_recorded_whole_and_streamed(
    provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    async def main() -> None:
        async with anthropic.AsyncAnthropic(base_url=provider.url, api_key="none") as made:
            client = heed.wrap_anthropic(made)
            await client.messages.create(**ASK)
            stream = await client.messages.create(**ASK, stream=True)
            assert len([event async for event in stream]) == len(MESSAGE_STREAM)
            async with client.messages.stream(**ASK) as helper:
                assert "".join([text async for text in helper.text_stream]) == "one two"

    asyncio.run(main())
    rows = spans(server, current)
    assert len(rows) == 3
    assert all((row["output"], tokens(row)) == (OUTPUT, TOKENS) for row in rows)


def test_beta_messages_are_recorded_whole_streamed_and_parsed(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    messages = client.beta.messages
    assert messages.create(**ASK, betas=["b-1"]).content[0].text == "one two"
    assert len(list(messages.create(**ASK, stream=True))) == len(MESSAGE_STREAM)
    with messages.stream(**ASK) as stream:
        assert "".join(stream.text_stream) == "one two"
    assert messages.parse(**ASK).content[0].text == "one two"
    rows = spans(server, current)
    assert [tokens(row) for row in rows] == [TOKENS] * 4
    assert [row["output"] for row in rows[:3]] == [OUTPUT] * 3
    assert [block["type"] for block in rows[3]["output"]["content"]] == ["text", "tool_use"]
    assert rows[0]["metadata"]["betas"] == ["b-1"]
    names = ["create", "create", "stream", "create"]
    assert [row["span_attributes"]["name"].split(".")[-1] for row in rows] == names


def test_a_parsed_message_is_recorded_and_comes_back_parsed(
    client: Any, server: FakeServer, current: heed.Logger
) -> None:
    count = pydantic.create_model("Count", numbers=(list[int], ...))
    answer = client.messages.parse(**{**ASK, "model": "json"}, output_format=count)
    assert answer.parsed_output == count(numbers=[1, 2])
    (row,) = spans(server, current)
    assert row["output"]["content"][0]["text"] == '{"numbers": [1, 2]}'
    assert tokens(row) == TOKENS


async def parsed(raw: Any) -> Any:
    """Of an async client, which waits for it only in versions for Python 3.10 and newer."""
    made = raw.parse()
    return await made if inspect.isawaitable(made) else made


def test_raw_answers_are_recorded_and_reach_the_caller_raw(
    client: Any, provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    raw = client.messages.with_raw_response.create(**ASK)
    assert raw.headers["content-type"] == "application/json"
    assert raw.parse().content[0].text == "one two"
    raw_stream = client.beta.messages.with_raw_response.create(**ASK, stream=True)
    assert len(list(raw_stream.parse())) == len(MESSAGE_STREAM)

    async def main() -> None:
        async with anthropic.AsyncAnthropic(base_url=provider.url, api_key="none") as made:
            messages = heed.wrap_anthropic(made).messages
            raw = await messages.with_raw_response.create(**ASK)
            assert (await parsed(raw)).content[0].text == "one two"
            raw_stream = await messages.with_raw_response.create(**ASK, stream=True)
            events = [event async for event in await parsed(raw_stream)]
            assert len(events) == len(MESSAGE_STREAM)

    asyncio.run(main())
    rows = spans(server, current)
    assert [row.get("output") for row in rows] == [OUTPUT] * 4
    assert [tokens(row) for row in rows] == [TOKENS] * 4


def test_the_body_of_a_streaming_response_is_the_callers_to_read(
    client: Any, provider: Provider, server: FakeServer, current: heed.Logger
) -> None:
    with client.messages.with_streaming_response.create(**ASK) as response:
        assert not response.is_closed
        assert response.parse().content[0].text == "one two"
    with client.messages.with_streaming_response.create(**ASK, stream=True) as response:
        assert len([line for line in response.iter_lines() if line.startswith("data: ")]) == len(
            MESSAGE_STREAM
        )

    async def main() -> None:
        async with anthropic.AsyncAnthropic(base_url=provider.url, api_key="none") as made:
            messages = heed.wrap_anthropic(made).messages
            async with messages.with_streaming_response.create(**ASK) as response:
                assert (await response.parse()).content[0].text == "one two"

    asyncio.run(main())
    rows = spans(server, current)
    assert [row["input"][1:] for row in rows] == [ASK["messages"]] * 3
    assert all("output" not in row and row["metrics"]["end"] for row in rows)
