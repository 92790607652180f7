"""What the manifests know around a contract: whom to call, who reads it, what feeds it, which versions came before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.handover.base import Subject
from reconciler.kinds.data_source_link.links import Links
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.rule.scene import Scene as Rules
from reconciler.report.escaping import code, prose

_VERSION = re.compile(r"(?P<name>.*_v)(?P<number>\d+)")


def contact(subject: Subject) -> str:
    """The owner as a person can be reached, in Markdown."""
    owner = subject.schema.owner
    person = subject.environment.person(owner) if owner else None
    if person is not None and person.email:
        return f"{prose(owner)}, {code(person.email)}"
    return prose(owner) if owner else "nobody: `owner` is empty"


def consumers(subject: Subject) -> str:
    """Who reads the export as far as the manifests say, in Markdown; the catalogue knows more."""
    found = [f"contract {code(name)}" for name in sorted(set(_referring(subject)))]
    found += [f"data source link {code(name)}" for name in sorted(set(_reading(subject)))]
    ours = subject.contract.purview
    rest = f"in Purview, the lineage of {code(ours.process)}" if ours is not None else "in no catalogue of ours"
    return "; ".join([*found, rest])


def feeding(subject: Subject) -> list[str]:
    """The names of the data source links whose records are of the contract's entity type."""
    return sorted({one.document.name for one in subject.world.of(Links) if _entity(one) == subject.schema.entity})


def feeds(subject: Subject) -> str:
    """The same, in Markdown."""
    return ", ".join(map(code, feeding(subject))) or "nothing in this project"


def rules_writing(subject: Subject) -> list[str]:
    """Rules of the project that change keys beneath the columns, each with its scope and the keys; in Markdown."""
    ours = set(subject.contract.all_keys)
    found = []
    for rule in subject.world.of(Rules):
        if keys := sorted({key for _, key in rule.written_keys()} & ours):
            scope = rule.spec.scope.replace("_", " ")
            found.append(f"{code(rule.name)} ({scope}: {', '.join(map(code, keys))})")
    return sorted(found)


def older_versions(subject: Subject) -> list[str]:
    """Contracts of the project that are earlier versions of this one, the newest first."""
    ours = _VERSION.fullmatch(subject.name)
    if ours is None:
        return []
    found = []
    for one in subject.world.of(Contract):
        theirs = _VERSION.fullmatch(one.name)
        if theirs is not None and theirs["name"] == ours["name"] and int(theirs["number"]) < int(ours["number"]):
            found.append((int(theirs["number"]), one.name))
    return [name for _, name in sorted(found, reverse=True)]


def _referring(subject: Subject) -> Iterator[str]:
    """Contracts with a column whose values are found in this one."""
    for one in subject.world.of(Contract):
        named = {column.references.contract for column in one.spec.columns if column.references is not None}
        if subject.name in named and one.name != subject.name:
            yield one.name


def _reading(subject: Subject) -> Iterator[str]:
    """Data source links whose asset is the file that this export writes."""
    for kind in subject.world.of(Links):
        asset = kind.spec.asset
        if asset is not None and subject.schema.sample_path and asset.qualified_name == subject.schema.sample_path:
            yield kind.document.name


def _entity(kind: Links) -> str:
    """The code of the entity type of a link's records, as far as it is known offline."""
    return next((link.mapping.code or "" for link in kind.links if link.mapping is not None), "")
