"""What the two packages do each in their own way; COMPAT_SDK names one."""

import importlib
import json
import os

sdk = importlib.import_module(os.environ["COMPAT_SDK"])
logger = sdk.init_logger(project=os.environ["COMPAT_PROJECT"])


class Index:
    @sdk.traced
    def look(self, word):
        raise LookupError(f"no {word}")


@sdk.traced
def count(n):
    for i in range(n):
        yield i
    return "returned"


def raised(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__


def left():
    for _ in sdk.traced(name="left")(count.__wrapped__)(3):
        return bool(sdk.current_span().id)


with logger.start_span(name="root") as span:
    try:
        Index().look("word")
    except LookupError:
        pass
logger.flush()
logger.log_feedback(id=span.id, scores={"helpful": 1}, comment="both")
logger.flush()
list(count(3))
list(sdk.traced(name="long")(count.__wrapped__)(1001))
told = {
    "isCurrentInReader": left(),
    "score": raised(lambda: span.log(scores={"much": 2})),
    "tags": raised(lambda: span.log(tags=["one", "one"])),
    "isinstance": raised(lambda: isinstance(span, sdk.Span)),
}
logger.start_span(name="old", inputs="asked").end()
print(json.dumps({**told, "flush": raised(logger.flush)}))
