"""Whether the accounts of CluedIn hold the claims that a project needs, and no more than that.

What can be read tells that a claim is held at level Informed at least; nothing is written to find out more. The levels
of roles that CluedIn comes with are public; those of other roles are told by no public call ([U]).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.doctor.check import Check
from reconciler.doctor.needs import Needs
from reconciler.doctor.shipped_roles import levels_of
from reconciler.resources.cluedin.settings import settings
from reconciler.resources.rights import ACCOUNTABLE, CONSULTED, INFORMED, LEVELS
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused

AREA = "cluedin"
ADMIN = "OrganizationAdmin"

_VOCABULARIES = "query v { management { id vocabularies(pageNumber: 1, pageSize: 1) { total } } }"
_GLOSSARY = "query c { management { id glossaryCategories { id } } }"
_TYPES = "query e { management { id entityTypeConfigurations(pageNumber: 1, pageSize: 1) { total } } }"
_USERS = "query u { administration { id users { id } } }"
_GROUPS = "query s { inbound { id dataSourceSets(page: 0, pageSize: 1) { total } } }"
_CONFIGURATIONS = "query n { inbound { id connectorConfigurations(pageNo: 1, itemsPerPage: 1) { total } } }"
_ANNOTATIONS = "query a { preparation { id annotations(page: 1, pageSize: 1) { total } } }"

_CLEANING = "query c { preparation { id allCleanProjects(page: 1, pageSize: 1) { total } } }"
_DUPLICATES = "query d { management { id deDupProjects(pageNumber: 1, itemsPerPage: 1) { total } } }"
_RULES = 'query r { management { id rules(pageNumber: 1, scope: "DataPart") { total } } }'


def _asks(document: str) -> Callable[[CluedIn], object]:
    return lambda cluedin: cluedin.graphql(document, effect="read")


def _gets(path: str, **query: Any) -> Callable[[CluedIn], object]:
    return lambda cluedin: cluedin.rest("GET", path, query=query, effect="read")


LOOKS: Mapping[str, Callable[[CluedIn], object]] = {
    "Admin: Entity Types": _asks(_TYPES),
    "Admin: Tenant Management": settings,
    "Admin: Users": _asks(_USERS),
    "Consume: Export Targets": _gets("/connector/connectorinfo"),
    "Consume: Streams": _gets("/streams", page=0, take=1),
    "Integration: Configured Integrations": _asks(_CONFIGURATIONS),
    "Integration: Data Source Groups": _asks(_GROUPS),
    "Integration: Enrichment": _gets("/integration/enricher/all"),
    "Management: Access Control": _gets("/accesscontrolpolicies/byprocessingorder"),
    "Management: AI Agents": _gets("/aijobskills"),
    "Management: Annotation": _asks(_ANNOTATIONS),
    "Management: Data Catalog": _asks(_VOCABULARIES),
    "Management: Deduplication Project Management": _asks(_DUPLICATES),
    "Management: Glossary": _asks(_GLOSSARY),
    "Management: Rule Builder": _asks(_RULES),
    "Preparation: Clean": _asks(_CLEANING),
}
"""The cheapest look that takes a claim; the claim that switches providers has none."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that signed in: what it is for, its name and its roles."""

    cluedin: CluedIn
    purpose: str
    name: str
    roles: tuple[str, ...]


def needed(needs: Needs) -> Iterator[Check]:
    """What the manifests need, a line for each claim."""
    for area in sorted(needs.applying):
        applies, plans = needs.applying[area], needs.planning.get(area)
        own = f" ({CONSULTED} where it owns what it writes)" if applies == ACCOUNTABLE else ""
        looks = f"; a plan takes {plans}" if plans is not None else "; a plan does not take it"
        yield Check("info", AREA, "access.needed", f"{area}: an apply takes {applies}{own}{looks}")
    if not needs.applying:
        yield Check("info", AREA, "access.needed", "these manifests take no claim of CluedIn")


