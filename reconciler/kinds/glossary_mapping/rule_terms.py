"""Vocabularies of CluedIn become terms of Purview: one for each vocabulary, with one below it for each key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping import rule_guard
from reconciler.kinds.glossary_mapping.rule_derived import Derived, spelled_out
from reconciler.kinds.glossary_mapping.rule_memory import KEY, TERM, VOCABULARY, Memory
from reconciler.kinds.glossary_mapping.rule_names import as_term, filled
from reconciler.kinds.glossary_mapping.rule_scene import derived_scene
from reconciler.kinds.glossary_mapping.rule_spec import Select
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import Concept, GlossaryMapping, Item
from reconciler.kinds.glossary_mapping.terms import term_resources
from reconciler.kinds.project.names import formal_name, path_parts, term_path
from reconciler.manifest.findings import error, info
from reconciler.questions.source_vocabularies import SourceKey, SourceVocabulary, VocabulariesSelected
from reconciler.resources.base import Desired, OnRemove

_REMOVAL: Mapping[str, OnRemove] = {"expire": "retire", "delete": "delete"}


def vocabularies_question(select: Select) -> VocabulariesSelected:
    """What a rule asks CluedIn."""
    return VocabulariesSelected(
        select.vocabulary,
        select.key_prefix,
        select.entity_type,
        core=select.core,
        provider=select.provider,
        active=select.active,
        obsolete_keys=select.obsolete_keys,
        visible_only=select.visible_only,
    )


@dataclass(frozen=True)
class DerivedTerm:
    """A vocabulary that is taken, the name of its term, and the names of those of its keys."""

    vocabulary: SourceVocabulary
    name: str
    keys: tuple[tuple[SourceKey, str], ...]


class VocabularyTerms:
    """The terms of one rule."""

    def __init__(self, rule: Scene, rows: tuple[SourceVocabulary, ...], memory: Memory) -> None:
        self.rule, self.rows, self.memory = rule, rows, memory
        self.glossary = rule.spec.into.glossary or ""
        self.root = path_parts(rule.spec.into.root) if rule.spec.into.root else []
        self.findings: list[Diagnostic] = []
        self.barred = 0
        self.terms = tuple(self._taken())

    def into(self, derived: Derived) -> None:
        """Adds what the terms want and declare."""
        derived.findings += self.findings
        if self.barred:
            derived.findings.append(
                info(
                    self.rule.document,
                    ("select",),
                    "derived.own",
                    f"{self.barred} {'vocabulary is' if self.barred == 1 else 'vocabularies are'} left out: this "
                    "project made what would be its own source",
                )
            )
        if self.terms:
            derived.want(self._above(), {}, spelled_out(self.rule.world))
        taken: dict[str, SourceVocabulary] = {}
        for one in self.terms:
            if self._is_taken(one, taken):
                continue
            scene, sources = derived_scene(self.rule, self._spec(one)), self._sources(one)
            derived.findings += self._of_others(sources)
            if scene.terms is not None:
                wants = list(term_resources(scene, scene.terms))
                derived.want(map(self._remembered(sources), wants), sources, spelled_out(self.rule.world))
                derived.declare(scene.declarations)

    # -- what is taken ---------------------------------------------------------------------------------------

    def _taken(self) -> Iterator[DerivedTerm]:
        prefixes, ours = rule_guard.derived_prefixes(self.rule.world), self.memory.ours(VOCABULARY, KEY)
        naming = self.rule.spec.naming
        for row in sorted((row for row in self.rows if row.passes), key=lambda one: one.prefix):
            if row.id in ours or row.prefix.casefold().startswith(prefixes):
                self.barred += 1
                continue
            words = {"vocabulary.name": row.name, "vocabulary.key_prefix": row.prefix}
            keys = [key for key in row.keys if key.passes and key.id not in ours]
            yield DerivedTerm(row, as_term(filled(naming.term, words)) or as_term(row.prefix), self._keys(keys))

    def _keys(self, keys: list[SourceKey]) -> tuple[tuple[SourceKey, str], ...]:
        """Names of the terms of keys; equal ones all get the name of the key as well."""
        pattern = self.rule.spec.naming.child
        names = {
            key.id: as_term(filled(pattern, {"key.display_name": key.display_name or key.name, "key.name": key.name}))
            or as_term(key.name)
            for key in keys
        }
        count = Counter(name.casefold() for name in names.values())
        told = ((key, names[key.id]) for key in sorted(keys, key=lambda one: one.key))
        return tuple(
            (key, f"{name} ({as_term(key.name)})" if count[name.casefold()] > 1 else name) for key, name in told
        )

    def _is_taken(self, one: DerivedTerm, taken: dict[str, SourceVocabulary]) -> bool:
        """Whether a name of Purview's own is that of something else already: it joins the names of a path by `_`."""
        paths = [[one.name], *([one.name, name] for _, name in one.keys)]
        for formal in (formal_name([*self.root, *path]) for path in paths):
            if formal.casefold() in taken:
                self._collide(taken[formal.casefold()], one.vocabulary, formal)
                return True
            taken[formal.casefold()] = one.vocabulary
        return False

    def _collide(self, first: SourceVocabulary, other: SourceVocabulary, formal: str) -> None:
        self.findings.append(
            error(
                self.rule.document,
                ("select",),
                "derived.collision",
                f"The vocabularies `{first.prefix}` and `{other.prefix}` make one term: `{formal}`",
                'Rename one of them in CluedIn, write `naming.term: "{vocabulary.key_prefix}"`, or leave one out '
                "with `select`.",
            )
        )

    # -- what is wanted --------------------------------------------------------------------------------------

    def _above(self) -> Iterator[Desired]:
        """The root, level by level: made where it is missing, and never removed."""
        origin = self.rule.origin_of("into")
        above: tuple[str, ...] = (f"purview.glossary:{term_path(self.glossary)}",)
        for length in range(1, len(self.root) + 1):
            key = term_path(self.glossary, *self.root[:length])
            yield self.rule.type(TERM).desired(key, origin, needs=above, mode="ensure", on_remove="forget")
            above = (above[0], f"{TERM}:{key}")

    def _spec(self, one: DerivedTerm) -> GlossaryMapping:
        """The mapping as it would be spelled out in Git."""
        into = self.rule.spec.into
        more: dict[str, Any] = {}
        if into.status is not None:
            more["status"] = into.status
        if into.template is not None:
            more["template"] = into.template
        parent = "/".join(term_path(name) for name in self.root) or None
        return GlossaryMapping(
            glossary=self.glossary,
            term=Concept(name=one.name, parent=parent, definition=one.vocabulary.description, **more),
            terms=tuple(Item(name=name, definition=key.description, **more) for key, name in one.keys),
        )

    def _of_others(self, sources: Mapping[str, str]) -> Iterator[Diagnostic]:
        """Names that are those of terms of something else, which is there and taken no longer."""
        for address, source in sources.items():
            key = address.partition(":")[2]
            other = self.memory.source_of(TERM, key)
            if other not in ("", source) and other in self._there and other not in self._wanted:
                yield error(
                    self.rule.document,
                    ("select",),
                    "derived.collision",
                    f"The term `{key}` would be of another key than before, and that one is there, but no longer taken",
                    "Rename one of the two in CluedIn, or let `select` take both.",
                )

    @cached_property
    def _there(self) -> frozenset[str]:
        """What is in CluedIn, as the ledger notes it: vocabularies, and the keys of those that are taken."""
        keys = (f"{KEY}:{key.id}" for row in self.rows for key in row.keys)
        return frozenset([*(f"{VOCABULARY}:{row.id}" for row in self.rows), *keys])

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(source for one in self.terms for source in self._sources(one).values())

    def _sources(self, one: DerivedTerm) -> dict[str, str]:
        """By address of each term, what it is made of."""
        top = [*self.root, one.name]
        found = {f"{TERM}:{term_path(self.glossary, *top)}": f"{VOCABULARY}:{one.vocabulary.id}"}
        for key, name in one.keys:
            found[f"{TERM}:{term_path(self.glossary, *top, name)}"] = f"{KEY}:{key.id}"
        return found

    def _remembered(self, sources: Mapping[str, str]) -> Any:
        """Gives a term the name that it had before, by what it is made of: a rename is an update of the same term."""
        removal = _REMOVAL.get(self._removed, "forget")

        def remember(want: Desired) -> Desired:
            source = sources.get(want.address)
            if source is None:
                return want
            given = self.memory.given(TERM, source)
            former = (given,) if given not in (None, want.key) else ()
            moved = bool(former) and want.type.own_name(str(given)) != want.type.own_name(want.key)
            return replace(want, moved_from=former, moved=moved, bearer=source, on_remove=removal)

        return remember

    @property
    def _removed(self) -> str:
        spec = self.rule.spec
        return spec.removed if "removed" in spec.model_fields_set else "expire"
