from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import heed
from heed import _current
from support.fake_server import FakeLogger, FakeServer
from support.product import Product


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The built product, in a process and a directory of its own."""
    started = Product()
    yield started
    started.stop()


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """A project of its own for each test."""
    return f"{request.node.name} {os.getpid()}"[-200:]


@pytest.fixture(scope="session")
def away() -> Iterator[Product]:
    """A product that is not running. Who starts it kills it again."""
    product = Product()
    product.kill()
    yield product
    product.start()
    product.stop()


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a spool, which programs are told of."""
    folder = tmp_path / "spool"
    monkeypatch.setenv("SPOOL", str(folder))
    return folder


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def fake(server: FakeServer) -> FakeLogger:
    return FakeLogger(server)


@pytest.fixture
def current(fake: FakeLogger, monkeypatch: pytest.MonkeyPatch) -> heed.Logger:
    """The logger in front of the fake server, as the current one."""
    monkeypatch.setattr(_current, "_logger", fake.logger)
    return fake.logger
