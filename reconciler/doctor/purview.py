"""Purview or Apache Atlas: whether it answers, who we are there, which plane it is, and what we may write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from reconciler.doctor import clashes, rights
from reconciler.doctor.check import Check, attempted, guarded
from reconciler.doctor.reach import reach
from reconciler.environment.sign_in import PurviewSystem
from reconciler.ledger import Ledger
from reconciler.resources.purview.collection import resolve
from reconciler.systems.answer import Answer
from reconciler.systems.answers import a_list
from reconciler.systems.auth import Basic, Renewable, Token, claims
from reconciler.systems.purview import DATA_MAP_VERSION, Purview
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import LostAnswer, Refused, Unreachable

AREA = "purview"
HEADERS = "/types/typedefs/headers"
UNIFIED = "/datagovernance/catalog/businessdomains"
UNIFIED_VERSION = "2026-03-20-preview"
AUDIENCES = ("https://purview.azure.net", "73c2949e-da2d-457a-9607-fcc665198967")
ATLAS_TESTED = ((2, 3), (2, 5))
_ANY = (400, 401, 403, 404, 405, 409, 410)


def examine(
    connect: Callable[[], Purview],
    spec: PurviewSystem,
    read_only: bool,
    ledger: Ledger | None,
    claimed: Callable[[Purview], Iterable[Check]] = lambda purview: (),
) -> tuple[list[Check], tuple[str, ...]]:
    """Every check of Purview, and its names; none when they could not be told. `claimed` tells who claims what."""
    purview, checks = attempted(AREA, connect)
    if purview is None:
        return checks, ()
    dialect = purview.dialect
    reached = reach(AREA, purview.connection.base, dialect.version_page or dialect.root + HEADERS)
    checks += reached.checks
    if not reached.answered:
        return checks, ()
    checks += [_host(purview.connection.base)] if dialect.has_account else []
    signing_in = guarded(AREA, lambda: _sign_in(purview))
    checks += signing_in
    if any(check.level == "error" for check in signing_in):
        return checks, ()
    page = dialect.version_page
    planes = guarded(AREA, lambda: _planes(purview) if page is None else _version(purview, page))
    checks += planes
    if any(check.code == "purview.data_map" and check.level == "error" for check in planes):
        return checks, ()
    checks += guarded(AREA, lambda: _glossary(purview))
    if dialect.has_collections:
        checks += guarded(AREA, lambda: _collections(purview, spec.collection, read_only))
    checks += guarded(AREA, lambda: clashes.findings(purview, spec, ledger))
    checks += guarded(AREA, lambda: claimed(purview))
    names, trouble = attempted(AREA, purview.identities)
    return checks + trouble, names or ()


def _host(base: str) -> Check:
    """Which kind of host the environment names (grade A for both; B for the data map at the tenant-wide one)."""
    host = (urlsplit(base).hostname or "").lower()
    if host.endswith(".purview-service.microsoft.com"):
        words = "the tenant-wide host is configured: the token selects the tenant"
    elif host.endswith((".purview.azure.com", ".purview.azure.cn", ".purview.azure.us")):
        words = f"the host of the account {host.split('.')[0]} is configured"
    else:
        words = f"{host} is neither an account's host nor the tenant-wide one: a stand-in, or a proxy"
    return Check("info", AREA, "purview.host", words)


# -- who we are --------------------------------------------------------------------------------------------------


def token_claims(purview: Purview) -> Mapping[str, Any]:
    """What the access token says of its holder, unverified; {} for one that says nothing."""
    sign_in = purview.connection.sign_in
    return claims(sign_in.token()) if isinstance(sign_in, Renewable | Token) else {}


def _sign_in(purview: Purview) -> Iterator[Check]:
    sign_in = purview.connection.sign_in
    if isinstance(sign_in, Basic):
        yield Check("ok", AREA, "purview.sign_in", "user and password are given; the next lines show whether they hold")
        return
    told = token_claims(purview)
    if not told:
        yield Check("info", AREA, "purview.sign_in", "a token is given that says nothing of its holder")
        return
    who = told.get("upn") or told.get("unique_name") or f"application {told.get('appid') or told.get('azp') or '?'}"
    left = int((float(told.get("exp") or 0) - time.time()) / 60)
    words = f"signed in to tenant {told.get('tid', '?')} as {who} (object id {told.get('oid', '?')})"
    if told.get("exp") and left < 0:
        yield Check("error", AREA, "purview.sign_in", f"{words}; the token has expired", sign_in.advice)
        return
    yield Check("ok", AREA, "purview.sign_in", f"{words}; the token holds for {left} minutes")
    audience = str(told.get("aud") or "").rstrip("/")
    if audience not in AUDIENCES:
        yield Check("warning", AREA, "purview.audience", f"the token is made for {audience or 'nobody'}",
                    f"Ask for a token of {AUDIENCES[0]}.")  # fmt: skip


# -- planes ------------------------------------------------------------------------------------------------------


def _planes(purview: Purview) -> Iterator[Check]:
    """The Data Map with its api-version, and whether the Unified Catalog answers at the same host."""
    query = {"api-version": DATA_MAP_VERSION}
    answer = purview.connection.send(
        "GET", purview.dialect.root + HEADERS, effect="read", query=query, accept=_ANY, shape=a_list("name")
    )
    unified = _probe(purview, UNIFIED, UNIFIED_VERSION)
    if answer.status < 400:
        count = len(answer.json())
        words = f"the Data Map answers, api-version {DATA_MAP_VERSION}; reads {count} types"
        yield Check("ok", AREA, "purview.data_map", words)
    else:
        yield _no_data_map(purview, answer, unified)
    if unified.status < 400:
        yield Check(
            "info", AREA, "purview.unified", "the Unified Catalog answers at this host too; it is not written to"
        )
    elif unified.status in (401, 403):
        yield Check(
            "info", AREA, "purview.unified", "the Unified Catalog is there, and this identity has no role in it"
        )
    else:
        yield Check(
            "info", AREA, "purview.unified", "the Unified Catalog does not answer at this host; it is not needed"
        )


def _probe(purview: Purview, path: str, version: str) -> Answer:
    try:
        return purview.connection.send("GET", path, effect="read", query={"api-version": version}, accept=_ANY)
    except Refused as refused:
        return Answer(refused.status, {}, b"")
    except (LostAnswer, Unreachable):
        return Answer(404, {}, b"")  # what answers there is not this service


def _no_data_map(purview: Purview, answer: Answer, unified: Answer) -> Check:
    code, message = purview.connection.errors(answer.status, _json(answer))
    said = f"{answer.status} {code} {message}".strip()
    request_id = answer.headers.get("x-ms-correlation-request-id", "")
    if answer.status == 401:
        advice = purview.connection.sign_in.advice
        return Check("error", AREA, "purview.data_map", f"the token is not accepted: {said}", advice, request_id)
    if answer.status == 403:
        advice = "Give the identity the role Data Reader (to apply: Data Curator) on the root collection."
        return Check("error", AREA, "purview.data_map", f"may not read types: {said}", advice, request_id)
    if "ApiVersion" in code:
        advice = "This Purview speaks another version of the Data Map: see whether there is a newer reconciler."
        words = f"api-version {DATA_MAP_VERSION} is not accepted: {said}"
        return Check("error", AREA, "purview.data_map", words, advice, request_id)
    if unified.status in (200, 401, 403):
        advice = "Terms and assets are written to the classic Data Map; name the endpoint of an account that has one."
        words = f"only the Unified Catalog answers at this host (Data Map: {said})"
        return Check("error", AREA, "purview.data_map", words, advice, request_id)
    advice = "Check `endpoint`: https://ACCOUNT.purview.azure.com, without a path; for Apache Atlas set `mode: atlas`."
    return Check("error", AREA, "purview.data_map", f"there is no Data Map: {said}", advice, request_id)


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return SECRETS.clean(answer.body.decode("utf-8", "replace"))[:200]


def _version(purview: Purview, page: str) -> Iterator[Check]:
    """Whether a version is told, and whether it is one that this tool is made for (grade A for Atlas)."""
    answer = purview.connection.send("GET", page, effect="read", accept=_ANY)
    if answer.status >= 400:
        advice = "Check user and password." if answer.status == 401 else "Check `endpoint`; it is without /api/atlas."
        yield Check("error", AREA, "purview.data_map", f"no Apache Atlas: {answer.status}", advice)
        return
    text = str(answer.json().get("Version") or "")
    try:
        version = tuple(int(part) for part in text.split("-")[0].split(".")[:2])
    except ValueError:
        version = ()
    if len(version) == 2 and ATLAS_TESTED[0] <= version <= ATLAS_TESTED[1]:
        yield Check("ok", AREA, "purview.data_map", f"Apache Atlas {text}")
    else:
        advice = "This tool is made for Apache Atlas 2.3 to 2.5: read the plan with care."
        yield Check("warning", AREA, "purview.data_map", f"Apache Atlas {text or 'of an unknown version'}", advice)


def _glossary(purview: Purview) -> Iterator[Check]:
    """The classic glossary, which terms are written to; the Unified Catalog's terms are another thing [A]."""
    try:
        names = [str(one.get("name")) for one in purview.glossaries()]
    except Refused as refused:
        code = refused.diagnostics[0]
        if refused.status == 403:
            advice = "Give the identity the role Data Reader (to apply: Data Curator) on the root collection."
        else:
            advice = "A tenant that has the Unified Catalog only has no glossary that terms could be written to."
        yield Check("error", AREA, "purview.glossary", f"no classic glossary to read: {code.summary}", advice,
                    code.request_id)  # fmt: skip
        return
    kind = purview.dialect.glossary_word
    if names:
        yield Check("ok", AREA, "purview.glossary", f"{kind}: {', '.join(sorted(names))}")
    else:
        yield Check("info", AREA, "purview.glossary", f"{kind}: there is none yet; the first apply makes it")


