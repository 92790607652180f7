"""What is wrong with types: what the Data Map would refuse, or take and never undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.errors import Diagnostic
from reconciler.kinds.custom_type.pasted import Unfit
from reconciler.kinds.custom_type.scene import Scene, declared_types
from reconciler.kinds.custom_type.wire import Written, words_of
from reconciler.kinds.project.read_only import read_only
from reconciler.manifest.findings import error, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.live_types import LiveTypes

_SCHEMA = "schemaElementsAttribute"


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    for unfit in scene.read:
        if isinstance(unfit, Unfit):
            yield error(scene.document, ("typedefs",), unfit.code, unfit.summary, unfit.advice)
    if not scene.read:
        yield error(scene.document, (), "type.none", "The document has no type", "Add one, or remove the document.")
    yield from _names(scene)
    for one in scene.types:
        yield from _attributes(scene, one)
        yield from _elements(scene, one)
        yield from _ends(scene, one)
        yield from _schema(scene, one)
    yield from read_only(scene.document, scene.world, "Purview", "keep types of your own out")


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """What only the live types tell: names that lead nowhere."""
    rows = scene.world.answers.of(LiveTypes())
    if rows is None:
        return
    live = {str(row["name"]): str(row["category"]) for row in rows}
    declared = declared_types(scene.world)
    for one in scene.types:
        for name in dict.fromkeys(one.names):
            if name in declared or name in live:
                continue
            known = [*declared, *live]
            yield error(
                scene.document,
                one.path,
                "type.unknown",
                f"`{one.name}` names the type `{name}`, which no document declares and Purview does not have",
                did_you_mean(name, known) or "Declare it, or correct the name.",
            )


def _names(scene: Scene) -> Iterator[Diagnostic]:
    purview = scene.environment.purview
    prefix = purview.type_prefix if purview is not None else ""
    seen: dict[str, Written] = {}
    for one in scene.types:
        if prefix and one.name.startswith(prefix):
            yield error(
                scene.document,
                one.path,
                "type.reserved",
                f"The type `{one.name}` begins with `{prefix}`, as the tool's own types do",
                "Choose another name, or another `purview.type_prefix`.",
            )
        if one.category == "CLASSIFICATION" and one.name.startswith("MICROSOFT."):
            yield error(
                scene.document,
                one.path,
                "type.reserved",
                f"`{one.name}` is one of Microsoft's own classifications, which nobody else makes",
                "Take it out, and refer to it where it is needed.",
            )
        if one.name in seen:
            yield error(
                scene.document,
                one.path,
                "type.twice",
                f"The type `{one.name}` stands twice in the document",
                "Keep one of the two: all sorts of types share their names.",
            )
        seen.setdefault(one.name, one)
        other, first = declared_types(scene.world)[one.name]
        if other is not scene and one is seen[one.name]:
            yield error(
                scene.document,
                one.path,
                "type.twice",
                f"The type `{one.name}` is declared in {where(other.document, first.path)} as well",
                "Keep one of the two.",
            )


def _attributes(scene: Scene, one: Written) -> Iterator[Diagnostic]:
    inherited = dict(_inherited(scene, one))
    seen: set[str] = set()
    for attribute in one.attributes:
        name = str(attribute["name"])
        if one.category == "CLASSIFICATION":
            yield error(
                scene.document,
                one.path,
                "type.classification_attribute",
                f"The classification `{one.name}` has the attribute `{name}`, which is not managed",
                "Take it out, or define the classification in the portal.",
            )
        if name.lower() in seen:
            yield error(
                scene.document,
                one.path,
                "type.attribute_twice",
                f"The attribute `{name}` of `{one.name}` stands twice, as case does not count",
                "Keep one of the two.",
            )
        seen.add(name.lower())
        if name in inherited:
            yield error(
                scene.document,
                one.path,
                "type.attribute_inherited",
                f"The attribute `{name}` of `{one.name}` is inherited from `{inherited[name]}`",
                "Take it out, or call it otherwise.",
            )
        yield from _default(scene, one, attribute)


def _inherited(scene: Scene, one: Written) -> Iterator[tuple[str, str]]:
    """Attributes of the super types that documents declare, each with the type that has it."""
    declared = declared_types(scene.world)
    for above in _above(declared, one):
        for attribute in above.attributes:
            yield str(attribute["name"]), above.name


def _above(declared: Mapping[str, tuple[Scene, Written]], one: Written) -> Iterator[Written]:
    todo, seen = list(one.wire.get("superTypes") or ()), {one.name}
    while todo:
        name = todo.pop()
        if name in declared and name not in seen:
            seen.add(name)
            yield declared[name][1]
            todo += declared[name][1].wire.get("superTypes") or ()


def _default(scene: Scene, one: Written, attribute: Mapping[str, object]) -> Iterator[Diagnostic]:
    default = attribute.get("defaultValue")
    if default is None:
        return
    for word in words_of(str(attribute.get("typeName") or "")):
        found = declared_types(scene.world).get(word)
        values = _values(found[1]) if found is not None and found[1].category == "ENUM" else None
        if values is not None and str(default) not in values:
            yield error(
                scene.document,
                one.path,
                "type.default",
                f"The default `{default}` of `{one.name}.{attribute['name']}` is no value of `{word}`",
                did_you_mean(str(default), values, what="They are"),
            )


def _elements(scene: Scene, one: Written) -> Iterator[Diagnostic]:
    if one.category != "ENUM":
        return
    values = _values(one)
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice or not values:
        what = f"has `{twice[0]}` twice" if twice else "has no value"
        yield error(
            scene.document,
            one.path,
            "type.values",
            f"The enumeration `{one.name}` {what}",
            "Keep one of the two." if twice else "Add one.",
        )
    default = one.wire.get("defaultValue")
    if default is not None and values and default not in values:
        yield error(
            scene.document,
            one.path,
            "type.default",
            f"The default `{default}` is no value of `{one.name}`",
            did_you_mean(str(default), values, what="They are"),
        )


def _values(one: Written) -> list[str]:
    return [str(element["value"]) for element in one.wire.get("elementDefs") or ()]


def _ends(scene: Scene, one: Written) -> Iterator[Diagnostic]:
    """Containers and parts by Atlas' rules of relationships [A]; ends of our own types are types of assets."""
    if one.category != "RELATIONSHIP":
        return
    category = one.wire.get("relationshipCategory")
    containers = [end for end in one.ends if end.get("isContainer")]
    wrong = ""
    if category not in ("ASSOCIATION", "AGGREGATION", "COMPOSITION"):
        wrong = f"has the category `{category}`, which is none"
    elif len(one.ends) != 2:
        wrong = "does not have two ends"
    elif len(containers) != (0 if category == "ASSOCIATION" else 1):
        wrong = (
            "has both ends as containers"
            if len(containers) == 2
            else (
                "is an association with a container"
                if containers
                else f"is of category `{category}` without a container"
            )
        )
    elif category == "COMPOSITION" and any(
        end.get("cardinality") != "SINGLE" for end in one.ends if not end.get("isContainer")
    ):
        wrong = "lets a part be in several containers, which a composition does not"
    if wrong:
        yield error(
            scene.document, one.path, "type.ends", f"The relationship `{one.name}` {wrong}", "Correct its ends."
        )
    declared = declared_types(scene.world)
    for end in one.ends:
        found = declared.get(str(end["type"]))
        if found is not None and found[1].category != "ENTITY":
            yield error(
                scene.document,
                one.path,
                "type.ends",
                f"The end `{end['name']}` of `{one.name}` is of the type `{end['type']}`, which is no type of assets",
                "Name a type of `entities`.",
            )


