"""Where claims are kept in the Data Map: one entity a ledger, all of them parts of one register.

The register has a fixed qualified name, and a claim belongs to it by a composition, so one read of the register tells
every claim: from the entity store and not from the search index, which follows later. In Apache Atlas that read sees
what was written before it, and `referredEntities` holds the parts whole (grade A); for Purview both are [B], and what
`referredEntities` lacks is read by its guid. Each ledger writes an entity of its own, so that two that write at once
cannot overwrite one another; that a relation is added from the part's side and the register's other parts stay is [A]
for Atlas, [B] for Purview.

Register and claims lie in the root collection (where what names no collection lands [B]), as every environment has to
see them, and as its own collection may not be there yet.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from reconciler.claims.holdings import Holdings
from reconciler.claims.owner import Owner
from reconciler.resources.purview.typedef_wire import wire_of
from reconciler.systems.purview import Purview

REGISTER = "reconciler_claims"
CLAIM = "reconciler_claim"
_HELD = "reconciler_claims_held"
"""Types of the register, of a claim, and of what ties one to the other; whatever `type_prefix` environments have."""
NAME = "reconciler://claims"
"""The qualified name of the register; a claim's is this and the ledger's id."""
_SAID = "Kept by reconciler. Who deletes it releases what it claims; the next apply of its environment claims it again."
_MANY = tuple(one.name for one in fields(Holdings))
_TYPES: Mapping[str, dict[str, Any]] = {
    REGISTER: {"category": "entityDefs", "superTypes": {"Asset": True}},
    CLAIM: {
        "category": "entityDefs",
        "superTypes": {"Asset": True},
        "attributes": {
            "repository": "string",
            "environment": "string",
            "home": "string",
            "since": "date",
            **dict.fromkeys(_MANY, "array<string>"),
        },
    },
    _HELD: {
        "category": "relationshipDefs",
        "relationship": {"category": "COMPOSITION"},
        "ends": {
            "1": {"type": REGISTER, "name": "claims", "isContainer": True, "cardinality": "SET"},
            "2": {"type": CLAIM, "name": "register", "isContainer": False, "cardinality": "SINGLE"},
        },
    },
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: whose it is, what it holds, since when (milliseconds since 1970), and its live id."""

    owner: Owner
    holdings: Holdings
    since: int = 0
    guid: str = ""

    @property
    def day(self) -> str:
        """When it was laid, as people are told: in UTC."""
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(self.since / 1000))

    def says(self, other: Claim) -> bool:
        """Whether both say the same of who holds what."""
        return (self.owner, self.holdings) == (other.owner, other.holdings)


@dataclass(frozen=True, slots=True)
class Register:
    """Every claim that there is; `exists` tells whether the register itself does, and with it its types."""

    claims: tuple[Claim, ...] = ()
    exists: bool = False

    def of(self, ledger: str) -> Claim | None:
        """The claim of a ledger."""
        return next((claim for claim in self.claims if claim.owner.ledger == ledger), None)


def read(purview: Purview) -> Register:
    """Every claim, by one request; none where the types are not there yet. Raises `Refused` for want of a right."""
    found = purview.fresh().entities([(REGISTER, NAME)]).get((REGISTER, NAME))
    if found is None:
        return Register()
    listed = (found.get("relationshipAttributes") or {}).get("claims") or []
    guids = [str(one["guid"]) for one in listed if _is_there(one)]
    whole: dict[str, Any] = {guid: one for guid, one in found["referredEntities"].items() if one.get("attributes")}
    missing = [guid for guid in guids if guid not in whole]
    answers = purview.each(lambda guid: purview.get(f"/entity/guid/{guid}", accept=(404,)), missing)
    whole |= {guid: answer["entity"] for guid, answer in zip(missing, answers, strict=True) if answer}
    claims = [_claim(whole[guid]) for guid in guids if guid in whole and _is_there(whole[guid])]
    return Register(tuple(sorted(claims, key=lambda claim: (claim.since, claim.owner.ledger))), exists=True)


def write(purview: Purview, claim: Claim, *, exists: bool) -> None:
    """Leaves a claim, or changes it; where the register does not exist, with that and the types."""
    if not exists:
        _ensure_types(purview)
    register = {"typeName": REGISTER, "guid": "-1", "attributes": {"qualifiedName": NAME, "name": "Claims"}}
    parts: list[dict[str, Any]] = [] if exists else [register]
    where = {"typeName": REGISTER, **({"uniqueAttributes": {"qualifiedName": NAME}} if exists else {"guid": "-1"})}
    purview.call("POST", "/entity/bulk", {"entities": [*parts, _wire(claim, where)]}, effect="set")


def remove(purview: Purview, claims: Iterable[Claim]) -> None:
    """Takes claims away; one that is gone already is no error."""
    if query := [("guid", claim.guid) for claim in claims]:
        purview.call("DELETE", "/entity/bulk", query=query, effect="set", accept=(404,))


def _ensure_types(purview: Purview) -> None:
    """Makes what lacks of our types; one that another run makes at the same moment is a 409 in Atlas [A]."""
    known = {header["name"] for header in purview.get("/types/typedefs/headers") or []}
    bodies: dict[str, list[dict[str, Any]]] = {}
    for name, definition in _TYPES.items():
        if name not in known:
            bodies.setdefault(definition["category"], []).append(wire_of(name, definition["category"], definition))
    if bodies:
        purview.call("POST", "/types/typedefs", bodies, effect="set", accept=(409,))


def _wire(claim: Claim, register: Mapping[str, Any]) -> dict[str, Any]:
    owner = claim.owner
    attributes = {
        "qualifiedName": f"{NAME}/{owner.ledger}",
        "name": f"{owner.repository} {owner.environment}",
        "description": _SAID,
        "repository": owner.repository,
        "environment": owner.environment,
        "home": owner.home,
        "since": claim.since,
        **{name: list(names) for name, names in asdict(claim.holdings).items()},
    }
    body = {"typeName": CLAIM, "guid": "-2", "attributes": attributes}
    return {**body, "relationshipAttributes": {"register": register}}


def _claim(entity: Mapping[str, Any]) -> Claim:
    """A claim as it is kept; what people made of it is read as far as it can be."""
    said = entity["attributes"]
    text = {name: str(said.get(name) or "") for name in ("qualifiedName", "repository", "environment", "home")}
    owner = Owner(text["qualifiedName"].rpartition("/")[2], text["repository"], text["home"], text["environment"])
    since = said.get("since")
    holdings = Holdings(**{name: tuple(sorted(map(str, said.get(name) or ()))) for name in _MANY})
    return Claim(owner, holdings, since if isinstance(since, int) else 0, str(entity["guid"]))


def _is_there(one: Mapping[str, Any]) -> bool:
    """Whether it is alive, and so is what ties it to the register: Atlas keeps what is deleted listed [A]."""
    return "DELETED" not in (one.get("status"), one.get("entityStatus"), one.get("relationshipStatus"))
