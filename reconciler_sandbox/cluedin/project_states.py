"""What people do with projects in CluedIn's pages, told to the sandbox: a project is in another state from then on."""

from __future__ import annotations

from reconciler_sandbox.cluedin import clean_projects, conditions, deduplication
from reconciler_sandbox.cluedin.world import CLEAN, DEDUP, RULE, Doc, World, new_id, now

_KINDS = {
    "clean": (CLEAN, clean_projects.STATES, "hasCleanChanges"),
    "deduplication": (DEDUP, deduplication.STATES, "matched"),
}
"""By the word of a control call: the kind of documents, the states, and the member that says whether work is in it."""


def put(world: World, told: object) -> None:
    """`{"kind": "clean", "name": …, "status": …, "changes": true, "rules": ["Upper case"]}`.

    `rules` are those that cleaning made, which do not run at first ([B]). `ValueError` for what cannot be.
    """
    if not isinstance(told, dict) or told.get("kind") not in _KINDS:
        raise ValueError(f"an object is expected whose kind is one of {', '.join(_KINDS)}")
    kind, states, changes = _KINDS[told["kind"]]
    found = [doc for doc in world.all(kind, latest=True) if doc["name"] == told.get("name")]
    if not found:
        raise ValueError(f"no project is called {told.get('name')!r}")
    status = {one.casefold(): one for one in states}.get(str(told.get("status") or "").casefold())
    if status is None:
        raise ValueError(f"the status is one of {', '.join(states)}, not {told.get('status')!r}")
    for doc in found:
        more: Doc = {changes: bool(told["changes"])} if "changes" in told else {}
        world.put(kind, {**doc, "status": status, **more})
        for name in told.get("rules") or ():
            world.put(RULE, _rule(world, str(name), doc))


def _rule(world: World, name: str, of: Doc) -> Doc:
    """A rule about parts of records, at the end of those."""
    places = [one["order"] for one in world.all(RULE, latest=True) if one["scope"] == "DataPart"]
    person, moment = of["createdBy"], now()
    return {
        "id": new_id(),
        "name": name,
        "description": None,
        "order": 1 + max(places, default=0),
        "isActive": False,
        "createdBy": person,
        "modifiedBy": person,
        "createdAt": moment,
        "modifiedAt": moment,
        "condition": conditions.stored(world, {}),
        "rules": [],
        "scope": "DataPart",
        "sourceId": of["id"],
    }
