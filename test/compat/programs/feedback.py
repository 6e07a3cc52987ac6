"""What users think of answers, in every way the SDK has to say it; prints the ids of the judged rows."""

import json
import os

import braintrust

logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
ids = {}


def answer(name):
    with logger.start_span(name=name) as span:
        span.log(input="question", output="answer")
    ids[name] = span.id
    return span


def by(user_id):
    return {"user_id": user_id}


kinds = answer("kinds")
logger.flush()
for feedback in (
    {"scores": {"helpful": True, "tone": 0.25}, "metadata": {"user_id": "u1", "session": "s1"}},
    {"expected": "a better answer", "metadata": by("u2"), "source": "app"},
    {"tags": ["wrong"], "metadata": by("u2")},
    {"comment": "I do not agree", "metadata": by("u3"), "source": "external"},
    {"scores": {"helpful": 0}, "comment": "with a score", "metadata": by(4)},
):
    logger.log_feedback(id=kinds.id, **feedback)
    logger.flush()

changed = answer("changed")
logger.flush()
for helpful in (1, 0, None, 1):
    changed.log_feedback(scores={"helpful": helpful}, metadata=by("u1"))
    logger.flush()
changed.log_feedback(scores={"helpful": None}, metadata=by("u2"))
logger.flush()

# In one moment: the SDK sends the span and the feedback on it as one row.
answer("fused").log_feedback(
    scores={"helpful": 1}, comment="at once", metadata=by("u1"), source="app"
)
logger.flush()

ids["early"] = f"early {os.environ['COMPAT_PROJECT']}"
logger.log_feedback(id=ids["early"], scores={"helpful": 0}, metadata=by("u1"))
logger.flush()
logger.start_span(name="early", id=ids["early"]).end()
logger.flush()

parent = answer("parent").export()
logger.flush()
for user_id, helpful in {"u1": 1, "u2": 0, "u3": 1, "u4": 1}.items():
    with logger.start_span(name="user_feedback", parent=parent) as child:
        child.log(
            scores={"helpful": helpful}, comment=f"from {user_id}", metadata={"user_id": user_id}
        )
logger.flush()
print(json.dumps(ids))
