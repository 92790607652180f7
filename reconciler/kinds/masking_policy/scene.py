"""One policy on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from reconciler.kinds.base import Kind, World
from reconciler.kinds.masking_policy.spec import ALL, TARGET, MaskingPolicy
from reconciler.kinds.project.conditions import Node
from reconciler.kinds.project.criteria import Criterion, flat, keys_in
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.members import Word
from reconciler.kinds.project.own_keys import keys_called
from reconciler.kinds.project.references import entity_word
from reconciler.kinds.project.trees import tree_of
from reconciler.manifest.findings import Path
from reconciler.questions.access import LivePolicy, Policies
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed


class Scene(Kind[MaskingPolicy]):
    """A document with its world, and the names that follow from both."""

    # -- names ---------------------------------------------------------------------------------------------

    @cached_property
    def name(self) -> str:
        """The name of the policy in CluedIn."""
        return composed((self.spec.policy or self.document.name).strip())

    @property
    def concept(self) -> str:
        """The policy."""
        return self.name

    @property
    def key(self) -> str:
        """The key of the policy and of its state."""
        return quote(self.name)

    @property
    def described(self) -> str | None:
        """What it is for."""
        return self.spec.description or self.document.description or None

    # -- what it is about ------------------------------------------------------------------------------------

    @property
    def is_all(self) -> bool:
        """Whether it is about all keys."""
        return self.spec.target == ALL

    @cached_property
    def entity_and_field(self) -> tuple[str, str] | None:
        """The entity type and the key that `target` names, in people's words."""
        found = TARGET.fullmatch(self.spec.target) if self.spec.target is not None else None
        return (found["entity"].strip(), found["field"].strip()) if found is not None else None

    @cached_property
    def code(self) -> str | None:
        """The code of the entity type that `target` names."""
        return entity_word(self.world, self.entity_and_field[0]).code if self.entity_and_field is not None else None

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The full keys that the field of `target` may be."""
        if self.entity_and_field is None:
            return ()
        return keys_called(self.world, *self.entity_and_field)

    @cached_property
    def keys(self) -> tuple[tuple[Path, str], ...]:
        """The full keys that it is about, each with its place; none of a vocabulary or of all."""
        if self.entity_and_field is not None:
            return ((("target",), self.candidates[0]),) if len(self.candidates) == 1 else ()
        return tuple((("keys", at), key) for at, key in enumerate(self.spec.keys))

    def named_keys(self) -> Iterator[tuple[Path, str]]:
        """Every full key that it names, each with its place."""
        yield from self.keys
        if self.spec.also_view is not None:
            yield from ((("also_view", "keys", at), key) for at, key in enumerate(self.spec.also_view.keys))
        yield from keys_in(self.criteria())

    def vocabularies(self) -> Iterator[tuple[Path, str]]:
        """The prefixes of vocabularies that it names, each with its place."""
        if self.spec.vocabulary is not None:
            yield ("vocabulary",), self.spec.vocabulary
        if self.spec.also_view is not None and self.spec.also_view.vocabulary is not None:
            yield ("also_view", "vocabulary"), self.spec.also_view.vocabulary

    def covers(self, key: str) -> bool:
        """Whether it is about a key."""
        prefix = self.spec.vocabulary
        below = prefix is not None and key.casefold().startswith(f"{prefix.casefold()}.")
        return self.is_all or below or key in (one for _, one in self.keys)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The words for sensitivity on the keys that it is about."""
        rows = (row for key, rows in declared(self.world).keys.items() if self.covers(key) for row in rows)
        return frozenset(word for row in rows for word in row.labels)

    # -- which records ---------------------------------------------------------------------------------------

    def criteria(self) -> Iterator[tuple[Path, Criterion]]:
        """Every condition with its place."""
        yield from flat(self.spec.rows, ("rows",))

    @property
    def tree(self) -> Node:
        """Conditions as CluedIn's tree: the entity type of `target`, and the rows."""
        return tree_of(self.world, self.spec.rows, self.code)

    # -- who -------------------------------------------------------------------------------------------------

    @property
    def masks(self) -> bool:
        """Whether its members see masked values."""
        return self.spec.effect == "allow_with_mask"

    @cached_property
    def members(self) -> tuple[Path, Sequence[Word]]:
        """Whom it is for, as people write it, and where."""
        if self.spec.members is not None or not self.masks:
            return ("members",), self.spec.members or ()
        cluedin = self.environment.cluedin
        return ("effect",), cluedin.masked_members if cluedin is not None else ()

    @property
    def excepted(self) -> tuple[tuple[Path, str], ...]:
        """The roles that the mask is not for, each with its place."""
        return tuple(
            (("unless", at, "role_in", number), role)
            for at, one in enumerate(self.spec.unless)
            for number, role in enumerate(one.role_in)
        )

    # -- beside others ---------------------------------------------------------------------------------------

    @cached_property
    def before(self) -> tuple[tuple[str, bool], ...]:
        """The policies of `after`: the name of each, and whether a manifest makes it."""
        ours = called(self.world)
        return tuple((ours.get(word.strip(), word.strip()), word.strip() in ours) for word in self.spec.after)

    def live(self) -> LivePolicy | None:
        """The policy as it is live, under this name or the one before."""
        rows: Sequence[LivePolicy] = self.world.answers.of(Policies()) or ()
        names = (self.name, composed((self.spec.moved_from or "").strip()))
        return next((one for name in names for one in rows if name and composed(one.name) == name), None)

    def others(self) -> list[LivePolicy]:
        """The policies beside it."""
        rows: Sequence[LivePolicy] = self.world.answers.of(Policies()) or ()
        mine = self.live()
        return [one for one in rows if one is not mine]


def called(world: World) -> Mapping[str, str]:
    """The names in CluedIn of the policies that documents make: by these, and by those of the documents."""
    scenes = world.of(Scene)
    return {one.document.name: one.name for one in scenes} | {one.name: one.name for one in scenes}
