from __future__ import annotations

import json
import time
from collections import UserDict
from typing import Any
from uuid import uuid4

import pytest

import heed
from support.fake_server import FakeLogger, FakeServer


def test_the_id_of_a_span_is_its_address_and_its_time(server: FakeServer, fake: FakeLogger) -> None:
    before = time.time()
    with fake.logger.start_span(name="chat", type="llm", input="q") as span:
        span.log(output="a")
    fake.logger.flush()
    (row,) = server.rows
    assert row["id"] == span.id == span.export() == f"{row['root_span_id']}-{row['span_id']}"
    assert abs(int(span.root_span_id[:12], 16) / 1000 - before) < 1
    assert span.root_span_id[12] == "7"
    assert before - 0.1 <= row["metrics"]["start"] < row["metrics"]["end"] <= time.time()
    assert row["span_attributes"]["type"] == "llm"
    assert (row["input"], row["output"]) == ("q", "a")
    assert "_is_merge" not in row
    assert "span_parents" not in row


def test_what_is_raised_is_recorded_and_goes_on(server: FakeServer, fake: FakeLogger) -> None:
    with pytest.raises(ValueError, match="boom"), fake.logger.start_span(name="bad"):
        raise ValueError("boom")
    with fake.logger.start_span(name="kept") as span:
        span.log(error=KeyError("k"))
    fake.logger.flush()
    bad, kept = server.rows
    assert bad["error"].startswith("boom\n\nTraceback (most recent call last):\n")
    assert bad["error"].endswith("ValueError: boom")
    assert bad["metrics"]["end"] > 0
    assert kept["error"].startswith("'k'\n\n")


def test_a_value_is_sent_as_it_was_when_it_was_logged(server: FakeServer, fake: FakeLogger) -> None:
    messages = ["one"]
    fake.logger.log(input=messages)
    messages.append("two")
    fake.logger.flush()
    assert server.rows[0]["input"] == ["one"]


def test_none_says_nothing_at_the_top(server: FakeServer, fake: FakeLogger) -> None:
    span = fake.logger.start_span()
    span.log(output="b", scores={"x": 1})
    span.log(output=None, scores={"x": None})
    fake.logger.flush()
    assert server.rows[0]["output"] == "b"
    assert server.rows[0]["scores"] == {"x": None}


def test_a_change_is_written_later_than_its_span_even_if_that_starts_in_the_future(
    server: FakeServer, fake: FakeLogger
) -> None:
    span = fake.logger.start_span(start_time=time.time() + 3600)
    fake.logger.flush()
    span.log(output=1)
    fake.logger.flush()
    whole, change = server.rows
    assert whole["created"] < change["created"]


def test_an_end_that_is_given_with_the_first_fields_is_the_end(
    server: FakeServer, fake: FakeLogger
) -> None:
    fake.logger.log(input=1, metrics={"start": 10, "end": 12.5})
    with fake.logger.start_span(metrics={"end": 20}) as span:
        pass
    assert span.end() == span.end(30) == 20
    fake.logger.flush()
    alone, within = server.rows
    assert alone["metrics"] == {"start": 10, "end": 12.5}
    assert within["metrics"]["end"] == 20


def test_attributes_can_be_given_and_changed(server: FakeServer, fake: FakeLogger) -> None:
    span = fake.logger.start_span("a", "tool", {"purpose": "x"})
    span.set_attributes(name="b")
    fake.logger.flush()
    attributes = server.rows[0]["span_attributes"]
    assert (attributes["name"], attributes["type"], attributes["purpose"]) == ("b", "tool", "x")
    assert fake.logger.stats().acknowledged == 1


def test_a_span_has_a_name_closes_and_flushes(server: FakeServer, fake: FakeLogger) -> None:
    spans = [fake.logger.start_span("named"), fake.logger.start_span(type="tool")]
    child = spans[1].start_span()
    assert [span.name for span in [*spans, child]] == ["named", "root", "span"]
    child.set_attributes(name="renamed")
    child.set_attributes(type="llm")
    assert child.name == "renamed"
    assert spans[0].close(5.5) == spans[0].end(6) == 5.5
    child.flush(timeout_s=10)
    assert server.by_name()["named"]["metrics"]["end"] == 5.5
    server.script.extend([heed.Response(401, "")])
    with pytest.raises(heed.HeedError, match="API key"):
        fake.logger.start_span().flush()


def test_a_span_that_records_nothing_has_all_that_a_span_has() -> None:
    span = heed.NOOP_SPAN
    assert (span.name, span.close(7)) == ("", 7)
    span.flush()
    for member in vars(heed.Span):
        assert member.startswith("_") or hasattr(span, member)


