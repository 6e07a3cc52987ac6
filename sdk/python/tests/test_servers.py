"""gunicorn, uvicorn and Celery, as deployments run and end them: nothing is lost or doubled."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import celery  # type: ignore[import-untyped]
import pytest

from support.fleet import Fleet, ask, fleet
from support.held import count, inputs
from support.product import Product, free_port
from support.wait import wait_for

MASTER = """
    import heed, os, threading
    # Only an end flushes.
    logger = heed.init_logger(os.environ["PROJECT"], flush_interval_s=60)
    # Logged before the workers are forked, so that the thread that sends runs already.
    logger.log(input="master")
    """


def asked(url: str, times: int) -> set[str]:
    """Asks at once; the workers that answered, by their process ids."""
    with ThreadPoolExecutor(16) as pool:
        return set(pool.map(lambda n: ask(f"{url}/?{n}"), range(times)))


WSGI = (
    MASTER
    + """
    def app(environ, start_response):
        logger.log(input=int(environ["QUERY_STRING"]), output=os.getpid())
        start_response("200 OK", [])
        return [str(os.getpid()).encode()]
    """
)


@pytest.mark.parametrize("kind", ["sync", "gthread"])
def test_gunicorn_whose_master_logged_before_it_forked(
    product: Product, project: str, tmp_path: Path, kind: str
) -> None:
    bind = f"127.0.0.1:{free_port()}"
    command = ["gunicorn", "app:app", "--preload", "--workers", "3", "--bind", bind]
    command += ["--worker-class", kind, "--threads", "2", "--max-requests", "40"]
    with fleet(WSGI, command, tmp_path, product, project) as app:
        ask(f"http://{bind}/?-1")
        workers = asked(f"http://{bind}", 100)
        app.stop()
        assert len(workers) > 1
        assert "RuntimeWarning" not in app.printed
    assert inputs(product, project) == sorted([*range(-1, 100), "master"], key=str)


ASGI = (
    MASTER
    + """
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                happened = (await receive())["type"]
                if happened == "lifespan.shutdown":
                    logger.flush()
                await send({"type": f"{happened}.complete"})
                if happened == "lifespan.shutdown":
                    return
        with logger.start_span("asked", input=int(scope["query_string"])):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
    """
)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_uvicorn_workers_that_flush_at_the_end_of_their_lifespan(
    product: Product, project: str, tmp_path: Path, stop: signal.Signals
) -> None:
    port = free_port()
    command = ["uvicorn", "app:app", "--port", str(port), "--workers", "2"]
    with fleet(ASGI, command, tmp_path, product, project) as app:
        ask(f"http://127.0.0.1:{port}/?-1")
        wait_for(lambda: app.printed.count("Application startup complete") == 2)
        workers = asked(f"http://127.0.0.1:{port}", 100)
        app.stop(stop)
    assert len(workers) == 2
    # Each worker imports the app by itself, and so does the process that starts them.
    masters = [value for value in inputs(product, project) if value == "master"]
    numbers = [value for value in inputs(product, project) if value != "master"]
    assert numbers == sorted(range(-1, 100), key=str)
    assert len(masters) >= 2


CELERY = (
    MASTER
    + """
    import celery, pathlib
    app = celery.Celery("app", broker="filesystem://")
    folder = pathlib.Path(__file__).parent
    app.conf.broker_transport_options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
    }
    app.conf.worker_hijack_root_logger = False

    @app.task(name="work")
    @heed.traced(name="work", notrace_io=True)
    def work(n):
        heed.current_span().log(input=n, metadata={"worker": os.getpid()})
        (folder / "done" / str(n)).touch()
    """
)


def client(folder: Path) -> celery.Celery:
    app = celery.Celery("client", broker="filesystem://")
    app.conf.broker_transport_options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
    }
    return app


def done(app: Fleet, folder: Path) -> int:
    assert app.is_running(), app.printed
    return len(list((folder / "done").iterdir()))


@pytest.mark.parametrize("recycled", [[], ["--max-tasks-per-child", "5"]], ids=["", "recycled"])
def test_celery_with_forked_workers(
    product: Product, project: str, tmp_path: Path, recycled: list[str]
) -> None:
    for name in ("queue", "control", "done"):
        (tmp_path / name).mkdir()
    command = ["celery", "-A", "app", "worker", "--pool", "prefork", "--concurrency", "2"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", *recycled]
    with fleet(CELERY, command, tmp_path, product, project) as app:
        with client(tmp_path) as asking:
            for n in range(20):
                asking.send_task("work", [n])
        wait_for(lambda: done(app, tmp_path) == 20, 60)
        app.stop()
    assert inputs(product, project) == sorted([*range(20), "master"], key=str)
    groups = product.get("/v1/groups", project_name=project, of="spans", by="metadata.worker")
    workers = {group["by"][0]["value"] for group in groups["groups"]} - {None}
    assert len(workers) >= 2
    assert count(product, project) == 21
