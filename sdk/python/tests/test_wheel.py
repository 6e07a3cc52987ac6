"""The wheel, installed where nothing else is: the example of the README runs, and is typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.product import API_KEY, ROOT, Product

SDK = ROOT / "sdk/python"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), str(SDK)]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_its_types_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {f"heed/{path.name}" for path in (SDK / "src/heed").glob("*.py")}
    assert modules | {"heed/py.typed"} == {name for name in names if name.startswith("heed/")}
    assert all("dist-info/" in name for name in names if not name.startswith("heed/"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed, and nothing else."""
    venv = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    path = venv / "bin/python"
    install = [str(path), "-m", "pip", "install", "--no-index", "--quiet", str(wheel)]
    subprocess.run(install, check=True)
    return path


@pytest.fixture(scope="module")
def example() -> str:
    found = re.search(r"```python\n(.*?)```", (SDK / "README.md").read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_of_the_readme_runs_from_the_wheel_alone(
    python: Path, example: str, product: Product
) -> None:
    env = {**os.environ, "HEED_URL": product.url, "HEED_API_KEY": API_KEY, "PYTHONPATH": ""}
    program = example + "\nimport heed\nprint(heed.__file__, span.id)"
    command = [str(python), "-I", "-W", "error", "-c", program]
    ran = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    place, span_id = ran.stdout.split()
    assert place.startswith(str(python.parents[1]))
    assert ran.stderr == ""
    trace = product.get(f"/v1/traces/{span_id.split('-')[0]}", project_name="my-app")
    assert trace["scores"] == [{"name": "helpful", "mean": 1, "n": 1}]
    assert [comment["text"] for comment in trace["comments"]] == ["friendly"]


def test_a_program_is_checked_by_the_types_of_the_wheel(
    python: Path, example: str, tmp_path: Path
) -> None:
    wrong = "logger.start_span(name=5)\n"
    file = tmp_path / "program.py"
    file.write_text(f"{example}\n{wrong}")
    options = ["--strict", "--config-file=", "--cache-dir=/dev/null", "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", *options, "--python-executable", str(python), "-m"]
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ran = subprocess.run(
        [*command, "program"], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    line = f"{example}\n".count("\n") + 1
    (told,) = ran.stdout.splitlines()
    assert told.startswith(f"program.py:{line}: error:")
    assert told.endswith("[arg-type]")
