"""An evaluation that is awaited; prints what it came to."""

import asyncio
import contextlib
import json
import os
import sys

from braintrust import EvalAsync, Score


async def upper(input):
    await asyncio.sleep(0)
    return input.upper()


async def exact(input, output, expected):
    return Score(name="exact", score=1 if output == expected else 0)


# What it reports goes beside what this prints.
with contextlib.redirect_stdout(sys.stderr):
    result = asyncio.run(
        EvalAsync(
            os.environ["COMPAT_PROJECT"],
            data=[{"input": "a", "expected": "A"}],
            task=upper,
            scores=[exact],
            experiment_name="by the runner",
        )
    )
runner = [{"input": one.input, "output": one.output, "scores": one.scores} for one in result.results]
print(json.dumps({"runner": runner}))
