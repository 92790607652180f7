"""Whether a contract still keeps what it promised: two physical schemas of one contract, field by field.

Readers of an export see its physical schema, so that is what is compared, across kinds: renaming a vocabulary key
breaks the contract that exports it although the contract's own file did not change. Four words, and one more:

* `breaking`: a reader may fail or get less. It needs a new name (`_v2`) with a path of its own.
* `additive`: readers get more, or get it sooner.
* `governance`: the rules of the contract itself grow weaker. It is never silent: somebody has to approve it.
* `removed` and `new` contracts are governance and additive.

Beside that a change is `disruptive` when CluedIn empties the target of a running stream and sends everything again;
an additive change can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from reconciler.kinds.export_contract.physical import PhysicalColumn, PhysicalSchema, Place
from reconciler.kinds.export_contract.rules import Verdict, severity_of, stricter, verdict_of

KeyPlace = Callable[[str], Place | None]
"""Where a glossary mapping of the new revision declares a full key."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what was promised and what is."""

    contract: str
    verdict: Verdict
    code: str
    """The id of the rule, a stable word: `column_removed`."""
    summary: str
    here: Place
    """Where it stands in the new revision; where the contract stood, when it is gone."""
    there: Place | None = None
    """What else it is about: the line of the key, or the line in the old revision."""
    disruptive: bool = False
    column: str = ""
    """The column that it is about, as it was called before."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A field whose every change breaks readers."""

    attribute: str
    place: str
    what: str
    resends: bool = True


_TERMS = (
    _Term("entity", "entity", "the entity type"),
    _Term("primary_key", "primary_key", "the primary key", resends=False),
    _Term("delivery_type", "delivery.type", "the delivery type"),
    _Term("format", "delivery.type", "the format"),
    _Term("provider", "delivery.type", "the connector"),
    _Term("account", "delivery.connection", "the account"),
    _Term("container", "delivery.connection", "the container"),
    _Term("path", "delivery.path", "the path"),
    _Term("file_pattern", "delivery.overwrite", "the file name pattern"),
    _Term("overwrite", "delivery.overwrite", "`overwrite`"),
    _Term("mode", "delivery.mode", "the mode"),
    _Term("partition_by", "delivery.partition_by", "the partitioning", resends=False),
    _Term("purview_readable", "delivery.purview_readable", "`purview_readable`, and with it the names of columns"),
)
# Attribute, place, what it is called, and whether more minutes are worse for readers.
_LIMITS = (
    ("interval_minutes", "delivery.schedule", "the longest time between two runs", True),
    ("freshness_p95_minutes", "sla", "the promised freshness", True),
    ("rpo_minutes", "sla", "the promised recovery point", True),
    ("rto_minutes", "sla", "the promised recovery time", True),
    ("retention_days", "retention", "the retention", False),
)
_UNITS = {"retention_days": "days"}


def compare(old: PhysicalSchema, new: PhysicalSchema, key_place: KeyPlace = lambda key: None) -> list[Finding]:
    """What changed for readers from one revision of a contract to another, in the order of the file.

    A contract that was a draft has promised nothing yet, so its differences are not compared. A retired one is
    as good as removed.
    """
    if old.status in ("draft", "retired"):
        return []
    if new.status == "retired":
        return [removed(old, new.place)]
    found = [*_columns(old, new, key_place), *_filter(old, new), *_terms(old, new), *_limits(old, new)]
    found += [*_relations(old, new), *_governance(old, new)]
    return sorted(found, key=lambda finding: (finding.here.file, finding.here.line, finding.code))


def removed(old: PhysicalSchema, place: Place | None = None) -> Finding:
    """A contract that is gone: its readers lose everything, and only somebody's word makes that right."""
    how = "retired" if place is not None else "gone"
    return Finding(
        old.contract, "governance", "contract_removed", f"the contract is {how}", place or old.place, old.place
    )


def added(new: PhysicalSchema) -> Finding:
    """A contract that was not there before."""
    return Finding(new.contract, "additive", "contract_added", "the contract is new", new.place)


# -- columns -------------------------------------------------------------------------------------------------