def test_the_id_of_a_span_is_enough_to_hang_a_child_under_it(
    server: FakeServer, fake: FakeLogger
) -> None:
    request_id = FakeLogger(FakeServer()).logger.log(input=1)
    with fake.logger.start_span(name="user_feedback", parent=request_id) as span:
        span.log(scores={"helpful": 1}, comment="good", metadata={"user_id": "ann"})
    fake.logger.flush()
    trace_id, span_id = request_id.split("-")
    (row,) = server.rows
    assert (row["root_span_id"], row["span_parents"]) == (trace_id, [span_id])
    assert row["span_attributes"]["name"] == "user_feedback"
    assert "type" not in row["span_attributes"]


def test_a_w3c_header_is_a_parent_in_and_out(server: FakeServer, fake: FakeLogger) -> None:
    span = fake.logger.start_span()
    headers = span.inject({"a": "b"})
    assert headers == {"a": "b", "traceparent": f"00-{span.root_span_id}-{span.span_id}-01"}
    fake.logger.start_span(parent=headers)
    fake.logger.flush()
    assert server.rows[1]["span_parents"] == [span.span_id]


def test_a_w3c_header_is_read_and_written_whatever_its_case(
    server: FakeServer, fake: FakeLogger
) -> None:
    span = fake.logger.start_span()
    given: Any = {"Accept": "*/*", 5: "x", "Traceparent": "old", "TRACEPARENT": "older"}
    assert span.inject(given) is given
    assert given == {"Accept": "*/*", 5: "x", "traceparent": span.traceparent}
    odd: Any = {5: "x", "Traceparent": span.traceparent}
    fake.logger.start_span(parent=odd)
    fake.logger.start_span(parent={"TRACEPARENT": ""})
    fake.flush()
    assert fake.problems == []
    _, child, root = server.rows
    assert child["span_parents"] == [span.span_id]
    assert "span_parents" not in root


class Headers:
    """The headers of a request as Flask gives them: no `Mapping`, but with `get`."""

    def get(self, name: str) -> str | None:
        trace_and_span = "0192f0c1a2b37c4d8e5f00112233445a-00f067aa0ba902b7"
        return f"00-{trace_and_span}-01" if name == "traceparent" else None


def test_headers_need_not_be_a_mapping(server: FakeServer, fake: FakeLogger) -> None:
    headers: Any = Headers()
    fake.logger.start_span(parent=headers)
    fake.flush()
    assert fake.problems == []
    assert server.rows[0]["span_parents"] == ["00f067aa0ba902b7"]


def test_a_parent_of_another_making_never_raises_it_is_told_and_sent_along(
    server: FakeServer, fake: FakeLogger
) -> None:
    odd: list[Any] = ["ba59a3c21602482b", {"traceparent": "nonsense"}, 5]
    for parent in odd:
        fake.logger.start_span(parent=parent)
    fake.flush()
    assert server.rows[0]["_parent_id"] == "ba59a3c21602482b"
    assert all("span_parents" not in row for row in server.rows)
    assert len(fake.problems) == 3


def test_a_parent_that_is_absent_or_empty_is_no_problem(fake: FakeLogger) -> None:
    for parent in ["", {"traceparent": ""}, {}, None, heed.NEW_TRACE]:
        fake.logger.start_span(parent=parent)
    assert fake.problems == []


def test_a_row_id_of_the_caller_is_kept_and_children_still_link(
    server: FakeServer, fake: FakeLogger
) -> None:
    span = fake.logger.start_span(id="mine", input=1)
    span.start_span(name="child")
    fake.logger.flush()
    row, child = server.rows
    assert row["id"] == span.id == "mine"
    assert child["span_parents"] == [row["span_id"]]


def test_update_span_changes_a_span_by_its_id_alone(server: FakeServer, fake: FakeLogger) -> None:
    span_id = fake.logger.log(input=1)
    fake.logger.update_span(span_id, output="late", tags=["x"])
    fake.logger.update_span("foreign", output="late")
    fake.logger.update_span("", output="late")
    fake.flush()
    _, change, foreign = server.rows
    assert f"{change['root_span_id']}-{change['span_id']}" == change["id"] == span_id
    assert (change["_is_merge"], change["output"], change["tags"]) == (True, "late", ["x"])
    assert set(foreign) == {"id", "created", "_is_merge", "output"}
    assert fake.logger.stats().rejected == 1


class Hostile:
    """Raises whatever is asked of it."""

    def _fail(self, *args: Any) -> Any:
        raise RuntimeError("no")

    __bool__ = __eq__ = __float__ = __iter__ = __len__ = __repr__ = __str__ = __getattr__ = _fail
    __hash__ = None  # type: ignore[assignment]


