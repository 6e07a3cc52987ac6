"""Options of a wrong kind: named, with what was expected, and never an exception."""

from __future__ import annotations

import json
import warnings
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

import heed
from heed import _current
from heed._options import Options
from support.fake_server import FakeLogger, FakeServer


class Hostile:
    """Raises whatever is asked of it."""

    def _fail(self, *args: Any) -> Any:
        raise RuntimeError("no")

    __bool__ = __eq__ = __float__ = __int__ = __len__ = __repr__ = __str__ = __fspath__ = _fail
    __hash__ = None  # type: ignore[assignment]


class Wrong(NamedTuple):
    option: str
    value: Any
    expected: str
    """What the sentence says that it must be."""


WRONG = [
    Wrong("max_queue_rows", "100", "must be an integer, 1 or more. 20000 is used."),
    Wrong("max_queue_rows", 0, "must be an integer, 1 or more. 20000 is used."),
    Wrong("max_queue_rows", float("inf"), "must be an integer, 1 or more. 20000 is used."),
    Wrong("max_queue_rows", True, "must be an integer, 1 or more. 20000 is used."),
    Wrong("max_queue_bytes", [1], "must be an integer, 1 or more. 67108864 is used."),
    Wrong("max_queue_bytes", float("nan"), "must be an integer, 1 or more. 67108864 is used."),
    Wrong("max_spool_bytes", "1 GB", "must be an integer, 1 or more. 268435456 is used."),
    Wrong("flush_interval_s", "0.1", "must be a number of seconds. 0.05 is used."),
    Wrong("flush_interval_s", timedelta(seconds=1), "must be a number of seconds. 0.05 is used."),
    Wrong("flush_interval_s", float("nan"), "must be a number of seconds. 0.05 is used."),
    Wrong("async_flush", "false", "must be True or False. True is used."),
    Wrong("set_current", 0, "must be True or False. True is used."),
    Wrong("project", 5, "must be text. Its default is used."),
    Wrong("project_id", 5, "must be text. Its default is used."),
    Wrong("project_id", "my-app", "must be a UUID. Its default is used."),
    Wrong("app_url", 5, "must be an http or https address. Its default is used."),
    Wrong("org_name", "acme", "org_name has no meaning here. It was not used."),
    Wrong("force_login", True, "force_login has no meaning here. It was not used."),
    Wrong("url", 5, "must be an http or https address. Its default is used."),
    Wrong("url", b"http://a", "must be an http or https address. Its default is used."),
    Wrong("on_error", "print", "must be a function. Its default is used."),
    Wrong("transport", "http", "must be a function. Its default is used."),
    Wrong("spool_dir", 5, "must be the path of a directory. None is used."),
    Wrong("spool_dir", b"/tmp", "must be the path of a directory. None is used."),
    Wrong("spool_dir", "a\0b", "must be the path of a directory. None is used."),
    Wrong("api_key", b"secret", "must be text of printable ASCII characters. It was not used."),
    Wrong("api_key", "sécret", "must be text of printable ASCII characters. It was not used."),
    Wrong("api_key", "sec\nret", "must be text of printable ASCII characters. It was not used."),
]
OPTIONS = [
    "project",
    "project_id",
    "async_flush",
    "url",
    "app_url",
    "org_name",
    "force_login",
    "state",
    "environment",
    "api_key",
    "set_current",
    "flush_interval_s",
    "max_queue_rows",
    "max_queue_bytes",
    "on_error",
    "masking",
    "spool_dir",
    "max_spool_bytes",
    "transport",
]


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_current, "_logger", None)
    monkeypatch.delenv("HEED_API_KEY", raising=False)
    monkeypatch.delenv("HEED_URL", raising=False)


def made(**options: Any) -> tuple[Options, list[str]]:
    """What a logger is made of, and its problems."""
    told: list[str] = []
    given = {"on_error": lambda error: told.append(f"{error.code}: {error.message}"), **options}
    logger = heed.init_logger(**given)
    return logger._recorder.delivery._options, told


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.option}={wrong.value!r}")
def test_an_option_of_a_wrong_kind_is_named_and_its_default_used(wrong: Wrong) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        options, told = made(**{wrong.option: wrong.value})
    told += [str(warning.message) for warning in warned]
    assert len(told) == 1
    assert wrong.option in told[0]
    assert told[0].endswith(wrong.expected)
    defaults, _ = made()
    for field in set(Options._fields) - {"on_error", "transport"}:
        assert getattr(options, field) == getattr(defaults, field)
    assert "secret" not in told[0]


