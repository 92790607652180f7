"""A DAG of Apache Airflow 3 for each contract: it runs the export and looks at the promised freshness.

That a second try starts no second export is not left to Airflow: the first task remembers the newest run by CluedIn's
own clock, and `exports run --after` takes a run that began since for the one that is wanted. Airflow retries what ended
with exit code 5 alone (`AirflowFailException` otherwise); its `retry_exponential_backoff` is a multiplier since 3.2 and
a switch before, for which 2.0 is right [A].
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.handover.base import Asked, Files, Subject, Target, filled, literal, made_by, nothing_to_run


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:  # noqa: ARG001
    return {f"{one.name}.py": _dag(one) for one in subjects}


def _dag(subject: Subject) -> str:
    return filled(
        "airflow.py.txt",
        HEAD=made_by("airflow", subject.environment_name, subject.name),
        NAME=subject.name,
        CONTRACT=literal(subject.name),
        ENVIRONMENT=literal(subject.environment_name),
        DESCRIPTION=literal(subject.description or f"The export {subject.name}"),
        OWNER=literal(subject.schema.owner or "reconciler"),
        TAGS=literal(["cluedin", subject.environment_name, *subject.schema.label_words]),
        SECRETS=", ".join(subject.secrets) or "none",
        ALLOWED=",".join(subject.allowed),
        SCHEDULED=_scheduled(subject),
    )


def _scheduled(subject: Subject) -> str:
    schedule = subject.schema.schedule
    return f"CluedIn runs it by itself ({schedule}, UTC)" if schedule else "Nothing else runs it"


TARGET = Target("airflow", "Apache Airflow", nothing_to_run, _files)
