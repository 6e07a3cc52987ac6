from __future__ import annotations

import importlib
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ._current import start_span
from ._model_call import Json, as_json, counts
from ._span import Span

_OWN_TAGS = ("seq:", "map:")
"""How tags begin that LangChain makes itself, one for each step."""


def langchain_handler() -> Any:
    """
    A callback handler that records the runs of LangChain: chains, models, tools and retrievers,
    each a span below that of its parent run, the outermost below the current span. Give it as
    `config={"callbacks": [handler]}`; one serves any number of runs at a time.

    Returns:
        A `langchain_core.callbacks.BaseCallbackHandler`.

    Raises:
        ImportError: The package `langchain-core` is not installed.
    """
    base = importlib.import_module("langchain_core.callbacks").BaseCallbackHandler
    return type("HeedCallbackHandler", (_Runs, base), {})()


class _Runs:
    run_inline = True
    """On the event loop itself: from a pool of threads a step could end before it begins."""

    def __init__(self) -> None:
        self._spans: dict[Any, Span] = {}
        self._started: dict[Any, float] = {}

    def on_chain_start(self, serialized: Any, inputs: Any, **run: Any) -> None:
        self._start(serialized, "task", inputs, run)

    def on_tool_start(self, serialized: Any, input_str: str, **run: Any) -> None:
        given = run.get("inputs")
        self._start(serialized, "tool", input_str if given is None else given, run)

    def on_retriever_start(self, serialized: Any, query: str, **run: Any) -> None:
        self._start(serialized, "tool", query, run)

    def on_llm_start(self, serialized: Any, prompts: list[str], **run: Any) -> None:
        self._start(serialized, "llm", prompts, run)

    def on_chat_model_start(self, serialized: Any, messages: Any, **run: Any) -> None:
        # A list for each prompt; a run of a chat model has one.
        self._start(serialized, "llm", messages[0] if len(messages) == 1 else messages, run)

    def on_llm_new_token(self, token: str, *, run_id: Any, **run: Any) -> None:
        started = self._started.pop(run_id, None)
        if started is not None:
            self._spans[run_id].log(metrics={"time_to_first_token": time.monotonic() - started})

    def on_llm_end(self, response: Any, *, run_id: Any, **run: Any) -> None:
        self._end(run_id, _answer(response))

    def on_llm_error(self, error: BaseException, *, run_id: Any, **run: Any) -> None:
        # What a stream had said before it broke off is in its response.
        said = _answer(run.get("response"))
        self._end(run_id, {**(said if said.get("output") else {}), "error": error})

    def on_chain_end(self, outputs: Any, *, run_id: Any, **run: Any) -> None:
        self._end(run_id, {"output": outputs})

    def on_tool_end(self, output: Any, *, run_id: Any, **run: Any) -> None:
        self._end(run_id, {"output": output})

    def on_retriever_end(self, documents: Any, *, run_id: Any, **run: Any) -> None:
        self._end(run_id, {"output": documents})

    def on_chain_error(self, error: BaseException, *, run_id: Any, **run: Any) -> None:
        self._end(run_id, {"error": error})

    on_tool_error = on_retriever_error = on_chain_error

    def _start(self, serialized: Any, kind: str, given: Any, run: Json) -> None:
        named = serialized.get("name") if isinstance(serialized, Mapping) else None
        tags = [tag for tag in run.get("tags") or [] if not tag.startswith(_OWN_TAGS)]
        metadata = dict(run.get("metadata") or {})
        options = run.get("invocation_params") or {}
        model = metadata.get("ls_model_name") or options.get("model") or options.get("model_name")
        if model:
            metadata["model"] = model
        parent = self._spans.get(run.get("parent_run_id"))
        opener = parent.start_span if parent else start_span
        run_id = run["run_id"]
        self._started[run_id] = time.monotonic()
        self._spans[run_id] = opener(
            run.get("name") or named, kind, input=given, metadata=metadata, tags=tags
        )

    def _end(self, run_id: Any, fields: Json) -> None:
        self._started.pop(run_id, None)
        span = self._spans.pop(run_id, None)
        if span:
            span.log(**fields)
            span.end()


def _answer(response: Any) -> Json:
    """Output and tokens of an `LLMResult`; empty if they cannot be read."""
    with suppress(Exception):
        return _read(response)
    return {}


def _read(response: Any) -> Json:
    # A generation for each choice of each prompt.
    made = [each for generations in response.generations for each in generations]
    messages = [as_json(getattr(each, "message", None)) or each.text for each in made]
    usage = {
        "input_tokens": "prompt_tokens",
        "output_tokens": "completion_tokens",
        "total_tokens": "tokens",
        "input_token_details.cache_read": "prompt_cached_tokens",
        "output_token_details.reasoning": "completion_reasoning_tokens",
    }
    first = messages[0] if messages else {}
    told = first.get("usage_metadata") if isinstance(first, Mapping) else None
    return {"output": messages, "metrics": counts(told, usage)}
