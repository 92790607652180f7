"""AI agents and their jobs as CluedIn tells them, and how a job is written, learnt of one that a person made.

Paths and members of jobs are [A] in the official description; what reading agents answers is not in it [U]: rows, or
rows below `data`. Whether a job names skills and keys by id or by name, and of which type its data is, is public
nowhere [U] and learnt of the job `reconciler-template`; without it no job is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.resources.cluedin import access_control
from reconciler.resources.cluedin.shared import GUID, Row, advice, refuse
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

TEMPLATE = "reconciler-template"
MOST = 1000
"""Records that a sample has at most ([A]: the bounds of `sampleSize`)."""


@dataclass(frozen=True)
class Skill:
    """Something that a job may do."""

    id: str
    name: str
    approves: bool
    """Whether its results count without anybody's approval."""
    types: frozenset[str] = frozenset()
    """Types of data that it works on; empty where it does not say."""


@dataclass(frozen=True)
class Form:
    """How this server writes a job."""

    source: Mapping[str, Any] = field(default_factory=dict)
    """The data of the job that shows it, without what is its own."""
    skills_by_id: bool = False
    keys_by_id: bool = False
    faults: tuple[str, ...] = ()


def agents(cluedin: CluedIn) -> list[Row]:
    """Every agent: `GET /aiagent` [A]; none where an older server answers 404 [B]."""
    return cluedin.memo("ai agents", lambda: _rows(cluedin.rest("GET", "/aiagent", effect="read", accept=(404,))))


def jobs(cluedin: CluedIn) -> list[Row]:
    """Every job without prompt and data: `GET /aijob` [A]."""
    return cluedin.memo("ai jobs", lambda: _rows(cluedin.rest("GET", "/aijob", effect="read", accept=(404,))))


def jobs_by_id(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some jobs with everything, each once a reading: `GET /aijob/{id}` [A]."""

    def one(id: str) -> Row | None:
        found = cluedin.rest("GET", f"/aijob/{id}", effect="read", accept=(404,))
        return dict(found) if found else None

    return cluedin.memo_each("ai job", ids, lambda missing: cluedin.each(one, missing))


def key_of(row: Mapping[str, Any]) -> str:
    """The key of an agent or of a job: its name."""
    return quote(composed(str(row["name"])))


def skills(cluedin: CluedIn) -> list[Skill]:
    """`GET /aijobskills` [A]."""

    def read() -> list[Skill]:
        rows = _rows(cluedin.rest("GET", "/aijobskills", effect="read", accept=(404,)))
        return [_skill(row) for row in rows]

    return cluedin.memo("ai skills", read)


def endpoints(cluedin: CluedIn) -> dict[str, str]:
    """Ids of the models that jobs use, by name: no documented call lists them, but every job tells of its own [A]."""

    def read() -> dict[str, str]:
        found = jobs_by_id(cluedin, [str(row["id"]) for row in jobs(cluedin)])
        return {str(row["endpointName"]): str(row["endpointId"]) for row in found if row and row.get("endpointName")}

    return cluedin.memo("ai endpoints", read)


def form(cluedin: CluedIn) -> Form:
    """How a job is written, read with each reading."""
    return cluedin.memo("form of ai jobs", lambda: _form(cluedin))


def _form(cluedin: CluedIn) -> Form:
    found = [row for row in jobs(cluedin) if str(row.get("name")).strip() == TEMPLATE]
    if len(found) != 1:
        return Form(faults=("there is none" if not found else f"there are {len(found)} of the name",))
    [whole] = jobs_by_id(cluedin, [str(found[0]["id"])])
    sources: list[Row] = list((whole or {}).get("dataSources") or ())
    given: list[Any] = list((whole or {}).get("allowedSkills") or ())
    if len(sources) != 1 or not sources[0].get("type") or len(sources[0].get("vocabularyKeys") or ()) != 1:
        return Form(faults=("it has no data of its own, or not one vocabulary key in it",))
    if len(given) != 1 or not any(str(given[0]) in (one.id, one.name) for one in skills(cluedin)):
        return Form(faults=("it has no skill of this CluedIn, or not one",))
    own = ("id", "name", "filterRule", "sample", "sampleSize", "vocabularyKeys")
    source = {name: value for name, value in sources[0].items() if name not in own}
    key = str(sources[0]["vocabularyKeys"][0])
    return Form(source, str(given[0]) in {one.id for one in skills(cluedin)}, bool(GUID.fullmatch(key)))


# -- words -------------------------------------------------------------------------------------------------


def skill_words(cluedin: CluedIn, given: Iterable[Any]) -> list[str]:
    """Names of skills, however a job names them."""
    names = {one.id: one.name for one in skills(cluedin)}
    return [names.get(str(one), str(one)) for one in given]


def skills_spelled(cluedin: CluedIn, names: Iterable[str]) -> list[str]:
    """Skills as jobs name them."""
    known = {one.name.casefold(): one for one in skills(cluedin)}
    found = []
    for name in names:
        skill = known.get(name.casefold())
        if skill is None:
            raise refuse("skill", f"CluedIn has no skill {name}", advice(name, (one.name for one in skills(cluedin))))
        found.append(skill.id if _known(cluedin).skills_by_id else skill.name)
    return found


def key_words(cluedin: CluedIn, given: Iterable[Any]) -> list[str]:
    """Full names of keys, however a job names them."""
    rows = [str(one) for one in given]
    if not any(GUID.fullmatch(one) for one in rows):
        return rows
    names = {id: key for key, id in access_control.key_ids(cluedin).items()}
    return [names.get(one.lower(), one) for one in rows]


def keys_spelled(cluedin: CluedIn, keys: Iterable[str]) -> list[str]:
    """Keys as jobs name them."""
    rows = list(keys)
    if not _known(cluedin).keys_by_id:
        return rows
    ids = access_control.key_ids(cluedin)
    if lacks := [key for key in rows if key not in ids]:
        raise refuse("key", f"CluedIn has no vocabulary key {lacks[0]}", advice(lacks[0], ids))
    return [ids[key] for key in rows]


def source_type(cluedin: CluedIn) -> Mapping[str, Any]:
    """The data of a job without what is its own. Raises where nobody shows it."""
    return _known(cluedin).source


def _known(cluedin: CluedIn) -> Form:
    found = form(cluedin)
    if found.faults:
        raise refuse("ai_template", f"the job {TEMPLATE} does not show how jobs are written: {found.faults[0]}",
                     "Make it in CluedIn's pages, as the page on agents says.")  # fmt: skip
    return found


def switched_off(cluedin: CluedIn, read: Any) -> Any:
    """What `read` gives; nothing where the feature is off, or is not there."""
    try:
        return read(cluedin)
    except Refused as refused:
        if refused.status not in (403, 404):
            raise
        return None


def _rows(told: Any) -> list[Row]:
    rows = told.get("data") or () if isinstance(told, Mapping) else told or ()
    return [dict(row) for row in rows if isinstance(row, Mapping)]


def _skill(row: Mapping[str, Any]) -> Skill:
    types = frozenset(map(str, row.get("supportedPrimaryDataSourceTypes") or ()))
    return Skill(str(row.get("id") or ""), str(row.get("name") or ""), bool(row.get("autoApprove")), types)
