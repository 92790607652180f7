"""Conditions over records as people write them: `{key: customer.segment, operator: in, value: [A, B]}`.

Operators and their GUIDs, and the object types of keys and properties: CluedIn's own SDK, [B].
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from reconciler.kinds.project.conditions import ENTITY_TYPE, EQUALS, EXISTS, NOT_EXISTS, VOCABULARY_KEY, Node, node_type
from reconciler.kinds.project.levels import with_levels
from reconciler.manifest.spec import Spec

Scalar = str | int | float | bool
Operator = Literal[
    "equals", "not_equals", "in", "not_in", "exists", "not_exists",
    "contains", "not_contains", "begins_with", "not_begins_with", "ends_with", "not_ends_with",
    "between", "not_between", "greater", "greater_or_equal", "less", "less_or_equal",
    "matches", "not_matches", "is_null", "is_not_null", "is_true", "is_false",
]  # fmt: skip

PROPERTY = "0a1984a6-7b75-47a9-b076-8f6b45b358ac"
"""The object type of properties of records that are no vocabulary keys."""
OPERATORS: dict[str, str] = {
    "equals": EQUALS,
    "not_equals": "4f7f2b0f-155a-4208-b849-3e972f5d89d2",
    "in": "31feed84-ce0e-435f-ba94-ce01b9c7bd15",
    "not_in": "25c16d50-d170-4295-ad85-c2571431794a",
    "exists": EXISTS,
    "not_exists": NOT_EXISTS,
    "contains": "4988d076-3ec1-4414-9f56-5b9b30e25f72",
    "not_contains": "4af53db0-acdb-44a6-89a1-40fa8ef05cde",
    "begins_with": "daf3a318-569f-4baf-a17f-35b4426ae603",
    "not_begins_with": "bbd02195-213e-40e2-9597-65ec05100dfc",
    "ends_with": "ff9a47ac-8e3c-4123-80ee-e0b660aa5f9f",
    "not_ends_with": "3527ff72-bdd4-4bb4-b964-f18898d5a82d",
    "between": "566bc291-df6a-427c-b7f4-00f8766d37a2",
    "not_between": "5642150e-fa0a-462c-a230-619d97cb3f8b",
    "greater": "85ecec6b-9c45-4365-9614-ef090137098d",
    "greater_or_equal": "5a2d1185-7fd8-4dda-9d33-7f69e42e9147",
    "less": "0de353ce-bbe4-4a27-8e20-0dc21947e987",
    "less_or_equal": "42d4d22d-e37a-4c5f-96eb-7ae59513f80f",
    "matches": "4e4782d7-8c17-47c1-9797-37434fce0c77",
    "not_matches": "9253eea0-5975-460a-8373-dd6ff57d4e65",
    "is_null": "9ad76320-021e-4211-9e9a-8b148c9c600d",
    "is_not_null": "a42a9f87-7944-4d07-b1f3-d2f404bc4fd7",
    "is_true": "04f2d73a-c908-4bc3-a7d5-1774b7db44dd",
    "is_false": "dfbfc760-69ea-4241-b33e-0425c2a51688",
}
_WITHOUT_VALUE = frozenset({"exists", "not_exists", "is_null", "is_not_null", "is_true", "is_false"})
_PAIRS = frozenset({"between", "not_between"})
_SINGLE = frozenset(OPERATORS) - _WITHOUT_VALUE - _PAIRS - {"in", "not_in", "equals", "not_equals"}


class Where(Spec):
    """One condition; of several all must hold."""

    at: ClassVar[str] = "where[]."
    model_config = ConfigDict(json_schema_extra=with_levels)

    key: Annotated[str, Field(min_length=1)] | None = None
    """Full vocabulary key."""
    property: Annotated[str, Field(min_length=1)] | None = None
    """Property of the record that is no vocabulary key, such as `Name` or `CreatedDate`."""
    operator: Operator = "equals"
    """How the value is compared."""
    value: Scalar | tuple[Scalar, ...] | None = None
    """What it is compared with: one value, a list for `in` and `equals`, two for `between`, none for `exists`."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.key is None) == (self.property is None):
            raise ValueError("needs either `key` or `property`")
        count = len(self.texts())
        if self.operator in _WITHOUT_VALUE and count:
            raise ValueError(f"`{self.operator}` takes no `value`")
        if self.operator in _PAIRS and count != 2:
            raise ValueError(f"`{self.operator}` takes two values: `value: [from, to]`")
        if self.operator in _SINGLE and count != 1:
            raise ValueError(f"`{self.operator}` takes one `value`")
        if self.operator not in _WITHOUT_VALUE and not count:
            raise ValueError(f"`{self.operator}` needs a `value`")
        return self

    def texts(self) -> list[str]:
        """The values as CluedIn keeps them: text."""
        given = self.value if isinstance(self.value, tuple) else () if self.value is None else (self.value,)
        return [_text(one) for one in given]

    def node(self, data_type: str = "") -> Node:
        """The condition as a node of CluedIn's tree; `data_type` is that of the key, where it is known."""
        if self.key is not None:
            return self._leaf(f"Properties[{self.key}]", VOCABULARY_KEY, node_type(data_type))
        name = str(self.property)
        # `CreatedDate` is recorded as datetime [B]; that the others which end so are too is [C].
        kind = node_type("DateTime" if name.endswith("Date") else "")
        return self._leaf(name, ENTITY_TYPE if name == "EntityType" else PROPERTY, kind)

    def _leaf(self, field: str, object_type: str, kind: str) -> Node:
        found: dict[str, Any] = {"condition": "AND", "field": field, "objectTypeId": object_type, "type": kind}
        return found | {"operator": OPERATORS[self.operator], "rules": [], "value": self.texts()}


def keys_in(conditions: tuple[Where, ...]) -> Iterator[tuple[int, str]]:
    """The vocabulary keys in conditions, with the number of each."""
    for at, one in enumerate(conditions):
        if one.key is not None:
            yield at, one.key


def _text(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
