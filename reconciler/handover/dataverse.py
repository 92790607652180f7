"""Scripts between CluedIn and Dataverse: an export into a table, and rows of a table into a data set.

What Dataverse's Web API does is from its documentation [B]: PATCH without a condition makes a row or changes it,
`If-Match: *` only changes (404 where there is none), `If-None-Match: *` only makes (412 where there is one), and an
etag only what nobody changed since (412); 429 says in `Retry-After` how long it lasts; a batch holds 1,000 requests at
most. A row is always written by its alternate key, so that the same request twice makes no second row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.handover.base import (
    Asked,
    Files,
    Subject,
    Target,
    filled,
    literal,
    made_by,
    no_export,
    template,
)
from reconciler.handover.facts import feeding

MEANS = {
    "upsert": "a row that is not there is made, one that is there is changed",
    "create_only": "a row that is not there is made, one that is there stays as it is",
    "update_only": "a row that is there is changed, none is made",
    "optimistic": "a row that is not there is made; of one that is there only what differs is written, and only over "
    "what was looked at just before",
}
"""What each way of writing does."""
_TYPED = ("integer", "number", "boolean")


@dataclass(frozen=True)
class Mapping:
    """Which column of an export goes where."""

    table: str
    key: tuple[str, ...]
    columns: dict[str, str]
    types: dict[str, str]
    """Columns that are no text, by what the contract calls them."""
    write: str
    batch: int


def mapping_of(subject: Subject) -> Mapping | None:
    """What the contract says of its table; None where it names none."""
    said = subject.contract.spec.dataverse
    if said.table is None or not said.columns:
        return None
    types = {one.name: one.logical_type for one in subject.schema.columns if one.logical_type in _TYPED}
    return Mapping(
        said.table,
        subject.contract.spec.dataverse_key,
        dict(said.columns),
        {name: types[name] for name in said.columns if name in types},
        said.write,
        said.batch,
    )


def _why_not(subject: Subject) -> str:
    if why := no_export(subject):
        return why
    if not subject.contract.form.is_file:
        return "it writes no file that could be read"
    return "" if mapping_of(subject) else "it names no table of Dataverse, or no columns, in `dataverse`"


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:
    files: Files = {}
    for one in subjects:
        files[f"{one.name}.outbound.py"] = _outbound(one)
        for link in feeding(one):
            files[f"{one.name}.inbound.{link}.py"] = _inbound(one, link)
    if files:
        head = made_by("dataverse", asked.environment_name)
        files["dataverse.py"] = f"# {head}\n{template('dataverse.py.txt')}"
    return files


def _outbound(subject: Subject) -> str:
    found = mapping_of(subject)
    if found is None:
        raise ValueError("a contract without a table")
    return filled(
        "dataverse_outbound.py.txt",
        HEAD=made_by("dataverse", subject.environment_name, subject.name),
        FILE=f"{subject.name}.outbound.py",
        NAME=subject.name,
        TABLE=found.table,
        KEY=" and ".join(found.columns[name] for name in found.key if name in found.columns),
        WRITE=found.write,
        MEANS=MEANS[found.write],
        TABLE_TEXT=literal(found.table),
        KEY_LIST=literal(list(found.key)),
        COLUMNS=literal(found.columns),
        TYPES=literal(found.types),
        WRITE_TEXT=literal(found.write),
        BATCH=literal(found.batch),
    )


def _inbound(subject: Subject, link: str) -> str:
    system = subject.environment.cluedin
    url = str(system.url).rstrip("/") if system else ""
    state = f"{subject.environment_name}.{link}.sqlite"
    return filled(
        "dataverse_inbound.py.txt",
        HEAD=made_by("dataverse", subject.environment_name, subject.name),
        FILE=f"{subject.name}.inbound.{link}.py",
        LINK=link,
        URL=url or "in the manifests",
        STATE=state,
        URL_TEXT=literal(url),
        STATE_TEXT=literal(state),
    )


TARGET = Target("dataverse", "Dataverse", _why_not, _files)
