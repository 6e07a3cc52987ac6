"""Datasets, against the built server: what was written is what is read."""

from __future__ import annotations

import itertools
import time
from datetime import datetime
from typing import Any

import pytest

import heed
from heed._http import HttpTransport
from support import program
from support.product import API_KEY, Product


class Opener:
    """Opens datasets of one project. Their problems are collected, as codes."""

    def __init__(self, product: Product, project: str) -> None:
        self.url = product.url
        self.project = project
        self.told: list[str] = []

    def __call__(self, name: str = "questions", **options: Any) -> heed.Dataset:
        given: dict[str, Any] = {
            "url": self.url,
            "api_key": API_KEY,
            "on_error": lambda error: self.told.append(error.code),
            **options,
        }
        return heed.init_dataset(self.project, name, **given)


@pytest.fixture
def open_dataset(product: Product, project: str) -> Opener:
    return Opener(product, project)


def short(dataset: heed.Dataset) -> dict[str, Any]:
    """The records as id to (input, expected)."""
    return {record["id"]: (record["input"], record["expected"]) for record in dataset}


def test_records_are_inserted_changed_and_deleted_and_read_back(open_dataset: Opener) -> None:
    dataset = open_dataset(description="What people ask", metadata={"team": "a"})
    given = dataset.insert({"q": 1}, "x", ["t"], {"a": {"b": 1}}, "one")
    chosen = dataset.insert(input="two", expected="2")
    gone = dataset.insert(input="gone", id="gone")
    assert (given, gone) == ("one", "gone")
    assert dataset.update(id="one", tags=["u"], metadata={"a": {"c": None}}) == "one"
    assert dataset.delete("gone") == "gone"
    dataset.flush()

    records = {record["id"]: record for record in open_dataset()}
    assert set(records) == {"one", chosen}
    one = records["one"]
    assert (one["input"], one["expected"], one["tags"]) == ({"q": 1}, "x", ["t", "u"])
    assert one["metadata"] == {"a": {"b": 1, "c": None}}
    assert dataset.name == "questions"
    assert dataset.id == open_dataset().id == one["dataset_id"]
    stats = dataset.stats()
    assert (stats.acknowledged, stats.queued, stats.dropped) == (5, 0, 0)
    dataset.insert(input="new", id="one")
    assert short(dataset)["one"] == ("new", None)
    assert open_dataset.told == []


def test_a_dataset_is_described_by_who_makes_it(
    product: Product, project: str, open_dataset: Opener
) -> None:
    metadata = {"team": "a"}
    dataset = open_dataset(description="What people ask", metadata=metadata)
    metadata["team"] = "changed later"
    held = product.get(f"/v1/dataset/{dataset.id}")
    assert (held["description"], held["metadata"]) == ("What people ask", {"team": "a"})
    assert product.get("/v1/dataset", project_name=project)["objects"] == [held]


def test_what_was_just_written_is_read_without_a_flush(open_dataset: Opener) -> None:
    dataset = open_dataset(flush_interval_s=60)
    dataset.insert(input=1, id="a")
    assert short(dataset) == {"a": (1, None)}


def test_pages_are_read_as_they_are_needed(open_dataset: Opener) -> None:
    writer = open_dataset()
    for n in range(25):
        writer.insert(input=n)
    writer.flush()
    http = HttpTransport()
    pages = []

    def counting(request: heed.Request) -> heed.Response:
        pages.extend([request] if request.url.endswith("/fetch") else [])
        return http(request)

    reader = open_dataset(transport=counting)
    records = reader.fetch(batch_size=10)
    assert [next(records)["input"] for _ in range(10)] == list(range(24, 14, -1))
    assert len(pages) == 1
    writer.insert(input="meanwhile")
    writer.flush()
    assert [record["input"] for record in records] == list(range(14, -1, -1))
    assert len(pages) == 3
    assert len(list(reader)) == len(list(reader.fetch(batch_size=5000))) == 26
    http.close()


