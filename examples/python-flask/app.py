"""
The support bot as a Flask app: answers from the documents of `examples/support-bot`, and takes what
its users think of the answers. Run it with any number of workers.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask, request

from heed import current_span, init_logger, traced

BOT = Path(__file__).parent.parent / "support-bot"
UNKNOWN = "I do not know that. I can help with accounts, plans and billing, sharing, and photos."
WORDS_IN_COMMON_MIN = 2

app = Flask(__name__)
logger = init_logger(project="support-bot")
passages = [
    passage
    for path in sorted((BOT / "documents").glob("*.md"))
    for passage in path.read_text(encoding="utf-8").split("\n\n")
    if not passage.startswith("#")
]


@app.get("/")
def page() -> str:
    return (BOT / "page.html").read_text(encoding="utf-8")


@app.post("/chat")
def chat() -> Any:
    """Answers a question. The id of the request's span goes to the page, which judges by it."""
    asked = request.get_json()
    question = asked.get("question") if isinstance(asked, dict) else None
    if not isinstance(question, str) or not question:
        return {"error": "question is needed"}, 400
    # A request of another service, or of a traced browser, brings the trace it belongs to.
    with logger.start_span(name="chat", parent=request.headers, input=question) as span:
        answer = compose(retrieve(question))
        span.log(output=answer, metadata={"user_id": asked.get("user")})
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
def feedback() -> Any:
    """One event of the ledger: the newest vote of a user counts, null takes it back."""
    judgement = request.get_json()
    if not isinstance(judgement, dict) or not judgement.get("requestId"):
        return {"error": "requestId is needed"}, 400
    feedback_id = logger.log_feedback(
        id=judgement["requestId"],
        user=judgement.get("user"),
        source="app",
        scores=judgement.get("scores"),
        comment=judgement.get("comment"),
        expected=judgement.get("correction"),
        metadata={"screen": "chat"},
    )
    return {"feedbackId": feedback_id}


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 2}
