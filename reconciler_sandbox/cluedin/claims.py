"""Claims: who may do what in CluedIn, looked at where a sandbox is strict about them.

Facts: the claims of the REST interface stand in its public description ([A]); which level an action takes, and which
levels the shipped roles have, in the vendor's sheets of claims ([B]). GraphQL tells no claims: those of its fields
follow from what they do ([C]), as does the answer, which is that of ASP.NET Core for a policy that is not met. Where
the sheets differ from each other, the stricter one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

LEVELS = ("None", "Informed", "Consulted", "Responsible", "Accountable")
"""From nothing to everything. Responsible counts as Consulted: nothing tells what it adds ([B] that it is reserved)."""
INFORMED, CONSULTED, ACCOUNTABLE = 1, 2, 4

ANNOTATION = "management.annotation"
CATALOG = "management.datacatalog"
CLEANING = "preparation.clean"
DUPLICATES = "management.deduplicationprojectmanagement"
CONFIGURED = "integration.configuredintegrations"
ENRICHMENT = "integration.enrichment"
GLOSSARY = "management.glossary"
GROUPS = "integration.datasourcegroups"
PROVIDERS = "admin.providermanagement"
RULES = "management.rulebuilder"
STREAMS = "consume.streams"
TARGETS = "consume.exporttargets"
TENANT = "admin.tenantmanagement"
TOKENS = "admin.tokenmanagement"
TYPES = "admin.entitytypes"
USERS = "admin.users"
CONNECTED = (TARGETS, ENRICHMENT, CONFIGURED)
"""One type of object, three claims: which of them counts is told by the connector that a configuration is of."""
_AVAILABLE = "integration.availableintegrations"

CLAIMS = frozenset(
    {ANNOTATION, CATALOG, CONFIGURED, ENRICHMENT, GLOSSARY, GROUPS, PROVIDERS, RULES, STREAMS, TARGETS, TENANT, TOKENS}
    | {TYPES, USERS, _AVAILABLE, "management.accesscontrol", "management.aiagents", CLEANING}
    | {DUPLICATES, "admin.datamanagement", "governance.tags", "admin.roles"}
)
"""Every claim of what the sandbox serves, or will."""

_ADMINISTRATORS = frozenset({TENANT, TOKENS, TYPES, USERS, "admin.roles", "management.accesscontrol"})
_STEWARDS_SEE = frozenset({TYPES, "management.accesscontrol", _AVAILABLE})
_STEWARDS = frozenset({ANNOTATION, CATALOG, CONFIGURED, ENRICHMENT, GLOSSARY, GROUPS, RULES, STREAMS, TARGETS})


class Need(NamedTuple):
    """What a call takes: one of these claims, at this level at least. No claims: any at that level."""

    claims: tuple[str, ...]
    level: int


def level(word: str) -> int:
    """A level by its word; `ValueError` for another."""
    return LEVELS.index(word)


def of_roles(roles: Iterable[str]) -> dict[str, int]:
    """The levels that roles give; the higher of two counts ([B]).

    `OrganizationAdmin` and `DataSteward` are shipped roles; the three named as levels are the sandbox's own.
    """
    found: dict[str, int] = {}
    for role in roles:
        for claim, given in _of_role(role).items():
            found[claim] = max(found.get(claim, 0), given)
    return found


def _of_role(role: str) -> Mapping[str, int]:
    if role in LEVELS[1:]:
        return dict.fromkeys(CLAIMS, level(role))
    if role == "OrganizationAdmin":  # no shipped role has what switches providers ([B]: it is in none of the sheets)
        mine = CLAIMS - {PROVIDERS}
        return {claim: ACCOUNTABLE if claim in _ADMINISTRATORS else CONSULTED for claim in mine}
    if role == "DataSteward":
        return {**dict.fromkeys(_STEWARDS_SEE, INFORMED), **dict.fromkeys(_STEWARDS, CONSULTED)}
    return {}


# What GraphQL's fields are about, by what their names begin with or have in them: the first that fits.
_FIELDS: tuple[tuple[str, str], ...] = (
    (r"apiTokens|createToken", TOKENS),
    (r"[cC]onfigurationSettings", TENANT),
    (r"Administration\.users", USERS),
    (r"Annotation|Clue\w*Mapping|EdgeMapping|PropertyMapping|annotation", ANNOTATION),
    (r"[eE]ntityType", TYPES),
    (r"[gG]lossary", GLOSSARY),
    (r"[vV]ocabular", CATALOG),
    (r"[dD]e[dD]up", DUPLICATES),
    (r"[cC]lean|generateResult", CLEANING),
    (r"\.(?:rules?|createRule|saveRule)\b", RULES),
    (r"[mM]anualDataEntry", GROUPS),
    (r"^Consume|ConnectorStream", STREAMS),
    (r"[dD]ata[sS](?:et|ource)|DataSet", GROUPS),
)
_FREE = ("Administration.me", "Administration.organization")
"""What everybody may ask: who one is, of which organisation, and which features that has."""

# What paths of REST are about; the public description has the claim at each ([A]), or none of it has the path.
_PATHS: tuple[tuple[str, str], ...] = (
    (r"/vocab(?:s|usage)\b", CATALOG),
    (r"/glossary\b", GLOSSARY),
    (r"/stream(?:s|mapping)\b", STREAMS),
    (r"/connector(?:health)?\b", TARGETS),
    (r"/integration/enricher\b", ENRICHMENT),
    (r"/organization/providers\b|/admin/toggleproviderstatus\b", PROVIDERS),
    (r"/organization/configurationSettingsFiltered\b", ""),
    (r"/organization/duplicates\b", "admin.datamanagement"),
    (r"/organization/", TENANT),
    (r"/rule(?:s|datapreview|errorlog)\b", RULES),
    (r"/accesscontrolpolicies\b", "management.accesscontrol"),
    (r"/clean\b", CLEANING),
    (r"/streamlog\b", STREAMS),
    (r"/auditLog\b", TENANT),  # which claim it takes is in no description [U]
    (r"/deduplication\b", DUPLICATES),
    (r"/ai(?:agent|jobskills|job)\b", "management.aiagents"),
    (r"/tag/metadata\b", "governance.tags"),
    (r"/upload/", GROUPS),
)
_BASE = re.compile(r"^/api/api(?:/v\d)?(?=/)", re.IGNORECASE)
_TESTS = re.compile(r"/(?:verifyconnection|verifycredentials)\b", re.IGNORECASE)
_ASKS = re.compile(r"/(?:getbykeynames|exist|impactfromupdate|validatename|preview)\b", re.IGNORECASE)


def of_field(name: str) -> Need | None:
    """What a field of GraphQL takes; None where anybody who is signed in may have it."""
    if name.startswith(_FREE):
        return None
    if name == "InboundMutation.grantUsersPermission":
        return Need(CONNECTED, ACCOUNTABLE)
    least = CONSULTED if "Mutation." in name or name == "Administration.users" else INFORMED
    for pattern, claim in _FIELDS:
        if re.search(pattern, name):
            return Need((claim,), least)
    if re.search(r"[cC]onnect(?:ion|or)", name):
        more = (_AVAILABLE,) if name == "Inbound.connectors" else ()
        return Need((*CONNECTED, *more), least)
    return None


def of_connector(need: Need, connector: Mapping[str, Any]) -> Need:
    """The need for a configuration of a connector that is known.

    Whom it may be shared with is asked at Accountable for integrations and sources, at Consulted for the others ([B]).
    """
    if str(connector["name"]).casefold().endswith(("data source", "file", "database")):
        return Need((GROUPS,), need.level)
    if connector["type"] == "Enricher":
        return Need((ENRICHMENT,), min(need.level, CONSULTED))
    if connector["streamModes"]:
        return Need((TARGETS,), min(need.level, CONSULTED))
    return Need((CONFIGURED,), need.level)


def of_path(method: str, path: str) -> Need | None:
    """What a call of REST takes; None where anybody who is signed in may make it."""
    path = _BASE.sub("", path)
    if re.match(r"/ownership/object\b", path, re.IGNORECASE):
        return None if method == "GET" else Need((), CONSULTED)  # [A]: a level is named there, and no claim
    writes = method != "GET" and not _ASKS.search(path)
    least = CONSULTED if writes or _TESTS.search(path) else INFORMED
    for pattern, claim in _PATHS:
        if re.match(pattern, path, re.IGNORECASE):
            return Need((claim,), least) if claim else None
    return Need((TYPES,), CONSULTED) if re.match("/entityinfo\\b", path) and method != "GET" else None


_OF_KINDS = {
    "cluedin/vocabulary": CATALOG,
    "cluedin/key": CATALOG,
    "cluedin/category": GLOSSARY,
    "cluedin/term": GLOSSARY,
    "cluedin/stream": STREAMS,
    "cluedin/rule": RULES,
    "cluedin/clean-project": CLEANING,
    "cluedin/deduplication-project": DUPLICATES,
}


def of_document(kind: str) -> str | None:
    """The claim that counts for changes of one kind of object; None where nothing is known of approvals."""
    return _OF_KINDS.get(kind)


def owners(doc: Mapping[str, Any]) -> set[str]:
    """Who owns an object: those on its list, else who made it ([B] that the author is the first owner)."""
    if doc.get("owners") is not None:
        return set(doc["owners"])
    return {str(doc.get("ownedBy") or doc.get("createdBy"))}


def missing(need: Need | None, held: Mapping[str, int]) -> str:
    """What lacks for a need, in words; empty where nothing does."""
    if need is None:
        return ""
    if not need.claims:
        return "" if max(held.values(), default=0) >= need.level else f"a claim at level {LEVELS[need.level]}"
    if any(held.get(claim, 0) >= need.level for claim in need.claims):
        return ""
    return f"the claim {' or '.join(need.claims)} at level {LEVELS[need.level]}"
