"""Live objects whose names look like one that is wanted and not there: named, never doubled in silence."""

from __future__ import annotations

from reconciler.live import LiveState
from reconciler.resources.base import Desired, Resource
from reconciler.resources.spelling import difference

Twin = tuple[str, str]
"""Key and live id of an object; the id is empty where only its key is known."""


class Twins:
    """What a reading found, looked up by how names look; gathered for a type when it is first asked about."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._alike: dict[Resource, dict[str, dict[str, str]]] = {}

    def of(self, type: Resource, wanted: str) -> list[Twin]:
        """The objects that look like a key, wherever they are."""
        if type.hosted:
            return []  # what it is on is looked up by itself
        if type not in self._alike:
            self._alike[type] = self._gathered(type)
        found = self._alike[type].get(type.near(wanted), {})
        return [(key, id) for key, id in sorted(found.items()) if type.fold(key) != type.fold(wanted)]

    def beside(self, type: Resource, wanted: str) -> list[Twin]:
        """Those of them in the same place; a place that is another is a name of its own."""
        place = type.fold(type.above(wanted))
        return [twin for twin in self.of(type, wanted) if type.fold(type.above(twin[0])) == place]

    def _gathered(self, type: Resource) -> dict[str, dict[str, str]]:
        """Keys with ids by how they look; what a reading tells by the way counts too, as a table its columns."""
        found: dict[str, dict[str, str]] = {}
        pairs: list[Twin] = []
        for live in self._live.of(type).by_key.values():
            pairs += [(live.key, live.id), *((key, "") for key in live.tells)]
        pairs += [(key, "") for key in self._live.others.get(type.full_name, ())]
        for key, id in pairs:
            alike = found.setdefault(type.near(key), {})
            alike[key] = alike.get(key) or id
        return found


def refusal(want: Desired, key: str) -> str:
    """What to tell people about a create that would make a second object whose name looks like another's."""
    what = f"is not there, but `{key}` is, which differs {difference(want.key, key)}"
    if want.type.single(want.key):
        return f"{what}: there is never a second one; spell it as it is live"
    former = want.type.former(want.key, key) if not want.type.container else None
    renamed = f" (or `moved_from: {former}` where it was renamed here)" if former else ""
    named = f" of `{want.named.name}` ({want.named.source})" if want.named is not None else ""
    return f"{what}; spell it as it is live{renamed}, or say `distinct: true` in the metadata{named} if both are meant"


def missing(keys: list[str]) -> str:
    """What to tell people about a reference to what is not there."""
    found = " and ".join(f"`{key}`" for key in keys)
    near = f"; {found} {'is' if len(keys) == 1 else 'are'} there: spell it as it is live" if keys else ""
    return f"does not exist, and no manifest declares it{near}"