def _columns(old: PhysicalSchema, new: PhysicalSchema, key_place: KeyPlace) -> Iterator[Finding]:
    before, now = {one.name: one for one in old.columns}, {one.name: one for one in new.columns}
    resends = new.state == "started" or old.state == "started"
    taken = {one.key: one for one in new.columns if one.name not in before and not one.system}
    for name, column in before.items():
        if name in now:
            yield from _column(new, column, now[name], key_place)
            continue
        twin = taken.get(column.key)
        here = (twin.place if twin else None) or new.where("columns")
        if twin is not None:
            said = f"the column {name} is renamed to {twin.name}"
            yield Finding(new.contract, "breaking", "column_renamed", said, here, column.place, resends, name)
        else:
            said = f"the column {name} is removed"
            yield Finding(new.contract, "breaking", "column_removed", said, here, column.place, resends, name)
    renamed = {one.key for one in old.columns if one.name not in now}
    for name, column in now.items():
        if name not in before and (column.system or column.key not in renamed):
            yield _new_column(new, column, resends)


def _new_column(new: PhysicalSchema, column: PhysicalColumn, resends: bool) -> Finding:
    here = column.place or new.where("columns")
    if column.required == "filter":
        said = f"the column {column.name} is new and leaves out records without a value"
        return Finding(new.contract, "breaking", "filter_narrowed", said, here, None, resends, column.name)
    said = f"the column {column.name} is new"
    return Finding(new.contract, "additive", "column_added", said, here, None, resends, column.name)


def _column(new: PhysicalSchema, was: PhysicalColumn, now: PhysicalColumn, key_place: KeyPlace) -> Iterator[Finding]:
    here = now.place or new.where("columns")
    for attribute, what in (("type", "type"), ("logical_type", "logical type")):
        before, after = getattr(was, attribute), getattr(now, attribute)
        if before and before != after:
            said = f"the {what} of {now.name} was {before} and is {after or 'open'}"
            yield Finding(new.contract, "breaking", "type_changed", said, here, was.place, column=was.name)
    if was.required and not now.required:
        said = f"the column {now.name} was required and is not any more"
        yield Finding(new.contract, "breaking", "required_dropped", said, here, was.place, column=was.name)
    yield from _values(new, was, now, here)
    yield from _key(new, was, now, here, key_place)


def _values(new: PhysicalSchema, was: PhysicalColumn, now: PhysicalColumn, here: Place) -> Iterator[Finding]:
    """What is declared of the values of a column: which there are, and where each is found."""
    before, after = set(was.accepted_values), set(now.accepted_values)
    if before and (not after or after - before):
        more = ", ".join(sorted(after - before)) or "any"
        said = f"the column {now.name} may have other values: {more}"
        yield Finding(new.contract, "breaking", "values_loosened", said, here, was.place, column=was.name)
    elif before != after:
        said = f"the column {now.name} promises fewer values"
        yield Finding(new.contract, "additive", "values_tightened", said, here, was.place, column=was.name)
    if was.references == now.references:
        return
    if was.references is not None:
        said = f"the values of the column {now.name} were those of {'.'.join(was.references)}"
        yield Finding(new.contract, "breaking", "reference_dropped", said, here, was.place, column=was.name)
    else:
        said = f"the values of the column {now.name} are those of {'.'.join(now.references or ())}"
        yield Finding(new.contract, "additive", "reference_tightened", said, here, was.place, column=was.name)


def _key(
    new: PhysicalSchema, was: PhysicalColumn, now: PhysicalColumn, here: Place, key_place: KeyPlace
) -> Iterator[Finding]:
    resends = new.state == "started"
    if was.key != now.key:
        said = f"the column {now.name} was made of {was.key} and is made of {now.key}"
        yield Finding(new.contract, "breaking", "source_changed", said, here, now.key_place, resends, was.name)
    elif now.final_key and now.final_key != was.final_key:
        said = (
            f"the vocabulary key {now.key} under the column {now.name} is mapped to {now.final_key}:"
            f" the file gets other values, and a column named after {now.key} loses its source"
        )
        other = key_place(now.final_key) or was.key_place
        yield Finding(new.contract, "breaking", "key_renamed", said, here, other, resends, was.name)
    elif was.key_place is not None and now.key_place is None and not now.system:
        said = f"the vocabulary key {now.key} under the column {now.name} is declared no more"
        yield Finding(new.contract, "breaking", "key_removed", said, here, was.key_place, resends, was.name)


# -- filter, delivery, promises of time ------------------------------------------------------------------------


def _filter(old: PhysicalSchema, new: PhysicalSchema) -> Iterator[Finding]:
    if not old.filter or old.filter == new.filter or old.entity != new.entity:
        return
    here, resends = new.where("where"), new.state == "started"
    before, now = _rules(old.filter), _rules(new.filter)
    if before is not None and now is not None and now < before:
        said = "the filter lets more records through"
        yield Finding(new.contract, "additive", "filter_widened", said, here, old.where("where"), resends)
    elif before is not None and now is not None and before < now:
        said = "the filter lets fewer records through"
        yield Finding(new.contract, "breaking", "filter_narrowed", said, here, old.where("where"), resends)
    else:
        said = "the filter lets other records through"
        yield Finding(new.contract, "breaking", "filter_changed", said, here, old.where("where"), resends)


