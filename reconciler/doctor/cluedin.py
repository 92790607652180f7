"""CluedIn: whether it answers, who we are there, which version it is, and what of it we can see."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from reconciler.doctor import access, native_sync
from reconciler.doctor.check import Check, Level, attempted, guarded, of
from reconciler.doctor.needs import Needs
from reconciler.doctor.reach import Reached, reach
from reconciler.environment.sign_in import CluedInSignIn, CluedInSystem
from reconciler.environment.spec import Environment
from reconciler.resources.cluedin.settings import settings
from reconciler.systems import cluedin_versions
from reconciler.systems.auth import Renewable, Token, claims
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import LostAnswer

AREA = "cluedin"
SPAN = " to ".join(".".join(map(str, one)) for one in (cluedin_versions.OLDEST, cluedin_versions.NEWEST))
ADMIN = "OrganizationAdmin"
OWNERSHIP = "GlossaryAccess.FilterTermsByOwnership"

_ME = "query me { administration { id me { client } } }"
_READS: dict[str, tuple[str, Callable[[Any], int], str]] = {
    "vocabularies": (
        "query v { management { id vocabularies(pageNumber: 1, pageSize: 1) { total } } }",
        lambda management: management["vocabularies"]["total"],
        "Management: Data Catalog",
    ),
    "glossary categories": (
        "query c { management { id glossaryCategories { id } } }",
        lambda management: len(management["glossaryCategories"]),
        "Management: Glossary",
    ),
    "entity types": (
        "query e { management { id entityTypeConfigurations(pageNumber: 1, pageSize: 1) { total } } }",
        lambda management: management["entityTypeConfigurations"]["total"],
        "Admin: Entity Types",
    ),
}


def examine(
    connect: Callable[[], CluedIn],
    spec: CluedInSystem,
    environment: Environment,
    needs: Needs | None = None,
    verifying: Callable[[], CluedIn] | None = None,
) -> tuple[list[Check], tuple[str, ...]]:
    """Every check of CluedIn, and its names; none when they could not be told.

    With `needs` also whether the account holds these claims, and the one that only looks (`verifying`), where the
    environment names one.
    """
    cluedin, checks = attempted(AREA, connect)
    if cluedin is None:
        return checks, ()
    reached = reach(AREA, cluedin.connection.base, "/api/status")
    checks += [*reached.checks, *(_status(reached) if reached.answered else ())]
    if not reached.answered:
        return checks, ()
    signing_in = guarded(AREA, lambda: _sign_in(cluedin, spec, environment.scope.cluedin.read_only))
    checks += signing_in
    if any(check.level == "error" for check in signing_in):
        return checks, ()
    checks += _reads(cluedin)
    checks += guarded(AREA, lambda: _settings(cluedin, environment))
    checks += guarded(AREA, lambda: _webhooks(cluedin))
    if needs is not None:
        checks += guarded(AREA, lambda: _access(cluedin, spec, needs, verifying))
    return checks, cluedin.identities()


# -- health and version ------------------------------------------------------------------------------------------


def _status(reached: Reached) -> Iterator[Check]:
    """`/api/status`: the version in a header, the health in the body, 500 when it is red ([B])."""
    try:
        health = str(orjson.loads(reached.body)["ServiceStatus"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        yield Check(
            "error",
            AREA,
            "cluedin.no_status",
            f"/api/status answers {reached.status} with something that is not CluedIn's status",
            "Check `url`: it is https://ORGANIZATION.DOMAIN, without a path.",
        )
        return
    if health == "Green":
        yield Check("ok", AREA, "cluedin.health", "its services are green")
    else:
        level: Level = "error" if health == "Red" else "warning"
        yield Check(level, AREA, "cluedin.health", f"its services are {health.lower()}", "Ask its administrator first.")
    yield _version(reached.headers.get(cluedin_versions.HEADER, ""))


def _version(text: str) -> Check:
    """What the table of versions says; a newer server is worth a look here, where a plan only remarks on it."""
    if cluedin_versions.parse(text) is None:
        return Check(
            "warning",
            AREA,
            "cluedin.version",
            f"its version cannot be told (header: {text or 'none'})",
            f"Ask its administrator: this tool is made for {SPAN}.",
        )
    finding = cluedin_versions.finding(text)
    if finding is None:
        return Check("ok", AREA, "cluedin.version", f"CluedIn {text}, which this tool is made for")
    level: Level = "error" if finding.severity == "error" else "warning"
    return Check(level, AREA, "cluedin.version", finding.summary, finding.detail)


# -- who we are, and what we may ---------------------------------------------------------------------------------


def _sign_in(cluedin: CluedIn, spec: CluedInSystem, read_only: bool) -> Iterator[Check]:
    name, roles, told = _who(cluedin, spec.sign_in)
    organization = told.get("OrganizationName") or spec.organization
    life = f"; the token holds for {_minutes(told['exp'])}" if told.get("exp") else ""
    yield Check(
        "ok",
        AREA,
        "cluedin.sign_in",
        f"signed in as {name}, organization {organization} ({told.get('OrganizationId') or 'id unknown'}), "
        f"roles: {', '.join(roles) or 'none told'}{life}",
    )
    yield _may_write(roles, read_only)


def _who(cluedin: CluedIn, sign_in: CluedInSignIn) -> tuple[str, list[str], Mapping[str, Any]]:
    """Who is signed in: name, roles, and what the token tells."""
    way = cluedin.connection.sign_in
    told = claims(way.token() if isinstance(way, Renewable | Token) else "")
    who = cluedin.graphql(_ME, effect="read")["administration"]["me"]["client"] or {}
    name = who.get("UserName") or sign_in.user or "the holder of the token"
    return str(name), _words(who.get("Roles") or told.get("role")), told


def _access(
    cluedin: CluedIn, spec: CluedInSystem, needs: Needs, verifying: Callable[[], CluedIn] | None
) -> Iterator[Check]:
    """The claims of the account that applies, and of the one that only looks."""
    yield from access.needed(needs)
    name, roles, _ = _who(cluedin, spec.sign_in)
    applying = access.Account(cluedin, "apply", name, tuple(roles))
    yield from access.of_apply(applying, needs)
    if spec.verify_sign_in is None or verifying is None:
        yield access.no_verify()
        return
    other, failures = attempted(AREA, verifying)
    yield from failures
    if other is not None:
        name, roles, _ = _who(other, spec.verify_sign_in)
        yield from access.of_verify(access.Account(other, "plan", name, tuple(roles)), needs, applying)


def _may_write(roles: list[str], read_only: bool) -> Check:
    """What the roles allow; the levels of claims behind other roles are told by no public call."""
    if ADMIN not in roles:
        return Check("info", AREA, "cluedin.rights", "unknown: no public call tells what these roles may write",
                     "Writing needs each area's claim at level Accountable, or waits for approval.")  # fmt: skip
    if read_only:
        return Check("warning", AREA, "cluedin.rights", "the environment is read only, and this identity may write",
                     "Give the environment a user of its own whose claims are at level Informed.")  # fmt: skip
    return Check("info", AREA, "cluedin.rights", "this identity may write; what others own may wait for their approval",
                 "For plans name another one in `verify_sign_in`, whose claims are at level Informed.")  # fmt: skip


def _reads(cluedin: CluedIn) -> Iterator[Check]:
    counts = []
    for what, (document, count, claim) in _READS.items():
        try:
            counts.append(f"{what} ({count(cluedin.graphql(document, effect='read')['management'])})")
        except GraphQLRefused as refused:
            yield Check("error", AREA, "cluedin.read", f"cannot read {what}: {refused.diagnostics[0].summary}",
                        f"Give the user the claim {claim} at level Informed at least.")  # fmt: skip
    if counts:
        yield Check("ok", AREA, "cluedin.read", f"reads {', '.join(counts)}")


# -- what no public document has ----------------------------------------------------------------------------------

_REFUSALS = (400, 401, 403, 404, 405, 406, 415, 501)


def _webhooks(cluedin: CluedIn) -> Iterator[Check]:
    """Whether the server has a call for webhooks, which neither of CluedIn's two public descriptions of its API has.

    404 is what they lead one to expect, and nothing is said of it. Whatever else it answers, nothing is written on a
    guess.
    """
    try:
        answer = str(cluedin.connection.send("GET", "/api/api/v1/webhooks", effect="read", accept=_REFUSALS).status)
    except LostAnswer:
        answer = "oddly"
    if answer != "404":
        yield Check(
            "info",
            AREA,
            "cluedin.webhooks",
            f"it answers a call for webhooks that is in no public document ({answer}); it is not used",
            "A Webhook is delivered by `watch --deliver`, and records by an export target.",
        )


# -- settings ----------------------------------------------------------------------------------------------------


def _settings(cluedin: CluedIn, environment: Environment) -> Iterator[Check]:
    """Settings that change what we see, and CluedIn's own Purview sync ([B]: recorded setting keys)."""
    try:
        found = settings(cluedin)
    except GraphQLRefused as refused:
        yield of(AREA, refused, "info")
        yield Check("info", AREA, "clash.cluedin_sync", "unknown: whether CluedIn's own Purview sync is on",
                    "Ask its administrator: Administration, Azure Integration, Purview.")  # fmt: skip
        return
    if found.get(OWNERSHIP, "").lower() == "true":
        yield Check("warning", AREA, "cluedin.glossary_filter",
                    f"{OWNERSHIP} is on: terms that this user does not own are hidden from it",
                    "Hidden terms look absent, and creating them again is refused: switch the setting off, "
                    "or make this user an owner of every term.")  # fmt: skip
    yield from native_sync.findings(found, environment)


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, Iterable) else []


def _minutes(expires: Any) -> str:
    return f"{max(0, int((float(expires) - time.time()) / 60))} minutes"
