"""Every example of the documentation is a program that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from support.product import API_KEY, ROOT, Product

BLOCKS = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs/sdk-python.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_of_the_documentation_runs(block: str, product: Product) -> None:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "sdk/python/src"),
        "HEED_URL": product.url,
        "HEED_API_KEY": API_KEY,
    }
    command = [sys.executable, "-W", "error", "-c", block]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
