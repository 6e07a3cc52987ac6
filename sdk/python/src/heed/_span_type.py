from __future__ import annotations

from enum import Enum


class SpanTypeAttribute(str, Enum):
    """Types of spans by the names of the `braintrust` package; each is its text, such as `llm`."""

    LLM = "llm"
    SCORE = "score"
    FUNCTION = "function"
    EVAL = "eval"
    TASK = "task"
    TOOL = "tool"
    AUTOMATION = "automation"
    FACET = "facet"
    PREPROCESSOR = "preprocessor"
    CLASSIFIER = "classifier"
    REVIEW = "review"
    DECISION = "decision"
    QUESTION = "question"
    LOG = "log"
