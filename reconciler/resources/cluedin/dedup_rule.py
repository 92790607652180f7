"""A matching rule of a deduplication project: by what records count as the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.duplicates import ROOT, catalogue, fixed_by, key_of, projects, rules_of, words
from reconciler.resources.cluedin.matching import Criteria, criteria_faults, told, wired
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.systems.cluedin import CluedIn

_CREATE = """mutation createDedupRule($project: ID!, $rule: InputDedupProjectRule) { management { id
  createDedupRule(id: $project, rule: $rule) { id } } }"""
_UPDATE = """mutation updateDedupRule($project: ID!, $ruleId: ID!, $rule: InputDedupProjectRule) { management { id
  updateDedupRule(id: $project, ruleId: $ruleId, rule: $rule) { id } } }"""


class DedupRule(Resource):
    """Key is `project/rule`, both quoted. Names are not unique [C]."""

    system = "cluedin"
    name = "dedup_rule"
    right = claim("Management: Deduplication Project Management")
    unique = False
    fixed_with_host = True

    class Fields:
        criteria: Annotated[list[dict[str, Any]], Criteria()]
        active: bool

    # -- names ---------------------------------------------------------------------------------------------

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called after its project."""
        project, rule = key.split("/", 1)
        return f"{to(f'cluedin.dedup_project:{project}')}/{rule}"

    def above(self, key: str) -> str:
        """Its project."""
        return key.partition("/")[0]

    def former(self, key: str, other: str) -> str | None:
        """The other name, as a rule stays in its project."""
        (project, _), (of, name) = key.split("/", 1), other.split("/", 1)
        return unquote(name) if project == of else None

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`management.deDuplicateProjectRules` of each project that is named [B]."""
        asked = Asked.of(self.full_name, wanted)
        named = {key.partition("/")[0] for key in asked}
        mine = [
            row
            for row in projects(cluedin)
            if not named or {key_of(row), project_key(asked.known, row)} & named
        ]  # fmt: skip
        for row, rules in zip(mine, cluedin.each(lambda one: rules_of(cluedin, str(one["id"])), mine), strict=True):
            for rule in rules:
                yield self._live(cluedin, asked.known, row, rule)

    def cost(self, rows: int, managed: int) -> int:
        """The list, the functions, and the rules of each project."""
        return super().cost(rows, managed) + managed + 2

    def _live(self, cluedin: CluedIn, known: Known, project: Row, rule: Row) -> Live:
        key = f"{project_key(known, project)}/{key_of(rule)}"
        criteria = told(rule.get("matchingCriteria") or [], catalogue(cluedin))
        raw = {**rule, "project": str(project["id"])}
        live = self.live(key, str(rule["id"]), raw=raw, criteria=criteria, active=bool(rule.get("enabled")))
        live.fixed = fixed_by(project).replace("ADDRESS", f"cluedin.dedup_project:{key.partition('/')[0]}")
        return live

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createDedupRule` [B], then its switch: whether a new one is active is [U]."""
        project = write.id_of(f"cluedin.dedup_project:{write.key.partition('/')[0]}")
        data = cluedin.graphql(_CREATE, {"project": project, "rule": _rule(cluedin, write, {})}, effect="once")
        id = str(data["management"]["createDedupRule"]["id"])
        _switch(cluedin, write, project, id)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`updateDedupRule` with the whole of it [B], and its switch; 400 in a wrong state."""
        assert write.live is not None
        project = str(write.live.raw["project"])
        if write.has("criteria") or write.key != write.live.key:
            sent = {"project": project, "ruleId": write.live.id, "rule": _rule(cluedin, write, write.live.raw)}
            cluedin.graphql(_UPDATE, sent, effect="set")
        _switch(cluedin, write, project, write.live.id)

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`updateDedupRule` under the new name [B]."""
        self.update(cluedin, write)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /api/deduplication/projects/{project}/rules/{id}` [B]."""
        assert write.live is not None
        path = f"{ROOT}/{write.live.raw['project']}/rules/{write.live.id}"
        cluedin.rest("DELETE", path, effect="set", accept=(404,), version="")

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name, and criteria."""
        project, _, name = desired.key.partition("/")
        if not project or "/" in name or not unquote(name).strip():
            yield f"a matching rule needs a project and a name: {desired.key!r}"
        if "criteria" in desired.values:
            yield from criteria_faults(desired.values["criteria"])


def project_key(known: Known, row: Row) -> str:
    """The key by which a project is known, whatever it is called now."""
    return known.key_of("cluedin.dedup_project", str(row["id"]), key_of(row))


def _rule(cluedin: CluedIn, write: Write, raw: Row) -> Row:
    wanted = write.get("criteria") if write.has("criteria") else told(raw["matchingCriteria"], catalogue(cluedin))
    name = unquote(write.key.partition("/")[2])
    return {"name": name, "matchingCriteria": wired(wanted or [], words(cluedin), catalogue(cluedin))}


def _switch(cluedin: CluedIn, write: Write, project: str, id: str) -> None:
    """`PUT …/activate` and `…/deactivate` [B]."""
    if write.has("active"):
        word = "activate" if write.get("active") else "deactivate"
        cluedin.rest("PUT", f"{ROOT}/{project}/rules/{id}/{word}", effect="set", version="")
