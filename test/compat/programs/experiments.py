"""What an experiment offers beside Eval(), one by one; prints what each call gave."""

import contextlib
import json
import os
import sys

import braintrust

project = os.environ["COMPAT_PROJECT"]
experiment = braintrust.init(project=project, experiment="one by one", metadata={"kept": True})
printed = {
    "id": experiment.id,
    "name": experiment.name,
    "project": experiment.project.name,
    "closed": experiment.close(),
    "metadata": experiment.data.get("metadata"),
}

with experiment.start_span(name="a case") as span:
    span.log(input="traced", output="done", scores={"right": 1})
    traced = {"id": span.id, "slug": span.export()}
started = experiment.start_span(name="another case", input="started")
started.start_span(name="below").end()
started.end()
experiment.flush()
experiment.update_span(id=traced["id"], metadata={"by": "updateSpan"})
braintrust.update_span(exported=traced["slug"], expected="by slug")
slug = experiment.export()
with braintrust.start_span(name="a third case", parent=slug) as span:
    span.log(input="by slug of the experiment")
experiment.flush()
braintrust.flush()
printed["ids"] = {"traced": traced["id"], "started": started.id}


def opened():
    return braintrust.init(project=project, experiment="one by one", open=True)


printed["readonly"] = {"id": opened().id}
printed["version"] = opened().version
printed["records"] = [{"id": row["id"], "is_root": row["is_root"]} for row in opened().fetched_data]
printed["asDataset"] = [row["input"] for row in opened().as_dataset()]

# The calls that speak of the current experiment; what they report goes beside what this prints.
current = braintrust.init(project=project, experiment="current")
with contextlib.redirect_stdout(sys.stderr):
    printed["logged"] = braintrust.log(input="log", output=1, scores={"right": 0})
    current.flush()
    summary = braintrust.summarize()
printed["summary"] = {name: one.as_dict() for name, one in summary.scores.items()}
print(json.dumps(printed))
