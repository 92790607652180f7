"""What can be told about a glossary mapping offline: its form, its systems, its scope."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.environment.patterns import holds, holds_prefix
from reconciler.errors import Diagnostic
from reconciler.kinds.declarations import CONCEPT
from reconciler.kinds.glossary_mapping.marks import Both
from reconciler.kinds.glossary_mapping.names import name_findings
from reconciler.kinds.glossary_mapping.references import reference_findings
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import Item, TermText
from reconciler.kinds.glossary_mapping.terms import not_kept
from reconciler.manifest.findings import Path, error, info, warning

TERM_FIELDS = tuple(TermText.model_fields)
"""What an item says of its term alone."""
KEY_FIELDS = tuple(name for name in Item.model_fields if name not in {*TERM_FIELDS, *Item.marked(Both)})
"""What an item says of its key alone."""


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that is wrong with a glossary mapping, or worth knowing."""
    yield from _form(scene)
    yield from _items(scene)
    yield from _condition(scene)
    yield from _systems(scene)
    yield from _scope(scene)
    yield from name_findings(scene)
    yield from reference_findings(scene)


def _form(scene: Scene) -> Iterator[Diagnostic]:
    spec, document = scene.spec, scene.document
    if spec.removed == "expire":
        yield error(
            document,
            ("removed",),
            "glossary.removed",
            "Keys cannot expire",
            "Write `obsolete`, `delete` or `keep`.",
        )
    part = "term" if spec.term is not None else "terms" if spec.terms and spec.vocabulary is None else None
    if part is not None and spec.glossary is None:
        yield error(
            document,
            (part,),
            "glossary.missing",
            "The term has no glossary" if part == "term" else "The terms have no glossary",
            "Name Purview's glossary in `glossary`.",
        )
    if spec.term is None and spec.vocabulary is None and not spec.terms:
        yield error(
            document,
            (),
            "glossary.empty",
            "The document has none of `term`, `vocabulary` and `terms`",
            "Add what is to be managed.",
        )


def _items(scene: Scene) -> Iterator[Diagnostic]:
    for entry in scene.items:
        at, item = entry.path, entry.item
        if not item.term and entry.has_terms_within:
            yield error(
                scene.document,
                (*at, "term"),
                "item.no_term_above",
                f"`{item.name}` has `term: false`, and terms stand in it",
                "Remove `term: false`, or move its `terms` out of it.",
            )
        if item.key is None and not item.term:
            yield error(
                scene.document,
                at,
                "item.makes_nothing",
                f"`{item.name}` makes neither a key nor a term",
                "Give it a `key`, or remove `term: false`.",
            )
        if item.key is None:
            yield from _stray(scene, at, item, KEY_FIELDS, "has no `key`")
        if not item.term:
            yield from _stray(scene, at, item, TERM_FIELDS, "has `term: false`")
        yield from _former(scene, at, item)
    if scene.spec.vocabulary is None and any(entry.item.key is not None for entry in scene.items):
        yield warning(
            scene.document,
            ("terms",),
            "item.no_vocabulary",
            "Without `vocabulary` the keys of the terms are not made",
            "Add it, or remove the keys.",
        )


def _stray(scene: Scene, at: Path, item: Item, names: tuple[str, ...], why: str) -> Iterator[Diagnostic]:
    for name in names:
        if name in item.model_fields_set:
            yield error(
                scene.document,
                (*at, name),
                "item.stray_field",
                f"`{name}` has no effect: `{item.name}` {why}",
                "Remove one of the two.",
            )


def _former(scene: Scene, at: Path, item: Item) -> Iterator[Diagnostic]:
    former, path = item.former, (*at, "moved_from")
    if former.key is not None and item.key is None:
        yield error(
            scene.document,
            path,
            "item.moved_key",
            f"`{item.name}` had a key and has none now",
            "Keep the old key as an item with `obsolete: true`.",
        )
    if former.key is not None and former.key == item.key:
        yield error(
            scene.document,
            path,
            "item.moved_key",
            f"The key `{item.key}` is the same as before",
            "Remove `key` from `moved_from`.",
        )
    if former.key is not None and any(other.item.key == former.key for other in scene.items if other.path != at):
        yield error(
            scene.document,
            path,
            "item.moved_key",
            f"The former key `{former.key}` is an item as well",
            "Remove that item: `moved_from` makes the former key obsolete and maps it.",
        )