def _rules(text: str) -> frozenset[bytes] | None:
    """The rules of a conjunction; None for anything else, whose parts say nothing about the whole."""
    root = orjson.loads(text)
    if root.get("condition", "AND") != "AND" or root.get("field"):
        return None
    return frozenset(orjson.dumps(rule, option=orjson.OPT_SORT_KEYS) for rule in root.get("rules") or ())


def _terms(old: PhysicalSchema, new: PhysicalSchema) -> Iterator[Finding]:
    said: set[str] = set()
    for term in _TERMS:
        before, after = getattr(old, term.attribute), getattr(new, term.attribute)
        if before == after or _is_open(before) or term.place in said:
            continue
        said.add(term.place)
        sentence = f"{term.what} was {_shown(before)} and is {_shown(after)}"
        resends = term.resends and new.state == "started"
        there = old.where(term.place)
        yield Finding(
            new.contract, "breaking", f"{term.attribute}_changed", sentence, new.where(term.place), there, resends
        )


def _is_open(value: Any) -> bool:
    """Whether the old contract left it open: an unbound contract has promised no account."""
    return value in ("", None)


def _limits(old: PhysicalSchema, new: PhysicalSchema) -> Iterator[Finding]:
    for attribute, place, what, more_is_worse in _LIMITS:
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before == after:
            continue
        unit = _UNITS.get(attribute, "minutes")
        here, there = new.where(place), old.where(place)
        worse = before is not None and (after is None or (after > before) == more_is_worse)
        was, now = (f"{value} {unit}" if value is not None else "open" for value in (before, after))
        verdict: Verdict = "breaking" if worse else "additive"
        code = f"{attribute.rpartition('_')[0]}_{'loosened' if worse else 'tightened'}"
        yield Finding(new.contract, verdict, code, f"{what} was {was} and is {now}", here, there)


def _relations(old: PhysicalSchema, new: PhysicalSchema) -> Iterator[Finding]:
    """Relations that a connector without known columns takes along; where columns are known, they tell."""
    if old.certain and new.certain:
        return
    for attribute in ("outgoing_edges", "incoming_edges"):
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before != after:
            verdict: Verdict = "additive" if after else "breaking"
            said = f"{attribute.replace('_', ' ')} are {'exported now' if after else 'exported no more'}"
            here, resends = new.where("delivery.relations"), new.state == "started"
            yield Finding(new.contract, verdict, f"{attribute}_changed", said, here, None, resends)


# -- governance ------------------------------------------------------------------------------------------------


def _governance(old: PhysicalSchema, new: PhysicalSchema) -> Iterator[Finding]:
    for label in sorted(set(old.labels) - set(new.labels)):
        if any(column == label.partition(":")[2] for column in _gone(old, new)):
            continue  # the column went, and its label with it
        said = f"the label {label} is taken off"
        yield Finding(new.contract, "governance", "label_removed", said, new.where("labels"), old.where("labels"))
    for label in sorted(set(old.approval_labels) - set(new.approval_labels)):
        said = f"the label {label} needs no approval any more"
        here, there = (schema.where("approval_required_when_labels") for schema in (new, old))
        yield Finding(new.contract, "governance", "approval_dropped", said, here, there)
    if old.lineage_required and not new.lineage_required:
        here, there = new.where("lineage_required"), old.where("lineage_required")
        yield Finding(new.contract, "governance", "lineage_dropped", "lineage is not required any more", here, there)
    if old.compatibility == "additive_only" and new.compatibility != "additive_only":
        here, there = new.where("compatibility"), old.where("compatibility")
        said = f"the compatibility was additive_only and is {new.compatibility or 'open'}"
        yield Finding(new.contract, "governance", "compatibility_weakened", said, here, there)
    for rule in sorted({*old.rules, *new.rules}):
        usual = severity_of(rule, verdict_of(rule), promised=old.compatibility == "additive_only")
        before, now = old.rules.get(rule, usual), new.rules.get(rule, usual)
        if before != now and stricter(before, now) == before:
            said = f"the rule {rule} was judged as {before} and is judged as {now}"
            yield Finding(new.contract, "governance", "severity_weakened", said, new.where("rules"), old.where("rules"))


def _gone(old: PhysicalSchema, new: PhysicalSchema) -> set[str]:
    return {one.name for one in old.columns} - {one.name for one in new.columns}


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or "open"
