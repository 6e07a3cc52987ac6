"""The wheel, installed where nothing else is, runs the example of the README."""

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


def test_the_example_of_the_readme_runs_from_the_wheel_alone(
    wheel: Path, product: Product, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv/bin/python")
    install = [python, "-m", "pip", "install", "--no-index", "--quiet", str(wheel)]
    subprocess.run(install, check=True)
    found = re.search(r"```python\n(.*?)```", (SDK / "README.md").read_text(), re.DOTALL)
    assert found is not None
    env = {**os.environ, "HEED_URL": product.url, "HEED_API_KEY": API_KEY, "PYTHONPATH": ""}
    program = found[1] + "\nimport heed\nprint(heed.__file__, span.id)"
    command = [python, "-I", "-W", "error", "-c", program]
    ran = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    place, span_id = ran.stdout.split()
    assert place.startswith(str(tmp_path))
    assert ran.stderr == ""
    trace = product.get(f"/v1/traces/{span_id.split('-')[0]}", project_name="my-app")
    assert trace["scores"] == [{"name": "helpful", "mean": 1, "n": 1}]
    assert [comment["text"] for comment in trace["comments"]] == ["friendly"]
