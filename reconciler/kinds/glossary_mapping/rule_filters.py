"""Terms of Purview become terms of CluedIn's own glossary, which are filters over records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.base import origin_at
from reconciler.kinds.declarations import CONCEPT, Spot
from reconciler.kinds.glossary_mapping.rule_derived import Derived, spelled_out
from reconciler.kinds.glossary_mapping.rule_keys import TermKeys, source_of
from reconciler.kinds.glossary_mapping.rule_memory import FILTER
from reconciler.kinds.glossary_mapping.rule_scene import LINE
from reconciler.kinds.glossary_mapping.rule_terms_taken import TakenTerm, TermsTaken
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.words import EntityTypeCondition, KeyCondition
from reconciler.kinds.project.conditions import Node, all_of, entity_type_is, key_exists
from reconciler.manifest.findings import error
from reconciler.questions.source_terms import SourceTerm
from reconciler.resources.base import Desired, OnRemove

_REMOVAL: Mapping[str, OnRemove] = {"obsolete": "retire", "delete": "delete"}


def category_of(rule: Scene) -> str | None:
    """The category that the terms are in: as the glossary is called, unless the rule says otherwise."""
    into = rule.spec.into
    return into.glossary_category if "glossary_category" in into.model_fields_set else rule.spec.glossary


class TermFilters:
    """The terms of CluedIn's glossary of one rule."""

    def __init__(self, rule: Scene, taken: TermsTaken, keys: TermKeys | None, category: str) -> None:
        self.rule, self.taken, self.keys, self.category = rule, taken, keys, category

    def into(self, derived: Derived) -> None:
        """Adds what the terms want and declare."""
        names: dict[str, SourceTerm] = {}
        origin = origin_at(self.rule.document, LINE)
        category = self.rule.type("cluedin.glossary_category").desired(
            self.category, origin, mode="ensure", on_remove="forget"
        )
        wants, sources = [category] if self.taken.tops else [], {}
        for name, term, condition, needs in self._terms():
            first = names.setdefault(name, term)
            if first is not term:
                derived.findings.append(
                    error(
                        self.rule.document,
                        ("into", "glossary_category"),
                        "derived.collision",
                        f"`{'/'.join(first.names)}` and `{'/'.join(term.names)}` make one term of CluedIn: `{name}`",
                        "Rename one of the two in Purview, or leave one out with `select`.",
                    )
                )
                continue
            want = self._want(name, term, condition, needs)
            wants.append(want)
            sources[want.address] = source_of(term)
            derived.cluedin_terms.append((name, Spot(self.rule.document, CONCEPT)))
        derived.want(wants, sources, spelled_out(self.rule.world))

    def _terms(self) -> Iterator[tuple[str, SourceTerm, Node, tuple[str, ...]]]:
        for top in self.taken.tops:
            own, whole, needs = top.term.names[-1], *self._whole(top)
            yield own, top.term, whole, needs
            for child in top.below:
                name = "_".join((own, *top.path(child)))
                key = self.keys.full_keys.get(child.guid) if self.keys is not None else None
                if key is None or self.rule.spec.defaults.condition != "auto":
                    yield name, child, whole, needs
                    continue
                kind = self.keys.data_types[child.guid] if self.keys is not None else ""
                narrower = all_of(*whole["rules"], key_exists(key, data_type=kind))
                yield name, child, narrower, (*needs, f"cluedin.vocabulary_key:{key}")

    def _whole(self, top: TakenTerm) -> tuple[Node, tuple[str, ...]]:
        """The records of a term at the top, and what must be there before that can be said."""
        condition = self.rule.spec.defaults.condition
        if isinstance(condition, EntityTypeCondition):
            return all_of(entity_type_is(condition.entity_type)), ()
        if isinstance(condition, KeyCondition):
            return all_of(key_exists(condition.key, condition.exists)), ()
        if isinstance(condition, dict):
            return dict(condition), ()
        found = [one for one in self.keys.vocabularies.values() if one.top is top] if self.keys is not None else []
        code = found[0].code if found else ""
        return all_of(entity_type_is(code)), (f"cluedin.entity_type:{code}",) if code else ()

    def _want(self, name: str, term: SourceTerm, condition: Node, needs: tuple[str, ...]) -> Desired:
        source = source_of(term)
        given = self.taken.memory.given(FILTER, source)
        fields: dict[str, Any] = {"category": self.category, "condition": condition, "description": term.definition}
        return self.rule.type(FILTER).desired(
            name,
            origin_at(self.rule.document, LINE),
            needs=(f"cluedin.glossary_category:{self.category}", *needs),
            on_remove=_REMOVAL.get(self.rule.spec.removed, "forget"),
            moved_from=given if given != name else None,
            bearer=source,
            **fields,
        )
