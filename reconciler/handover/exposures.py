"""dbt's exposures: the data sets of CluedIn that read what models of dbt made.

CluedIn's exports are sources of dbt; exposures go the other way, so there is one for each DataSourceLink that names
models. An exposure has one owner with a name or an address, and its `meta` stands under `config` (dbt-core 1.11, [A]).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.kinds.base import World
from reconciler.kinds.data_source_link.links import Links

NOBODY = "nobody"


def exposures(world: World) -> Mapping[str, Mapping[str, Any]]:
    """An exposure for each link that names models, by the name of the link; in the order of names."""
    found = {one.document.name: one for one in world.of(Links) if one.spec.dbt.depends_on}
    return {name: _exposure(found[name]) for name in sorted(found)}


def _exposure(link: Links) -> Mapping[str, Any]:
    spec, name = link.spec, link.document.name
    said = link.document.description or f"The data set {spec.data_set.name} of CluedIn reads what these models made."
    told: dict[str, Any] = {
        "name": re.sub(r"[^A-Za-z0-9_]", "_", f"cluedin_{link.world.environment_name}_{name}"),
        "label": unrendered(f"CluedIn: {' / '.join(spec.data_set.names)}"),
        "type": "application",
        "description": unrendered(said),
        "depends_on": [_reference(model) for model in dict.fromkeys(spec.dbt.depends_on)],
        "owner": _owner(link),
    }
    meta = {"link": name, "environment": link.world.environment_name}
    owners = list(spec.owners[1:])
    return {**told, "config": {"meta": {**meta, **({"other_owners": owners} if owners else {})}}}


def _owner(link: Links) -> Mapping[str, str]:
    """The first owner of the data set, as the environment knows them now."""
    first = next(iter(link.spec.owners), NOBODY)
    person = link.environment.person(first)
    email = person.email if person is not None else ""
    return {"name": first, **({"email": email} if email else {})}


def _reference(model: str) -> str:
    return f"ref({', '.join(repr(part) for part in model.split('.'))})"


def unrendered(text: str) -> str:
    """A text that Jinja leaves as it is."""
    return text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
