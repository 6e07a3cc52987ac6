"""What the two packages do each in their own way; COMPAT_SDK names one."""

import importlib
import os

sdk = importlib.import_module(os.environ["COMPAT_SDK"])
logger = sdk.init_logger(project=os.environ["COMPAT_PROJECT"])


class Index:
    @sdk.traced
    def look(self, word):
        raise LookupError(f"no {word}")


with logger.start_span(name="root") as span:
    try:
        Index().look("word")
    except LookupError:
        pass
logger.flush()
logger.log_feedback(id=span.id, scores={"helpful": 1}, comment="both")
logger.flush()
print("{}")
