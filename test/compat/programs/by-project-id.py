"""A span with an attachment, logged to a project that is named by its id; prints its id and its link."""

import json
import os

import braintrust

logger = braintrust.init_logger(project_id=os.environ["COMPAT_PROJECT_ID"])
file = braintrust.Attachment(
    data=b"through the proxy", filename="file.txt", content_type="text/plain"
)
with logger.start_span(name="placed") as span:
    span.log(input={"file": file}, output="by its id")
logger.flush()
print(json.dumps({"id": span.id, "permalink": span.permalink()}))
