"""A runbook in Markdown for each contract: what it is, and what to do when it is late, wrong or gone.

Every number says which field of the contract it is from, and what nothing keeps says that it is declared. What CluedIn
cannot do is said as well: its export has no parameters, its queue of dead letters no window (the vendor's API, [B]).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.handover.base import Asked, Files, Subject, Target, filled, made_by, no_export
from reconciler.handover.facts import consumers, contact, feeds, older_versions, rules_writing
from reconciler.report.escaping import code, prose


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:  # noqa: ARG001
    return {f"{one.name}.md": _runbook(one) for one in subjects}


def _runbook(subject: Subject) -> str:
    schema, name, base = subject.schema, subject.name, f"reconciler --env {subject.environment_name}"
    return filled(
        "runbook.md.txt",
        HEAD=made_by("runbook", subject.environment_name, name),
        NAME=name,
        DESCRIPTION=prose(subject.description.strip().removesuffix(".")) or "An export of CluedIn",
        ENVIRONMENT=subject.environment_name,
        FACTS="\n".join(f"| {title} | {text} |" for title, text in _facts(subject)),
        PROMISES="\n".join(_promises(subject)),
        PRIMARY_KEY=", ".join(map(code, schema.primary_key)),
        PLACE=code(schema.place),
        STREAM=subject.contract.stream_key,
        HISTORY_QUESTION="; which runs were there" if subject.is_run else "",
        HISTORY_COMMAND=f"{base} exports history {name}" if subject.is_run else f"{base} exports metrics {name}",
        TARGET=f"{code(schema.target)} ({prose(schema.provider)})",
        KEYS=", ".join(code(key) for key in subject.contract.all_keys) or "none",
        RULES="; ".join(rules_writing(subject)) or "none of this project",
        AUDIT=code(_audit(subject)),
        ROLL_BACK="\n".join(_ways_back(subject)),
        BACK_FILL=_back_fill(subject, base),
    )


def _audit(subject: Subject) -> str:
    blob = subject.environment.audit.blob
    return f"{blob.container}/{blob.name}" if blob else subject.environment.audit_path(subject.environment_name)


def _facts(subject: Subject) -> Iterator[tuple[str, str]]:
    schema = subject.schema
    yield "Owner", contact(subject)
    yield "Entity", code(schema.entity)
    yield "Delivered to", code(schema.sample_path or f"{schema.provider}/{schema.target}")
    if subject.is_run:
        yield "Runs", f"{code(schema.schedule)}, in UTC" if schema.schedule else "when it is asked for"
        yield "Each run", "replaces the file" if schema.overwrite else "adds a file with all records"
    else:
        yield "Runs", "never: every change is sent as it comes"
    yield "Labels", ", ".join(map(code, schema.labels)) or "none"
    yield "Approval", f"a change asks for {', '.join(map(code, schema.approvals))}" if schema.approvals else "none"
    yield "Consumers", consumers(subject)
    yield "Fed by", feeds(subject)


def _promises(subject: Subject) -> Iterator[str]:
    schema = subject.schema
    interval, fresh = schema.interval_minutes, schema.freshness_p95_minutes
    if fresh is not None:
        yield _row("Freshness of 95 of 100 files", f"{fresh} min", "sla.freshness_p95_minutes", "measured")
    if fresh is not None and interval is not None:
        both = "delivery.schedule + sla.freshness_p95_minutes"
        yield _row("Data that a failure may lose", f"{interval + fresh} min", both, "measured")
    if schema.rpo_minutes is not None:
        yield _row("Data that a failure may lose (RPO)", f"{schema.rpo_minutes} min", "sla.rpo_minutes", _NOBODY)
    if schema.rto_minutes is not None:
        yield _row("Time until it runs again (RTO)", f"{schema.rto_minutes} min", "sla.rto_minutes", _NOBODY)
    if schema.retention_days is not None:
        yield _row("Files are kept", f"{schema.retention_days} days", "retention.days", _NOBODY)
    yield _row("Columns and types", schema.compatibility or "no promise", "compatibility", "`contracts check`")


_NOBODY = "nobody: it is declared"


def _row(promise: str, value: str, field: str, keeper: str) -> str:
    return f"| {promise} | {prose(value)} | `{field}` | {keeper} |"


def _ways_back(subject: Subject) -> Iterator[str]:
    schema = subject.schema
    if older := older_versions(subject):
        yield f"- Readers can go back to {', '.join(map(code, older))}, which this project still delivers."
    else:
        yield "- There is no earlier version of this contract in the project."
    if not subject.is_run:
        yield "- Changes are sent as they come: what was sent cannot be taken back from here."
    elif schema.overwrite:
        yield "- Each run replaces the file, so **no older file exists** here. The storage account may have others:"
        yield "  ask who owns it."
    else:
        yield f"- Each run wrote a file into {code(schema.path or '/')}: read the newest from before the fault."


def _back_fill(subject: Subject, base: str) -> str:
    if not subject.is_run:
        return "Process the records in CluedIn again: the stream sends each once more."
    return "\n".join(
        (
            "Each run writes all records as they are now, so a run *is* the back-fill. The export has no parameters:",
            "no past window can be exported. What is possible for the past is a check of the files that were written.",
            "",
            "```",
            f"{base} exports run {subject.name} --wait 1800 --correlation-id incident-42",
            f"{base} exports compare {subject.name} --from 2027-03-01 --to 2027-03-31",
            "```",
        )
    )


TARGET = Target("runbook", "a runbook", no_export, _files)
