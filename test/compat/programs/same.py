"""A program of which only the import differs: what COMPAT_SDK names is `braintrust` or `heed`."""

import asyncio
import contextvars
import importlib
import os
from concurrent.futures import ThreadPoolExecutor

sdk = importlib.import_module(os.environ["COMPAT_SDK"])
logger = sdk.init_logger(project=os.environ["COMPAT_PROJECT"])


@sdk.traced
def search(query, *more, limit=2, **rest):
    return [f"found {query}"] * limit


@sdk.traced(name="named", type="tool", notrace_io=True)
def quiet(secret):
    return secret


@sdk.traced
async def later(n):
    await asyncio.sleep(0.01)
    with sdk.start_span(name=f"inner {n}"):
        sdk.current_span().log(output=n)
    return n


@sdk.traced
def look(word):
    raise LookupError(f"no {word}")


def chat():
    with logger.start_span(
        name="chat", type="task", span_attributes={"purpose": "test"}, input={"q": "Größe?"}
    ) as span:
        search("place", "x", limit=3, deep=True)
        quiet("hidden")
        with sdk.start_span(name="model", type="llm", input=[{"role": "user"}]) as model:
            model.log(metrics={"prompt_tokens": 7}, metadata={"model": "m-1", "a": {"b": 1}})
            model.log(metrics={"completion_tokens": 3}, metadata={"a": {"c": 2}}, output="there")
            model.start_span(name="below").end()
        span.log(output={"text": "there", "n": [1, 2.5, None, True]}, tags=["one"])
        span.log(scores={"relevance": 0.5}, expected="here", metadata={"user_id": "ann"})
        sdk.current_span().log(scores={"kept": 1})
    logger.flush()
    return span


def concurrent():
    async def all_of():
        with sdk.start_span(name="gathered"):
            await asyncio.gather(*[later(n) for n in range(3)])

    asyncio.run(all_of())
    with sdk.start_span(name="threads") as parent, ThreadPoolExecutor(2) as pool:
        work = [pool.submit(below, parent.export(), n) for n in range(3)]
        for each in work:
            each.result()
    logger.flush()


def below(parent, n):
    with logger.start_span(name=f"thread {n}", parent=parent):
        search(str(n))


def failures():
    try:
        with logger.start_span(name="failing"):
            look("word")
    except LookupError:
        pass
    logger.log(input="said", error="by hand", allow_concurrent_with_spans=True)
    logger.flush()


def changes():
    span = logger.start_span(name="before", start_time=1000.5, set_current=False)
    span.set_attributes(name="after", type="review")
    span.log(output="first", metadata={"list": [1, 2]})
    span.end(1002.5)
    logger.flush()
    sdk.update_span(exported=span.export(), output="second", metadata={"list": [3]})
    logger.update_span(id=span.id, tags=["late"])
    logger.log(
        input="alone",
        output=1,
        scores={"s": 0.25},
        metrics={"tokens": 5},
        metadata={"k": "v"},
        allow_concurrent_with_spans=True,
    )
    logger.flush()


def modules():
    """Each module of a program has a logger of its own, all of one project."""
    other = sdk.init_logger(project=os.environ["COMPAT_PROJECT"], set_current=False)
    with logger.start_span(name="module a") as span:
        with other.start_span(name="module b"):
            sdk.start_span(name="below b").end()
            logger.start_span(name="back in a", input=1).end()
        other.start_span(name="typed b", type="tool").end()
        span.start_span(name="child of a").end()
    other.flush()
    logger.flush()


def given_times():
    logger.log(
        input="imported",
        metrics={"start": 1000, "end": 1003.5},
        allow_concurrent_with_spans=True,
    )
    with logger.start_span(name="replayed", start_time=2000) as span:
        span.log(output=1)
        span.log(metrics={"end": 2001.5})
    logger.flush()


def by_hand():
    span = logger.start_span(name="by hand")
    span.set_current()
    sdk.start_span(name="below hand").end()
    span.unset_current()
    logger.start_span(name="after hand").end()
    span.set_attributes(name="renamed")
    span.log(output=span.name)
    span.close()
    span.flush()
    with logger.start_span(name="outer"):
        with sdk.start_span(name="ended early") as early:
            early.end()
            sdk.start_span(name="beside early").end()
        moved = sdk.start_span(name="moved")
        moved.set_current()
        contextvars.copy_context().run(moved.__exit__, None, None, None)
        sdk.start_span(name="beside moved").end()
        sdk.current_span().log(output="outer")
    logger.flush()


@sdk.traced
def count(to):
    for n in range(to):
        with sdk.start_span(name=f"step {n}"):
            yield n


def elsewhere():
    with logger.start_span(name="caller") as span:
        headers = span.inject({"accept": "text/plain", "Traceparent": "old"})
        with sdk.TracedThreadPoolExecutor(2) as pool:
            list(pool.map(search, ["in a pool", "in the pool"]))
        list(count(2))
        sdk.traced(unseen, notrace_io=True)("hidden")
    given = {"Traceparent": headers["traceparent"]}
    names = sorted(headers.keys() - {"baggage"})
    with logger.start_span(name="called", parent=given, input=names):
        sdk.start_span(name="below called").end()
    logger.start_span(name="by the logger", parent=logger.export()).end()
    exported = logger.start_span(name="exported", output="first")
    exported.end()
    logger.flush()
    sdk.update_span(exported=exported.export(), output="second")
    logger.flush()


def unseen(secret):
    return secret


def judge(span):
    by = {"user_id": "u1", "screen": "chat"}
    for feedback in (
        {"scores": {"helpful": 0}, "metadata": by, "source": "app"},
        {"scores": {"helpful": 1, "tone": 0.25}, "metadata": by, "source": "app"},
        {"expected": {"text": "better"}, "metadata": {"user_id": "u2"}, "source": "api"},
        {"comment": "I do not agree", "source": "external"},
        {"tags": ["wrong"], "metadata": {"user_id": "u3"}, "source": "external"},
    ):
        logger.log_feedback(id=span.id, **feedback)
        logger.flush()
    span.log_feedback(scores={"helpful": 0.5}, metadata={"user_id": "u4"}, source="app")
    logger.flush()
    with logger.start_span(name="user_feedback", parent=span.export()) as child:
        child.log(scores={"helpful": 1}, metadata={"user_id": "u5"})
    logger.flush()


judged = chat()
concurrent()
failures()
changes()
modules()
given_times()
by_hand()
elsewhere()
judge(judged)
sdk.flush()
print("{}")
