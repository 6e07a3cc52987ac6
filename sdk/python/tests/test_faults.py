"""Servers that are away, slow, or cut off: every item is stored once, or reported."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest

import heed
from heed._http import HttpTransport
from support.held import count
from support.product import API_KEY, Product
from support.proxy import Proxy


def make(url: str, project: str) -> tuple[heed.Logger, list[str]]:
    told: list[str] = []
    logger = heed.init_logger(
        project,
        url=url,
        api_key=API_KEY,
        set_current=False,
        flush_interval_s=0.005,
        on_error=lambda error: told.append(error.code),
    )
    return logger, told


def test_an_answer_that_is_cut_off_is_asked_for_again_and_counts_once(
    product: Product, project: str
) -> None:
    with Proxy(product.url) as proxy:
        logger, told = make(proxy.url, project)
        proxy.cut_answers = 3
        for n in range(50):
            logger.log(input=n)
        logger.flush()
    stats = logger.stats()
    assert (stats.acknowledged, stats.dropped, stats.rejected) == (50, 0, 0)
    assert count(product, project) == 50
    assert set(told) <= {"unreachable"}


def test_a_slow_server_costs_the_caller_nothing(product: Product, project: str) -> None:
    with Proxy(product.url) as proxy:
        logger, _ = make(proxy.url, project)
        proxy.delay_s = 0.3
        longest = 0.0
        for n in range(200):
            begun = time.perf_counter()
            logger.log(input=n)
            longest = max(longest, time.perf_counter() - begun)
        assert longest < 0.25
        assert logger.stats().queued > 0
        logger.flush()
    assert count(product, project) == 200


def test_a_server_that_is_killed_under_load_and_comes_back_holds_what_was_acknowledged(
    project: str,
) -> None:
    product = Product()
    try:
        logger, told = make(product.url, project)
        is_over = threading.Event()

        def load() -> None:
            while not is_over.is_set():
                logger.log(input="x" * 100)
                time.sleep(0.001)

        loader = threading.Thread(target=load)
        loader.start()
        for _ in range(2):
            time.sleep(0.5)
            product.kill()
            time.sleep(0.3)
            product.start()
        is_over.set()
        loader.join()
        logger.flush()
        stats = logger.stats()
        assert stats.acknowledged > 100
        assert stats.acknowledged == count(product, project) == stats.sent
        assert set(told) == {"unreachable"}
    finally:
        product.stop()


def test_a_server_that_is_away_is_told_once_and_named(project: str) -> None:
    logger, told = make("http://127.0.0.1:9", project)
    logger.log(input=1)
    with pytest.raises(heed.HeedError, match=r"127\.0\.0\.1:9 did not store") as raised:
        logger.flush(timeout_s=0.5)
    assert raised.value.queued == 1
    assert told == ["unreachable"]


@pytest.mark.parametrize(
    "beginning",
    [b"HTTP/1.1 200 OK\r\nx-slow: ", b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"],
)
def test_an_answer_that_drips_byte_by_byte_ends_with_the_time_of_its_request(
    beginning: bytes,
) -> None:
    """Of a socket the timeout is for each piece: each one begins it anew."""
    is_over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(beginning)
            while not is_over.wait(0.8):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: drip(listener.accept()[0]))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/logs3"
        begun = time.monotonic()
        try:
            with pytest.raises(OSError, match=r"too long|timed out"):
                HttpTransport()(heed.Request(url, {}, b"{}", timeout_s=1.0))
            assert 0.9 < time.monotonic() - begun < 1.5
        finally:
            is_over.set()
            thread.join()
