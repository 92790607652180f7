"""What is wrong with assets: what a type does not hold, names that stand twice, a file that came out wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic, Source
from reconciler.kinds.asset.scene import Item, Scene
from reconciler.kinds.asset.values import UnfitError, sent
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.labels import directory
from reconciler.kinds.project.people import unknown_contacts
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.type_model import Slot
from reconciler.manifest.findings import error, info
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.given import GivenNames
from reconciler.resources.purview.label import LABEL

SHOWN = 20
"""Findings about rows that are shown; the rest is counted."""
ENTITIES = GivenNames(("purview.entity",))


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    yield from _document(scene)
    yield from _few(scene, [*_file(scene), *_twice(scene), *_notes(scene)])
    if not scene.unknown_types:
        yield from _few(scene, list(_values(scene)))


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """What only the live types and the ledger tell."""
    if scene.unknown_types and scene.model.whole:
        for name in scene.unknown_types:
            known = [one for one, raw in scene.model.types.items() if raw.get("category") == "ENTITY"]
            yield error(
                scene.document,
                ("type",),
                "asset.type",
                f"`{name}` is no type of assets: no CustomType declares it, and Purview does not have it",
                did_you_mean(name, known) or "Declare it, or correct the name.",
            )
    elif scene.model.whole:
        yield from _few(scene, list(_values(scene)))
    yield from _short(scene)


def _document(scene: Scene) -> Iterator[Diagnostic]:
    spec = scene.spec
    if not spec.assets and spec.from_ is None:
        yield error(scene.document, (), "asset.none", "The document has no asset", "Add one, or name a file in `from`.")
    if spec.from_ is not None and spec.from_.complete and not spec.from_.scope:
        yield error(
            scene.document,
            ("from", "complete"),
            "asset.scope",
            "A complete file needs the `scope` that it speaks for",
            "Add the beginning of its qualified names, such as `scope: pi://srv1/`.",
        )
    for name in ("owners", "experts"):
        given = getattr(spec.defaults, name)
        yield from unknown_contacts(scene.environment, scene.document, ("defaults", name), given)
        for item in scene.items if not scene.read.wrong else ():
            if item.line == 0:
                path = (*item.path, name)
                yield from unknown_contacts(scene.environment, scene.document, path, getattr(item.asset, name))
    purview = scene.environment.purview
    people = [spec.defaults.owners, spec.defaults.experts, *(one.owners + one.experts for one in spec.assets)]
    if purview is not None and not purview.dialect.has_contacts and any(people):
        yield error(
            scene.document,
            (),
            "asset.contacts",
            f"{purview.dialect.title} has no owners and experts of assets",
            "Take `owners` and `experts` out.",
        )
    yield from read_only(scene.document, scene.world, "Purview", "keep assets of your own out")


def _few(scene: Scene, found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """The first of many, and how many there are besides."""
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield error(
            scene.document,
            ("from",) if scene.spec.from_ is not None else ("assets",),
            "asset.more",
            f"There are {len(found) - SHOWN:,} more findings like these",
            "Correct these first.",
        )


def _file(scene: Scene) -> Iterator[Diagnostic]:
    said = scene.spec.from_
    for line, wrong in scene.read.wrong:
        source = Source(said.file, line) if said is not None and line else scene.document.source(("from", "file"))
        yield Diagnostic("error", wrong.code, wrong.summary, wrong.advice, source)


def _at(scene: Scene, item: Item, code: str, summary: str, advice: str) -> Diagnostic:
    return Diagnostic("error", code, summary, advice, scene.source(item))


def _twice(scene: Scene) -> Iterator[Diagnostic]:
    """Names that stand twice, here or in another document, or differ by case alone."""
    seen = scene.world.know(_firsts)
    for item in scene.items:
        other, first = seen[item.key.casefold()]
        if first is item:
            continue
        same = (
            "stands"
            if first.key == item.key
            else f"and `{first.asset.qualified_name}` differ by case alone: one stands"
        )
        yield _at(
            scene,
            item,
            "asset.twice",
            f"`{item.asset.qualified_name}` {same} in {other.source(first)} as well",
            "Keep one of the two.",
        )


def _firsts(world: Any) -> dict[str, tuple[Scene, Item]]:
    found: dict[str, tuple[Scene, Item]] = {}
    for scene in world.of(Scene):
        for item in scene.items:
            found.setdefault(item.key.casefold(), (scene, item))
    return found


def _notes(scene: Scene) -> Iterator[Diagnostic]:
    """Labels that are none, people whom nobody knows in rows, columns that stand twice."""
    words = directory(scene.world).labels
    known = scene.environment.person
    for item in scene.items:
        asset = item.asset
        labels = [*scene.spec.defaults.labels, *asset.labels, *(word for one in asset.columns for word in one.labels)]
        for word in labels:
            if word not in words and not LABEL.fullmatch(word):
                yield _at(
                    scene,
                    item,
                    "asset.label",
                    f"`{word}` is neither a word of a LabelMap nor a free label",
                    "Free labels have 1 to 50 letters, digits, `_` and `-`.",
                )
        for person in (*asset.owners, *asset.experts) if item.line else ():
            if known(person) is None:
                yield _at(scene, item, "contact.unknown", f"Nobody is known as `{person}`", "Add them to `people`.")
        names = [one.name for one in asset.columns]
        for name in sorted({one for one in names if names.count(one) > 1}):
            yield _at(scene, item, "asset.column_twice", f"The column `{name}` stands twice", "Keep one of the two.")


def _values(scene: Scene) -> Iterator[Diagnostic]:
    model = scene.model
    for item in scene.items:
        asset, side = item.asset, model.schema(item.type)
        yield from _of_type(scene, item, item.type, asset.attributes, "")
        if asset.columns and side is None:
            yield _at(
                scene,
                item,
                "asset.no_schema",
                f"`{asset.qualified_name}` has columns, and its type `{item.type}` has no schema",
                "Give the type a `schema_tab`, or take the columns out.",
            )
        for column in asset.columns if side is not None else ():
            given = (
                column.attributes if column.data_type is None else {**column.attributes, "data_type": column.data_type}
            )
            yield from _of_type(scene, item, side.other, given, f" of the column `{column.name}`")  # type: ignore[union-attr]
        ends = {one.name: one for one in model.sides(item.type)} if asset.relationships else {}
        for name in asset.relationships:
            if name not in ends or ends[name].many:
                why = "holds several, which is not managed" if name in ends else f"is no end of `{item.type}`"
                known = [one for one, end in ends.items() if not end.many]
                yield _at(scene, item, "asset.end", f"`{name}` {why}", did_you_mean(name, known, what="There are"))
        yield from _business(scene, item)


def _of_type(scene: Scene, item: Item, type: str, given: dict[str, Any], of: str) -> Iterator[Diagnostic]:
    slots = scene.model.slots(type)
    for name, value in given.items():
        slot = slots.get(name)
        if slot is None:
            yield _at(
                scene,
                item,
                "asset.attribute",
                f"`{name}`{of} is no attribute of the type `{type}`",
                did_you_mean(name, slots, what="There are"),
            )
        else:
            yield from _fits(scene, item, slot, value, f"`{name}`{of}")
    for slot in slots.values():
        if slot.required and given.get(slot.name) is None and slot.name not in ("qualifiedName", "name"):
            yield _at(
                scene,
                item,
                "asset.required",
                f"`{slot.name}`{of} is missing, which every `{type}` has to have",
                "Add it.",
            )


def _fits(scene: Scene, item: Item, slot: Slot, value: Any, what: str) -> Iterator[Diagnostic]:
    try:
        sent(scene.model, slot, value)
    except UnfitError as unfit:
        yield _at(scene, item, "asset.value", f"{what} takes {unfit}, not `{str(value)[:60]}`", "Correct the value.")


def _business(scene: Scene, item: Item) -> Iterator[Diagnostic]:
    family = set(scene.model.family(item.type))
    for group, given in item.asset.business_metadata.items():
        raw = scene.model.types.get(group)
        if raw is None or raw.get("category") != "BUSINESS_METADATA":
            if raw is not None or scene.model.whole or not scene.model.declared:
                yield _at(
                    scene, item, "asset.business", f"`{group}` is no business metadata", "Declare it, or correct it."
                )
            continue
        slots = scene.model.slots(group)
        for name, value in given.items():
            if name not in slots:
                advice = did_you_mean(name, slots, what="There are")
                yield _at(scene, item, "asset.attribute", f"`{name}` is no attribute of `{group}`", advice)
            else:
                yield from _fits(scene, item, slots[name], value, f"`{group}.{name}`")
        applies = {one for attribute in raw.get("attributeDefs") or () for one in applicable(attribute)}
        if applies and family.isdisjoint(applies):
            yield _at(
                scene,
                item,
                "asset.business",
                f"`{group}` does not apply to the type `{item.type}`",
                f"It applies to {', '.join(sorted(applies))}.",
            )


def applicable(attribute: Any) -> list[str]:
    """The types of assets that an attribute of business metadata may be filled on."""
    import json

    found = (attribute.get("options") or {}).get("applicableEntityTypes") or []
    try:
        return list(json.loads(found)) if isinstance(found, str) else list(found)
    except ValueError:
        return []


def _short(scene: Scene) -> Iterator[Diagnostic]:
    """A complete file that tells of less than is to be believed: the document waits, and nothing of it goes."""
    said = scene.spec.from_
    if said is None or not said.complete:
        yield from _no_longer_whole(scene)
        return
    count, expected = len(scene.read.items), said.expect
    name = f"{scene.document.kind}/{scene.document.name}"
    given = [
        one for one in scene.world.answers.of(ENTITIES) or () if one.documents == (name,) and "#" not in one.address
    ]
    wanted = {f"purview.entity:{item.key}" for item in scene.items}
    gone = sum(one.address not in wanted for one in given)
    if count < expected.min_rows:
        yield error(
            scene.document,
            ("from", "file"),
            "asset.short",
            f"`{said.file}` has {count:,} rows, fewer than the {expected.min_rows:,} expected: nothing is removed",
            "Let the scanner write it again, or lower `expect.min_rows`.",
        )
    elif given and gone * 100 > expected.max_shrink_percent * len(given):
        yield error(
            scene.document,
            ("from", "file"),
            "asset.short",
            f"`{said.file}` lacks {gone:,} of {len(given):,} assets that it told of before: nothing is removed",
            "Let the scanner write it again; if they are gone, raise `expect.max_shrink_percent` for one apply.",
        )


def _no_longer_whole(scene: Scene) -> Iterator[Diagnostic]:
    """What a file that is not complete leaves out is only let go of; said where that happens."""
    said = scene.spec.from_
    if said is None or scene.spec.removed != "delete":
        return
    yield info(
        scene.document,
        ("from", "complete"),
        "asset.not_complete",
        f"`{said.file}` does not say that it is complete: what it leaves out is let go of, and never deleted",
        "Write `complete: true` and the `scope` that it speaks for.",
    )


def terms_known(scene: Scene) -> dict[str, bool]:
    """The terms that assets name, each with whether a document declares it."""
    known = declared(scene.world).terms
    return {word: word in known for item in scene.items for word in item.asset.terms}
