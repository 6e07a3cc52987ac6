"""Two runs of an evaluation against a dataset; prints their summaries, and rows of an experiment."""

import contextlib
import json
import os
import sys

import braintrust
from braintrust import Eval, Score, init_dataset

project = os.environ["COMPAT_PROJECT"]


def open_dataset():
    return init_dataset(project=project, name="letters")


dataset = open_dataset()
for given, wanted in [("a", "A"), ("b", "B"), ("c", "X")]:
    dataset.insert(id=given, input=given, expected=wanted, metadata={"letter": given})
dataset.flush()


def exact(input, output, expected):
    return Score(name="exact", score=1 if output == expected else 0)


def unsure(input, output, expected):
    return Score(name="unsure", score=None)


def run(task):
    # What Eval() reports goes beside what this prints.
    with contextlib.redirect_stdout(sys.stderr):
        result = Eval(project, data=open_dataset, task=task, scores=[exact, unsure])
    summary = result.summary
    return {
        "experimentName": summary.experiment_name,
        "experimentUrl": summary.experiment_url,
        "comparisonExperimentName": summary.comparison_experiment_name,
        "scores": {name: one.as_dict() for name, one in summary.scores.items()},
        "metrics": {name: one.as_dict() for name, one in summary.metrics.items()},
    }


printed = {
    "first": run(lambda input: "A" if input == "a" else "?"),
    "second": run(lambda input: input.upper()),
}

experiment = braintrust.init(project=project, experiment="by hand")
row_id = experiment.log(input=1, output=2, scores={"right": 0.5})
experiment.flush()
experiment.log_feedback(id=row_id, scores={"right": 1}, comment="good", metadata={"user_id": "u1"})
experiment.flush()
with contextlib.redirect_stdout(sys.stderr):
    by_hand = experiment.summarize()
printed["byHand"] = {name: one.as_dict() for name, one in by_hand.scores.items()}
printed["permalinkId"] = experiment.id
opened = braintrust.init(project=project, experiment="by hand", open=True)
printed["rows"] = [{f: row[f] for f in ("input", "output", "scores")} for row in opened.fetch()]
printed["asDataset"] = [row["input"] for row in opened.as_dataset()]
print(json.dumps(printed))
