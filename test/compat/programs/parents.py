"""Spans below spans of elsewhere; prints the ids of their rows, and a slug for others to hang below."""

import base64
import json
import os

import braintrust

project_name = os.environ["COMPAT_PROJECT"]
heed_id = os.environ["COMPAT_HEED_ID"]
logger = braintrust.init_logger(project=project_name)
ids = {}


def as_parent(heed_id, project_name):
    """The id of a Heed span as `parent` of the official SDKs, of any version."""
    root_span_id, span_id = heed_id.split("-")
    fields = {
        "compute_object_metadata_args": {"project_name": project_name},
        "row_id": heed_id,
        "span_id": span_id,
        "root_span_id": root_span_id,
    }
    return base64.b64encode(b"\x03\x02\x00" + json.dumps(fields).encode()).decode()


root = logger.start_span(name="root")
ids["root"] = root.id
slug = root.export()


def child(name, parent):
    with logger.start_span(name=name, parent=parent) as span:
        span.log(input=name)
        ids[name] = span.id


child("by slug", slug)
with braintrust.start_span(name="global", parent=slug) as span:
    ids["by slug of no logger"] = span.id
child("by logger slug", logger.export())
child("by heed id", as_parent(heed_id, project_name))
if hasattr(root, "inject"):
    carrier = {}
    root.inject(carrier)
    if "traceparent" in carrier:
        child("by header", carrier)
    child("by heed header", {"traceparent": f"00-{heed_id}-01"})
root.end()
logger.flush()
print(json.dumps({"ids": ids, "slug": slug, "loggerSlug": logger.export()}))
