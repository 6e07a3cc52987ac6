"""Against the built server: what was logged is what it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import heed
from support.product import API_KEY, Product


@pytest.fixture
def logger(product: Product, project: str) -> heed.Logger:
    return heed.init_logger(project, url=product.url, api_key=API_KEY, set_current=False)


def scores(trace: Any, span_id: str) -> dict[str, tuple[float, int]]:
    """Mean and number of the judgements on a span and all below it, by name."""
    (span,) = [each for each in trace["spans"] if each["id"] == span_id]
    return {each["name"]: (each["mean"], each["n"]) for each in span["scores"]}


def test_a_trace_and_its_judgements_are_read_back(
    product: Product, project: str, logger: heed.Logger
) -> None:
    with logger.start_span(name="chat", input={"q": "Hi"}, metadata={"user_id": "ann"}) as span:
        with logger.start_span(name="answer", type="llm") as step:
            step.log(output="Hello", metrics={"prompt_tokens": 3}, tags=["beta"])
        span.log(output="Hello")
    voted = logger.log_feedback(span.id, {"helpful": 1}, comment="good", user="ann")
    logger.log_feedback(span.id, {"helpful": 0}, user="bob")
    with logger.start_span(name="user_feedback", parent=span.id) as child:
        child.log(scores={"helpful": 0.5}, comment="so so", metadata={"user_id": "cy"})
    logger.flush()

    trace = product.get(f"/v1/traces/{span.root_span_id}", project_name=project)
    spans = {each["name"]: each for each in trace["spans"]}
    assert set(spans) == {"chat", "answer", "user_feedback"}
    assert spans["answer"]["parent_id"] == span.id
    assert scores(trace, span.id)["helpful"] == (0.5, 3)
    event = product.get(f"/v1/feedback/{voted}", project_name=project)
    assert (event["user"], event["comment"]) == ("ann", "good")
    assert event["scores"] == [{"name": "helpful", "value": 1}]


def test_feedback_may_come_before_its_span(
    product: Product, project: str, logger: heed.Logger
) -> None:
    span = logger.start_span(name="late", set_current=False)
    elsewhere = heed.init_logger(project, url=product.url, api_key=API_KEY, set_current=False)
    elsewhere.log_feedback(span.id, {"up": True}, user="ann")
    elsewhere.flush()
    span.end()
    logger.flush()
    trace = product.get(f"/v1/traces/{span.root_span_id}", project_name=project)
    assert scores(trace, span.id)["up"] == (1, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"scores": {"ok": 1, "bad": 7, "nan": float("nan"), "gone": None}},
        {"tags": ["a", "a", "", 5]},
        {"metadata": {"when": datetime.now(), "self": object(), 1: {2, 3}, "big": 2**70}},
        {"metrics": {"tokens": 1, "inf": float("inf"), "ns": 2**60, "text": "x"}},
        {"input": "\x00 \ud800 \U0001f600", "output": float("-inf")},
        {"error": ValueError("e"), "own": {"__proto__": [None]}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_whatever_is_logged_the_server_accepts(
    product: Product, project: str, logger: heed.Logger, fields: dict[str, Any]
) -> None:
    told: list[str] = []
    logger = heed.init_logger(
        project,
        url=product.url,
        api_key=API_KEY,
        set_current=False,
        on_error=lambda error: told.append(error.code),
    )
    span = logger.start_span(name="odd", **fields)
    try:
        logger.flush()
    except heed.HeedError as error:
        assert {failure.code for failure in error.failures} == {"invalid_field"}
    span.log(**fields)
    span.end()
    span.log_feedback(comment="x", metadata={"fields": fields})
    try:
        logger.flush()
    except heed.HeedError as error:
        assert {failure.code for failure in error.failures} == {"invalid_field"}
    assert set(told) <= {"invalid_field"}
    assert logger.stats().acknowledged == 3
    assert product.get(f"/v1/spans/{span.id}", project_name=project)["id"] == span.id


def test_a_wrong_key_is_named(product: Product, project: str) -> None:
    logger = heed.init_logger(
        project, url=product.url, api_key="wrong", set_current=False, on_error=lambda error: None
    )
    logger.log(input=1)
    with pytest.raises(heed.HeedError, match="set HEED_API_KEY"):
        logger.flush()
