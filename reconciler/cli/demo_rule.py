"""The part of the demo in which people keep terms in Purview, and a rule lets vocabularies follow."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from reconciler.systems.address import Address
from reconciler.systems.client import client_for

RULE = """\
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: from-purview}
spec:
  source: purview
  glossary: Marketing
  select: {attribute: CluedInVocab=true, assigned: any}
"""
FLAGGED, BELOW, RENAMED = "Campaign", "Channel", "Medium"
_TEMPLATE = "CluedIn Template"
_FLAG = {"templateName": [_TEMPLATE], "attributes": {_TEMPLATE: {"CluedInVocab": True}}}
_WHOLE = {"includeTermHierarchy": "true"}


class Steward:
    """Somebody who keeps the terms of Marketing in the portal, by the calls that the portal makes."""

    def __init__(self, url: str, token: str) -> None:
        self._root = f"{url}/datamap/api/atlas/v2/glossary"
        headers = {"authorization": f"Bearer {token}"}
        self._portal = client_for(Address.parse(url), headers=headers, timeout=10)

    def flag(self) -> None:
        """Flags a term for CluedIn, and writes down another one below it."""
        term = self._terms()[FLAGGED]
        self._send("PUT", f"/term/{quote(term['guid'])}", {**term, **_FLAG, "lastModifiedTS": None})
        below = {"name": f"{FLAGGED}_{BELOW}", "nickName": BELOW, "anchor": term["anchor"], **_FLAG}
        self._send("POST", "/term", {**below, "parentTerm": {"termGuid": term["guid"]}})

    def rename(self) -> None:
        """Gives that one another name."""
        term = self._terms()[BELOW]
        names = {"name": f"{FLAGGED}_{RENAMED}", "nickName": RENAMED, "lastModifiedTS": None}
        self._send("PUT", f"/term/{quote(term['guid'])}", {**term, **names})

    def _terms(self) -> dict[str, dict[str, Any]]:
        found = self._portal.get(self._root, params={"ignoreTermsAndCategories": "true"}).json()
        guid = next(one["guid"] for one in found if one["name"] == "Marketing")
        terms = self._portal.get(f"{self._root}/{quote(guid)}/terms", params={"limit": 1000}).json()
        return {one.get("nickName", one["name"]): one for one in terms}

    def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        self._portal.request(method, self._root + path, params=_WHOLE, json=body).raise_for_status()
