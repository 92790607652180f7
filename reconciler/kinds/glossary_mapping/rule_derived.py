"""What a rule comes to: resources with what each was made of, what it declares, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.declarations import Declarations, DeclaredTerm, DeclaredVocabulary, Spot
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.resources import folded
from reconciler.resources.base import Desired


@dataclass
class Derived:
    """What a rule comes to, for the answers that there are."""

    wants: list[Desired] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    terms: list[DeclaredTerm] = field(default_factory=list)
    vocabularies: list[DeclaredVocabulary] = field(default_factory=list)
    cluedin_terms: list[tuple[str, Spot]] = field(default_factory=list)
    spelled_out: list[str] = field(default_factory=list)
    """Addresses of what would follow from the rule and is spelled out in Git."""
    selected: int = 0
    """How many things of the source the rule takes."""
    wait_for_assets: int = 0
    """How many terms would be taken but for what they are on."""

    @property
    def declarations(self) -> Declarations:
        """What it declares for other documents."""
        return Declarations(self.terms, tuple(self.vocabularies), tuple(self.cluedin_terms))

    def declare(self, said: Declarations) -> None:
        """Takes over what a derived mapping declares.

        A rule puts no entity type and no column into Purview: whoever needs them there brings them along.
        """
        self.terms += said.terms
        for one in said.vocabularies:
            keys = tuple(replace(key, code=None) for key in one.keys)
            self.vocabularies.append(replace(one, keys=keys, assets=None))
        self.cluedin_terms += said.cluedin_terms

    def want(self, wants: Iterable[Desired], sources: dict[str, str], spelled_out: frozenset[str]) -> None:
        """Takes over what a derived mapping wants, with what each is made of; what Git spells out is not the rule's."""
        for want in wants:
            if want.mode != "refer" and folded(want.address) in spelled_out:
                self.spelled_out.append(want.address)
                continue
            want.derived_from = sources.get(want.address, "")
            self.wants.append(want)


def spelled_out(world: World) -> frozenset[str]:
    """Addresses of what mappings in Git declare, folded: these win over a rule."""
    return world.know(_spelled_out)


def _spelled_out(world: World) -> frozenset[str]:
    found: list[str] = []
    for kind in world.of(Scene):
        said = kind.declarations if not kind.spec.is_rule else Declarations()
        found += (f"purview.term:{one.key}" for one in said.terms)
        found += (f"cluedin.glossary_term:{name}" for name, _ in said.cluedin_terms)
        for vocabulary in said.vocabularies:
            found.append(f"cluedin.vocabulary:{vocabulary.prefix}")
            found += (f"cluedin.vocabulary_key:{one.key}" for one in vocabulary.keys)
            if vocabulary.code is not None:
                found.append(f"cluedin.entity_type:{vocabulary.code}")
    return frozenset(map(folded, found))
