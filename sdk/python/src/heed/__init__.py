"""Traces and user feedback of LLM applications, for Heed. Standard library only."""

from ._counts import Stats
from ._current import (
    current_logger,
    current_span,
    flush,
    init_logger,
    log,
    log_feedback,
    start_span,
    update_span,
)
from ._dataset import Dataset
from ._dataset_summary import DatasetSummary, DataSummary
from ._error import HeedError
from ._executor import TracedThreadPoolExecutor
from ._init_dataset import init_dataset
from ._langchain import langchain_handler
from ._logger import Logger
from ._noop_span import NOOP_SPAN
from ._parent import NEW_TRACE
from ._span import Span
from ._span_type import SpanTypeAttribute
from ._traced import traced
from ._transport import Request, Response, Transport
from ._wrap_anthropic import wrap_anthropic
from ._wrap_openai import wrap_openai

__version__ = "0.1.0"

__all__ = [
    "NEW_TRACE",
    "NOOP_SPAN",
    "DataSummary",
    "Dataset",
    "DatasetSummary",
    "HeedError",
    "Logger",
    "Request",
    "Response",
    "Span",
    "SpanTypeAttribute",
    "Stats",
    "TracedThreadPoolExecutor",
    "Transport",
    "current_logger",
    "current_span",
    "flush",
    "init_dataset",
    "init_logger",
    "langchain_handler",
    "log",
    "log_feedback",
    "start_span",
    "traced",
    "update_span",
    "wrap_anthropic",
    "wrap_openai",
]
