"""What a logger, its spans and its state offer beside logging, one by one; prints what each call gave."""

import json
import os
import sys

import braintrust
from braintrust.span_identifier_v4 import SpanComponentsV4

project_name = os.environ["COMPAT_PROJECT"]
logger = braintrust.init_logger(project=project_name)
printed = {"project": {"id": logger.project.id, "name": logger.project.name}, "org": logger.org_id}

span = logger.start_span(name="flushed")
try:
    raise ValueError("told by hand")
except ValueError:
    braintrust.logger.log_exc_info_to_span(span, *sys.exc_info())
span.end()
span.flush()
printed["flushed"] = span.id
components = SpanComponentsV4.from_str(span.export())
printed["objectId"] = braintrust.logger.span_components_to_object_id(components)

# A login of its own, beside the one of the process.
state = braintrust.logger.login_to_state(org_name="default")
printed["state"] = {"org": state.org_id, "name": state.org_name, "apiUrl": state.api_url}

# The connections of the process, for requests by hand.
printed["orgId"] = braintrust.org_id()
named = {"project_name": project_name, "org_id": braintrust.org_id()}
printed["byApp"] = braintrust.app_conn().post_json("api/project/register", named)["project"]["id"]
printed["byApi"] = braintrust.api_conn().get_json("version")
printed["byProxy"] = braintrust.proxy_conn().get("version").status_code
print(json.dumps(printed))
