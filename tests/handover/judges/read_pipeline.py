"""Runs beside Microsoft's own models: reads a pipeline, holds it against them, and prints what they make of it."""

import json
import sys
from pathlib import Path

from azure.mgmt.datafactory import models
from azure.mgmt.datafactory._utils.serialization import Deserializer, Serializer

known = {name: one for name, one in vars(models).items() if isinstance(one, type)}
pipeline = Deserializer(known)("PipelineResource", json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
problems = []


def walk(activities):
    """Each activity with those inside it, of the class that the models have for its type."""
    for one in activities:
        if type(one).__name__ in ("Activity", "ExecutionActivity", "ControlActivity"):
            problems.append(f"{one.name}: no model")
        problems.extend(f"{one.name}: {name} is not in the model" for name in one.additional_properties or {})
        yield one
        for inside in ("activities", "if_true_activities", "if_false_activities"):
            yield from walk(getattr(one, inside, None) or [])


found = [[one.name, type(one).__name__] for one in walk(pipeline.activities)]
# Serialising validates: what a model requires, and which words it takes.
again = Serializer(known).body(pipeline, "PipelineResource")
print(json.dumps({"problems": problems, "activities": found, "again": again}))