def _schema(scene: Scene, one: Written) -> Iterator[Diagnostic]:
    shown = (one.wire.get("options") or {}).get(_SCHEMA)
    if one.category != "ENTITY" or not shown:
        return
    declared = declared_types(scene.world)
    above = {
        one.name,
        *one.wire.get("superTypes", ()),
        *(name for found in _above(declared, one) for name in _up(found)),
    }
    ends = [end for end in _containers(found for _, found in declared.values()) if end["type"] in above]
    if shown in {str(end["name"]) for end in ends}:
        return
    if any(name not in declared and name not in ("DataSet", "Asset", "Referenceable", "Process") for name in above):
        return  # a type that lives may have it
    yield error(
        scene.document,
        (*one.path, "schema_tab") if one.path[0] == "entities" else one.path,
        "type.schema_tab",
        f"No composition has `{one.name}` as its container with `as: {shown}`, so that there is no schema to show",
        did_you_mean(str(shown), [str(end["name"]) for end in ends], what="There are") or "Add the relationship.",
    )


def _up(one: Written) -> list[str]:
    return [one.name, *(one.wire.get("superTypes") or ())]


def _containers(types: Iterable[Written]) -> Iterator[Mapping[str, object]]:
    for one in types:
        if one.category == "RELATIONSHIP" and one.wire.get("relationshipCategory") == "COMPOSITION":
            yield from (end for end in one.ends if end.get("isContainer"))


def unknown_names(scene: Scene) -> bool:
    """Whether a type names others that no document declares, beside the roots of all types."""
    declared = declared_types(scene.world)
    roots = {"DataSet", "Process", "Asset", "Referenceable", "Infrastructure"}
    return any(name not in declared and name not in roots for one in scene.types for name in one.names)
