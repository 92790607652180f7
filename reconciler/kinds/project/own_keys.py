"""Keys of an entity type by the names that they have in their vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.kinds.base import World
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.references import entity_word
from reconciler.questions.access import KeysNamed
from reconciler.questions.catalogue import KeyAt


def keys_called(world: World, entity: str, name: str) -> tuple[str, ...]:
    """The full keys that a name may mean: itself where it is one, else those of the entity type that are called so."""
    known = declared(world)
    if name in known.keys or world.answers.of(KeyAt(name)):
        return (name,)
    code = entity_word(world, entity).code
    rows = (row for rows in known.keys.values() for row in rows if row.code is not None and row.code == code)
    ours = {row.key for row in rows if row.key[len(row.prefix) + 1 :] == name}
    live: Sequence[str] = world.answers.of(KeysNamed(entity, name)) or ()
    return tuple(sorted(ours | set(live)))
