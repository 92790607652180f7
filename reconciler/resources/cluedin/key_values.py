"""What vocabulary keys can hold: data types and storages, and the wire's names for our fields."""

from __future__ import annotations

from typing import Any

STORAGES = ("Keyword", "Typed", "Untyped")
_TYPED = ("DateTime", "Time", "Duration", "Boolean", "Integer", "Number", "Money")
_KEYWORD = (
    *("Text", "Uri", "Guid", "Email", "PhoneNumber", "TimeZone", "GeographyCity", "GeographyState"),
    *("GeographyCountry", "GeographyCoordinates", "GeographyLocation", "Json", "Xml", "Html", "IPAddress"),
    *("Color", "Currency", "PersonName", "OrganizationName", "Identifier", "Lookup"),
)
DATA_TYPES = frozenset(_TYPED + _KEYWORD)
"""The 28 data types of the vendor's documentation [B]."""

WIRE = {
    "display_name": "displayName",
    "description": "description",
    "data_type": "dataType",
    "storage": "storage",
    "group": "groupName",
    "classification": "dataClassificationCode",
    "visible": "isVisible",
    "primary_key": "dataAnnotationsIsPrimaryKey",
    "required": "dataAnnotationsIsRequired",
    "editable": "dataAnnotationsIsEditable",
    "nullable": "dataAnnotationsIsNullable",
    "min_length": "dataAnnotationsMinimumLength",
    "max_length": "dataAnnotationsMaximumLength",
    "value_change_insignificant": "isValueChangeInsignificant",
}
"""Our fields that go over the wire as they are, and their names there [B]."""

BY_SAVE_ONLY = frozenset(
    {
        *("classification", "primary_key", "required", "editable", "nullable", "min_length", "max_length"),
        "value_change_insignificant",
    }
)
"""What a create does not take (toolkit, [B])."""

INPUT = (
    *("vocabularyKeyId", "vocabularyId", "name", "glossaryTermId", "mapsToOtherKeyId"),
    *WIRE.values(),
)
"""Every member that the toolkit's save sends [B]; what is left out is cleared [C]."""

MODEL = (
    *INPUT[:2],
    *INPUT[3:],
    *("analyzer", "compositeVocabularyId", "compositeVocabularyKeySeparator", "isObsolete"),
    *("isObsoleteSinceVersion", "additionalProperties"),
)
"""The members of UpdateVocabularyKeyModel (OpenAPI document, [B]); it takes no others."""

SHARED = tuple(member for member in MODEL if member in INPUT and member not in ("dataType", "storage"))
"""What GraphQL and REST both show, in the same form."""

NO_CLASSIFICATION = frozenset({"/", "/None"})
"""How servers and the user interface spell that a key has no classification [B]."""

FIELDS = """displayName vocabularyKeyId vocabularyId name isVisible isObsolete groupName key storage
  dataClassificationCode dataType description dataAnnotationsIsPrimaryKey dataAnnotationsIsEditable
  dataAnnotationsIsNullable dataAnnotationsIsRequired dataAnnotationsMinimumLength
  dataAnnotationsMaximumLength mapsToOtherKeyId glossaryTermId mappedKey isValueChangeInsignificant
  isCluedInCore isProvider"""
"""What is asked of a key: everything that a save must send back (toolkit's fragment, [B])."""


def storage_of(data_type: str) -> str:
    """The storage that goes with a data type (vendor's documentation, [B])."""
    return "Typed" if data_type in _TYPED else "Keyword"


def name_in(key: str, prefix: str) -> str:
    """The name of a key: its full key without the prefix, whose case is the vocabulary's own."""
    return key[len(prefix) + 1 :]


def prefix_of(key: str, prefixes: dict[str, Any]) -> str | None:
    """The longest known prefix of a full key: prefixes hold dots [B], so a dot alone tells nothing."""
    head = key.casefold()
    while "." in head:
        head = head.rpartition(".")[0]
        if head in prefixes:
            return head
    return None
