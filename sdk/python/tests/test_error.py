from __future__ import annotations

import pickle

import heed


def test_an_error_survives_pickling() -> None:
    lost = heed.HeedError("rejected", "one row")
    error = heed.HeedError("not_flushed", "a sentence", failures=[lost], queued=3)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.code, again.message) == ("a sentence", "not_flushed", "a sentence")
    assert (again.queued, [failure.code for failure in again.failures]) == (3, ["rejected"])
