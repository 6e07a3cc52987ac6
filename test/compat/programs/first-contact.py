"""Waits for a port to open and logs at once; prints the id of its row."""

import json
import os
import socket
import time
from urllib.parse import urlsplit

import braintrust

address = urlsplit(os.environ["BRAINTRUST_APP_URL"])

print("waiting", flush=True)
while True:
    try:
        socket.create_connection((address.hostname, address.port)).close()
        break
    except OSError:
        time.sleep(0.001)
logger = braintrust.init_logger(project=os.environ["COMPAT_PROJECT"])
span = logger.start_span(name="early bird")
span.end()
logger.flush()
print(json.dumps({"id": span.id}))
