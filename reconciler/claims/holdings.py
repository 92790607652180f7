"""What an environment claims of the systems, and where two claims overlap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from reconciler.environment.patterns import common, holds, holds_prefix
from reconciler.environment.spec import Environment
from reconciler.ledger import Ledger
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address
from reconciler.resources.purview.common import entity_key
from reconciler.resources.purview.terms import glossary_of
from reconciler.resources.spelling import composed
from reconciler.systems.identity import added, kind_of, same

Names = tuple[str, ...]
_OURS = re.compile(r"([^./:]*)\.(?:entity|dataset|ingest|map|stream|export|provider|crawl|enrich|target)\.")
"""Qualified names that this tool makes: the name prefix, and a word. Other assets are known by what their source calls
them, of which a claim would have as many entries as there are assets."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Something that two claims hold: what it is in words, and the setting that would part them."""

    words: str
    setting: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one ledger claims. Where a scope is declared, all of it; else only what is wanted or owned by now.

    So an environment without a scope holds its name prefix, its glossaries and its vocabularies, and not everything.
    """

    name_prefixes: Names = ()
    """First parts of the qualified names of assets."""
    glossaries: Names = ()
    """Names of glossaries that are managed, or in which terms are."""
    vocabularies: Names = ()
    """Key prefixes of vocabularies that are managed."""
    scope_glossaries: Names = ()
    """Names and patterns of `scope.purview.glossaries`."""
    scope_collections: Names = ()
    """Names and patterns of `scope.purview.collections`."""
    scope_key_prefixes: Names = ()
    """Prefixes of `scope.cluedin.key_prefixes`, each with all below it."""
    cluedin: Names = ()
    """The addresses of the CluedIn that vocabularies and key prefixes are of (`systems.identity`).

    Not the organisation's id: a CluedIn that was made as a copy of another, as one for tests is, has that too [C].
    """

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self) if one.name != "cluedin")

    def overlaps(self, others: Holdings) -> list[Overlap]:
        """What both hold; empty where they are apart."""
        found = [*self._in_purview(others)]
        if same(self.cluedin, others.cluedin):
            found += self._in_cluedin(others)
        return found

    def _in_purview(self, others: Holdings) -> Iterator[Overlap]:
        theirs = {prefix.casefold() for prefix in others.name_prefixes}
        for prefix in self.name_prefixes:
            if prefix.casefold() in theirs:
                yield Overlap(f"the name prefix `{prefix}`", "purview.name_prefix")
        for name in _both(self.glossaries, self.scope_glossaries, others.glossaries, others.scope_glossaries):
            yield Overlap(f"the glossary `{name}`", "scope.purview.glossaries")
        if collection := _patterns(self.scope_collections, others.scope_collections):
            yield Overlap(f"the collection `{collection}`", "scope.purview.collections")

    def _in_cluedin(self, others: Holdings) -> Iterator[Overlap]:
        theirs = {prefix.casefold() for prefix in others.vocabularies}
        found = [name for name in self.vocabularies if name.casefold() in theirs]
        found += [name for name in self.vocabularies if holds_prefix(others.scope_key_prefixes, name)]
        found += [name for name in others.vocabularies if holds_prefix(self.scope_key_prefixes, name)]
        shared = _patterns(self.scope_key_prefixes, others.scope_key_prefixes, prefixes=True)
        for name in dict.fromkeys([*found, *([shared] if shared else [])]):
            yield Overlap(f"the key prefix `{name}`", "scope.cluedin.key_prefixes")


def holdings_of(
    environment: Environment, wants: Iterable[Desired], ledger: Ledger, names: Mapping[str, Iterable[str]]
) -> Holdings:
    """What an environment claims: its declared scope, and what its manifests want or its ledger owns.

    `names` are the names of the systems, by system. A system that is read only is not claimed, and what is only
    referred to is others'. Where Purview is read only nothing is claimed at all, as the claim itself would be a write.
    """
    scope = environment.scope
    if environment.purview is None or scope.purview.read_only:
        return Holdings()
    held = {want.address for want in wants if want.mode != "refer"}
    held |= {entry.address for entry in ledger.entries.values() if entry.how != "referred"}
    keys: dict[str, set[str]] = {}
    for address in held:
        one = Address.of(address)
        keys.setdefault(one.type, set()).add(one.key)
    glossaries = {composed(key) for key in keys.get("purview.glossary", ())}
    glossaries |= {composed(glossary_of(key)) for key in keys.get("purview.term", ())}
    prefixes = {found[1] for key in keys.get("purview.entity", ()) if (found := _OURS.match(entity_key(key)[1]))}
    writes_cluedin = environment.cluedin is not None and not scope.cluedin.read_only
    vocabularies = keys.get("cluedin.vocabulary", ()) if writes_cluedin else ()
    below = scope.cluedin.key_prefixes if writes_cluedin else ()
    known = added(ledger.header.systems.get("cluedin", ()), names.get("cluedin", ()))
    return Holdings(
        tuple(sorted(prefixes)),
        tuple(sorted(glossaries)),
        tuple(sorted(vocabularies)),
        tuple(sorted(scope.purview.glossaries or ())),
        tuple(sorted(scope.purview.collections or ())),
        tuple(sorted(below or ())),
        tuple(sorted(name for name in known if kind_of(name) == "address")) if vocabularies or below else (),
    )


def _both(names: Names, patterns: Names, other_names: Names, other_patterns: Names) -> list[str]:
    """Names that both sides hold, as a name or by a pattern; for patterns alone the narrower one."""
    found = [name for name in names if name in other_names or holds(other_patterns, name)]
    found += [name for name in other_names if holds(patterns, name)]
    if not found and (shared := _patterns(patterns, other_patterns)):
        found = [shared]
    return list(dict.fromkeys(found))


def _patterns(ours: Names, theirs: Names, *, prefixes: bool = False) -> str | None:
    return common(ours, theirs, prefixes=prefixes) if ours and theirs else None
