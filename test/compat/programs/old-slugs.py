"""Spans below a span that an older SDK exported, in the formats of before, and changes of it; prints what was given."""

import json
import os

import braintrust
from braintrust.span_identifier_v1 import SpanComponentsV1, SpanObjectTypeV1, SpanRowIdsV1
from braintrust.span_identifier_v2 import SpanComponentsV2, SpanObjectTypeV2, SpanRowIdsV2

given = json.loads(os.environ["COMPAT_SPAN"])
ids = (given["row"]["id"], given["row"]["span_id"], given["row"]["root_span_id"])


def second(**container):
    kind = SpanObjectTypeV2.PROJECT_LOGS
    return SpanComponentsV2(kind, **container, row_ids=SpanRowIdsV2(*ids)).to_str()


first = (SpanObjectTypeV1.PROJECT_LOGS, given["project_id"])
slugs = {
    "one": SpanComponentsV1(*first, SpanRowIdsV1(*ids)).to_str(),
    "two": second(object_id=given["project_id"]),
    "named": second(compute_object_metadata_args={"project_name": given["project_name"]}),
    "logger": SpanComponentsV1(*first).to_str(),
}

logger = braintrust.init_logger(project=given["project_name"])
spans = {}
for name, parent in slugs.items():
    below = [logger.start_span(name=name, parent=parent), braintrust.start_span(name=name, parent=parent)]
    for span in below:
        span.end()
    spans[name] = [span.id for span in below]
    if name != "logger":
        braintrust.update_span(exported=parent, metadata={name: "changed"})
logger.flush()
braintrust.flush()
print(json.dumps({"slugs": slugs, "spans": spans}))