def of_apply(account: Account, needs: Needs) -> Iterator[Check]:
    """What the account lacks that applies; and that it could do with less."""
    yield from _lacks(account, needs.applying)
    if not needs.writes and ADMIN in account.roles:
        yield Check("warning", AREA, "access.too_much",
                    f"{account.name} is {ADMIN}, and these manifests write nothing to CluedIn",
                    f"Use a user whose claims are at level {INFORMED}.")  # fmt: skip


def of_verify(account: Account, needs: Needs, applying: Account) -> Iterator[Check]:
    """What the account lacks that only looks; and what it could write."""
    yield from _lacks(account, needs.planning)
    told = levels_of(account.roles) or {}
    writes = sorted(area for area in needs.planning if told.get(area) in (CONSULTED, ACCOUNTABLE))
    if account.name.casefold() == applying.name.casefold():
        yield Check("warning", AREA, "access.same_account",
                    f"{account.name} is named in `verify_sign_in`, and is who applies as well",
                    f"Name a user whose claims are at level {INFORMED}.")  # fmt: skip
    elif ADMIN in account.roles:
        yield Check("warning", AREA, "access.too_much", f"{account.name} only looks, and is {ADMIN}",
                    f"Take the role from it: {INFORMED} is enough for a plan.")  # fmt: skip
    elif unneeded := [area for area in writes if needs.planning[area] == INFORMED]:
        yield Check("warning", AREA, "access.too_much",
                    f"{account.name} only looks, and may write {_listed(unneeded)}",
                    f"Give it a role with these at level {INFORMED}.")  # fmt: skip


def no_verify() -> Check:
    """Plans are made by who applies."""
    return Check("info", AREA, "access.one_account", "plans are made with the account that applies",
                 f"`verify_sign_in` names another one for them, whose claims are at level {INFORMED}.")  # fmt: skip


def _lacks(account: Account, wanted: Mapping[str, str]) -> Iterator[Check]:
    told, seen = levels_of(account.roles), []
    for area in sorted(wanted):
        level, look = wanted[area], LOOKS.get(area)
        has = told.get(area) if told is not None else None
        advice = f"Give {account.name} the claim {area} at level {level}."
        if look is not None and (refusal := _refused(account.cluedin, look)):
            yield Check("error", AREA, "access.missing",
                        f"{account.purpose}: {account.name} may not read what is behind {area}: {refusal}",
                        advice)  # fmt: skip
        elif has is not None and level != INFORMED and LEVELS.index(has) < LEVELS.index(CONSULTED):
            yield Check("error", AREA, "access.reads_only",
                        f"{account.purpose}: {account.name} holds {area} at level {has} by its roles, of {level}",
                        advice)  # fmt: skip
        elif has == CONSULTED and level == ACCOUNTABLE:
            yield Check("info", AREA, "access.waits",
                        f"{account.purpose}: {account.name} holds {area} at level {CONSULTED} by its roles",
                        "What others own waits for them to approve it; an apply says so, and goes on.")  # fmt: skip
        elif has is None and (look is None or told is not None):
            yield Check("info", AREA, "access.unknown",
                        f"{account.purpose}: whether {account.name} holds {area} shows only when it is used",
                        f"It takes level {level}.")  # fmt: skip
        else:
            seen.append(area)
    if seen:
        more = "" if told is not None else "; at which level, no public call tells of its roles"
        yield Check("ok", AREA, "access.held", f"{account.purpose}: {account.name} holds {_listed(seen)}{more}")


def _refused(cluedin: CluedIn, look: Callable[[CluedIn], object]) -> str:
    """Why a look is refused; empty where it is not. An answer that something is not there is none about rights."""
    try:
        look(cluedin)
    except GraphQLRefused as refused:
        return refused.diagnostics[0].summary
    except Refused as refused:
        return refused.diagnostics[0].summary if refused.status in (401, 403) else ""
    return ""


def _listed(areas: Iterable[str]) -> str:
    return ", ".join(areas)
