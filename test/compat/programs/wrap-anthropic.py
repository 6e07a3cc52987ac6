"""Messages by the wrapped client of a provider, whole, streamed and refused; prints the ids of the rows around them."""

import asyncio
import importlib
import json
import os

from anthropic import Anthropic, AsyncAnthropic

sdk = importlib.import_module(os.environ["COMPAT_SDK"])
logger = sdk.init_logger(project=os.environ["COMPAT_PROJECT"])
provider = {"base_url": os.environ["COMPAT_PROVIDER"], "api_key": "none"}
client = sdk.wrap_anthropic(Anthropic(**provider))
ask = {"model": "stand-in-1", "max_tokens": 100, "system": "Be brief."}

with sdk.start_span(name="whole") as span:
    source = {"type": "base64", "media_type": "image/png", "data": "aGVsbG8="}
    content = [{"type": "text", "text": "What is this?"}, {"type": "image", "source": source}]
    answer = client.messages.create(messages=[{"role": "user", "content": content}], **ask)
    whole = {"id": span.id, "text": answer.content[0].text}

counting = {**ask, "messages": [{"role": "user", "content": "Count"}]}


def said(event):
    return event.delta.text if event.type == "content_block_delta" else ""


with sdk.start_span(name="streamed") as span, client.messages.stream(**counting) as events:
    streamed = {"id": span.id, "text": "".join(said(event) for event in events)}


async def awaited():
    """The same by the client that awaits."""
    waiting = sdk.wrap_anthropic(AsyncAnthropic(**provider))
    with sdk.start_span(name="awaited") as span:
        events = await waiting.messages.create(**counting, stream=True)
        return {"id": span.id, "text": "".join([said(event) async for event in events])}


refused = {}
try:
    with sdk.start_span(name="refused") as span:
        refused["id"] = span.id
        client.messages.create(
            messages=[{"role": "user", "content": "Anyone?"}], **{**ask, "model": "missing"}
        )
except Exception as error:
    refused["message"] = str(error)
printed = {"whole": whole, "streamed": streamed, "awaited": asyncio.run(awaited()), "refused": refused}
logger.flush()
print(json.dumps(printed))