# -- collections and rights --------------------------------------------------------------------------------------


def _collections(purview: Purview, wanted: str | None, read_only: bool) -> Iterator[Check]:
    everything = purview.collections()
    root = next((str(one["name"]) for one in everything if not one.get("parentCollection")), "")
    yield Check("ok", AREA, "purview.collections", f"reads {len(everything)} collections below {root or 'no root'}")
    name = root if wanted is None else resolve(purview, wanted)
    if wanted is not None and name is None:
        above = wanted.rpartition("/")[0]
        while above and resolve(purview, above) is None:
            above = above.rpartition("/")[0]
        if not above:
            yield Check("error", AREA, "purview.collection", f"there is no collection {wanted}, nor one above it",
                        f"Write a path from the root, {root}/…, or the name of a collection.")  # fmt: skip
            return
        name = resolve(purview, above)
        yield _maker(purview, wanted, above, str(name), read_only)
    else:
        yield Check("ok", AREA, "purview.collection", f"collection {wanted or root} is there")
    who = token_claims(purview)
    yield _curator(purview, wanted or root, str(name), who, read_only)
    if name != root and root:
        yield _curator(purview, f"{root}, the root (for glossary and types)", root, who, read_only)


def _maker(purview: Purview, wanted: str, above: str, name: str, read_only: bool) -> Check:
    """A collection that an apply is to make, and whether the identity may; collections above may say so too."""
    who = token_claims(purview)
    may = rights.holds(purview, rights.COLLECTION_ADMIN, name, who) if who else None
    words = f"collection {wanted} is not there yet; an apply makes it"
    if may is False and not read_only:
        return Check("error", AREA, "purview.collection", f"{words}, and the identity is not Collection Admin above it",
                     f"A Collection Admin gives object id {who.get('oid')} the role Collection Admin on collection "
                     f"{above}, or makes the collection.")  # fmt: skip
    known = "; the identity has it" if may else ""
    return Check("info", AREA, "purview.collection", words,
                 f"That needs the role Collection Admin on collection {above}{known}.")  # fmt: skip


def _curator(purview: Purview, called: str, name: str, who: Mapping[str, Any], read_only: bool) -> Check:
    answer = rights.holds(purview, rights.CURATOR, name, who) if who else None
    where = f"collection {called}"
    if answer is None:
        why = "Only Collection Admins see who has which role." if who else "The token does not say who holds it."
        return Check("info", AREA, "purview.curator", f"unknown: whether the identity is Data Curator on {where}",
                     f"{why} An apply says it when the role is missing.")  # fmt: skip
    if not answer and read_only:
        return Check("ok", AREA, "purview.curator", f"read only, as the environment says: no Data Curator on {where}")
    if not answer:
        return Check("error", AREA, "purview.curator", f"the identity is not Data Curator on {where}",
                     f"A Collection Admin gives object id {who.get('oid')} the role Data Curator there.")  # fmt: skip
    if read_only:
        return Check("warning", AREA, "purview.curator",
                     f"the environment is read only, and the identity is Data Curator on {where}",
                     "Give the environment an identity of its own that is Data Reader only.")  # fmt: skip
    return Check("info", AREA, "purview.curator", f"the identity is Data Curator on {where}: it may write",
                 "For plans on pull requests use an identity that is Data Reader only.")  # fmt: skip
