"""
The support bot as a FastAPI app: answers from the documents of `examples/support-bot`, and takes
what its users think of the answers. Run it with any number of workers.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from heed import current_span, init_logger, traced

BOT = Path(__file__).parent.parent / "support-bot"
UNKNOWN = "I do not know that. I can help with accounts, plans and billing, sharing, and photos."
WORDS_IN_COMMON_MIN = 2

logger = init_logger(project="support-bot")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """uvicorn ends a worker by the signal it got, which no `atexit` outlives: flush before."""
    with logger:
        yield


app = FastAPI(lifespan=lifespan)
passages = [
    passage
    for path in sorted((BOT / "documents").glob("*.md"))
    for passage in path.read_text(encoding="utf-8").split("\n\n")
    if not passage.startswith("#")
]


class Question(BaseModel):
    question: str = Field(min_length=1, max_length=2000)
    user: str | None = None


class Judgement(BaseModel):
    requestId: str = ""
    user: str | None = None
    scores: dict[str, float | bool | None] | None = None
    comment: str | None = None
    correction: str | None = None


@app.get("/")
def page() -> HTMLResponse:
    return HTMLResponse((BOT / "page.html").read_text(encoding="utf-8"))


@app.post("/chat")
async def chat(asked: Question) -> dict[str, Any]:
    """Answers a question. The id of the request's span goes to the page, which judges by it."""
    with logger.start_span(name="chat", input=asked.question) as span:
        answer = compose(retrieve(asked.question))
        span.log(output=answer, metadata={"user_id": asked.user, "worker": os.getpid()})
        return {"answer": answer, "source": None, "requestId": span.id}


@traced(type="tool")
def retrieve(question: str) -> list[str]:
    """The passages that share the most words with the question, best first."""
    asked = words(question)
    shared = Counter({passage: len(asked & words(passage)) for passage in passages})
    return [passage for passage, n in shared.most_common(3) if n >= WORDS_IN_COMMON_MIN]


@traced(type="llm")
def compose(found: list[str]) -> str:
    """The whole model: the best passage, if there is one."""
    current_span().log(metadata={"model": "rules-1"})
    return found[0] if found else UNKNOWN


@app.post("/feedback")
def feedback(judgement: Judgement) -> JSONResponse:
    """One event of the ledger: the newest vote of a user counts, null takes it back."""
    feedback_id = logger.log_feedback(
        id=judgement.requestId,
        user=judgement.user,
        source="app",
        scores=judgement.scores,
        comment=judgement.comment,
        expected=judgement.correction,
        metadata={"screen": "chat", "worker": os.getpid()},
    )
    if not feedback_id:
        return JSONResponse({"error": "requestId is needed"}, status_code=400)
    return JSONResponse({"feedbackId": feedback_id})


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 2}
