"""The Purview glossary half of a glossary mapping: glossary, terms, and the edges between terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import TermText
from reconciler.kinds.glossary_mapping.templates import Known, as_compared, known_templates, required_paths
from reconciler.kinds.project.names import path_parts, term_path
from reconciler.kinds.project.people import object_ids
from reconciler.resources.base import Desired, Origin

_PLAIN = ("definition", "summary", "abbreviation", "usage", "status")
NOT_IN_ATLAS = frozenset({"status", "template", "attributes", "experts", "stewards", "resources"})
"""What Apache Atlas does not keep of a term (`AtlasGlossaryTerm` of 2.4.0, grade A)."""
_EDGES = (("synonyms", "synonyms"), ("related", "seeAlso"))


def term_resources(scene: Scene) -> Iterator[Desired]:
    """The glossary, the concept's term below its parent, and one term an item."""
    spec = scene.spec
    assert spec.term is not None
    assert spec.glossary is not None
    origin = scene.origin_of("term")
    glossary = f"purview.glossary:{spec.glossary}"
    yield scene.type("purview.glossary").desired(spec.glossary, origin, mode="ensure", on_remove="forget")
    parent = _parent_key(scene)
    atlas = scene.purview is not None and scene.purview.mode == "atlas"
    if atlas:
        yield from _categories(scene, parent, origin)
    elif parent is not None:
        yield refer_to_term(scene, parent, origin)
    above = "category" if atlas else "term"
    needs = (glossary, f"purview.{above}:{parent}") if parent else (glossary,)
    former = [scene.former_concept_key] if scene.former_concept_key is not None else []
    known = known_templates(scene)
    bearer = scene.bearer()
    yield _term(scene, scene.concept_key, spec.term, origin, needs, former, known, moved=True, bearer=bearer)
    yield from _edges(scene, scene.concept_key, spec.term, origin)
    below = (glossary, f"purview.{above}:{scene.concept_key}")
    for at, item in enumerate(spec.terms):
        if item.term:
            key = scene.item_key(item)
            before, moved = scene.former_item_keys(item), item.former.name is not None
            bearer = scene.bearer(item)
            yield _term(scene, key, item, scene.origin(at), below, before, known, moved=moved, bearer=bearer)
            yield from _edges(scene, key, item, scene.origin(at))


def _categories(scene: Scene, parent: str | None, origin: Origin) -> Iterator[Desired]:
    """What stands for parents in Apache Atlas: the categories above the concept, and the concept's own for its items.

    Those above are ensured and stay, as others may use them too; the concept's own is renamed and goes with it.
    """
    kind = scene.type("purview.category")
    glossary = f"purview.glossary:{scene.spec.glossary}"
    parts = parent.split("/") if parent is not None else []
    above: tuple[str, ...] = ()
    for length in range(2, len(parts) + 1):
        key = "/".join(parts[:length])
        yield kind.desired(key, origin, needs=(glossary, *above), mode="ensure", on_remove="forget")
        above = (kind.address(key),)
    if any(item.term for item in scene.spec.terms):
        former = scene.former_concept_key
        moved = former if former != scene.concept_key else None
        needs = (glossary, *above)
        yield kind.desired(scene.concept_key, origin, needs=needs, moved_from=moved, on_remove="delete")


def refer_to_term(scene: Scene, key: str, origin: Origin) -> Desired:
    """A term that someone else looks after; where a manifest declares it, its wish is the stronger one."""
    return scene.type("purview.term").desired(key, origin, mode="refer", on_remove="forget")


def edge_key(kind: str, one: str, other: str) -> str:
    """The key of an edge between two terms, the same from both ends."""
    first, second = sorted((one, other))
    return f"{kind}:{first}@{second}"


def resolve_term(scene: Scene, name: str) -> list[str]:
    """The keys that the name of a synonym or related term may stand for: one, unless it is ambiguous.

    Of several below other terms the one of the own mapping is meant, as people read it where it stands.
    """
    parts = path_parts(name)
    if len(parts) > 1:
        return [term_path(*parts)]
    glossary = scene.spec.glossary or ""
    at_top = term_path(glossary, parts[0])
    if at_top in scene.declared.terms:
        return [at_top]
    found = scene.declared.by_own_name.get((glossary, parts[0])) or [at_top]
    if len(found) > 1:
        ours = {scene.concept_key, *(scene.item_key(item) for item in scene.spec.terms if item.term)}
        return [key for key in found if key in ours] or found
    return found


def _parent_key(scene: Scene) -> str | None:
    assert scene.spec.term is not None
    assert scene.spec.glossary is not None
    if scene.spec.term.parent is None:
        return None
    return term_path(scene.spec.glossary, *path_parts(scene.spec.term.parent))


def _term(
    scene: Scene,
    key: str,
    text: TermText,
    origin: Origin,
    needs: tuple[str, ...],
    former: Iterable[str],
    known: Known | None,
    *,
    moved: bool,
    bearer: str,
) -> Desired:
    required, fields = required_paths(text, known), _term_fields(scene, text, known)
    return scene.type("purview.term").desired(
        key,
        origin,
        needs=needs,
        moved_from=former,
        moved=moved,
        on_remove="delete",
        requires=required,
        bearer=bearer,
        **fields,
    )


def _term_fields(scene: Scene, text: TermText, known: Known | None) -> dict[str, Any]:
    """The fields of a term that the manifest mentions."""
    assert scene.purview is not None
    mentioned = text.model_fields_set
    if scene.purview.mode == "atlas":
        mentioned = mentioned - NOT_IN_ATLAS
    fields = {name: getattr(text, name) for name in _PLAIN if name in mentioned}
    for contacts in ("experts", "stewards"):
        if contacts in mentioned:
            fields[contacts] = object_ids(scene.environment, getattr(text, contacts))
    if "template" in mentioned or "attributes" in mentioned:
        own = [text.template] if text.template is not None else []
        fields["templates"] = list(dict.fromkeys([*own, *text.attributes]))
    if "attributes" in mentioned:
        fields["attributes"] = as_compared(text.attributes, known)
    if "resources" in mentioned:
        fields["resources"] = [{"name": link.name, "url": link.url} for link in text.resources]
    return fields


def _edges(scene: Scene, key: str, text: TermText, origin: Origin) -> Iterator[Desired]:
    for field, kind in _EDGES:
        for name in getattr(text, field):
            other = resolve_term(scene, name)[0]
            if other not in scene.declared.terms:
                yield refer_to_term(scene, other, origin)
            ends = (f"purview.term:{key}", f"purview.term:{other}")
            yield scene.type("purview.related_term").desired(edge_key(kind, key, other), origin, needs=ends)
