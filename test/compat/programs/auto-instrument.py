"""Calls by clients that nobody wrapped, after auto_instrument(); prints the ids of the rows around them."""

import json
import os

import anthropic
import braintrust
import openai

braintrust.auto_instrument()
logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
ask = {"model": "stand-in-1", "messages": [{"role": "user", "content": "What is this?"}]}
at = os.environ["COMPAT_PROVIDER"]
printed = {}
with logger.start_span(name="openai") as span:
    printed["openai"] = span.id
    openai.OpenAI(base_url=f"{at}/v1", api_key="none").chat.completions.create(**ask)
with logger.start_span(name="anthropic") as span:
    printed["anthropic"] = span.id
    client = anthropic.Anthropic(base_url=at, api_key="none")
    client.messages.create(**ask, max_tokens=100)
logger.flush()
print(json.dumps(printed))
