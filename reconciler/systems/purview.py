"""Microsoft Purview's Data Map and account plane, or Apache Atlas behind the same calls.

Facts: Data Map contract 2023-09-01 (GA). `/atlas/v2` paths need no api-version (proven live on three paths by
recordings of Microsoft's SDK tests); Purview-only paths do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import normalize

from reconciler.systems import noted
from reconciler.systems.answer import Answer
from reconciler.systems.auth import Renewable, Token, claims
from reconciler.systems.base import System
from reconciler.systems.dialect import PURVIEW, Dialect
from reconciler.systems.http import Connection, Effect
from reconciler.systems.packed import Sheaf, packed
from reconciler.systems.purview_answers import says_gone, shape_of
from reconciler.systems.purview_entities import Doc, Entities, Key, Made
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import LostAnswer, Refused

SHARED_HOST = "//api.purview-service.microsoft.com"
"""The end of an address at which the token alone selects the tenant [A]."""
DATA_MAP_VERSION = "2023-09-01"
ACCOUNT_VERSION = "2019-11-01-preview"
TERMS_A_PAGE = 1000
"""Terms of a glossary in one page; no largest size is published, and a live reconciler uses this one [B]."""


class Purview(System):
    """Calls that several resource types share; a type's own calls stand in its own file."""

    name = "purview"

    def __init__(
        self, connection: Connection, settings: Mapping[str, Any] | None = None, dialect: Dialect = PURVIEW
    ) -> None:
        super().__init__(connection, settings)
        self.dialect = dialect
        self.made = Made()
        self._glossary_guids: dict[str, str] = {}

    def waits_for_nobody(self, object_id: str) -> bool:  # noqa: ARG002 - whatever it is
        """The contract of the Data Map knows no write that waits: what does not show in time was not done [C]."""
        return True

    def get(self, path: str, query: Any = (), *, accept: Iterable[int] = ()) -> Any:
        """GET below the Atlas prefix; the JSON answer, or None for an accepted error status."""
        return self.call("GET", path, query=query, effect="read", accept=accept)

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        query: Any = (),
        *,
        effect: Effect,
        accept: Iterable[int] = (),
    ) -> Any:
        """A call below the Atlas prefix; the JSON answer, None when there is none."""
        return self._ask(method, self.dialect.root, path, json, query, effect, accept)

    def answered(self, method: str, path: str, json: Any = None, query: Any = (), *, effect: Effect) -> Answer:
        """The same with the whole answer, for who has to know whether it may have been sent before."""
        return self._send(method, self.dialect.root, path, json, query, effect)

    def beside(self, method: str, path: str, json: Any = None, query: Any = (), *, effect: Effect) -> Any:
        """A call on a Purview-only path of the Data Map (`/datamap/api/…`), with its api-version."""
        params = [
            ("api-version", DATA_MAP_VERSION),
            *(query.items() if isinstance(query, Mapping) else query),
        ]
        return self._ask(method, "/datamap/api", path, json, params, effect)

    def account(
        self,
        method: str,
        path: str,
        json: Any = None,
        query: Any = (),
        *,
        effect: Effect,
        accept: Iterable[int] = (),
    ) -> Any:
        """A call on the account plane (`/account/…`)."""
        params = [("api-version", ACCOUNT_VERSION), *(query.items() if isinstance(query, Mapping) else query)]
        return self._ask(method, "/account", path, json, params, effect, accept)

    def _ask(
        self, method: str, root: str, path: str, json: Any, query: Any, effect: Effect, accept: Iterable[int] = ()
    ) -> Any:
        """The JSON of an answer of the right shape; None for an accepted error, and a 404 that says what is gone."""
        answer = self._send(method, root, path, json, query, effect, accept)
        return answer.value if answer.status < 400 else None

    def _send(
        self, method: str, root: str, path: str, json: Any, query: Any, effect: Effect, accept: Iterable[int] = ()
    ) -> Answer:
        shape = shape_of(method, path, json, query)
        given: dict[str, Any] = {"query": query, "json": json, "accept": accept, "shape": shape}
        answer = self.connection.send(method, root + path, effect=effect, **given)
        if answer.status == 404 and not says_gone(answer):
            why = "answered 404 without a code of Atlas, which does not say that anything is gone"
            raise LostAnswer("purview", f"{method} {root}{path}", why)
        if answer.status < 400 and effect != "read":
            noted.note_write()
        return answer

    def collections(self) -> list[dict[str, Any]]:
        """Every collection of the account, over all pages (`GET /collections`, `nextLink` with `$skipToken`)."""
        return self.memo("collections", self._read_collections)

    def _read_collections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        query: list[tuple[str, str]] = []
        while True:
            page = self.account("GET", "/collections", query=query, effect="read")
            found += page.get("value") or []
            token = _skip_token(page.get("nextLink"))
            if not token:
                return found
            query = [("$skipToken", token)]

    def entities(self, wanted: Iterable[Key]) -> Mapping[Key, Doc]:
        """Entities by (type, qualified name), read in bulk with their relationships; missing ones left out.

        What was read before in this reading is not read again.
        """
        return self.entities_seen.of_keys(self, wanted)

    def entities_by_guid(self, guids: Iterable[str]) -> Mapping[str, Doc | None]:
        """The same by guid, deleted ones too; None for what is not there."""
        return self.entities_seen.of_guids(self, guids)

    @property
    def entities_seen(self) -> Entities:
        """The entities of this reading."""
        return self.memo("entities", Entities)

    def glossaries(self) -> list[dict[str, Any]]:
        """Every glossary, without its terms: reading them all at once ends in 408 on large accounts."""
        return self.memo(
            "glossaries",
            lambda: self.get("/glossary", {"ignoreTermsAndCategories": True, "limit": 1000}) or [],
        )

    def glossary_guid(self, name: str) -> str | None:
        """The guid of a glossary by the name that we know it by; there is no glossary that exists everywhere.

        That is the one whose guid the ledger knows, whatever people call it now; else the one of this name. A guid
        that was found once is remembered by the connection: a glossary keeps it while it lives.
        """
        known = self._glossary_guids.get(name)
        if known is None:
            listed = {str(g["guid"]): normalize("NFC", str(g.get("name"))) for g in self.glossaries()}
            known = self.known.get("purview.glossary", {}).get(name)
            if known not in listed:
                known = next((guid for guid, called in listed.items() if called == normalize("NFC", name)), None)
            if known is not None:
                self._glossary_guids[name] = known
        return known

    def glossary_names(self, names: Iterable[str]) -> list[str]:
        """Names of glossaries, each glossary once: where two names mean one, the name that it has by now."""
        by_guid: dict[str, list[str]] = {}
        nowhere: dict[str, None] = {}
        for name in dict.fromkeys(names):
            guid = self.glossary_guid(name)
            if guid is None:
                nowhere[name] = None
            else:
                by_guid.setdefault(guid, []).append(name)
        return [*(self._one_name(guid, known) for guid, known in by_guid.items()), *nowhere]

    def _one_name(self, guid: str, known: list[str]) -> str:
        if len(known) == 1:
            return known[0]
        called = next((str(g["name"]) for g in self.glossaries() if g["guid"] == guid), None)
        return called if called in known else known[0]

    def glossary_name(self, guid: str | None) -> str | None:
        """The name that we know a glossary by, else the one that it has; None when there is no such glossary."""
        listed = {str(g["guid"]): str(g["name"]) for g in self.glossaries()}
        if guid not in listed:
            return None
        asked = [name for name, known in self._glossary_guids.items() if known == guid]
        return listed[guid] if listed[guid] in asked or not asked else asked[0]

    def terms(self, glossary: str, expected: int = 0) -> Mapping[str, Doc]:
        """Every term of a glossary by its guid, sorted by name, over all pages; none when there is no such glossary.

        There is no count to ask for, so as many pages as `expected` terms and some others need are read at once,
        and more one by one while they come full.
        """
        return self.memo(("terms", glossary), lambda: Sheaf(dict(self._read_terms(glossary, expected))))

    def _read_terms(self, glossary: str, expected: int) -> list[tuple[str, bytes]]:
        guid = self.glossary_guid(glossary)
        if guid is None:
            return []
        pages = self.each(lambda number: self._term_page(guid, number), range(expected * 5 // 4 // TERMS_A_PAGE + 1))
        if None in pages:
            self._glossary_guids.pop(glossary, None)  # deleted, and perhaps made anew, since it was found
            return self._read_terms(glossary, expected) if self.glossary_guid(glossary) not in (None, guid) else []
        while len(pages[-1] or ()) == TERMS_A_PAGE:
            pages.append(self._term_page(guid, len(pages)))
        return [row for page in pages for row in page or ()]

    def _term_page(self, guid: str, number: int) -> list[tuple[str, bytes]] | None:
        query = {"limit": TERMS_A_PAGE, "offset": number * TERMS_A_PAGE, "sort": "ASC"}
        rows: list[Doc] | None = self.get(f"/glossary/{guid}/terms", query, accept=(404,))
        return None if rows is None else [(str(row["guid"]), packed(row)) for row in rows]

    def categories(self, glossary: str) -> list[dict[str, Any]]:
        """Every category of a glossary by name, over all pages; [] when there is no such glossary."""
        return self.memo(("categories", glossary), lambda: self._read_categories(glossary))

    def _read_categories(self, glossary: str) -> list[dict[str, Any]]:
        guid = self.glossary_guid(glossary)
        found: list[dict[str, Any]] = []
        while guid is not None:
            query = {"limit": TERMS_A_PAGE, "offset": len(found), "sort": "ASC"}
            page = self.get(f"/glossary/{guid}/categories", query, accept=(404,)) or []
            found += page
            if len(page) < TERMS_A_PAGE:
                break
        return found

    def identities(self) -> tuple[str, ...]:
        """The address; the tenant, where all tenants share one; the account's name, which is that of the root
        collection, for whoever may see it. Without an account the address alone."""
        names = [f"{self.dialect.scheme}:{self.connection.base}"]
        if not self.dialect.has_account:
            return tuple(names)
        tenant = claims(self._token()).get("tid")
        if tenant and self.connection.base.endswith(SHARED_HOST):
            names.append(f"purview-tenant:{str(tenant).lower()}")
        try:
            roots = [c for c in self.collections() if not c.get("parentCollection")]
        except Refused as refused:
            if refused.status not in (403, 404):
                raise
            roots = []
        return (*names, f"purview:{roots[0]['name'].lower()}") if len(roots) == 1 else tuple(names)

    def _token(self) -> str:
        sign_in = self.connection.sign_in
        return sign_in.token() if isinstance(sign_in, Renewable | Token) else ""


def errors(status: int, body: Any) -> tuple[str, str]:
    """Code and message of either envelope: Atlas' own, or ARM's on the account plane and for sign-in."""
    if isinstance(body, Mapping):
        if isinstance(body.get("error"), Mapping):
            inner = body["error"]
            return str(inner.get("code") or ""), str(inner.get("message") or "")
        return str(body.get("errorCode") or ""), str(body.get("errorMessage") or body.get("message") or "")
    return "", SECRETS.clean(str(body or f"HTTP {status}"))[:300]


def _skip_token(link: str | None) -> str | None:
    from urllib.parse import parse_qs, urlsplit

    if not link:
        return None
    values = parse_qs(urlsplit(link).query)
    return next((values[name][0] for name in ("$skipToken", "skipToken") if name in values), None)