ODD: list[Any] = [
    *(None, 1, "text", print, [], object(), b"x", {"a": object}),
    *(Hostile(), 10**400, 10**5000, 1e305, float("nan"), "\ud800", uuid4(), UserDict(get=1)),
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_no_argument_of_any_kind_raises(fake: FakeLogger, value: Any) -> None:
    with fake.logger.start_span() as span:
        span.log(input=value, scores=value, metadata=value, tags=value, comment=value, error=value)
        span.log(metrics=value, span_attributes=value)
        fake.logger.log_feedback(value, scores=value, user=value, source=value, feedback_id=value)
        fake.logger.update_span(value, output=value)
        fake.logger.start_span(parent=value, name=value, type=value, start_time=value, id=value)
        fake.logger.start_span(span_attributes=value).end(value)
        span.start_span(parent=value, name=value, type=value, start_time=value).end()
        span.set_attributes(name=value)
        span.set_attributes(type=value, span_attributes=value)
        span.log_feedback(scores=value, comment=value, replaces=value, reply_to=value)
        given = {"traceparent": span.traceparent} if value is None else value
        assert span.inject(value) is value or span.inject(value) == given
    fake.flush()
    assert fake.logger.stats().queued == 0


def test_a_uuid_names_a_user_and_a_feedback(server: FakeServer, fake: FakeLogger) -> None:
    user, feedback, replaced, answered = (uuid4() for _ in range(4))
    given: dict[str, Any] = {"user": user, "feedback_id": feedback}
    given.update(replaces=replaced, reply_to=answered, comment="x")
    assert fake.logger.log_feedback("span", **given) == str(feedback)
    fake.logger.flush()
    (event,) = server.feedback
    assert event["user"] == str(user)
    assert (event["replaces"], event["reply_to"]) == (str(replaced), str(answered))


def test_a_name_that_feedback_does_not_know_is_told(server: FakeServer, fake: FakeLogger) -> None:
    span = fake.logger.start_span()
    odd: Any = span
    assert odd.log_feedback(score={"helpful": 1}, comment="x") != ""
    assert odd.log_feedback(score={"helpful": 1}) == ""
    fake.flush()
    (event,) = server.feedback
    assert event["comment"] == "x"
    told = "invalid_field: score is no field of feedback. It was left out."
    assert [problem for problem in fake.problems if "is no field" in problem] == [told] * 2


def mask(value: Any) -> Any:
    return json.loads(json.dumps(value).replace("secret", "***"))


def test_nothing_that_is_masked_leaves_the_process(server: FakeServer) -> None:
    logger = FakeLogger(server, masking=mask).logger
    with pytest.raises(ValueError, match="secret"), logger.start_span() as span:
        span.log(input="secret", output=["secret"], expected="secret", comment="secret")
        span.log(metadata={"a": "secret"})
        span.log_feedback(expected="secret", comment="secret", metadata={"a": "secret"})
        raise ValueError("secret")
    logger.flush()
    sent = json.dumps(server.bodies)
    assert "***" in sent
    assert "secret" not in sent


def test_if_masking_raises_a_fixed_text_is_sent_and_never_the_value(server: FakeServer) -> None:
    def broken(value: Any) -> Any:
        raise ValueError(f"{value}")

    fake = FakeLogger(server, masking=broken)
    fake.logger.log(input="secret", metadata={"a": "secret"}, scores={"good": 1})
    fake.flush()
    (row,) = server.rows
    assert row["input"] == "[Masking failed]"
    assert row["metadata"] == {"masking": "[Masking failed]"}
    assert row["scores"] == {"good": 1}
    assert "secret" not in "".join(fake.problems)


def test_a_row_dropped_from_a_full_queue_keeps_its_name_and_time(server: FakeServer) -> None:
    fake = FakeLogger(server, max_queue_rows=1, flush_interval_s=60)
    span = fake.logger.start_span(name="kept", input="lost")
    fake.logger.log(input="newer")
    span.log(output="late")
    fake.flush()
    (row,) = server.rows
    assert (row["span_attributes"]["name"], row["output"]) == ("kept", "late")
    assert row["metrics"]["start"] > 0
    assert "input" not in row
    assert fake.logger.stats()[2:5] == (1, 0, 2)


def test_a_span_takes_the_room_of_what_it_holds_not_of_what_was_replaced(
    server: FakeServer,
) -> None:
    fake = FakeLogger(server, max_queue_bytes=100_000)
    fake.logger.log(input="neighbour")
    span = fake.logger.start_span()
    for n in range(100):
        span.log(output=f"{n}" * 10_000, metrics={"n": n}, tags=["a" * 1000])
        span.log(metadata={"a": {"b": f"{n}" * 10_000}, "n": n})
        span.set_attributes(name=f"{n}" * 1000)
    fake.flush()
    assert fake.problems == []
    neighbour, row = server.rows
    assert (neighbour["input"], row["metrics"]["n"]) == ("neighbour", 99)
