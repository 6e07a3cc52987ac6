"""Three users judge one answer, in every way that there is; prints the ids of the answers."""

import json
import os

import braintrust

logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
VOTES = {"u1": 1, "u2": 0, "u3": 1}
ids = {}


def answer(name):
    with logger.start_span(name=name) as span:
        span.log(input="question", output="answer")
    ids[name] = span.id
    logger.flush()
    return span


def judge(span, user_id, helpful):
    logger.log_feedback(
        id=span.id,
        scores={"helpful": helpful},
        comment=f"from {user_id}",
        metadata={"user_id": user_id},
    )


at_once = answer("at once")
for user, vote in VOTES.items():
    judge(at_once, user, vote)
logger.flush()

flushed = answer("flushed")
for user, vote in VOTES.items():
    judge(flushed, user, vote)
    logger.flush()

parent = answer("child spans").export()
for user, vote in VOTES.items():
    with logger.start_span(name="user_feedback", parent=parent) as child:
        child.log(scores={"helpful": vote}, comment=f"from {user}", metadata={"user_id": user})
logger.flush()
print(json.dumps(ids))
