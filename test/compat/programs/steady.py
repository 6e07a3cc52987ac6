"""Logs spans and feedback for some seconds, whatever the network does; prints the ids of its rows."""

import json
import os
import time

import braintrust

logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
ids = []
for i in range(60):
    with logger.start_span(name=f"span {i}") as span:
        span.log(output=i)
    ids.append(span.id)
    time.sleep(0.05)
    span.log_feedback(
        scores={"helpful": i % 2}, comment=f"comment {i}", metadata={"user_id": f"u{i}"}
    )
    if i % 5 == 0:
        logger.flush()
logger.flush()
print(json.dumps(ids))
