"""CluedIn's own sync of vocabularies to a glossary of Purview, which `--seed native` switches on.

It knows names alone: a term that somebody deleted is made again, and one whose vocabulary or key is gone goes, unless
it is on an asset (documentation, grade B). When it runs is said nowhere; here after every write to CluedIn ([C]).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler_sandbox.cluedin import CluedIn
from reconciler_sandbox.purview import Purview
from reconciler_sandbox.purview.terms import ASSIGNMENT

SWITCH = "Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled"
GLOSSARY = "Enterprise"
"""Where its root term stands; which glossary it takes is not public ([C])."""

Doc = dict[str, Any]


class NativeSync:
    """The terms below `CluedIn-…`, brought to what the catalogue holds."""

    def __init__(self, purview: Purview, cluedin: CluedIn) -> None:
        self._purview, self._cluedin = purview, cluedin
        self._seen = -1

    @property
    def root(self) -> str:
        """The name of the root term: `CluedIn-` and the last twelve digits of the organisation's id (grade B)."""
        return f"CluedIn-{self._cluedin.organization.replace('-', '')[-12:]}"

    def follow(self) -> None:
        """Writes the terms anew, if anything was written to CluedIn since the last time and the switch is on."""
        if self._cluedin.writes == self._seen:
            return
        self._seen = self._cluedin.writes
        if self._cluedin.setting(SWITCH).lower() != "true":
            return
        store = self._purview.core.store
        with store.transaction():
            glossaries = store.find("glossary", "qn", GLOSSARY, latest=True)
            if glossaries:
                self._write(glossaries[0], self._cluedin.catalogue())

    def _write(self, glossary: Doc, catalogue: Iterable[tuple[str, list[str]]]) -> None:
        root = self._term(glossary, None, self.root)
        kept = {root["guid"]}
        for name, keys in _apart(catalogue):
            parent = self._term(glossary, root, name)
            kept.add(parent["guid"])
            kept.update(self._term(glossary, parent, key)["guid"] for key, _ in _apart((key, []) for key in keys))
        for parent in self._below(root):
            for child in (*self._below(parent), parent):
                if child["guid"] not in kept and not self._is_used(child):
                    self._purview.glossaries.terms.drop(child)

    def _term(self, glossary: Doc, parent: Doc | None, name: str) -> Doc:
        formal = f"{parent['name']}_{name}" if parent else name
        qualified = f"{formal}@{glossary['qualifiedName']}"
        found = self._purview.core.store.find("term", "qn", qualified, latest=True)
        if found:
            return found[0]
        body: Doc = {"name": formal, "nickName": name, "status": "Approved"}
        body["anchor"] = {"glossaryGuid": glossary["guid"]}
        if parent:
            body["parentTerm"] = {"termGuid": parent["guid"]}
        return self._purview.glossaries.terms.create(body, hierarchy=True)

    def _below(self, term: Doc) -> list[Doc]:
        return self._purview.core.store.find("term", "parent", term["guid"], latest=True)

    def _is_used(self, term: Doc) -> bool:
        held = self._purview.graph.relations(term["guid"], latest=True)
        on_assets = any(one["typeName"] == ASSIGNMENT and one["status"] == "ACTIVE" for one in held)
        return on_assets or bool(self._below(term))


def _apart(named: Iterable[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    """Names that a term may have; of equal ones the later get a number (documentation, grade B)."""
    taken: set[str] = set()
    for name, more in named:
        plain = " ".join(re.sub("[@.<>]", " ", name).split()) or "unnamed"
        found, number = plain, 2
        while found in taken:
            found, number = f"{plain} {number}", number + 1
        taken.add(found)
        yield found, more