@pytest.mark.parametrize("option", OPTIONS)
def test_no_value_of_any_kind_raises(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # Some of them name a spool.
    values: list[Any] = [
        *(Hostile(), object(), 1, -1, 0, 1.5, "", "text", b"x", [], {}, (), set(), True, None),
        *(float("nan"), float("inf"), -float("inf"), 10**400, Decimal(1), print, "\ud800", "\0"),
    ]
    for value in values:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Who makes errors of warnings gets none of ours.
            given: dict[str, Any] = {"transport": FakeServer(), option: value}
            logger = heed.init_logger(**given)
            if option == "transport":
                continue  # The network is in its place.
            with logger:
                logger.log_feedback("span", comment="x")
            stats = logger.stats()
            assert stats.queued == 0
            assert stats.acknowledged + stats.rejected + stats.dropped == 1


def test_each_wrong_option_is_told_by_itself() -> None:
    _, told = made(max_queue_rows="1", max_queue_bytes="2", async_flush=None, url=5)
    assert [problem.split(" is ")[0] for problem in told] == [
        "invalid_option: url",
        "invalid_option: max_queue_rows",
        "invalid_option: max_queue_bytes",
    ]


def test_without_on_error_a_wrong_option_is_a_warning() -> None:
    with pytest.warns(RuntimeWarning, match="max_queue_rows is '100'; it must be an integer"):
        heed.init_logger(max_queue_rows="100")  # type: ignore[arg-type]


def test_what_can_be_meant_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Address:
        def __str__(self) -> str:
            return "https://heed.test/"

    options, told = made(
        url=Address(),
        api_key=" key\n",
        max_queue_rows=1e5,
        flush_interval_s=-1,
        spool_dir=tmp_path,
        project="  my-app ",
    )
    assert told == []
    assert (options.url, options.api_key) == ("https://heed.test", "key")
    assert (options.limits.max_rows, options.flush_interval_s) == (100_000, 0.0)
    assert (options.project, options.spool and options.spool.folder) == ("my-app", tmp_path)
    assert made(flush_interval_s=float("inf"))[0].flush_interval_s == 86_400
    monkeypatch.setenv("HEED_API_KEY", "of the environment\n")
    monkeypatch.setenv("HEED_URL", " http://of.the.environment ")
    options, told = made(api_key=7)
    assert (options.url, options.api_key) == ("http://of.the.environment", "of the environment")
    assert len(told) == 1


def test_a_masking_that_is_no_function_lets_nothing_pass(server: FakeServer) -> None:
    fake = FakeLogger(server, masking="hide it")
    fake.logger.log(input="secret", scores={"good": 1})
    fake.flush()
    assert server.rows[0]["input"] == "[Masking failed]"
    assert server.rows[0]["scores"] == {"good": 1}
    assert fake.problems[0].startswith(
        "invalid_option: masking is 'hide it'; it must be a function"
    )
    assert "secret" not in json.dumps(server.bodies)


@pytest.mark.parametrize(
    ("timeout_s", "is_told"), [("5", True), (None, False), (float("inf"), False), (-1, False)]
)
def test_the_timeout_of_a_flush_is_read_the_same(
    server: FakeServer, timeout_s: Any, is_told: bool
) -> None:
    fake = FakeLogger(server)
    if timeout_s != -1:
        fake.logger.log(input=1)
    fake.logger.flush(timeout_s)
    assert [problem.split(" is ")[0] for problem in fake.problems] == (
        ["invalid_option: timeout_s"] if is_told else []
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("name", 5),
        ("description", 5),
        ("version", 1.5),
        ("project_id", []),
        ("dataset_id", {}),
        ("metadata", "x"),
        ("max_queue_rows", "1"),
    ],
)
def test_an_option_of_a_dataset_of_a_wrong_kind_is_named(option: str, value: Any) -> None:
    told: list[str] = []
    given: dict[str, Any] = {option: value, "on_error": lambda error: told.append(error.message)}
    heed.init_dataset(**given)
    assert len(told) == 1
    assert told[0].startswith(f"{option} is {value!r}; it must be ")


def test_an_id_of_a_dataset_may_be_a_uuid_and_a_version_a_number() -> None:
    told: list[Any] = []
    given: dict[str, Any] = {"dataset_id": UUID(int=1), "version": 7, "on_error": told.append}
    dataset = heed.init_dataset(**given)
    assert (dataset._home._wanted.id, dataset._version, told) == (str(UUID(int=1)), "7", [])


def test_a_logger_is_made_as_the_braintrust_package_makes_it(server: FakeServer) -> None:
    told: list[str] = []
    project_id, url = str(UUID(int=1)), "http://heed.test"
    given: dict[str, Any] = {
        "transport": server,
        "on_error": lambda error: told.append(error.message),
    }
    logger = heed.init_logger("my-app", project_id, True, url, "key", "acme", True, False, **given)
    logger.log(input=1)
    logger.flush()
    assert heed.current_logger() is None
    assert server.requests[0].url == f"{url}/logs3"
    assert server.bodies[0]["project_id"] == project_id
    assert "project_name" not in server.bodies[0]
    assert told == [
        "org_name has no meaning here. It was not used.",
        "force_login has no meaning here. It was not used.",
    ]
    heed.init_dataset("my-app", "logs", None, None, url, "key", None, None, None, False, **given)
    assert len(told) == 2
    heed.init_dataset("my-app", org_name="acme", use_output=True, **given)
    assert [problem.split()[0] for problem in told[2:]] == ["org_name", "use_output"]
