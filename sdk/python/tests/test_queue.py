from __future__ import annotations

import json
import math
from typing import Any

from heed._copy import copy
from heed._draft import Draft
from heed._queue import ListName, Queue, QueueLimits


class Word:
    """An item whose JSON text is about its id."""

    list_name: ListName = "rows"

    def __init__(self, id: str, size: int = 10) -> None:
        self.id = id
        self.seq = 0
        self.size = size

    def take(self, at_micros: int) -> dict[str, Any]:
        return {"id": self.id}

    def discard(self) -> None:
        return

    def disown(self) -> None:
        self.size = 0


def filled(count: int, max_rows: int = 1000, max_bytes: int = 10**6) -> tuple[Queue, int]:
    """A queue that `count` items were put into, and how many of them were dropped."""
    queue = Queue(QueueLimits(max_rows, max_bytes))
    return queue, sum(queue.put(Word(f"{n}"), 0) for n in range(count))


def take(queue: Queue, rows_max: int, bytes_max: float = math.inf) -> list[str]:
    """The ids of a batch, taken as the delivery takes it."""
    ids: list[str] = []
    while len(ids) < rows_max and (sealed := queue.begin(bytes_max, 0)):
        if sealed.row is not None:
            sealed.body = json.dumps(sealed.row).encode()
            if not queue.is_sealed(sealed, bytes_max):
                break
        bytes_max -= len(sealed.body)
        ids.append(sealed.id)
    return ids


def test_items_leave_in_the_order_they_came() -> None:
    queue, _ = filled(3)
    assert take(queue, 2) == ["0", "1"]
    assert (len(queue), queue.oldest_seq, queue.newest_seq) == (3, 1, 3)
    assert queue.settle() == 2
    assert take(queue, 2) == ["2"]
    queue.settle()
    assert (len(queue), queue.oldest_seq) == (0, math.inf)


def test_an_item_that_has_no_room_even_alone_goes_and_the_others_stay() -> None:
    queue, _ = filled(3, max_bytes=100)
    assert queue.put(Word("too large", 101), 0) == 1
    assert queue.put(Word("small"), 0) == 0
    growing = Word("growing")
    assert queue.put(growing, 0) == 0
    growing.size = 150
    assert queue.put(growing, 10) == 1
    assert growing.seq == 0
    assert take(queue, 9) == ["0", "1", "2", "small"]
    queue.settle()
    assert (len(queue), queue.oldest_seq) == (0, math.inf)
    assert queue.put(Word("x", 100), 0) == 0


def test_what_was_given_back_comes_first_in_the_same_order() -> None:
    queue, _ = filled(4)
    take(queue, 3)
    queue.give_back()
    assert take(queue, 2) == ["0", "1"]
    queue.give_back()
    assert take(queue, 9) == ["0", "1", "2", "3"]


def test_a_batch_ends_at_the_limit_of_bytes_but_holds_at_least_one_item() -> None:
    size = len(json.dumps({"id": "0"}))
    queue, _ = filled(4)
    assert take(queue, 9, size - 1) == ["0"]
    queue.settle()
    assert take(queue, 9, 2 * size) == ["1", "2"]
    queue.settle()
    assert take(queue, 9) == ["3"]


def test_a_full_queue_drops_the_oldest_and_counts_it_exactly() -> None:
    queue, dropped = filled(25, max_rows=10)
    assert dropped == 15
    assert take(queue, 100) == [f"{n}" for n in range(15, 25)]


def test_what_was_given_back_is_the_oldest_and_so_is_dropped_first() -> None:
    queue, _ = filled(4, max_rows=4)
    take(queue, 2)
    queue.give_back()
    assert queue.put(Word("new"), 0) == 1
    assert take(queue, 9) == ["1", "2", "3", "new"]


def test_the_limit_of_bytes_holds_for_growth_too() -> None:
    queue, _ = filled(0, max_bytes=100)
    growing = Word("a")
    queue.put(growing, 0)
    queue.put(Word("b"), 0)
    growing.size = 95
    assert queue.put(growing, 10) == 1
    assert take(queue, 9) == ["b"]


def test_a_queue_that_is_cleared_disowns_what_waited() -> None:
    queue, _ = filled(2)
    item = Word("mine")
    queue.put(item, 0)
    queue.clear()
    assert (len(queue), item.seq, item.size) == (0, 0, 0)
    queue.put(item, 0)
    assert take(queue, 9) == ["mine"]


def test_an_item_whose_bytes_were_not_made_is_given_back_with_its_data() -> None:
    """Who made them was killed."""
    queue, _ = filled(3)
    killed = queue.begin(math.inf, 0)
    assert killed is not None
    killed.body = b"half of"
    queue.give_back()
    assert take(queue, 9) == ["0", "1", "2"]
    assert killed.body == b'{"id": "0"}'
    queue.settle()
    assert (len(queue), queue._bytes) == (0, 0)


def test_an_item_whose_bytes_were_not_made_is_dropped_first_like_any_other() -> None:
    queue, _ = filled(3, max_rows=3)
    queue.begin(math.inf, 0)
    queue.give_back()
    assert queue.put(Word("new"), 0) == 1
    assert take(queue, 9) == ["1", "2", "new"]
    queue.settle()
    assert queue._bytes == 0


def test_a_row_that_was_dropped_takes_the_room_of_what_it_keeps() -> None:
    def draft(*fields: str) -> Draft:
        made = Draft({"id": "a"}, 0, {})
        for field in fields:
            made.add(field, *copy({"name": field * 100}))
        return made

    dropped = draft("span_attributes", "metadata", "metrics")
    dropped.discard()
    assert dropped.size == draft("span_attributes", "metrics").size
