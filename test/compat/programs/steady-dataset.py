"""Inserts and changes records for some seconds, whatever the network does; prints their ids."""

import json
import os
import time

import braintrust

dataset = braintrust.init_dataset(
    project=os.environ["COMPAT_PROJECT"], name=os.environ["COMPAT_DATASET"]
)
ids = []
for i in range(60):
    # Its id is the SDK's.
    ids.append(dataset.insert(input=i))
    time.sleep(0.05)
    dataset.update(id=ids[i], expected=i + 1)
    if i % 5 == 0:
        dataset.flush()
dataset.flush()
print(json.dumps(ids))
