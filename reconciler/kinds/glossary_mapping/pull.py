"""Glossary mappings of what is live: a concept where terms and keys belong together, else a glossary or a vocabulary.

That a term and a vocabulary are one concept, Purview tells: the term is on the asset of the entity type, and those
below it are on its columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

from reconciler.environment.patterns import holds
from reconciler.kinds.declarations import CONCEPT
from reconciler.kinds.glossary_mapping.pull_keys import Vocabularies
from reconciler.kinds.glossary_mapping.pull_terms import Terms, above, glossary_of
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.project.conditions import all_of, entity_type_is
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.names import QualifiedNames
from reconciler.kinds.pulling import Added, Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.resources import types
from reconciler.resources.keys import quote, unquote
from reconciler.resources.objects import Live

_NO_ASSETS = GivesWay("assets", "the entity type and its keys are not, or not all, assets in Purview", False)
_NO_FILTERS = GivesWay("cluedin_glossary", "CluedIn's own glossary has no such terms of the keys, or others")
_FOLDER = "glossary"


class GlossaryMappingPuller(Puller):
    """Terms, vocabularies, and what ties them together."""

    kind = "GlossaryMapping"
    types = (
        "purview.glossary",
        "purview.term",
        "cluedin.vocabulary",
        "cluedin.vocabulary_key",
        "cluedin.entity_type",
        "cluedin.glossary_term",
    )
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "purview.assignment": GivesWay("assign_terms", "the terms are not on all assets of the keys", False),
        "purview.classification": GivesWay("labels", "not all that a label reaches carries it", None, of_item=True),
        "purview.label": GivesWay("labels", "not all that a label reaches carries it", None, of_item=True),
        "purview.collection": _NO_ASSETS,
        "purview.entity": _NO_ASSETS,
        "purview.type": _NO_ASSETS,
        "cluedin.glossary_category": _NO_FILTERS,
        "cluedin.glossary_term": _NO_FILTERS,
    }

    def pull(self, estate: Estate) -> Iterator[Pulled | Added]:
        """Concepts first, then what is left of each glossary."""
        yield from _Search(estate).documents()


class _Search:
    """One look at the estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.terms, self.vocabularies = Terms(estate), Vocabularies(estate)
        self.with_terms = estate.has("purview") and estate.limits.takes("GlossaryMapping", "purview.term")
        self.with_keys = estate.has("cluedin") and estate.limits.takes("GlossaryMapping", "cluedin.vocabulary")

    def documents(self) -> Iterator[Pulled | Added]:
        """Every document and every addition."""
        if self.with_keys:
            for prefix, live in self.vocabularies.new:
                yield self._concept(prefix, live)
            yield from self._new_keys()
        if self.with_terms and self.with_keys:
            yield from self._terms_of_both()
        if self.with_terms:
            yield from self._new_terms()
        if self.with_keys:
            self._leave_filters()

    # -- a vocabulary, with the terms that are on its assets ---------------------------------------------------

    def _concept(self, prefix: str, live: Live) -> Pulled:
        code = live.fields.get("entity_type")
        tied = self._tied(prefix, str(code)) if code and self.with_terms else {}
        concept = tied.get("")
        group = self.vocabularies.group_of(prefix)
        spec: dict[str, Any] = {}
        if concept is not None:
            self.terms.used.add(concept)
            spec["glossary"] = glossary_of(concept)
            spec["term"] = self._term(concept)
        spec["vocabulary"] = self.vocabularies.vocabulary(prefix, group)
        if "entity_type" in spec["vocabulary"]:
            self.estate.claim("cluedin.entity_type", str(code))
        items = {key: self._key_item(key, one, group) for key, one in self._keys(prefix)}
        if concept is None:
            listed = list(items.values())
        else:
            by_term = {term: key for key, term in tied.items() if key and term.startswith(f"{concept}/")}
            listed = [self._joined(one, by_term, items) for one in self.terms.below.get(concept, ())]
            listed += [item | {"term": False} for item in items.values()]
        spec |= without_nothing(terms=listed)
        spec |= self._filters(spec)
        return Pulled(GlossaryMappingPuller.kind, prefix, spec, _FOLDER)

    def _keys(self, prefix: str) -> list[tuple[str, Live]]:
        return list(self.vocabularies.keys.get(prefix, {}).items())

    def _term(self, key: str) -> dict[str, Any]:
        parent = above(key).partition("/")[2]
        return {"name": unquote(key.rpartition("/")[2]), **without_nothing(parent=parent), **self.terms.text(key)}

    def _joined(self, term: str, by_term: Mapping[str, str], items: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """A term with the key that it is on the column of, and with all below it."""
        self.terms.used.add(term)
        key = items.pop(by_term[term], None) if term in by_term else None
        name, shown = unquote(term.rpartition("/")[2]), None
        if key is not None:
            called = key.pop("display_name", None) or key["name"]
            key.pop("term", None)
            shown = called if called != name else None
        said = self.terms.text(term)
        inner = [self._joined(one, by_term, items) for one in self.terms.below.get(term, ())]
        return {
            **(key or {}),
            "name": name,
            **without_nothing(display_name=shown),
            **said,
            **without_nothing(terms=inner),
        }

    def _key_item(self, key: str, live: Live, group: str | None) -> dict[str, Any]:
        return self.vocabularies.item(key, live, group, self._labels.get(key, ()))

    @cached_property
    def _assets(self) -> dict[str, tuple[str, str]]:
        """The addresses of assets: by key of a `purview.entity`, the prefix and the full key; empty of the type."""
        purview = self.estate.world.environment.purview
        if purview is None or not self.with_terms:
            return {}
        names, found = QualifiedNames(purview.name_prefix), {}
        for prefix, live in self.vocabularies.all.items():
            entity = names.entity(str(live.fields.get("entity_type") or ""))
            found[f"{purview.type_prefix}entity/{entity}"] = (prefix, "")
            for key in self.vocabularies.keys.get(prefix, ()):
                found[f"{purview.type_prefix}column/{names.column(entity, key)}"] = (prefix, key)
        return found

    @cached_property
    def _meant(self) -> Mapping[str, dict[str, str]]:
        """By prefix, for its full keys (and the type, by an empty one), the term that is on the asset."""
        glossaries = [quote(name) for name in self.terms.glossaries]
        hints = [f"{name}/-@{asset}" for asset in self._assets for name in glossaries[:1]]
        hints += [f"{name}/-@{asset}" for asset in list(self._assets)[:1] for name in glossaries[1:]]
        found: dict[str, dict[str, str]] = {}
        for pair in self.estate.live("purview.assignment", hints) if hints else ():
            term, _, asset = pair.partition("@")
            prefix, key = self._assets.get(asset, ("", ""))
            if term in self.terms.live and term not in self.terms.used:
                found.setdefault(prefix, {}).setdefault(key, term)
        return found

    def _tied(self, prefix: str, code: str) -> dict[str, str]:
        """The terms of the type and of the keys; nothing where another concept has the type's term."""
        found = self._meant.get(prefix, {})
        concept = found.get("")
        return found if concept is not None and concept not in self.terms.used and code else {}

    @cached_property
    def _labels(self) -> Mapping[str, list[str]]:
        """Words for sensitivity by full key: the classifications on the columns that have a word."""
        hints = [f"-@{asset}" for asset, (_, key) in self._assets.items() if key]
        found: dict[str, list[str]] = {}
        for pair in self.estate.live("purview.classification", hints) if hints and self.estate.words else ():
            classification, _, asset = pair.partition("@")
            word, (_, key) = self.estate.words.get(classification), self._assets.get(asset, ("", ""))
            if word is not None and key:
                found.setdefault(key, []).append(word)
        return found

    # -- terms of CluedIn's own glossary ---------------------------------------------------------------------

    @cached_property
    def _cluedin_terms(self) -> Mapping[str, Live]:
        ours = self.estate.world.environment.scope.cluedin.categories
        found = self.estate.new("cluedin.glossary_term")
        return {name: live for name, live in found.items() if holds(ours, str(live.fields.get("category") or ""))}

    def _filters(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """The part about CluedIn's glossary, where it has a term of the concept's name."""
        base = (spec.get("term") or spec["vocabulary"])["name"]
        live = self._cluedin_terms.get(base)
        if live is None or not live.fields.get("category"):
            return {}
        if "term" not in spec:
            self._leave_out_unfiltered(base, spec.get("terms", ()))
        self._told.add(base)
        self._told |= set(_names_of_keys(base, spec.get("terms", ()))) if "vocabulary" in spec else set()
        entity_type = spec.get("vocabulary", {}).get("entity_type") or {}
        derived = (
            types()["cluedin.glossary_term"]
            .field("condition")
            .canonical(all_of(entity_type_is(entity_type.get("code", ""))))
        )
        condition = live.fields.get("condition")
        said = {"category": live.fields["category"], **without_nothing(active=live.fields.get("active") or None)}
        if condition != derived or "vocabulary" not in spec:
            said |= without_nothing(condition=condition)
        return {"cluedin_glossary": said}

    def _leave_out_unfiltered(self, base: str, items: Iterable[dict[str, Any]]) -> None:
        """Keys that have no term of their own in CluedIn's glossary stay without one; Purview has none of them."""
        for item in items:
            if f"{base}_{item['name']}" not in self._cluedin_terms:
                item["term"] = False

    def _terms_of_both(self) -> Iterator[Pulled]:
        """Concepts without a vocabulary: a term that Purview and CluedIn's own glossary have by one name."""
        by_name: dict[str, list[str]] = {}
        for key in self.terms.live:
            if key not in self.terms.used:
                by_name.setdefault(unquote(key.rpartition("/")[2]), []).append(key)
        for name, live in self._cluedin_terms.items():
            keys = [key for key in by_name.get(name, ()) if key not in self.terms.used]
            whole = live.fields.get("category") and live.fields.get("condition")
            if whole and len(keys) == 1 and name not in self._told:
                yield self._term_of_both(keys[0])

    def _term_of_both(self, key: str) -> Pulled:
        self.terms.used.add(key)
        below = [self.terms.item(one) for one in self.terms.below.get(key, ()) if one not in self.terms.used]
        spec = {"glossary": glossary_of(key), "term": self._term(key), **without_nothing(terms=below)}
        return Pulled(GlossaryMappingPuller.kind, spec["term"]["name"], {**spec, **self._filters(spec)}, _FOLDER)

    @cached_property
    def _told(self) -> set[str]:
        return set()

    def _leave_filters(self) -> None:
        if self.estate.limits.words:
            return
        for name in self._cluedin_terms:
            if name not in self._told:
                self.estate.leave(
                    "a term of CluedIn's own glossary stands with the vocabulary or the term in Purview of its name, "
                    "and there is none that is new",
                    f"cluedin.glossary_term:{name}",
                )

    # -- what is new in documents that are there, and glossaries ------------------------------------------------

    def _new_keys(self) -> Iterator[Added]:
        known = declared(self.estate.world).vocabularies
        for prefix, keys in self.vocabularies.keys.items():
            if not self.estate.is_wanted("cluedin.vocabulary", prefix):
                continue
            owner = known[prefix.casefold()][0].document
            for key, live in keys.items():
                item = self._key_item(key, live, None)
                yield Added(owner, ("terms",), item | {"term": False})

    def _new_terms(self) -> Iterator[Pulled | Added]:
        """Terms below a declared one stand with it; all others of a glossary in one document."""
        at_top: dict[str, list[dict[str, Any]]] = {}
        for key in list(self.terms.roots()):
            spots = declared(self.estate.world).terms.get(above(key))
            if spots:
                spot = spots[0].spot
                path = ("terms",) if spot.at == CONCEPT else (*spot.at, "terms")
                yield Added(spot.document, path, self.terms.item(key))
            elif "/" not in above(key):
                at_top.setdefault(glossary_of(key), []).append(self.terms.item(key))
            else:
                self.estate.leave("what stands above it is left out", f"purview.term:{key}")
        for glossary, items in at_top.items():
            home = self._home(glossary)
            if home is not None:
                yield from (Added(home.document, ("terms",), item) for item in items)
            else:
                yield Pulled(GlossaryMappingPuller.kind, glossary, {"glossary": glossary, "terms": items}, _FOLDER)

    def _home(self, glossary: str) -> Scene | None:
        """The document of a whole glossary."""
        return next(
            (
                one
                for one in self.estate.world.of(Scene)
                if one.spec.glossary == glossary and one.terms is not None and one.terms.concept is None
            ),
            None,
        )


def _names_of_keys(above: str, items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The names in CluedIn's own glossary of the items that are keys and terms, below a name."""
    for item in items:
        name = f"{above}_{item['name']}"
        if item.get("key") and item.get("term") is not False:
            yield name
        yield from _names_of_keys(name, item.get("terms", ()))
