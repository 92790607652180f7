"""What rules can do and compare: actions, operators, kinds of objects.

Types and properties of actions, ids of operators and of kinds of objects come from the vendor's SDK and payloads ([B]);
so do names of operators. What an operator applies to, and which scopes an action supports, is [C].
"""

from __future__ import annotations

import random
from typing import Any

from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.world import World

Doc = dict[str, Any]

SCOPES = ("DataPart", "Survivorship", "Entity")
"""What rules are about ([B])."""


def _action(name: str, kind: str, *properties: str, scopes: tuple[str, ...] = SCOPES, previews: bool = True) -> Doc:
    """An action with its properties, of which those that end with `?` need no value."""
    type = f"CluedIn.Rules.Actions.{kind}, CluedIn.Rules"
    return {"name": name, "type": type, "properties": properties, "scopes": scopes, "previews": previews}


ACTIONS: tuple[Doc, ...] = (
    _action("Add Tag", "AddTag", "Value"),
    _action("Set Value", "SetValue", "FieldName", "Value"),
    _action("Expression", "ExpressionAction", "Expression", previews=False),
    _action("Delete Value", "DeleteValue", "FieldName"),
    _action("Normalize Date", "NormalizeDate", "FieldName", "Format?", scopes=("DataPart",), previews=False),
    _action("Mask Value", "MaskValue", "FieldName", scopes=("DataPart", "Entity"), previews=False),
)
"""Actions by the name that people read, with the names of their properties.

The types and properties of the first four are the SDK's ([B]). The last two are in the vendor's pages by their names
([B]), and the rest of them is the sandbox's own.
"""
_WORDS = ("Core", "Standard", "Common", "Base", "Extended", "Classic", "General", "Default", "Unified", "Modern")


class Actions:
    """The actions of one server, whose types are its own.

    Each sandbox and each reset gives them another namespace and assembly, so that nobody who types one from memory
    gets far; with the setting `recorded_actions` they are those of recorded rules. Rules keep the recorded ones.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._own = f"CluedIn.Rules.{random.choice(_WORDS)}{random.randint(2, 999)}"

    def all(self) -> list[Doc]:
        """Every action, with its type as this server calls it."""
        return [{**one, "type": self.shown(one["type"])} for one in ACTIONS]

    def shown(self, type: str) -> str:
        """A kept type as this server calls it."""
        if self._world.option("recorded_actions", False):
            return type
        return type.replace("CluedIn.Rules.Actions", f"{self._own}.Actions").replace(
            ", CluedIn.Rules", f", {self._own}"
        )

    def kept(self, given: Any, scope: str | None = None) -> str:
        """A type as rules keep it, without a version ([B]: older payloads have one).

        400 when there is none such, or rules of the scope do not have it ([C]).
        """
        kind = ",".join(str(given or "").split(",")[:2])
        found = next((one for one in ACTIONS if self.shown(one["type"]) == kind), None)
        if found is None:
            raise bad_request(f"There is no action {given!r}.")
        if scope is not None and scope not in found["scopes"]:
            raise bad_request(f"Rules of the scope {scope} have no action {found['name']!r}.")
        return str(found["type"])


KINDS = ("None",)
"""Words of GraphQL for the controls of properties; REST numbers them 0 to 8, and only this one is recorded ([B])."""

_PAIRS = {
    "Equals": ("0bafc522-8011-43ba-978a-babe222ba466", "4f7f2b0f-155a-4208-b849-3e972f5d89d2", "Not Equal"),
    "Contains": ("4988d076-3ec1-4414-9f56-5b9b30e25f72", "4af53db0-acdb-44a6-89a1-40fa8ef05cde", "Not Contains"),
    "Begins With": ("daf3a318-569f-4baf-a17f-35b4426ae603", "bbd02195-213e-40e2-9597-65ec05100dfc", "Not Begins With"),
    "Ends With": ("ff9a47ac-8e3c-4123-80ee-e0b660aa5f9f", "3527ff72-bdd4-4bb4-b964-f18898d5a82d", "Not Ends With"),
    "In": ("31feed84-ce0e-435f-ba94-ce01b9c7bd15", "25c16d50-d170-4295-ad85-c2571431794a", "Not In"),
    "Between": ("566bc291-df6a-427c-b7f4-00f8766d37a2", "5642150e-fa0a-462c-a230-619d97cb3f8b", "Not Between"),
    "Exists": ("306e5d29-832f-41e7-a6db-1c02eb5ebf74", "16b2dc07-94e3-4c29-bc60-a7a1d25de53b", "Does Not Exist"),
    "Is Null": ("9ad76320-021e-4211-9e9a-8b148c9c600d", "a42a9f87-7944-4d07-b1f3-d2f404bc4fd7", "Is Not Null"),
    "Is True": ("04f2d73a-c908-4bc3-a7d5-1774b7db44dd", "dfbfc760-69ea-4241-b33e-0425c2a51688", "Is False"),
    "Greater": ("85ecec6b-9c45-4365-9614-ef090137098d", "0de353ce-bbe4-4a27-8e20-0dc21947e987", "Less"),
    "Greater or Equal": (
        "5a2d1185-7fd8-4dda-9d33-7f69e42e9147", "42d4d22d-e37a-4c5f-96eb-7ae59513f80f", "Less or Equal",
    ),
    "Matches pattern": (
        "4e4782d7-8c17-47c1-9797-37434fce0c77", "9253eea0-5975-460a-8373-dd6ff57d4e65", "Does not match pattern",
    ),
}  # fmt: skip
_INPUTS = {"Exists": 0, "Is Null": 0, "Is True": 0, "Between": 2}
OPERATORS: dict[str, Doc] = {
    id: {
        "id": id,
        "friendlyName": name,
        "noOfInputs": _INPUTS.get(first, 1),
        "multiple": first in ("Equals", "In"),
        "appliesToTypes": [],
        "appliesToVocabularyKeyTypes": [],
        "appliesToScopes": [],
        "inputLabels": [],
    }
    for first, (one, other, second) in _PAIRS.items()
    for id, name in ((one, first), (other, second))
}
"""Operators by their id."""

OBJECT_TYPES: tuple[Doc, ...] = (
    {"name": "Entity Type", "id": "3be85371-cbe0-4180-8820-73e6e37a6c32"},
    {"name": "Property", "id": "0a1984a6-7b75-47a9-b076-8f6b45b358ac"},
    {"name": "Vocabulary Key", "id": "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b"},
    {"name": "Power Fx", "id": "96102979-e952-43d8-afe6-987676c0698b"},
)
"""What a condition may be about."""
