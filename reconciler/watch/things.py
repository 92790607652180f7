"""What is there to watch in CluedIn: configurations, sources, streams and rules, each as digests of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from reconciler.resources.cluedin import inbound, outbound, providers
from reconciler.resources.cluedin.processing_rules import SCOPES
from reconciler.resources.cluedin.shared import Row, one
from reconciler.resources.keys import quote
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import LostAnswer
from reconciler.watch.events import digest

_TAKE = 200
_MOST_PAGES = 10_000
_RULES = """query getRules($pageNumber: Int, $scope: String) { management { id
  rules(pageNumber: $pageNumber, scope: $scope) { total data {
    id name description isActive modifiedAt modifiedBy } } } }"""
_RULE = """query getRule($id: ID!) { management { id rule(id: $id) { id name } } }"""
_GROUP, _SOURCE = "group", "source"
_GIVEN_ANEW = frozenset(
    {"id", "organizationId", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "ownedBy", "order", "isActive"}
)
_OF_STREAM = ("condition", "rules", "containerName", "mode", "exportIncomingEdges", "exportOutgoingEdges")


@dataclass(frozen=True, slots=True)
class Thing:
    """One live object; `parts` are digests and plain words by name."""

    kind: str
    """The first half of its events: `target`, `crawler`, `enricher`, `source`, `stream`, `rule`."""
    id: str
    subject: str
    """Its address."""
    name: str
    parts: Mapping[str, str] = field(default_factory=dict)
    healthy: bool = True
    """Of an export target whether it works."""
    group: str = ""
    """What its id is counted in, where one area has several numberings."""
    modified: str = ""
    """When somebody changed it, in the system's own words; empty where it does not tell."""
    by: str = ""
    """The id of who did."""

    @property
    def key(self) -> str:
        """What it is known by in its area."""
        return f"{self.group}:{self.id}"


class Area:
    """One listing that is looked at as a whole, so that what it lacks is asked for before it counts as gone."""

    name: ClassVar[str]

    def read(self, cluedin: CluedIn) -> Iterator[Thing]:
        """Everything that is there; raises `SystemFailureError` where that is not known."""
        raise NotImplementedError

    def is_gone(self, cluedin: CluedIn, group: str, id: str) -> bool:
        """Whether an object that the listing lacks is not there; asked by its id."""
        raise NotImplementedError


class Configurations(Area):
    """Export targets, crawlers and enrichers: one list with details, as that alone shows options and health.

    The health that `connectorConfiguration` tells is [B]; what `GET /connectorhealth/{id}` answers is in no description
    [U], so that it is not asked.
    """

    name = "configurations"

    def read(self, cluedin: CluedIn) -> Iterator[Thing]:
        """`inbound.connectorConfigurations` by pages, and `connectorConfiguration(id)` of each [B]."""
        rows = outbound.targets(cluedin)
        details = outbound.targets_of(cluedin, [row["id"] for row in rows])
        for row, found in zip(rows, details, strict=True):
            kind = _kind(cluedin, found or row)
            if kind is not None:
                yield _configuration(kind, found or row)

    def is_gone(self, cluedin: CluedIn, group: str, id: str) -> bool:  # noqa: ARG002
        """`inbound.connectorConfiguration(id)` [B]."""
        return outbound.target(cluedin, id) is None


def _kind(cluedin: CluedIn, row: Row) -> str | None:
    if providers.is_enricher(cluedin, row):
        return "enricher"
    if providers.is_crawler(cluedin, row):
        return "crawler"
    takes_streams = next(
        (one.get("streamModes") for one in outbound.catalogue(cluedin) if str(one["id"]) == str(row.get("providerId"))),
        None,
    )
    return "target" if takes_streams else None


def _configuration(kind: str, row: Row) -> Thing:
    given = row.get("helperConfiguration") or {}
    hidden = outbound.secret_names(row.get("connector"), given)
    address = {"target": "cluedin.export_target", "crawler": "cluedin.crawler", "enricher": "cluedin.enricher"}[kind]
    return Thing(
        kind,
        str(row["id"]),
        f"{address}:{outbound.target_key(row)}",
        outbound.target_name(row),
        {
            "name": outbound.target_name(row),
            "active": str(bool(row.get("active"))).lower(),
            "options": digest({name: value for name, value in given.items() if name not in hidden}),
            "source": digest([row.get("source"), row.get("sourceQuality")]),
            "users": digest(sorted(str(one.get("id")) for one in row.get("users") or ())),
        },
        healthy=kind != "target" or outbound.ailment(row) is None,
    )


