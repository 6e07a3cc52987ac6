"""A span too large for one request, between two small ones; prints their ids."""

import json
import os

import braintrust

logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
ids = []
for text in ("before", "äx" * int(os.environ["COMPAT_PAIRS"]), "after"):
    with logger.start_span() as span:
        span.log(input=text)
        ids.append(span.id)
logger.flush()
print(json.dumps(ids))
