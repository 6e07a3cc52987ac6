"""Logs of every level, within spans and outside; prints the ids of their rows."""

import json
import os

import braintrust

logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
ids = {}
with logger.start_span(name="root") as root:
    ids["root"] = root.id
    ids["trace"] = logger.trace("begins")
    ids["debug"] = logger.debug("asks {who}", who="ann")
    with braintrust.start_span(name="child") as child:
        ids["child"] = child.id
        ids["info"] = logger.info("in the child", metadata={"attempt": 2})
        with braintrust.start_span(name="grandchild") as grandchild:
            ids["grandchild"] = grandchild.id
    ids["warn"] = logger.warn({"slow": True})
ids["error"] = logger.error("outside")
ids["fatal"] = logger.fatal("outside, later")
ids["emitted"] = logger.emit_log("by its level", level="info")
logger.flush()
print(json.dumps(ids))
