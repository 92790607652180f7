"""References in a glossary mapping: people, labels, keys, terms, templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping.halves import TermHalf
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import Item, TermText
from reconciler.kinds.glossary_mapping.terms import CONTACTS, EDGES, resolve_term
from reconciler.kinds.project.labels import codes_of, unknown_labels
from reconciler.kinds.project.people import unknown_contacts, unknown_owners
from reconciler.manifest.findings import Path, error, info, warning
from reconciler.manifest.suggest import did_you_mean


def reference_findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that is wrong with references."""
    spec = scene.spec
    if spec.vocabulary is not None:
        owners = spec.vocabulary.owners
        yield from unknown_owners(scene.environment, scene.document, ("vocabulary", "owners"), owners)
    terms, keys = scene.terms, scene.keys
    if spec.term is not None:
        yield from _text(scene, ("term",), spec.term)
    if terms is not None and terms.concept is not None:
        yield from _edges(scene, terms, ("term",), terms.concept, terms.key)
    for entry in scene.items:
        path, item = entry.path, entry.item
        yield from _text(scene, path, item)
        if item.term and terms is not None:
            yield from _edges(scene, terms, path, item, terms.item_key(entry))
        yield from _lookup(scene, path, item)
        if item.labels:
            yield from _labels(scene, path, item)
        if item.maps_to is not None and item.key is not None and keys is not None:
            yield from _maps_to(scene, (*path, "maps_to"), keys.full(item.key), item.maps_to)


def _text(scene: Scene, path: Path, text: TermText) -> Iterator[Diagnostic]:
    for contacts in CONTACTS:
        names = getattr(text, contacts)
        if names:
            yield from unknown_contacts(scene.environment, scene.document, (*path, contacts), names)
    if text.template is not None:
        for name in text.attributes:
            if name != text.template:
                advice = did_you_mean(name, [text.template])
                yield error(
                    scene.document,
                    (*path, "attributes", name),
                    "term.other_template",
                    f"The attributes are of `{name}`, and the template is `{text.template}`",
                    f"{advice} Attributes stand under the name of the term's template.".strip(),
                )


def _edges(scene: Scene, terms: TermHalf, path: Path, text: TermText, key: str) -> Iterator[Diagnostic]:
    for field in EDGES:
        for at, name in enumerate(getattr(text, field)):
            yield from _edge(scene, terms, (*path, field, at), key, name)


def _edge(scene: Scene, terms: TermHalf, path: Path, key: str, name: str) -> Iterator[Diagnostic]:
    found = resolve_term(scene, terms, name)
    if len(found) > 1:
        yield error(
            scene.document,
            path,
            "term.ambiguous",
            f"`{name}` may be {' or '.join(f'`{one}`' for one in found)}",
            "Write the path of the one you mean.",
        )
    elif found[0] == key:
        yield error(scene.document, path, "term.itself", f"`{name}` is the term itself", "Remove it.")


def _lookup(scene: Scene, path: Path, item: Item) -> Iterator[Diagnostic]:
    if item.data_type == "Lookup" and item.lookup is None:
        yield error(
            scene.document,
            (*path, "data_type"),
            "key.lookup",
            f"The key of `{item.name}` is a Lookup without a list of values",
            "Name an active term of CluedIn's glossary in `lookup`.",
        )
    if item.lookup is not None and item.data_type != "Lookup":
        yield error(
            scene.document,
            (*path, "lookup"),
            "key.lookup",
            f"`lookup` needs the data type `Lookup`, and `{item.name}` has `{item.data_type or 'none'}`",
            "Write `data_type: Lookup`, or remove `lookup`.",
        )


def _labels(scene: Scene, path: Path, item: Item) -> Iterator[Diagnostic]:
    yield from unknown_labels(scene.document, scene.world, (*path, "labels"), item.labels)
    codes = codes_of(scene.world, item.labels)
    if len(codes) > 1 and "classification" not in item.model_fields_set:
        yield error(
            scene.document,
            (*path, "labels"),
            "label.codes_differ",
            f"The labels ask for different data classifications: {', '.join(f'`{code}`' for code in codes)}",
            "Say which in `classification`.",
        )
    if scene.purview is not None and scene.code is None and item.key is not None:
        yield warning(
            scene.document,
            (*path, "labels"),
            "label.nowhere",
            "Without an entity type there is no column in Purview to put labels on",
            "Add `vocabulary.entity_type`.",
        )


def _maps_to(scene: Scene, path: Path, key: str, target: str) -> Iterator[Diagnostic]:
    if target not in scene.declared.keys:
        yield _undeclared(scene, path, target)
        return
    chain = _chain(scene.declared.mapped, key)
    if chain[-1] == key:
        yield error(
            scene.document,
            path,
            "key.maps_in_circle",
            f"Keys map to each other: {' → '.join(f'`{one}`' for one in chain)}",
            "Let one of them map to none.",
        )


def _undeclared(scene: Scene, path: Path, target: str) -> Diagnostic:
    if not _is_ours(scene, target):
        return info(
            scene.document,
            path,
            "key.maps_to_foreign",
            f"No document declares `{target}`: it is looked up in CluedIn when planning",
        )
    prefix = target.rpartition(".")[0]
    known = [key for key in scene.declared.keys if key.startswith(prefix)] or scene.declared.keys
    return error(
        scene.document,
        path,
        "key.maps_to_unknown",
        f"No document declares the key `{target}`",
        f"{did_you_mean(target, known)} Write the full key, with its prefix.".strip(),
    )


def _is_ours(scene: Scene, key: str) -> bool:
    """Whether the prefix of a key, or the lack of one, makes it a key of this project."""
    if "." not in key:
        return True
    parts = key.casefold().split(".")
    return any(".".join(parts[:length]) in scene.declared.vocabularies for length in range(1, len(parts)))


def _chain(mapped: Mapping[str, str], start: str) -> list[str]:
    """The keys that follow from one by mapping, until the end or the first that comes again."""
    chain, seen = [start], {start}
    while (target := mapped.get(chain[-1])) is not None:
        chain.append(target)
        if target in seen:
            break
        seen.add(target)
    return chain
