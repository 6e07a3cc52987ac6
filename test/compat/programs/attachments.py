"""Attachments that can be uploaded, and some that cannot; prints what is read back of each."""

import json
import os

from braintrust import Attachment, init_dataset, init_logger

project = os.environ["COMPAT_PROJECT"]


def attachment(data, filename):
    return Attachment(data=data, filename=filename, content_type="image/png")


fine = attachment(b"fine", "fine.png")
attachments = {
    "fine": fine,
    "same": fine,
    "empty": attachment(b"", "empty.png"),
    "large": attachment(bytes(int(os.environ["COMPAT_BYTES"])), "large.png"),
    "missing": attachment("/nowhere/missing.png", "missing.png"),
}
dataset = init_dataset(project=project, name="files")
for id, file in attachments.items():
    dataset.insert(id=id, input={"file": file})
printed = {}
try:
    dataset.flush()
except Exception as group:
    printed["raised"] = [str(error) for error in group.exceptions]

for row in init_dataset(project=project, name="files").fetch():
    file = row["input"]["file"]
    printed[row["id"]] = told = {"key": file.reference["key"], "status": file.status()}
    try:
        told["text"] = file.data.decode()
    except Exception as error:
        told["error"] = str(error)

logger = init_logger(project=project)
with logger.start_span() as span:
    span.log(input=[{"deep": {"file": attachment(b"of a span", "span.txt")}}])
    printed["span"] = span.id
logger.flush()
print(json.dumps(printed))
