"""Terms of Purview become vocabularies of CluedIn: one for each term at the top, with a key for each below it.

Names are given once: what the ledger knows to be made of a term keeps its prefix and its key, whatever the term is
called now; display names and texts follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping.catalogue import catalogue_resources, key_resources
from reconciler.kinds.glossary_mapping.halves import KeyHalf, keys_of
from reconciler.kinds.glossary_mapping.rule_derived import Derived, spelled_out
from reconciler.kinds.glossary_mapping.rule_memory import ENTITY_TYPE, KEY, VOCABULARY
from reconciler.kinds.glossary_mapping.rule_names import filled, slug
from reconciler.kinds.glossary_mapping.rule_scene import derived_scene
from reconciler.kinds.glossary_mapping.rule_terms_taken import TakenTerm, TermsTaken
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import EntityType, GlossaryMapping, Item, Vocabulary
from reconciler.kinds.glossary_mapping.words import DATA_TYPES
from reconciler.kinds.project.data_types import data_type
from reconciler.manifest.findings import error, info, warning
from reconciler.questions.source_terms import SourceTerm
from reconciler.resources.base import Desired

TYPE_ATTRIBUTE = "CluedInDataType"
"""The attribute of a term template that says the data type of the key."""
_DATA_TYPES = {name.casefold(): name for name in DATA_TYPES}


@dataclass
class DerivedVocabulary:
    """A vocabulary with its keys: of a term at the top, or of one that is taken no longer and whose keys stay."""

    prefix: str
    top: TakenTerm | None
    code: str = ""
    keys: dict[str, tuple[SourceTerm, str]] = field(default_factory=dict)
    """By name of the key: its term, and its display name."""

    def full(self, name: str) -> str:
        """A key with the prefix."""
        return f"{self.prefix}.{name}"


class TermKeys:
    """The vocabularies of one rule."""

    def __init__(self, rule: Scene, taken: TermsTaken) -> None:
        self.rule, self.taken, self.memory = rule, taken, taken.memory
        self.findings: list[Diagnostic] = []
        self.vocabularies: dict[str, DerivedVocabulary] = {}
        """By key prefix."""
        self.full_keys: dict[str, str] = {}
        """Full keys by guid of their term."""
        self.data_types: dict[str, str] = {}
        """Data types by guid of the term of the key."""
        self._holders: dict[str, SourceTerm] = {}
        self._titles: dict[str, SourceTerm] = {}
        for top in taken.tops:
            self._add_vocabulary(top)
        for top in taken.tops:
            for child in top.below:
                self._add_key(top, child)

    def into(self, derived: Derived) -> None:
        """Adds what the vocabularies want and declare."""
        derived.findings += self.findings
        for one in self.vocabularies.values():
            scene = derived_scene(self.rule, self._spec(one))
            half = keys_of(scene.spec)
            if half is not None:
                derived.want(self._wants(one, scene, half), self._sources(one), spelled_out(self.rule.world))
                derived.declare(scene.declarations)

    # -- names -----------------------------------------------------------------------------------------------

    def _add_vocabulary(self, top: TakenTerm) -> None:
        naming, term, source = self.rule.spec.naming, top.term, source_of(top.term)
        own = term.names[-1]
        prefix = self.memory.given(VOCABULARY, source) or f"{naming.vocabulary_prefix}.{self._slug(term, own)}"
        code = self.memory.given(ENTITY_TYPE, source) or f"/{naming.entity_type_prefix}/{slug(own)}"
        title = filled(naming.vocabulary, {"term": own})
        if self._collides(term, VOCABULARY, prefix, "key prefix") or self._is_titled_twice(term, title):
            return
        self.vocabularies[prefix] = DerivedVocabulary(prefix, top, code)

    def _add_key(self, top: TakenTerm, child: SourceTerm) -> None:
        nick = filled(self.rule.spec.naming.key, {"nick": " ".join(top.path(child))})
        home = next((one for one in self.vocabularies.values() if one.top is top), None)
        given = self.memory.given(KEY, source_of(child))
        if given is not None:
            prefix, _, name = given.rpartition(".")
        elif home is None:
            return  # its vocabulary is in the findings already
        else:
            prefix, name = home.prefix, self._slug(child, nick)
        if home is not None and prefix.casefold() != home.prefix.casefold():
            self.findings.append(_moved(self.rule, child, f"{prefix}.{name}", home.prefix))
        if self._collides(child, KEY, f"{prefix}.{name}", "key"):
            return
        vocabulary = self.vocabularies.setdefault(prefix, DerivedVocabulary(prefix, None))
        vocabulary.keys[name] = child, nick
        self.full_keys[child.guid] = vocabulary.full(name)
        self.data_types[child.guid] = self._type(child)

    def _slug(self, term: SourceTerm, name: str) -> str:
        found = slug(name)
        if not found:
            self.findings.append(
                error(
                    self.rule.document,
                    ("select",),
                    "derived.no_name",
                    f"The term `{'/'.join(term.names)}` gives no name for a key: it has no Latin letter and no digit",
                    "Rename it in Purview, or leave it out with `select.term`.",
                )
            )
        return found

    def _collides(self, term: SourceTerm, type: str, key: str, what: str) -> bool:
        """Whether another term has the name already; one that is gone leaves its name to who comes after it."""
        first = self._holders.setdefault(f"{type}:{key.casefold()}", term)
        other = self.memory.source_of(type, key)
        guid = other.partition(":")[2]
        if first is term and other not in ("", source_of(term)) and guid in self.taken.known:
            first = next(row for row in self.taken.rows if row.guid == guid)
        if first is term:
            return False
        self.findings.append(
            error(
                self.rule.document,
                ("select",),
                "derived.collision",
                f"`{'/'.join(first.names)}` and `{'/'.join(term.names)}` make one {what}: `{key}`",
                "Rename one of the two terms in Purview, or leave one out with `select`.",
            )
        )
        return True

    def _is_titled_twice(self, term: SourceTerm, title: str) -> bool:
        first = self._titles.setdefault(title.casefold(), term)
        if first is not term:
            self.findings.append(
                error(
                    self.rule.document,
                    ("naming", "vocabulary"),
                    "derived.collision",
                    f"`{first.names[-1]}` and `{term.names[-1]}` make two vocabularies of one name: `{title}`",
                    "Let `naming.vocabulary` hold `{term}`; CluedIn keeps these names unique without regard to case.",
                )
            )
        return first is not term

    # -- what is wanted --------------------------------------------------------------------------------------

    def _spec(self, one: DerivedVocabulary) -> GlossaryMapping:
        """The mapping as it would be spelled out in Git."""
        spec = self.rule.spec
        fields: dict[str, str] = {}
        entity_type = None
        if one.top is not None:
            own = one.top.term.names[-1]
            fields["description"] = one.top.term.definition or f"{own} added from Purview Glossary"
            entity_type = EntityType(name=own, code=one.code)
        name = filled(spec.naming.vocabulary, {"term": one.top.term.names[-1]}) if one.top is not None else one.prefix
        return GlossaryMapping(
            vocabulary=Vocabulary(
                name=name, key_prefix=one.prefix, entity_type=entity_type, group=spec.defaults.group, **fields
            ),
            terms=tuple(self._item(name, term, title) for name, (term, title) in sorted(one.keys.items())),
            removed=spec.removed,
            assets=False,
        )

    def _item(self, name: str, term: SourceTerm, title: str) -> Item:
        kind = self.data_types[term.guid]
        return Item.model_validate(
            {"name": title, "key": name, "description": term.definition, "data_type": kind, "term": False}
        )

    def _type(self, term: SourceTerm) -> str:
        """What an attribute says, else the one column that the term is on, else the default."""
        said = next((str(held[TYPE_ATTRIBUTE]) for held in term.attributes.values() if held.get(TYPE_ATTRIBUTE)), "")
        if said.strip().casefold() in _DATA_TYPES:
            return _DATA_TYPES[said.strip().casefold()]
        if said:
            self.findings.append(
                warning(
                    self.rule.document,
                    ("defaults", "data_type"),
                    "derived.data_type",
                    f"`{TYPE_ATTRIBUTE}` of the term `{'/'.join(term.names)}` is `{said[:40]}`, which is no data type",
                    "Correct it in Purview.",
                )
            )
        return data_type(term.column_types[0]) if len(term.column_types) == 1 else self.rule.spec.defaults.data_type

    def _wants(self, one: DerivedVocabulary, scene: Scene, half: KeyHalf) -> Iterator[Desired]:
        if one.top is None:
            origin = scene.origin_of("vocabulary")
            yield scene.type(VOCABULARY).desired(one.prefix, origin, mode="ensure", on_remove="forget")
            yield from key_resources(scene, half)
            return
        for want in catalogue_resources(scene, half):
            if want.type.full_name == VOCABULARY:
                want.on_remove = "forget"  # a vocabulary may hold what others have made in the meantime
            yield want

    def _sources(self, one: DerivedVocabulary) -> dict[str, str]:
        found = {f"{KEY}:{one.full(name)}": source_of(term) for name, (term, _) in one.keys.items()}
        if one.top is not None:
            source = source_of(one.top.term)
            return {**found, f"{VOCABULARY}:{one.prefix}": source, f"{ENTITY_TYPE}:{one.code}": source}
        return {**found, f"{VOCABULARY}:{one.prefix}": self.memory.source_of(VOCABULARY, one.prefix)}


def source_of(term: SourceTerm) -> str:
    """What the ledger notes of what is made of a term."""
    return f"purview.term:{term.guid}"


def _moved(rule: Scene, term: SourceTerm, key: str, prefix: str) -> Diagnostic:
    return info(
        rule.document,
        ("into", "vocabularies"),
        "derived.moved",
        f"The term `{'/'.join(term.names)}` was moved: its key stays `{key}`, and no key of `{prefix}` is made",
        "A key cannot change its vocabulary. To have it there, map it by hand.",
    )
