"""The actions of a rule as this server has them: types and properties are only ever what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.project.filters import Scalar
from reconciler.kinds.rule.scene import Scene
from reconciler.kinds.rule.spec import Action
from reconciler.manifest.findings import Path
from reconciler.questions.rules import LiveAction, RuleActions
from reconciler.resources.cluedin.processing_rules import type_of_action

_SHORT = {
    "add_tag": ("Add Tag", "AddTag"),
    "set_value": ("Set Value", "SetValue"),
    "delete_value": ("Delete Value", "DeleteValue"),
    "power_fx": ("Expression", "ExpressionAction"),
}
"""What the short words mean: the name that people read [B], and the last name of the class [B: SDK]."""


@dataclass(frozen=True, slots=True)
class Meant:
    """One action of a manifest, with what this server has for it."""

    path: Path
    word: str
    """What is written: a name or a type, or for a short word the name of what it means."""
    short: bool
    given: dict[str, str]
    """Values by the names of properties."""
    live: LiveAction | None
    """None where the server has none such, or was not asked."""

    @property
    def values(self) -> dict[str, str]:
        """The values by the names as the server spells them."""
        spelled = {one.name.casefold(): one.name for one in self.live.properties} if self.live is not None else {}
        return {spelled.get(name.casefold(), name): value for name, value in self.given.items()}

    @property
    def wanted(self) -> dict[str, Any]:
        """The action as a resource wants it; where nobody was asked, by the word."""
        return {"type": self.live.type if self.live is not None else self.word, "properties": self.values}


def meant(scene: Scene) -> tuple[tuple[Meant, ...], ...]:
    """The actions of each step."""
    return scene.once(_meant)


def _meant(scene: Scene) -> tuple[tuple[Meant, ...], ...]:
    known: tuple[LiveAction, ...] = scene.world.answers.of(RuleActions()) or ()
    return tuple(
        tuple(_of(action, ("do", at, "actions", number), known) for number, action in enumerate(step.actions))
        for at, step in enumerate(scene.spec.do)
    )


def all_meant(scene: Scene) -> Iterator[Meant]:
    """Every action."""
    for step in meant(scene):
        yield from step


def _of(action: Action, path: Path, known: Iterable[LiveAction]) -> Meant:
    if action.use is not None:
        given = {name: _text(value) for name, value in action.with_.items()}
        live = next((one for one in known if _is_called(one, action.use)), None)
        return Meant(path, action.use.strip(), False, given, live)
    word = next((name for name in _SHORT if getattr(action, name) is not None), "power_fx")
    name, of_class = _SHORT[word]
    candidates = [one for one in known if _is_called(one, name) or _class(one.type) == of_class]
    return Meant((*path, word), name, True, _properties(action), next(iter(candidates), None))


def _properties(action: Action) -> dict[str, str]:
    """The values of a short word, by the names of its properties ([B]: SDK and recorded rules)."""
    if action.add_tag is not None:
        return {"Value": action.add_tag}
    if action.set_value is not None:
        return {"FieldName": action.set_value.key, "Value": _text(action.set_value.value)}
    if action.delete_value is not None:
        return {"FieldName": action.delete_value}
    return {"Expression": str(action.power_fx).strip()}


def _is_called(one: LiveAction, word: str) -> bool:
    return one.type == type_of_action(word.strip()) or _folded(one.name) == _folded(word)


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()


def _class(type: str) -> str:
    return type.partition(",")[0].rpartition(".")[2]


def _text(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
