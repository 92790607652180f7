"""dbt's side of the exports: sources with the physical columns, and tests of what a contract really holds.

One file a source, as dbt quietly gives a source in two files another schema; `meta` and `freshness` stand under
`config`, arguments of tests under `arguments` (dbt-core 1.11, [A]). Of values and references a test is an error where
the stream's filter holds CluedIn to it, and a warning where the contract only declares it. Freshness needs a column
with the time of loading, which no export has by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.handover.base import Asked, Files, Subject, Target, made_by, named, no_export
from reconciler.handover.exposures import exposures, unrendered
from reconciler.kinds.export_contract.physical import PhysicalColumn
from reconciler.report.yamlform import written

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JINJA = re.compile(r"[{][{%#]|[#}%][}]|^\s*(?:env_var|ref|var|source|doc)\s*\(")
"""What dbt would take for a template, or for a call, also within a value [A]."""
Test = str | dict[str, Any]


def _why_not(subject: Subject) -> str:
    if subject.contract.form.family == "http":
        return "it goes to an address, and dbt reads tables"
    return no_export(subject)


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:
    files: Files = {}
    if asked.world is not None and (found := exposures(asked.world)):
        head = f"# {made_by('dbt', asked.environment_name, *found, kind='DataSourceLink')}\n"
        files["exposures.yml"] = head + written({"version": 2, "exposures": list(found.values())})
    if not subjects:
        return files
    environment = subjects[0].environment_name
    head = f"# {made_by('dbt', environment, *(one.name for one in subjects))}\n"
    files[f"{source_name(environment)}.yml"] = head + written({"version": 2, "sources": [_source(subjects)]})
    together = [one for one in subjects if _is_one_table(one) and len(one.schema.primary_key) > 1]
    for name, one in named(together, lambda one: f"unique_{_plain(one.name)}").items():
        files[f"tests/{name}.sql"] = _unique_together(one)
    return files


def source_name(environment: str) -> str:
    """The name of the source, which is also the name of its schema where nobody says otherwise."""
    return _plain(f"cluedin_{environment}")


def _source(subjects: Sequence[Subject]) -> dict[str, Any]:
    name = source_name(subjects[0].environment_name)
    return {
        "name": name,
        "description": f"Exports of CluedIn, environment {subjects[0].environment_name}.",
        "schema": f"{{{{ var('{name}_schema', '{name}') }}}}",
        "tables": [_table(one) for one in subjects],
    }


def _table(subject: Subject) -> dict[str, Any]:
    schema = subject.schema
    told = [subject.description or f"The export {subject.name}."]
    if not _is_one_table(subject):
        told.append("Each run adds a file with all records: read the newest, or one record stands there many times.")
    meta = {
        "contract": subject.name,
        "owner": schema.owner or None,
        "labels": list(schema.labels) or None,
        "location": schema.sample_path or None,
        "schedule": schema.schedule or None,
        "compatibility": schema.compatibility or None,
    }
    table: dict[str, Any] = {"name": subject.name, "description": unrendered(" ".join(told))}
    if not _PLAIN.fullmatch(subject.name):
        table["quoting"] = {"identifier": True}
    table["config"] = {**freshness_of(subject), "meta": _kept(meta)}
    names = _Names(subject)
    table["columns"] = [_column(subject, one, names) for one in schema.columns]
    return table


def freshness_of(subject: Subject) -> dict[str, Any]:
    """Only where the contract names a column with the time of loading: the record's own times are something else."""
    field = subject.contract.spec.dbt.loaded_at_field
    promised = subject.schema.freshness_p95_minutes
    if field is None:
        return {}
    if promised is None:
        return {"loaded_at_field": field}
    latest = promised + (subject.schema.interval_minutes or 0)
    limits = {"warn_after": promised, "error_after": latest}
    return {
        "loaded_at_field": field,
        "freshness": {name: {"count": minutes, "period": "minute"} for name, minutes in limits.items()},
    }


def _column(subject: Subject, column: PhysicalColumn, names: _Names) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name}
    if not _PLAIN.fullmatch(column.name):
        found["quote"] = True
    if column.description:
        found["description"] = unrendered(column.description)
    if column.type:
        found["data_type"] = column.type
    meta = {
        "labels": list(column.labels) or None,
        "source": column.key or None,
        "logical_type": column.logical_type or None,
        "required": "declared" if column.required is True else None,
    }
    if kept := _kept(meta):
        found["config"] = {"meta": kept}
    if tests := [names.named(column, one) for one in _tests(subject, column)]:
        found["data_tests"] = tests
    return found


def _tests(subject: Subject, column: PhysicalColumn) -> Iterator[Test]:
    alone = len(subject.schema.primary_key) == 1
    if column.primary_key and alone and _is_one_table(subject):
        yield "unique"
    if column.required == "filter":
        yield "not_null"
    values, held = _values(subject, column)
    if values:
        texts = [_as_it_is(value.replace("'", "''")) for value in values]  # dbt sets them between quotes [A]
        yield {"accepted_values": {"arguments": {"values": texts}, **_severity(held=held)}}
    if column.references is not None:
        contract, field = column.references
        to = f"source('{source_name(subject.environment_name)}', '{contract}')"
        yield {"relationships": {"arguments": {"to": to, "field": field}, **_severity(held=False)}}


def _as_it_is(value: str) -> str:
    """A value that dbt renders to itself: one that it would take for more becomes a literal of Jinja."""
    if not _JINJA.search(value):
        return value
    inner = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{{{ "{inner}" }}}}'


def _severity(*, held: bool) -> dict[str, Any]:
    return {} if held else {"config": {"severity": "warn"}}


def _values(subject: Subject, column: PhysicalColumn) -> tuple[tuple[str, ...], bool]:
    """The values that a column may have, and whether the filter of the stream lets no others through."""
    for one in subject.contract.spec.where:
        if one.key is not None and one.key == column.key and one.operator in ("in", "equals"):
            return tuple(one.texts()), True
    return column.accepted_values, False


def _is_one_table(subject: Subject) -> bool:
    """Whether a record stands in it once: a file that each run replaces, or a table."""
    return subject.schema.overwrite or not subject.contract.form.is_file


def _unique_together(subject: Subject) -> str:
    """A test of dbt for a primary key of several columns, which its own tests do not know."""
    names = [one.name.replace('"', '""') for one in subject.schema.columns if one.primary_key]
    columns = ", ".join(f'"{name}"' for name in names)
    source = f"{{{{ source('{source_name(subject.environment_name)}', '{subject.name}') }}}}"
    head = made_by("dbt", subject.environment_name, subject.name)
    return f"-- {head}\nselect {columns}\nfrom {source}\ngroup by {columns}\nhaving count(*) > 1\n"


class _Names:
    """Names of tests: dbt makes one of table and column, in which `customer.id` and `customer_id` are alike [A]."""

    def __init__(self, subject: Subject) -> None:
        plain = [_plain(one.name).casefold() for one in subject.schema.columns]
        self._twins = {name for name in plain if plain.count(name) > 1}
        self._table, self._at = _plain(subject.name), 0

    def named(self, column: PhysicalColumn, test: Test) -> Test:
        """The test, with a name of its own where dbt would give two the same."""
        if _plain(column.name).casefold() not in self._twins:
            return test
        self._at += 1
        kind, told = (test, {}) if isinstance(test, str) else next(iter(test.items()))
        return {kind: {"name": f"{kind}_{self._table}_{self._at}", **told}}


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _kept(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in meta.items() if value is not None}


TARGET = Target("dbt", "dbt", _why_not, _files, always=True)