class Sources(Area):
    """Groups of data sources, and the sources in them."""

    name = "sources"

    def read(self, cluedin: CluedIn) -> Iterator[Thing]:
        """`inbound.dataSourceSets` by pages [B]."""
        for group in inbound.groups(cluedin):
            key = quote(str(group.get("name") or "").strip())
            yield Thing(
                "source",
                str(group["id"]),
                f"cluedin.data_source_group:{key}",
                str(group.get("name") or ""),
                {"name": str(group.get("name") or "")},
                group=_GROUP,
            )
            for row in group.get("dataSources") or ():
                sets = sorted(str(one.get("id")) for one in row.get("dataSets") or ())
                name = str(row.get("name") or "")
                parts = {"name": name, "type": str(row.get("type") or ""), "data_sets": digest(sets), "group": key}
                address = f"cluedin.data_source:{key}/{quote(name.strip())}"
                yield Thing("source", str(row["id"]), address, name, parts, group=_SOURCE)

    def is_gone(self, cluedin: CluedIn, group: str, id: str) -> bool:
        """Of a source `inbound.dataSource(id)` [B]; a group has no call of its own, and its listing is whole."""
        return group == _GROUP or inbound.fresh_source(cluedin, id) is None


class Streams(Area):
    """Streams, by the REST list, which alone tells when each was changed, and that of GraphQL, which alone has words
    for their states: what the integers of REST mean is not public [U].

    That `streamIngestionJobId` is another one once everything is sent again follows from its name [C]; where it never
    changes, that is not told.
    """

    name = "streams"

    def read(self, cluedin: CluedIn) -> Iterator[Thing]:
        """`GET /streams` by pages from 0, and `consume.streams` [B]."""
        states = {str(row["id"]): str(row.get("status") or "New").casefold() for row in outbound.streams(cluedin)}
        for row in cluedin.counted("streams", lambda: _all_streams(cluedin)):
            yield Thing(
                "stream",
                str(row["id"]),
                f"cluedin.stream:{outbound.named(row.get('name'))}",
                str(row.get("name") or ""),
                {
                    "name": str(row.get("name") or ""),
                    "description": digest(row.get("description")),
                    "state": states.get(str(row["id"]), ""),
                    "target": str(row.get("connectorProviderDefinitionId") or ""),
                    "definition": digest(_said([row.get(name) for name in _OF_STREAM])),
                    "modified": str(row.get("modifiedAt") or ""),
                    "job": str(row.get("streamIngestionJobId") or ""),
                },
                modified=str(row.get("modifiedAt") or ""),
                by=str(row.get("modifiedBy") or ""),
            )

    def is_gone(self, cluedin: CluedIn, group: str, id: str) -> bool:  # noqa: ARG002
        """`GET /streams/{id}` [B]."""
        return cluedin.rest("GET", f"/streams/{id}", effect="read", accept=(404,)) is None


def _said(value: Any) -> Any:
    """A definition without what a server gives anew to each node of it with every save."""
    if isinstance(value, Mapping):
        return {name: _said(inner) for name, inner in value.items() if name not in _GIVEN_ANEW}
    return [_said(inner) for inner in value] if isinstance(value, list) else value


def _all_streams(cluedin: CluedIn) -> tuple[int, list[Row]]:
    found: list[Row] = []
    total = 0
    for page in range(_MOST_PAGES):
        answer = cluedin.rest("GET", "/streams", query={"page": str(page), "take": str(_TAKE)}, effect="read")
        if not isinstance(answer, Mapping) or not isinstance(answer.get("data"), list):
            raise LostAnswer("cluedin", "GET /streams", "answered without a list of streams")
        rows, total = answer["data"], int(answer.get("total") or 0)
        found += [row for row in rows if isinstance(row, dict) and row.get("id")]
        if not rows or len(found) >= total:
            break
    return total, found


class Rules(Area):
    """Rules of every scope."""

    name = "rules"

    def read(self, cluedin: CluedIn) -> Iterator[Thing]:
        """`management.rules` of a scope by pages of always 20 [B]."""
        for scope in SCOPES:
            for row in cluedin.counted("rules", partial(_all_rules, cluedin, scope)):
                name = str(row.get("name") or "")
                yield Thing(
                    "rule",
                    str(row["id"]),
                    f"cluedin.rule:{scope}/{quote(name.strip())}",
                    name,
                    {
                        "name": name,
                        "active": str(bool(row.get("isActive"))).lower(),
                        "description": digest(row.get("description")),
                        "modified": str(row.get("modifiedAt") or ""),
                    },
                    modified=str(row.get("modifiedAt") or ""),
                    by=str(row.get("modifiedBy") or ""),
                )

    def is_gone(self, cluedin: CluedIn, group: str, id: str) -> bool:  # noqa: ARG002
        """`management.rule(id)` [B]."""
        return one(cluedin, _RULE, id) is None


def _all_rules(cluedin: CluedIn, scope: str) -> tuple[int, list[Row]]:
    found: list[Row] = []
    for page in range(1, _MOST_PAGES):
        data = cluedin.graphql(_RULES, {"pageNumber": page, "scope": scope}, effect="read")["management"]["rules"]
        found += data["data"]
        if not data["data"] or len(found) >= data["total"]:
            break
    return data["total"], found


AREAS: tuple[Area, ...] = (Configurations(), Sources(), Streams(), Rules())
