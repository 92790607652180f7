"""The Purview glossary half of a glossary mapping: glossary, terms, and the edges between terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.glossary_mapping.halves import TermHalf
from reconciler.kinds.glossary_mapping.marks import Contacts, Edge, OfTerms
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import TermText
from reconciler.kinds.glossary_mapping.templates import Known, as_compared, known_templates, required_paths
from reconciler.kinds.project.names import path_parts, term_path
from reconciler.kinds.project.people import object_ids
from reconciler.manifest.fields import plain_fields
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin
from reconciler.systems.dialect import Dialect

CONTACTS = tuple(TermText.marked(Contacts))
"""The fields of a term that name people."""
EDGES = TermText.marked(Edge)
"""The fields of a term that name other terms."""
PARTS = TermText.marked(OfTerms)
"""The fields of a term that not every dialect keeps."""
_PLAIN = plain_fields(TermText)


def term_resources(scene: Scene, terms: TermHalf) -> Iterator[Desired]:
    """The glossary, the concept's term below its parent, and one term an item."""
    origin = scene.origin_of("glossary" if terms.concept is None else "term")
    parent = terms.parent_key
    glossary = f"purview.glossary:{terms.glossary}"
    yield scene.type("purview.glossary").desired(terms.glossary, origin, mode="ensure", on_remove="forget")
    above = "term" if scene.dialect.has_term_parents else "category"
    if above == "category":
        yield from _categories(scene, terms, origin)
    elif parent is not None:
        yield _refer(scene, parent, origin)
    known = known_templates(scene)
    if terms.concept is not None:
        needs = (glossary, f"purview.{above}:{parent}") if parent else (glossary,)
        former = [terms.former_key] if terms.former_key is not None else []
        bearer = scene.bearer()
        yield _term(scene, terms.key, terms.concept, origin, needs, former, known, moved=True, bearer=bearer)
        yield from _edges(scene, terms, terms.key, terms.concept, origin)
    for entry in terms.items:
        item, key, at = entry.item, terms.item_key(entry), scene.origin(entry.path)
        is_at_top = entry.parent is None and terms.concept is None
        needs = (glossary,) if is_at_top else (glossary, f"purview.{above}:{terms.above_key(entry)}")
        before, moved = terms.former_item_keys(entry), item.former.name is not None
        yield _term(scene, key, item, at, needs, before, known, moved=moved, bearer=scene.bearer(item))
        yield from _edges(scene, terms, key, item, at)


def resolve_term(scene: Scene, terms: TermHalf, name: str) -> list[str]:
    """The keys that the name of a synonym or related term may stand for: one, unless it is ambiguous.

    Of several below other terms the one of the own mapping is meant, as people read it where it stands.
    """
    parts = path_parts(name)
    if len(parts) > 1:
        return [term_path(*parts)]
    at_top = term_path(terms.glossary, parts[0])
    if at_top in scene.declared.terms:
        return [at_top]
    found = scene.declared.by_own_name.get((terms.glossary, parts[0])) or [at_top]
    if len(found) > 1:
        ours = {terms.key, *map(terms.item_key, terms.items)}
        return [key for key in found if key in ours] or found
    return found


def not_kept(dialect: Dialect) -> frozenset[str]:
    """The fields of a term that a dialect does not keep."""
    return frozenset(name for name, of in PARTS.items() if of.part not in dialect.term_parts)


def _categories(scene: Scene, terms: TermHalf, origin: Origin) -> Iterator[Desired]:
    """What stands for parents in Apache Atlas: the categories above the concept, and the concept's own for its items.

    Those above are ensured and stay, as others may use them too; the concept's own is renamed and goes with it.
    """
    kind = scene.type("purview.category")
    glossary = f"purview.glossary:{terms.glossary}"
    parts = terms.parent_key.split("/") if terms.parent_key is not None else []
    above: tuple[str, ...] = ()
    for length in range(2, len(parts) + 1):
        key = "/".join(parts[:length])
        yield kind.desired(key, origin, needs=(glossary, *above), mode="ensure", on_remove="forget")
        above = (kind.address(key),)
    if terms.concept is not None and any(True for _ in terms.items):
        moved = terms.former_key if terms.former_key != terms.key else None
        yield kind.desired(terms.key, origin, needs=(glossary, *above), moved_from=moved, on_remove="delete")
    for entry in terms.items:
        if entry.has_terms_within:
            is_at_top = entry.parent is None and terms.concept is None
            yield kind.desired(
                terms.item_key(entry),
                scene.origin(entry.path),
                needs=(glossary,) if is_at_top else (glossary, kind.address(terms.above_key(entry))),
                moved_from=terms.former_item_keys(entry),
                on_remove="delete",
            )


def _refer(scene: Scene, key: str, origin: Origin) -> Desired:
    """A term that someone else looks after; where a manifest declares it, its wish is the stronger one."""
    return scene.type("purview.term").desired(key, origin, mode="refer", on_remove="forget")


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
    mentioned = text.model_fields_set - not_kept(scene.dialect)
    fields = {name: getattr(text, name) for name in _PLAIN if name in mentioned}
    for contacts in CONTACTS:
        if contacts in mentioned:
            fields[contacts] = object_ids(scene.environment, getattr(text, contacts))
    if "template" in mentioned or "attributes" in mentioned:
        own = [text.template] if text.template is not None else []
        fields["templates"] = list(dict.fromkeys([*own, *text.attributes]))
    if "attributes" in mentioned:
        fields["attributes"] = as_compared(text.attributes, known)
    if "resources" in mentioned:
        fields["resources"] = [link.model_dump() for link in text.resources]
    return fields


def _edges(scene: Scene, terms: TermHalf, key: str, text: TermText, origin: Origin) -> Iterator[Desired]:
    for field, edge in EDGES.items():
        for name in getattr(text, field):
            other = resolve_term(scene, terms, name)[0]
            if other not in scene.declared.terms:
                yield _refer(scene, other, origin)
            ends = (f"purview.term:{key}", f"purview.term:{other}")
            yield scene.type("purview.related_term").desired(_edge_key(edge.kind, key, other), origin, needs=ends)


def _edge_key(kind: str, one: str, other: str) -> str:
    """The key of an edge between two terms, the same from both ends."""
    first, second = sorted((one, other))
    return f"{kind}:{first}@{second}"
