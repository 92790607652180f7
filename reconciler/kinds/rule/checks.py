"""What is wrong with a rule, as far as it can be told offline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.project.criteria_checks import criteria_findings
from reconciler.kinds.project.exports import sent_out
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.references import key_findings
from reconciler.kinds.project.twins import earlier_twins
from reconciler.kinds.rule.actions import all_meant
from reconciler.kinds.rule.scene import Scene
from reconciler.manifest.findings import error, info, warning, where
from reconciler.systems.secrecy import is_secret

_MASKS = re.compile(r"mask\s*value", re.IGNORECASE)


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    if not scene.spec.where:
        yield warning(
            scene.document,
            (),
            "rule.every_record",
            f"The rule `{scene.name}` has no `where`: it is about every record",
            "Say which records it is about.",
        )
    yield from criteria_findings(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from key_findings(scene.document, scene.world, path, key)
    yield from _actions(scene)
    yield from _twins(scene)
    yield from _order(scene)
    yield from _exported(scene)
    yield from read_only(scene.document, scene.world, "CluedIn", "keep the rule out of the environment")


def _actions(scene: Scene) -> Iterator[Diagnostic]:
    for action in all_meant(scene):
        for name, value in action.given.items():
            if is_secret(name, value):
                yield error(
                    scene.document,
                    action.path,
                    "rule.secret",
                    f"The value of `{name}` is a secret, or carries one",
                    "Rules keep no secrets: everybody who may see the rule sees it.",
                )
            elif not value.strip() and name != "Value":
                yield error(scene.document, action.path, "rule.blank", f"`{name}` is blank", "Write what is meant.")
        if action.word == "Add Tag" and not action.given.get("Value", "").strip():
            yield error(scene.document, action.path, "rule.blank", "The tag is blank", "Write its name.")
        if _MASKS.search(action.word):
            yield warning(
                scene.document,
                action.path,
                "rule.masks",
                "CluedIn is giving up the action that masks values, and nothing masks what an export sends",
                "Let a policy of access control mask values for people.",
            )


def _twins(scene: Scene) -> Iterator[Diagnostic]:
    """CluedIn keeps two rules of one name; nobody could tell them apart."""
    for other in earlier_twins(scene, scene.world.of(Scene)):
        yield error(
            scene.document,
            ("name",),
            "rule.twice",
            f"The rule `{other.name}` is made in {where(other.document)} as well",
            "Give one of them another name.",
        )


def _order(scene: Scene) -> Iterator[Diagnostic]:
    chain = _cycle(scene)
    if chain:
        yield error(
            scene.document,
            ("after",),
            "rule.cycle",
            f"Rules run before each other: {' after '.join(chain)}",
            "Take one of them out of `after`.",
        )


def _cycle(scene: Scene) -> list[str]:
    """The names along a way of `after` that comes back to the rule; none where there is no such way."""
    rules = {one.name: one for one in scene.world.of(Scene) if one.scope == scene.scope}
    ways = [[scene.name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        last = rules.get(way[-1])
        for _, name, _ in last.before if last is not None else ():
            if name == scene.name:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _exported(scene: Scene) -> Iterator[Diagnostic]:
    """What the rule changes goes out in exports, whose readers see it."""
    out = sent_out(scene.world)
    for path, key in scene.written_keys():
        for document in out.get(key, ()):
            yield info(
                scene.document,
                path,
                "rule.exported",
                f"`{key}` goes out in the {document.kind} `{document.name}` ({where(document)}): "
                f"its values are made by the rule `{scene.name}`",
                "Tell the readers of the export when the rule changes or goes.",
            )
