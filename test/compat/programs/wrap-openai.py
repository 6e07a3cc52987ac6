"""Chats and responses by the wrapped client of a provider, whole, streamed and refused; prints the ids of the
rows around them."""

import asyncio
import importlib
import json
import os

from openai import AsyncOpenAI, OpenAI

sdk = importlib.import_module(os.environ["COMPAT_SDK"])
logger = sdk.init_logger(project=os.environ["COMPAT_PROJECT"])
provider = {"base_url": os.environ["COMPAT_PROVIDER"] + "/v1", "api_key": "none"}
client = sdk.wrap_openai(OpenAI(**provider))
ask = {"model": "stand-in-1", "temperature": 0}

with sdk.start_span(name="whole") as span:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}}
    question = [{"type": "text", "text": "What is this?"}, picture]
    answer = client.chat.completions.create(messages=[{"role": "user", "content": question}], **ask)
    whole = {"id": span.id, "text": answer.choices[0].message.content}

counting = {
    **ask,
    "messages": [{"role": "user", "content": "Count"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}


def said(chunk):
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


with sdk.start_span(name="streamed") as span:
    text = "".join(said(chunk) for chunk in client.chat.completions.create(**counting))
    streamed = {"id": span.id, "text": text}


with sdk.start_span(name="responded") as span:
    answer = client.responses.create(input="What is this?", **ask)
    responded = {"id": span.id, "text": answer.output_text}

asking = {**ask, "input": "Count", "stream": True}


def said_in(event):
    return event.delta if event.type == "response.output_text.delta" else ""


with sdk.start_span(name="responded in pieces") as span:
    text = "".join(said_in(event) for event in client.responses.create(**asking))
    responded_in_pieces = {"id": span.id, "text": text}

with sdk.start_span(name="beta") as span:
    answer = client.beta.chat.completions.parse(messages=counting["messages"], **ask)
    beta = {"id": span.id, "text": answer.choices[0].message.content}

with sdk.start_span(name="embedded") as span:
    answer = client.embeddings.create(model=ask["model"], input=["one", "two"])
    embedded = {"id": span.id, "text": str(len(answer.data))}


async def awaited():
    """The same by the client that awaits."""
    waiting = sdk.wrap_openai(AsyncOpenAI(**provider))
    with sdk.start_span(name="awaited") as span:
        chunks = await waiting.chat.completions.create(**counting)
        return {"id": span.id, "text": "".join([said(chunk) async for chunk in chunks])}


async def responded_awaited():
    """A response by the client that awaits."""
    waiting = sdk.wrap_openai(AsyncOpenAI(**provider))
    with sdk.start_span(name="responded awaited") as span:
        events = await waiting.responses.create(**asking)
        return {"id": span.id, "text": "".join([said_in(event) async for event in events])}


refused = {}
try:
    with sdk.start_span(name="refused") as span:
        refused["id"] = span.id
        client.chat.completions.create(
            messages=[{"role": "user", "content": "Anyone?"}], **{**ask, "model": "missing"}
        )
except Exception as error:
    refused["message"] = str(error)
printed = {
    "whole": whole,
    "streamed": streamed,
    "awaited": asyncio.run(awaited()),
    "responded": responded,
    "respondedInPieces": responded_in_pieces,
    "respondedAwaited": asyncio.run(responded_awaited()),
    "beta": beta,
    "embedded": embedded,
    "refused": refused,
}
logger.flush()
print(json.dumps(printed))