def test_a_pinned_version_is_what_was_there_then(open_dataset: Opener) -> None:
    dataset = open_dataset()
    assert dataset.version == "0"
    dataset.insert(input=1, id="a")
    dataset.insert(input=2, id="b")
    dataset.flush()
    before = dataset.version
    assert len(before) == 19
    assert before.isdigit()
    dataset.delete("a")
    dataset.update("b", expected="two")
    assert short(dataset) == {"b": (2, "two")}
    assert dataset.version > before
    for version in (before, int(before)):
        pinned = open_dataset(version=version)
        assert (pinned.version, short(pinned)) == (before, {"a": (1, None), "b": (2, None)})
    # Writing goes on, and what is read stays.
    pinned.insert(input=3, id="c")
    assert set(short(pinned)) == {"a", "b"}
    pinned.flush()
    assert set(short(dataset)) == {"b", "c"}


def test_a_version_may_be_the_name_of_a_snapshot(product: Product, open_dataset: Opener) -> None:
    dataset = open_dataset()
    dataset.insert(input=1, id="a")
    dataset.flush()
    version = dataset.version
    snapshot = {"dataset_id": dataset.id, "dataset_snapshot_name": "first", "xact_id": version}
    product.post("/api/dataset_snapshot/register", snapshot)
    dataset.delete("a")
    dataset.flush()
    pinned = open_dataset(version="first")
    assert (short(pinned), pinned.version) == ({"a": (1, None)}, version)
    with pytest.raises(heed.HeedError, match="questions has no snapshot named second") as raised:
        list(open_dataset(version="second"))
    assert raised.value.code == "refused"


def test_the_summary_counts_and_names(open_dataset: Opener) -> None:
    dataset = open_dataset()
    with open_dataset() as other:
        other.insert(input="before", id="z")
    for n in range(3):
        dataset.insert(input=n, id=str(n))
    dataset.delete("0")
    summary = dataset.summarize()
    assert summary.data_summary is not None
    assert summary.data_summary.new_records == 3
    assert summary.data_summary.total_records == 3
    assert (summary.project_name, summary.dataset_name) == (open_dataset.project, "questions")
    assert summary.dataset_url.startswith(summary.project_url)
    assert "Total records: " in str(summary)
    assert dataset.summarize(summarize_data=False).data_summary is None


def test_a_dataset_is_opened_by_its_id(open_dataset: Opener) -> None:
    dataset = open_dataset("by id")
    dataset.insert(input=1, id="a")
    dataset.flush()
    same = open_dataset("ignored", dataset_id=dataset.id)
    same.insert(input=2, id="b")
    assert set(short(same)) == {"a", "b"}
    assert (same.id, same.name) == (dataset.id, "by id")


def test_a_dataset_without_a_name_is_called_logs(open_dataset: Opener) -> None:
    assert open_dataset("").name == "logs"


@pytest.mark.parametrize("id", ["", 5, None])
def test_a_write_without_an_id_is_refused_and_told(open_dataset: Opener, id: Any) -> None:
    dataset = open_dataset()
    assert dataset.update(id, input=1) == dataset.delete(id) == ""
    assert dataset.stats().rejected == 2
    assert open_dataset.told == ["invalid_item"] * 2


def test_whatever_is_written_never_raises_and_the_server_accepts_it(open_dataset: Opener) -> None:
    dataset = open_dataset()
    odd: Any = [object(), {1: {2, 3}}, float("nan"), 2**70, "\x00 \ud800", datetime.now, b"x"]
    for value in odd:
        dataset.insert(value, value, ["t", 5], {"value": value})  # type: ignore[list-item]
    dataset.insert(1, metadata=odd, tags="no list")
    with pytest.raises(heed.HeedError) as raised:
        dataset.flush()
    assert {failure.code for failure in raised.value.failures} == {"invalid_field"}
    assert dataset.stats().acknowledged == len(odd) + 1 == len(list(dataset))


def test_a_write_that_is_delivered_again_does_not_undo_what_came_between(
    open_dataset: Opener,
) -> None:
    http = HttpTransport()
    meanwhile: list[Any] = [lambda other: other.insert("theirs", id="a")]

    def cut_off(request: heed.Request) -> heed.Response:
        answer = http(request)
        if request.url.endswith("/insert") and meanwhile:
            with open_dataset() as other:
                meanwhile.pop()(other)
            raise ConnectionResetError("the answer was lost")
        return answer

    dataset = open_dataset(transport=cut_off)
    dataset.insert("ours", tags=["a"], id="a")
    dataset.flush()
    assert short(dataset) == {"a": ("theirs", None)}
    meanwhile.append(lambda other: other.update("a", "theirs again"))
    dataset.update("a", "ours again")
    dataset.flush()
    assert short(dataset) == {"a": ("theirs again", None)}
    stats = dataset.stats()
    assert (stats.acknowledged, stats.retried, stats.dropped) == (2, 2, 0)
    http.close()


