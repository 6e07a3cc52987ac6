"""Every link that the SDK makes: prints them by what they are of, with the ids of the rows."""

import contextlib
import json
import os
import sys

import braintrust

project = os.environ["COMPAT_PROJECT"]
name = os.environ["COMPAT_NAME"]
printed = {}

logger = braintrust.init_logger(project=project)
span = logger.start_span(name="a span", input="of a span")
child = span.start_span(name="a child", input="of a child")
# Nothing was asked of the server yet, so the SDK does not know the id of the project.
printed["early"] = span.link()
early_slug = span.export()
child.end()
span.end()
logger.flush()
printed["span"] = {
    "id": span.id,
    "link": span.link(),
    "permalink": span.permalink(),
    "bySlug": braintrust.permalink(span.export()),
    "byEarlySlug": braintrust.permalink(early_slug),
}
printed["child"] = {"id": child.id, "link": child.link(), "permalink": child.permalink()}

experiment = braintrust.init(project=project, experiment=name)
one = experiment.start_span(name="a case", input="of a case")
printed["earlyOfCase"] = one.link()
one.end()
experiment.flush()
printed["case"] = {
    "id": one.id,
    "link": one.link(),
    "permalink": one.permalink(),
    "bySlug": braintrust.permalink(one.export()),
}

# What names no row.
printed["ofLogger"] = braintrust.permalink(logger.export())
printed["ofExperiment"] = braintrust.permalink(experiment.export())
printed["ofNothing"] = braintrust.permalink("")

dataset = braintrust.init_dataset(project=project, name=name)
dataset.insert(input="of a record")
dataset.flush()
# What a summary reports goes beside what this prints.
with contextlib.redirect_stdout(sys.stderr):
    of_experiment = experiment.summarize()
    of_dataset = dataset.summarize()
printed["projects"] = [of_experiment.project_url, of_dataset.project_url]
printed["experiment"] = of_experiment.experiment_url
printed["dataset"] = of_dataset.dataset_url
print(json.dumps(printed))
