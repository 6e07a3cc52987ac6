"""Spans of our own SDK below what others exported; prints the ids of their rows."""

import json
import os

import heed

logger = heed.init_logger(project=os.environ["COMPAT_PROJECT"])
ids = {}
for name, parent in json.loads(os.environ["COMPAT_PARENTS"]).items():
    with logger.start_span(name=name, parent=parent) as span:
        ids[name] = span.id
logger.flush()
print(json.dumps(ids))
