"""One rule on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from reconciler.kinds.base import Kind, World
from reconciler.kinds.project.conditions import Node
from reconciler.kinds.project.criteria import Criterion, flat, keys_in
from reconciler.kinds.project.trees import tree_of
from reconciler.kinds.rule.spec import SCOPES, Rule
from reconciler.manifest.findings import Path
from reconciler.resources.cluedin.rule_order import RuleOrder
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed


class Scene(Kind[Rule]):
    """A document with its world, and the names that follow from both."""

    # -- names ---------------------------------------------------------------------------------------------

    @cached_property
    def name(self) -> str:
        """The name of the rule in CluedIn."""
        return composed((self.spec.name or self.document.name).strip())

    @property
    def concept(self) -> str:
        """The rule."""
        return self.name

    @property
    def scope(self) -> str:
        """CluedIn's word for its scope."""
        return SCOPES[self.spec.scope]

    @property
    def key(self) -> str:
        """The key of the rule and of its state."""
        return f"{self.scope}/{quote(self.name)}"

    @property
    def described(self) -> str | None:
        """What it is for."""
        return self.spec.description or self.document.description or None

    # -- conditions ----------------------------------------------------------------------------------------

    def criteria(self) -> Iterator[tuple[Path, Criterion]]:
        """Every condition with its place: of the rule, then of its steps."""
        yield from flat(self.spec.where, ("where",))
        for at, step in enumerate(self.spec.do):
            yield from flat(step.when, ("do", at, "when"))

    def tree(self, criteria: tuple[Criterion, ...]) -> Node:
        """Conditions as CluedIn's tree."""
        return tree_of(self.world, criteria)

    # -- keys ----------------------------------------------------------------------------------------------

    def written_keys(self) -> Iterator[tuple[Path, str]]:
        """The vocabulary keys that the rule changes, each with its place."""
        for at, step in enumerate(self.spec.do):
            for number, action in enumerate(step.actions):
                path: Path = ("do", at, "actions", number)
                if action.set_value is not None:
                    yield (*path, "set_value", "key"), action.set_value.key
                if action.delete_value is not None:
                    yield (*path, "delete_value"), action.delete_value

    def named_keys(self) -> Iterator[tuple[Path, str]]:
        """The vocabulary keys of conditions and actions, each with its place."""
        yield from keys_in(self.criteria())
        yield from self.written_keys()

    # -- order ---------------------------------------------------------------------------------------------

    @cached_property
    def before(self) -> tuple[tuple[int, str, bool], ...]:
        """The rules that run before it: the place in `after`, the name, and whether a manifest makes it."""
        ours = called(self.world, self.scope)
        return tuple((at, ours.get(word.strip(), word.strip()), word.strip() in ours)
                     for at, word in enumerate(self.spec.after))  # fmt: skip

    def pairs(self, *, ours: bool) -> list[str]:
        """What it says of the order, of rules that manifests make or of those of others."""
        return [RuleOrder.pair(name, self.name) for _, name, made in self.before if made is ours]


def called(world: World, scope: str) -> Mapping[str, str]:
    """The names in CluedIn of the rules of a scope that documents make: by these, and by those of the documents."""
    found: dict[str, str] = {}
    for one in world.of(Scene):
        if one.scope == scope:
            found.setdefault(one.document.name, one.name)
    return found | {one.name: one.name for one in world.of(Scene) if one.scope == scope}


def values(**given: Any) -> dict[str, Any]:
    """The fields that are said."""
    return {name: value for name, value in given.items() if value is not None}
