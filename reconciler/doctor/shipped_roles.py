"""Levels of claims that the roles have which CluedIn comes with ([B]: the vendor's sheet of each role).

Only the claims that the tool has to do with. A role that is not here is one that somebody made, of which nothing is
known. Responsible counts as Consulted, as nothing tells what it adds; no sheet has the claim that switches providers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.resources.rights import ACCOUNTABLE, CLAIMS, CONSULTED, INFORMED, LEVELS, NONE

_SOURCES = ("Integration: Data Source Groups", "Integration: Enrichment", "Integration: Configured Integrations")
_OUT = ("Consume: Streams", "Consume: Export Targets")
_MODEL = ("Management: Annotation", "Management: Data Catalog", "Management: Glossary")
_TYPES, _USERS, _TENANT = "Admin: Entity Types", "Admin: Users", "Admin: Tenant Management"
_SEEN = dict.fromkeys((*_SOURCES, *_OUT, *_MODEL, _TYPES), INFORMED)

ROLES: Mapping[str, Mapping[str, str]] = {
    "DataArchitect": dict.fromkeys(_SEEN, CONSULTED),
    "DataCompliance": _SEEN,
    "DataComplianceAdministrator": _SEEN,
    "DataGovernance": {**_SEEN, **dict.fromkeys(_MODEL, CONSULTED)},
    "DataGovernanceAdministrator": {**_SEEN, **dict.fromkeys(_MODEL, ACCOUNTABLE)},
    "DataSteward": {**_SEEN, **dict.fromkeys((*_SOURCES, *_OUT, *_MODEL), CONSULTED)},
    "DataStewardAdministrator": {
        **_SEEN,
        **dict.fromkeys(_MODEL, CONSULTED),
        **dict.fromkeys((*_SOURCES, *_OUT), ACCOUNTABLE),
    },
    "DeduplicationAdministrator": {"Management: Data Catalog": INFORMED},
    "DeduplicationReviewer": {},
    "Guest": {},
    "OrganizationAdmin": {
        **dict.fromkeys((*_SOURCES, *_OUT, *_MODEL), CONSULTED),
        **dict.fromkeys((_TYPES, _USERS, _TENANT), ACCOUNTABLE),
    },
    "OrganizationUser": dict.fromkeys(("Management: Data Catalog", "Consume: Export Targets", _TYPES), INFORMED),
    "ReportManager": {},
    "User": dict.fromkeys((*_SOURCES, *_OUT, *_MODEL), INFORMED),
}

_UNREAD = frozenset({"Management: Deduplication Project Management", "Management: Rule Builder", "Preparation: Clean"})
"""Claims of which it is not known here which role has them [U]."""


def levels_of(roles: Iterable[str]) -> dict[str, str] | None:
    """The levels by area, of which the higher one counts; None where a role is not known, or there is none.

    Without areas of which no sheet was read.
    """
    given = list(roles)
    if not given or any(role not in ROLES for role in given):
        return None
    return {
        area: max((ROLES[role].get(area, NONE) for role in given), key=LEVELS.index) for area in CLAIMS.keys() - _UNREAD
    }
