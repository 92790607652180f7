"""What only CluedIn tells of a rule: its actions, ways to compare, and the rules beside it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.project.criteria_checks import criteria_judgements
from reconciler.kinds.project.references import live_key_findings
from reconciler.kinds.rule.actions import Meant, all_meant
from reconciler.kinds.rule.scene import Scene
from reconciler.kinds.rule.spec import SCOPES
from reconciler.manifest.findings import Path, error
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.rules import LiveAction, LiveRule, RuleActions, RulesOf
from reconciler.resources.cluedin.rule_order import arranged

_WORDS = {theirs: ours for ours, theirs in SCOPES.items()}


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    yield from criteria_judgements(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from live_key_findings(scene.document, scene.world, path, key)
    yield from _actions(scene)
    yield from _order(scene)


# -- actions -----------------------------------------------------------------------------------------------


def _actions(scene: Scene) -> Iterator[Diagnostic]:
    rows: tuple[LiveAction, ...] | None = scene.world.answers.of(RuleActions())
    if rows is None:
        return
    for action in all_meant(scene):
        if action.live is None:
            yield _unknown(scene, action, rows)
        elif scene.scope in action.live.refused:
            yield error(
                scene.document,
                action.path,
                "rule.action_scope",
                f"Rules of `{scene.spec.scope}` have no action `{action.live.name}`",
                f"It belongs to {_scopes(action.live)}.",
            )
        else:
            yield from _properties(scene, action, action.live)


def _unknown(scene: Scene, action: Meant, rows: tuple[LiveAction, ...]) -> Diagnostic:
    names = [one.name for one in rows if scene.scope not in one.refused]
    return error(
        scene.document,
        action.path,
        "rule.action",
        f"This CluedIn has no action `{action.word}`",
        did_you_mean(action.word, names, what=f"Rules of `{scene.spec.scope}` have"),
    )


def _scopes(action: LiveAction) -> str:
    return " and ".join(f"`{ours}`" for theirs, ours in _WORDS.items() if theirs not in action.refused) or "no scope"


def _properties(scene: Scene, action: Meant, live: LiveAction) -> Iterator[Diagnostic]:
    known = {one.name: one for one in live.properties}
    path: Path = action.path if action.short else (*action.path, "with")
    for name, value in action.values.items():
        if name not in known:
            yield error(
                scene.document,
                path,
                "rule.property",
                f"The action `{live.name}` has no property `{name}`",
                did_you_mean(name, known, what="It has"),
            )
        elif value in known[name].excluded:
            yield error(
                scene.document,
                path,
                "rule.property_excluded",
                f"`{name}` of the action `{live.name}` does not take `{value}`",
                "CluedIn leaves it out of what can be chosen there.",
            )
    for name, one in known.items():
        if one.required and not one.default and name not in action.values:
            yield error(
                scene.document,
                path,
                "rule.property_missing",
                f"The action `{live.name}` needs the property `{name}`",
                f"Write it below `with`: `{{{name}: …}}`.",
            )


# -- order -------------------------------------------------------------------------------------------------


def _order(scene: Scene) -> Iterator[Diagnostic]:
    rows: tuple[LiveRule, ...] | None = scene.world.answers.of(RulesOf(scene.scope))
    if rows is None:
        return
    names = [row.name for row in rows]
    unknown = [(at, name) for at, name, made in scene.before if not made and name not in names]
    for at, name in unknown:
        yield error(
            scene.document,
            ("after", at),
            "rule.after",
            f"No rule of `{scene.spec.scope}` is called `{name}`",
            did_you_mean(name, [*names, *(one.name for one in _scope(scene))], what="There are"),
        )
    if not unknown and not _fits(scene, names):
        yield error(
            scene.document,
            ("after",),
            "rule.place",
            f"The rule `{scene.name}` cannot run after these without moving rules that no manifest makes",
            "Move it, or them, in CluedIn, or take one out of `after`.",
        )


def _fits(scene: Scene, names: list[str]) -> bool:
    """Whether the rules that are there can be put in order among their own places; new ones come at the end."""
    rules = [one for one in _scope(scene) if one.spec.after]
    pairs = [(name, one.name) for one in rules for _, name, _ in one.before]
    moving = {one.name for one in rules} | {name for one in rules for _, name, made in one.before if made}
    coming = [name for name in dict.fromkeys(name for pair in pairs for name in pair) if name not in names]
    return arranged([*names, *coming], moving, pairs) is not None


def _scope(scene: Scene) -> list[Scene]:
    return [one for one in scene.world.of(Scene) if one.scope == scene.scope]
