"""The cases that the SDKs of every language read: `contract/cases`."""

from __future__ import annotations

import json
from typing import Any

import pytest

import heed
from heed._answer import read_answer
from heed._copy import copy
from heed._draft import Draft
from heed._id import parse_id, parse_traceparent
from heed._merge import merge_field
from heed._slug import parse_slug
from support.fake_server import FakeLogger, FakeServer
from support.product import ROOT

Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    loaded: list[Case] = json.loads((ROOT / f"contract/cases/{name}.json").read_text())
    return loaded


@pytest.mark.parametrize("case", cases("ids"), ids=lambda case: f"{case['kind']} {case['text']}")
def test_an_id_is_read_the_same_in_every_language(case: Case) -> None:
    read = parse_id if case["kind"] == "id" else parse_traceparent
    address = read(case["text"])
    assert (list(address) if address else None) == case["address"]


@pytest.mark.parametrize("case", cases("slugs"), ids=lambda case: str(case["named"]))
def test_what_an_official_sdk_exports_is_read_the_same_in_every_language(case: Case) -> None:
    slug = parse_slug(case["text"])
    read = slug and {**slug._asdict(), "address": slug.address and list(slug.address)}
    assert read == case["slug"]


@pytest.mark.parametrize("case", cases("merge"), ids=str)
def test_a_field_that_is_logged_again_merges_the_same_in_every_language(case: Case) -> None:
    merged = merge_field(case["field"], case["base"], case["change"])
    assert json.dumps(merged) == json.dumps(case["merged"])


@pytest.mark.parametrize("case", cases("merge"), ids=str)
def test_a_row_takes_the_room_of_its_merged_fields(case: Case) -> None:
    def draft(*values: Any) -> Draft:
        made = Draft({"id": "a"}, 0, {})
        for value in values:
            made.add(case["field"], *copy(value))
        return made

    assert draft(case["base"], case["change"]).size == draft(case["merged"]).size


@pytest.mark.parametrize("case", cases("answers"), ids=str)
def test_an_answer_means_the_same_in_every_language(case: Case) -> None:
    response = heed.Response(case["status"], case["text"], case.get("retry_after"))
    answer = read_answer(response)
    assert answer.kind == case["kind"]
    after_ms = None if answer.after_s is None else answer.after_s * 1000
    assert after_ms == case.get("after_ms")


@pytest.mark.parametrize("case", cases("fields"), ids=lambda case: json.dumps(case["log"]))
def test_what_cannot_be_stored_is_left_out_the_same_in_every_language(
    case: Case, server: FakeServer, fake: FakeLogger
) -> None:
    fake.logger.start_span(start_time=100).log(input="neighbour", **case["log"])
    fake.flush()
    (row,) = server.rows
    assert row["input"] == "neighbour"
    for field in case["log"]:
        if field not in ("span_id", "metrics"):
            assert row.get(field) == case["kept"].get(field)
    assert (case["told"] or "") in ",".join(fake.problems)
    assert len(fake.problems) == (0 if case["told"] is None else 1)


def test_what_a_logger_exports_is_the_slug_of_its_project(
    server: FakeServer, fake: FakeLogger
) -> None:
    texts = {case["named"]: case["text"] for case in cases("slugs")}
    exported = fake.logger.export()
    assert exported == texts["version 4 of a logger, by the name of a project"]
    by_id = FakeLogger(server, project_id="00112233-4455-6677-8899-aabbccddeeff").logger
    assert by_id.export() == texts["version 4 of a logger"]
    with fake.logger.start_span("outer"):
        fake.logger.start_span("apart", parent=exported).end()
    fake.flush()
    assert fake.problems == []
    assert "span_parents" not in server.by_name()["apart"]


def test_update_span_takes_what_an_official_sdk_exported(
    server: FakeServer, fake: FakeLogger
) -> None:
    slugs = {case["named"]: case for case in cases("slugs")}
    fake.logger.update_span(slugs["version 4"]["text"], output="late")
    for refused in ("version 4 of a logger", "version 4, its ids as JSON"):
        fake.logger.update_span(slugs[refused]["text"], output="lost")
    fake.flush()
    (change,) = server.rows
    assert change["id"] == slugs["version 4"]["slug"]["row_id"]
    assert [change["root_span_id"], change["span_id"]] == slugs["version 4"]["slug"]["address"]
    assert [problem[:12] for problem in fake.problems] == ["invalid_item"] * 2
    assert fake.logger.stats().rejected == 2


ID = "0192f0c1a2b37c4d8e5f00112233445a-00f067aa0ba902b7"


@pytest.mark.parametrize("case", cases("feedback"), ids=lambda case: json.dumps(case["feedback"]))
def test_feedback_travels_the_same_in_every_language(
    case: Case, server: FakeServer, fake: FakeLogger
) -> None:
    feedback_id = fake.logger.log_feedback(**{"id": ID, **case["feedback"]})
    fake.flush()
    if case["event"] is None:
        assert (server.feedback, feedback_id, fake.logger.stats().rejected) == ([], "", 1)
    else:
        (sent,) = server.feedback
        created = sent.pop("created")
        assert sent == {"id": ID, "feedback_id": feedback_id, **case["event"]}
        assert created.endswith("Z")
        assert len(created) == len("2026-11-23T09:25:03.598123Z")
    assert (case["told"] or "") in ",".join(fake.problems)


@pytest.mark.parametrize("case", cases("rows"), ids=lambda case: case["name"])
def test_a_span_becomes_the_same_rows_in_every_language(
    case: Case, server: FakeServer, fake: FakeLogger
) -> None:
    span = fake.logger.start_span(name="step", start_time=100)
    for step in case["steps"]:
        if step == "flush":
            fake.logger.flush()
        elif "log" in step:
            span.log(**step["log"])
        else:
            span.end(step["end"])
    fake.logger.flush()
    ids = {"id": span.id, "span_id": span.span_id, "root_span_id": span.root_span_id}
    sent = server.rows
    attributes = sent[0].pop("span_attributes")
    assert isinstance(attributes.pop("exec_counter"), int)
    assert attributes == {"name": "step", "type": "task"}
    expected = [{"created": row["created"], **ids, **told} for row, told in zip(sent, case["rows"])]
    assert sent == expected
    assert len(sent) == len(case["rows"])
