"""What several kinds want in Purview in the same way: the collection of the environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.base import World, origin_at
from reconciler.manifest.documents import ENVIRONMENT
from reconciler.resources import types
from reconciler.resources.base import Desired, Mode
from reconciler.resources.objects import Origin


def collection_resources(world: World, purview: PurviewSystem, origin: Origin) -> Iterator[Desired]:
    """The collection of our assets: the root is referred to, every part of a path below it is ensured.

    Its name stands in the environment, which also says whether it is meant as another than one that looks like it.
    """
    if purview.collection is None or not purview.dialect.has_collections:
        return
    kind = types()["purview.collection"]
    parts = purview.collection.split("/")
    environment = next(one for one in world.written(ENVIRONMENT) if one.name == world.environment_name)
    named = origin_at(environment, ("purview", "collection"))
    for length in range(1, len(parts) + 1):
        parent = [kind.address("/".join(parts[: length - 1]))] if length > 1 else []
        mode: Mode = "ensure" if length > 1 else "refer"
        want = kind.desired("/".join(parts[:length]), origin, needs=parent, mode=mode, on_remove="forget")
        want.named, want.distinct = named, environment.means(want.address)
        yield want


def collection_needs(purview: PurviewSystem) -> tuple[str, ...]:
    """The address of the collection that an asset is created in."""
    if purview.collection is None or not purview.dialect.has_collections:
        return ()
    return (f"purview.collection:{purview.collection}",)


def collection_value(purview: PurviewSystem) -> dict[str, Any]:
    """The field of an asset that says which collection it is in, when the environment names one."""
    if purview.collection is None or not purview.dialect.has_collections:
        return {}
    return {"collection": purview.collection}