def _condition(scene: Scene) -> Iterator[Diagnostic]:
    glossary = scene.spec.cluedin_glossary
    if glossary is None:
        return
    path = ("cluedin_glossary", "condition")
    if glossary.condition == "auto" and scene.code is None:
        yield error(
            scene.document,
            path,
            "condition.no_entity_type",
            "A condition cannot be derived: the vocabulary has no entity type",
            "Add `vocabulary.entity_type`, or write `condition: {entity_type: /CODE}`.",
        )
    if isinstance(glossary.condition, dict) and not {"rules", "operator"} & glossary.condition.keys():
        yield error(
            scene.document,
            path,
            "condition.unknown_form",
            "This is not a condition",
            "Write `auto`, `{entity_type: /CODE}`, `{key: PREFIX.KEY, exists: true}`, or a rule of CluedIn "
            "with `condition` and `rules`.",
        )


def _systems(scene: Scene) -> Iterator[Diagnostic]:
    spec, environment, name = scene.spec, scene.environment, scene.world.environment_name
    if environment.purview is None and scene.terms is not None:
        yield info(
            scene.document,
            CONCEPT if spec.term is not None else ("terms",),
            "glossary.no_purview",
            f"The environment `{name}` has no Purview: the terms are left out",
        )
    if environment.cluedin is None and spec.vocabulary is not None:
        yield info(
            scene.document,
            ("vocabulary",),
            "glossary.no_cluedin",
            f"The environment `{name}` has no CluedIn: vocabulary and keys are left out",
        )
    yield from _not_kept(scene)


def _not_kept(scene: Scene) -> Iterator[Diagnostic]:
    spec = scene.spec
    texts: list[tuple[Path, TermText | None]] = [(("term",), spec.term)]
    texts += ((entry.path, entry.item) for entry in scene.items)
    for name in sorted(not_kept(scene.dialect)):
        used = (path for path, text in texts if text and name in text.model_fields_set)
        first = next(used, None)
        if first is not None:
            yield warning(
                scene.document,
                (*first, name),
                "glossary.not_in_atlas",
                f"{scene.dialect.title} keeps no `{name}` of terms: it is not written",
                "Use an environment with `mode: purview` for it.",
            )


def _scope(scene: Scene) -> Iterator[Diagnostic]:
    spec, scope = scene.spec, scene.environment.scope
    terms, keys, glossary = scene.terms_here, scene.keys_here, spec.cluedin_glossary
    if terms is not None and not holds(scope.purview.glossaries, terms.glossary):
        yield _outside(scene, ("glossary",), "glossary", terms.glossary, "purview.glossaries")
    if keys is not None and not holds_prefix(scope.cluedin.key_prefixes, keys.prefix):
        yield _outside(scene, ("vocabulary", "key_prefix"), "key prefix", keys.prefix, "cluedin.key_prefixes")
    if scene.environment.cluedin is not None and glossary is not None:
        category = glossary.category
        if not holds(scope.cluedin.categories, category):
            yield _outside(scene, ("cluedin_glossary", "category"), "category", category, "cluedin.categories")
    if scope.purview.read_only and (terms is not None or scene.assets_here is not None):
        part = "vocabulary" if terms is None else "term" if terms.concept is not None else "terms"
        yield _read_only(scene, part, "Purview")
    if scope.cluedin.read_only and keys is not None:
        yield _read_only(scene, "vocabulary", "CluedIn")


def _outside(scene: Scene, path: tuple[str, ...], what: str, name: str, part: str) -> Diagnostic:
    return error(
        scene.document,
        path,
        "scope.outside",
        f"The {what} `{name}` is outside the scope of the environment `{scene.world.environment_name}`",
        f"Add it to `scope.{part}` there, if it belongs to this environment.",
    )


def _read_only(scene: Scene, part: str, system: str) -> Diagnostic:
    return error(
        scene.document,
        (part,),
        "scope.read_only",
        f"The environment `{scene.world.environment_name}` may only read {system}",
        f"Remove `scope.{system.lower()}.read_only` there, or `{part}` here.",
    )
