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

version = open_dataset().version
dataset.insert(id="d", input="d", expected="D")
dataset.flush()
seen = []


async def looking(input, output, expected, trace):
    """Looks at the spans of its case, as the server has them."""
    spans = await trace.get_spans(span_type=["tool"])
    seen[:] = [[span.span_attributes["name"], span.input, span.output] for span in spans]


def upper(input):
    with braintrust.start_span(name="upper", type="tool") as span:
        span.log(input=input, output=input.upper())
    return input.upper()


with contextlib.redirect_stdout(sys.stderr):
    third = Eval(
        project,
        data=init_dataset(project=project, name="letters", version=version),
        task=upper,
        scores=[exact, looking],
        experiment_name="pinned",
        enable_cache=False,
    )
printed["pinned"] = sorted(one.input for one in third.results)
printed["seen"] = seen
rows_of_pinned = braintrust.init(project=project, experiment="pinned", open=True).fetch()
printed["origins"] = [row["origin"] for row in rows_of_pinned if row.get("origin")]
printed["datasetId"] = dataset.id

experiment = braintrust.init_experiment(project=project, experiment="by hand")
row_id = experiment.log(input=1, output=2, scores={"right": 0.5})
experiment.flush()
experiment.log_feedback(id=row_id, scores={"right": 1}, comment="good", metadata={"user_id": "u1"})
experiment.flush()
with contextlib.redirect_stdout(sys.stderr):
    by_hand = experiment.summarize()
printed["byHand"] = {name: one.as_dict() for name, one in by_hand.scores.items()}
printed["byHandId"] = experiment.id
printed["byHandRow"] = row_id
opened = braintrust.init(project=project, experiment="by hand", open=True)
printed["rows"] = [{f: row[f] for f in ("input", "output", "scores")} for row in opened.fetch()]
printed["asDataset"] = [row["input"] for row in opened.as_dataset()]
# A base that is named: not the run before, but the first one.
base = printed["first"]["experimentName"]


def compared_by(summary):
    return {
        "with": summary.comparison_experiment_name,
        "exact": summary.scores["exact"].as_dict(),
    }


with contextlib.redirect_stdout(sys.stderr):
    named = Eval(
        project,
        data=open_dataset,
        task=lambda input: input.upper(),
        scores=[exact],
        experiment_name="on a base",
        base_experiment_name=base,
    )
printed["onBase"] = compared_by(named.summary)


def on_base(name, **more):
    """An experiment of one case that the base got right."""
    made = braintrust.init(project=project, experiment=name, **more)
    made.log(input="a", output="?", expected="A", scores={"exact": 0})
    with contextlib.redirect_stdout(sys.stderr):
        compared = compared_by(made.summarize())
    return {**compared, "fetched": made.fetch_base_experiment().name}


printed["byHandOnBase"] = on_base("by hand on a base", base_experiment=base)
base_id = braintrust.init(project=project, experiment=base, open=True).id
printed["byHandOnId"] = on_base("by hand on an id", base_experiment_id=base_id)
printed["onUnknown"] = on_base("on an unknown base", base_experiment="unknown")
print(json.dumps(printed))
