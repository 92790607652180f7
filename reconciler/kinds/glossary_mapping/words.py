"""Words and small parts that a glossary mapping shares with its rules: names, kinds of data, conditions."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from reconciler.kinds.project.texts import Text
from reconciler.manifest.spec import Spec
from reconciler.resources.spelling import composed

TermName = Annotated[str, Field(json_schema_extra={"pattern": r"^[^@.<>]{1,255}$"}), AfterValidator(composed)]
KeyName = Annotated[str, Field(json_schema_extra={"pattern": r"^[A-Za-z][A-Za-z0-9_.-]*$"})]
Code = Annotated[str, Field(json_schema_extra={"pattern": r"^(/[A-Za-z0-9_.-]+)+$"})]
Status = Literal["Draft", "Approved", "Alert", "Expired"]
Removed = Literal["obsolete", "delete", "keep", "expire"]
Storage = Literal["Keyword", "Typed", "Untyped"]
DataType = Literal[
    "Text",
    "DateTime",
    "Time",
    "Duration",
    "Boolean",
    "Integer",
    "Number",
    "Uri",
    "Guid",
    "Email",
    "PhoneNumber",
    "TimeZone",
    "GeographyCity",
    "GeographyState",
    "GeographyCountry",
    "GeographyCoordinates",
    "GeographyLocation",
    "Json",
    "Xml",
    "Html",
    "IPAddress",
    "Color",
    "Money",
    "Currency",
    "PersonName",
    "OrganizationName",
    "Identifier",
    "Lookup",
]
DATA_TYPES: tuple[str, ...] = get_args(DataType)


class EntityTypeCondition(Spec):
    """Records of an entity type."""

    entity_type: Text
    """Code of the entity type."""


class KeyCondition(Spec):
    """Records that have a value for a key, or have none."""

    key: Text
    """Full key."""
    exists: bool = True
    """Whether there must be a value."""


Condition = Literal["auto"] | EntityTypeCondition | KeyCondition | dict[str, Any]
"""Which records a term of CluedIn's glossary holds."""
