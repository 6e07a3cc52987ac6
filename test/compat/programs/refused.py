"""A span that the server refuses, beside another that has an attachment, in one flush; prints the id of the latter."""

import json
import os

import braintrust

logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
deep = 1
for _ in range(120):
    deep = [deep]
with logger.start_span(name="too deep") as span:
    span.log(input=deep)
file = braintrust.Attachment(data=b"beside", filename="beside.txt", content_type="text/plain")
with logger.start_span(name="beside it") as span:
    span.log(input={"file": file})
logger.flush()
print(json.dumps({"id": span.id}))
