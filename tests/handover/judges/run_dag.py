"""Runs inside Airflow's own environment: what a folder of DAGs holds, and what one run of a DAG ends with, as JSON."""

import json
import sys

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

folder, name = sys.argv[1:3]
bag = DagBag(folder, collect_dags=True)
found = {
    "errors": bag.import_errors,
    "dags": {id: sorted(dag.task_ids) for id, dag in bag.dags.items()},
    "serialised": [bool(DagSerialization.to_dict(dag)) for dag in bag.dags.values()],
}
if name:
    run = bag.dags[name].test(run_conf=json.loads(sys.argv[3]) or None)
    found["run"] = str(run.state)
    found["tasks"] = {one.task_id: [str(one.state), one.try_number] for one in run.get_task_instances()}
print("\nFOUND " + json.dumps(found))
