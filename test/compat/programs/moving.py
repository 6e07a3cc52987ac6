import json

import braintrust

logger = braintrust.init_logger(project="my-app")

with logger.start_span(name="POST /chat") as span:
    span.log(input="Where is my order?", output="On its way.")

logger.log_feedback(
    id=span.id,
    scores={"helpful": True},
    comment="Just what I needed",
    metadata={"user_id": "u1"},
)
logger.flush()
print(json.dumps({"id": span.id}))