def test_writes_wait_for_a_server_that_is_away_and_are_bounded(open_dataset: Opener) -> None:
    http = HttpTransport()
    is_away = True

    def transport(request: heed.Request) -> heed.Response:
        if is_away:
            raise ConnectionRefusedError("nobody is there")
        return http(request)

    dataset = open_dataset(transport=transport, max_queue_rows=10, flush_interval_s=0.001)
    begun = time.perf_counter()
    for n in range(15):
        dataset.insert(input=n, id=str(n))
    assert time.perf_counter() - begun < 1
    with pytest.raises(heed.HeedError) as raised:
        dataset.flush(timeout_s=0.2)
    assert (raised.value.code, raised.value.queued) == ("not_flushed", 10)
    is_away = False
    dataset.flush()
    stats = dataset.stats()
    assert (stats.acknowledged, stats.dropped) == (10, 5)
    assert set(short(dataset)) == {str(n) for n in range(5, 15)}
    http.close()


def test_a_dataset_that_cannot_be_made_drops_its_writes_by_name(open_dataset: Opener) -> None:
    dataset = open_dataset("n" * 600)
    for n in range(4):
        dataset.insert(input=n)
    with pytest.raises(heed.HeedError, match=r"dataset n+ was not found: HTTP 400") as raised:
        dataset.flush()
    assert [failure.code for failure in raised.value.failures] == ["refused"]
    assert dataset.stats().dropped == 4


def test_a_dataset_that_is_not_there_is_named_by_writing_and_by_reading(
    open_dataset: Opener,
) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    dataset = open_dataset(dataset_id=missing)
    dataset.insert(input=1)
    with pytest.raises(heed.HeedError, match="HTTP 404"):
        dataset.flush()
    reads = (lambda: list(dataset), lambda: dataset.name, lambda: dataset.version)
    for read in reads:
        with pytest.raises(heed.HeedError, match=f"dataset {missing} was not read") as raised:
            read()
        assert raised.value.code == "refused"


def test_a_wrong_key_is_named_by_reading(open_dataset: Opener) -> None:
    with pytest.raises(heed.HeedError, match="set HEED_API_KEY") as raised:
        list(open_dataset(api_key="wrong"))
    assert raised.value.code == "refused"


def test_a_server_that_is_away_is_asked_again_and_then_named(open_dataset: Opener) -> None:
    http = HttpTransport()
    calls = itertools.count(1)

    def flaky(request: heed.Request) -> heed.Response:
        if next(calls) % 3:
            raise TimeoutError("no answer")
        return http(request)

    assert list(open_dataset(transport=flaky)) == []
    with pytest.raises(heed.HeedError, match=r"questions was not read from http://127\.0\.0\.1:9"):
        list(open_dataset(url="http://127.0.0.1:9"))
    with pytest.raises(heed.HeedError) as raised:
        open_dataset(transport=lambda request: heed.Response(200, "<html>"), url="http://x").id  # noqa: B018
    assert raised.value.code == "unreachable"
    http.close()


def test_each_process_writes_what_it_was_given_once(
    product: Product, project: str, open_dataset: Opener
) -> None:
    code, output, errors = program.run(
        """
        dataset = heed.init_dataset(os.environ["PROJECT"], "forked", flush_interval_s=60)
        dataset.insert(input="parent", id="parent")
        for n in range(3):
            if os.fork() == 0:
                dataset.insert(input="child", id=f"child {n}")
                dataset.flush()
                os.write(1, f"{dataset.stats().acknowledged}\\n".encode())  # One write, one line.
                os._exit(0)
        for _ in range(3):
            assert os.wait()[1] == 0
        """,
        product.url,
        project,
    )
    assert (code, errors) == (0, "")
    assert output == "1\n" * 3
    assert set(short(open_dataset("forked"))) == {"parent", "child 0", "child 1", "child 2"}
