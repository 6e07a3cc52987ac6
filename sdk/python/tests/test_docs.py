"""Every example of the documentation runs, all of it, and the server then holds what it says."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from support.held import spans
from support.product import API_KEY, ROOT, Product
from support.provider import Provider


class Example(NamedTuple):
    """
    One block of Python.

    Attributes:
        place: The file and the heading that it is under.
        before, after: What an application has around it, such as calls of what is defined in it.
        spans: The names of the spans that the server then holds.
        printed: What is printed, as a regular expression.
    """

    place: str
    before: str = ""
    after: str = ""
    spans: tuple[str, ...] = ()
    printed: str = ""


LOGGER = 'import heed\nlogger = heed.init_logger(project="my-app")\n'
EXAMPLES = [
    Example(
        "README.md",
        "def ask(question):\n    return 'To ' + question\n",
        "given = chat('Oslo')\n"
        "feedback(given['request_id'], 'ann', 1, 'good', 'To Oslo!')\n"
        "logger.flush()\nprint(given['answer'])",
        ("chat",),
        "To Oslo",
    ),
    Example("sdk/python/README.md", spans=("chat",)),
    Example("docs/sdk-python.md First trace", spans=("chat",)),
    Example(
        "docs/sdk-python.md Steps",
        after="import asyncio, heed\nprint(asyncio.run(answer('photos')))\nheed.flush()",
        spans=("answer", "model", "retrieve"),
        printed="about photos",
    ),
    Example(
        "docs/sdk-python.md What to log",
        f"{LOGGER}logger.start_span(name='said').set_current()\n",
        "current_span().end()\nlogger.flush()",
        ("said",),
    ),
    Example(
        "docs/sdk-python.md Parents",
        after="span = logger.start_span(name='chat')\nspan.end()\n"
        "print(work(span.id, {'traceparent': span.traceparent}))\nlogger.flush()",
        spans=("a trace of its own", "chat", "user_feedback", "work"),
        printed=r"\{'accept': 'application/json', 'traceparent': '00-\w{32}-\w{16}-01'\}",
    ),
    Example("docs/sdk-python.md Delivery", printed=r"Stats\(queued=0, .*\)"),
    Example("docs/sdk-python.md Spool", spans=("root",)),
    Example(
        "docs/sdk-python.md Datasets",
        printed=r"[\w-]{36} Where are my photos\? In the archive\.\n1",
    ),
    Example(
        "docs/sdk-python.md Model clients",
        LOGGER,
        "said = client().chat.completions.create(\n"
        "    model='m', messages=[{'role': 'user', 'content': 'Hi'}]\n"
        ")\nprint(said.choices[0].message.role)\nlogger.flush()",
        ("Chat Completion",),
        "assistant",
    ),
    Example(
        "docs/sdk-python.md LangChain",
        LOGGER,
        "from langchain_core.runnables import RunnableLambda\n"
        "print(ask(RunnableLambda(lambda question: question.upper()), 'hi'))\nlogger.flush()",
        ("RunnableLambda",),
        "HI",
    ),
    Example(
        "docs/sdk-python.md Masking",
        after="import heed\nheed.log(input='4111111111111111')\nheed.flush()",
        spans=("root",),
    ),
]


def blocks() -> dict[str, str]:
    """All examples of the documentation that are Python for `heed`, by their place."""
    found = {}
    for path in ("README.md", "sdk/python/README.md", "docs/sdk-python.md"):
        text = (ROOT / path).read_text(encoding="utf-8")
        for section in re.split(r"^## ", text, flags=re.MULTILINE):
            heading = section.partition("\n")[0] if path.startswith("docs") else ""
            for block in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
                place = f"{path} {heading}".strip()
                assert place not in found, f"{place} has two examples; each needs a heading"
                found[place] = block
    return found


BLOCKS = blocks()


def test_every_example_of_the_documentation_is_run_here() -> None:
    assert sorted(BLOCKS) == sorted(example.place for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_every_function_of_an_example_is_called(example: Example) -> None:
    program = ast.parse(f"{BLOCKS[example.place]}\n{example.after}")
    defined = {
        node.name
        for node in program.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    called = {
        node.func.id
        for node in ast.walk(program)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert defined <= called


@pytest.fixture(scope="module")
def provider() -> Any:
    with Provider() as running:
        yield running


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_an_example_of_the_documentation_does_what_it_says(
    example: Example, product: Product, project: str, provider: Provider
) -> None:
    program = f"{example.before}\n{BLOCKS[example.place]}\n{example.after}\n"
    assert program.count('"my-app"') >= 1 or not example.spans
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "sdk/python/src"),
        "HEED_URL": product.url,
        "HEED_API_KEY": API_KEY,
        "OPENAI_BASE_URL": provider.url,
        "OPENAI_API_KEY": "key",
    }
    # Each has a project of its own, where what it logged stands alone.
    command = [sys.executable, "-W", "error", "-c", program.replace('"my-app"', repr(project))]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(example.printed, ran.stdout.strip())
    held = {span["name"]: span for span in spans(product, project)} if example.spans else {}
    assert tuple(sorted(held)) == example.spans
    check = CHECKS.get(example.place)
    if check:
        check(product, project, held)


def check_readme(product: Product, project: str, held: dict[str, Any]) -> None:
    (judged,) = product.get("/v1/feedback", project_name=project)["feedback"]
    assert (judged["user"], judged["comment"]) == ("ann", "good")
    assert (held["chat"]["input"], held["chat"]["output"]) == ("Oslo", "To Oslo")


def check_vote(product: Product, project: str, held: dict[str, Any]) -> None:
    trace = product.get(f"/v1/traces/{held['chat']['trace_id']}", project_name=project)
    assert trace["scores"] == [{"name": "helpful", "mean": 1, "n": 1}]


def check_steps(product: Product, project: str, held: dict[str, Any]) -> None:
    for name in ("model", "retrieve"):
        assert held[name]["parent_id"] == held["answer"]["id"]
    assert held["answer"]["metadata"] == {"model": "my-model"}
    assert {"name": "prompt_tokens", "value": 120} in held["model"]["metrics"]


def check_fields(product: Product, project: str, held: dict[str, Any]) -> None:
    said = held["said"]
    assert (said["output"], said["expected"], said["tags"]) == ("Hello", "Hello!", ["beta"])
    assert said["metadata"] == {"user_id": "ann", "model": "my-model"}


def check_parents(product: Product, project: str, held: dict[str, Any]) -> None:
    for name in ("user_feedback", "work"):
        assert held[name]["parent_id"] == held["chat"]["id"]
    assert held["a trace of its own"]["trace_id"] != held["chat"]["trace_id"]


def check_model_call(product: Product, project: str, held: dict[str, Any]) -> None:
    assert held["Chat Completion"]["metadata"]["provider"] == "openai"


def check_masking(product: Product, project: str, held: dict[str, Any]) -> None:
    assert held["root"]["input"] == "[card]"


CHECKS = {
    "README.md": check_readme,
    "sdk/python/README.md": check_vote,
    "docs/sdk-python.md First trace": check_vote,
    "docs/sdk-python.md Steps": check_steps,
    "docs/sdk-python.md What to log": check_fields,
    "docs/sdk-python.md Parents": check_parents,
    "docs/sdk-python.md Model clients": check_model_call,
    "docs/sdk-python.md Masking": check_masking,
}
