"""What people write in a `CustomType`: types of a meta-model of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from reconciler.manifest.spec import Manifest, Spec

_LETTERS = "A letter, then only letters, digits, blanks and `_`."
TypeName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_ ]*$", description=_LETTERS)]
ClassificationName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_ .]*$")]
AttributeName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_ .-]*$")]
BusinessName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")]
TypeWord = Annotated[str, Field(min_length=1)]
Scalar = str | bool | int | float


class Element(Spec):
    """One value of an enumeration, with what it means."""

    value: Annotated[str, Field(min_length=1)]
    """The value."""
    description: str | None = None
    """What it means."""


class EnumType(Spec):
    """An enumeration: the values that attributes of the type may have."""

    name: TypeName
    """Its name, as it stands in Purview."""
    description: str | None = None
    """What it is for."""
    values: Annotated[tuple[Annotated[str, Field(min_length=1)] | Element, ...], Field(min_length=1)]
    """The values in order. More may come later; one that leaves the manifest stays in Purview, as entities may have
    it."""
    default: str | None = None
    """The value that is meant where none is given."""


class Attribute(Spec):
    """One attribute. Its type cannot change later: another attribute is the way out."""

    name: AttributeName
    """Its name."""
    type: TypeWord
    """`string`, `int`, `long`, `short`, `byte`, `float`, `double`, `boolean`, `date`; an enumeration or a structure;
    `array<…>` and `map<string,…>` of these."""
    description: str | None = None
    """What it says."""
    required: bool | None = None
    """Whether each entity has to have it: only for types that are new. A required one may become optional later."""
    unique: bool | None = None
    """Whether no two entities have one value; it cannot change later."""
    indexable: bool | None = None
    """Whether Purview indexes it; it cannot change later."""
    default: Scalar | None = None
    """What it is where nothing is given."""
    cardinality: Literal["single", "list", "set"] | None = None
    """How many values; default `set` for an `array<…>`, else `single`."""


class StructType(Spec):
    """A structure: values that belong together and are no entity."""

    name: TypeName
    """Its name."""
    description: str | None = None
    """What it is for."""
    attributes: tuple[Attribute, ...] = ()
    """What it is made of."""


class EntityType(Spec):
    """A type of assets."""

    name: TypeName
    """Its name; it stands verbatim, without the environment's `type_prefix`."""
    super_types: tuple[TypeWord, ...] = ("DataSet",)
    """What it inherits from: `DataSet`, or `Process` for what moves data. More may come later, and none goes."""
    description: str | None = None
    """What such an asset is."""
    attributes: tuple[Attribute, ...] = ()
    """Its attributes beside those that it inherits. More may come later, and none goes."""
    schema_tab: str | None = None
    """The end of a relationship that Purview shows as the schema of such an asset."""
    schema_columns: tuple[str, ...] = ()
    """Attributes that Purview shows as columns of the schema in which such an asset is a row."""
    options: dict[str, str] = {}
    """Further options of the type, entry by entry."""


class End(Spec):
    """One end of a relationship."""

    type: TypeWord
    """The type of the assets at this end."""
    as_: Annotated[str, Field(alias="as", min_length=1)]
    """What the other end is called from here: an attribute of this type."""


class FreeEnd(End):
    """One end of an association, which contains nothing."""

    many: bool = False
    """Whether one asset at this end is related to several at the other."""


class RelationshipType(Spec):
    """A type of relationship between two assets. Neither its category nor its ends can change later."""

    name: TypeName
    """Its name."""
    description: str | None = None
    """What it says."""
    category: Literal["composition", "aggregation", "association"]
    """Whether the parts live and die with their container, are only gathered by it, or there is none."""
    container: End | None = None
    """The end that contains the other; of compositions and aggregations."""
    part: End | None = None
    """The end that is contained."""
    ends: Annotated[tuple[FreeEnd, ...], Field(max_length=2)] = ()
    """Both ends of an association."""
    label: str | None = None
    """Label of the relationship for programs."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [name for name in ("container", "part") if getattr(self, name) is not None]
        if self.category == "association" and (given or len(self.ends) != 2):
            raise ValueError("an association has two `ends`, and neither `container` nor `part`")
        if self.category != "association" and (len(given) != 2 or self.ends):
            raise ValueError(
                f"a relationship of category `{self.category}` has a `container` and a `part`, and no `ends`"
            )
        return self


class ClassificationType(Spec):
    """A classification that may be put on assets; the words of a LabelMap may mean it."""

    name: ClassificationName
    """Its name."""
    description: str | None = None
    """What it means."""
    super_types: tuple[ClassificationName, ...] = ()
    """Classifications that it is a kind of. More may come later, and none goes."""
    entity_types: tuple[TypeWord, ...] = ()
    """Types of assets that it may be put on; default all. More may come later, and none goes."""


class BusinessAttribute(Spec):
    """One attribute of business metadata."""

    name: BusinessName
    """Its name."""
    type: TypeWord
    """A plain type or an enumeration, or `array<…>` of one."""
    description: str | None = None
    """What it says."""
    max_length: Annotated[int, Field(ge=1)] = 500
    """The longest text that it takes."""


class BusinessMetadata(Spec):
    """Attributes that people may fill on assets of some types."""

    name: TypeName
    """Its name."""
    description: str | None = None
    """What it is for."""
    applies_to: Annotated[tuple[TypeWord, ...], Field(min_length=1)]
    """Types of assets. More may come later, and none goes."""
    attributes: Annotated[tuple[BusinessAttribute, ...], Field(min_length=1)]
    """What can be filled."""


class DefinitionsFile(Spec):
    """A file of definitions."""

    file: Annotated[str, Field(min_length=1)]
    """Its path below the project, with `/`."""


_NO_ICON = "No published call gives a type an icon: leave it out, and let the portal show its own."


class CustomType(Manifest):
    """A meta-model of one's own in the Data Map: types of assets, their relationships, enumerations and more.

    Types only grow: the system takes nothing away from one that is there, and what leaves the manifest is released and
    stays. Of a type that lives, only descriptions, options and what is added can change; anything else is refused with
    the way out. A type that others made is never taken over.

    Example::

        apiVersion: reconciler/v1
        kind: CustomType
        metadata: {name: osi-pi}
        spec:
          service_type: OSI PI
          enums: [{name: pi_state, values: [Good, Bad, {value: Unknown, description: no signal}], default: Good}]
          structs: [{name: pi_range, attributes: [{name: low, type: float}, {name: high, type: float}]}]
          entities:
            - name: pi_database
              description: A database of tags.
              schema_tab: elements
              attributes:
                - {name: server, type: string, required: true}
                - {name: tags, type: array<string>}
                - {name: state, type: pi_state, default: Good}
            - name: pi_element
              schema_columns: [data_type]
              attributes: [{name: data_type, type: string}]
          relationships:
            - name: pi_database_elements
              category: composition
              container: {type: pi_database, as: elements}
              part: {type: pi_element, as: database}
          classifications: [{name: CONTOSO.TAG, description: A measured tag., entity_types: [pi_element]}]
          business_metadata:
            - name: pi_quality
              applies_to: [pi_database]
              attributes: [{name: score, type: float}, {name: note, type: string, max_length: 200}]
    """

    kind: ClassVar[str] = "CustomType"
    elsewhere: ClassVar[Mapping[str, str]] = {"icon": _NO_ICON, "icons": _NO_ICON}

    service_type: Annotated[str, Field(min_length=1)]
    """The group in which Purview shows the types when people browse by the type of source."""
    version: str | None = None
    """A version of the types, which means nothing to Purview; left alone where it is not said."""
    enums: tuple[EnumType, ...] = ()
    """Enumerations."""
    structs: tuple[StructType, ...] = ()
    """Structures."""
    entities: tuple[EntityType, ...] = ()
    """Types of assets."""
    relationships: tuple[RelationshipType, ...] = ()
    """Types of relationships."""
    classifications: tuple[ClassificationType, ...] = ()
    """Classifications."""
    business_metadata: tuple[BusinessMetadata, ...] = ()
    """Business metadata."""
    typedefs: DefinitionsFile | dict[str, Any] | tuple[dict[str, Any], ...] | None = None
    """Definitions as Atlas writes them, from a file or as they are: a document of several lists, a list, or one
    definition. What only a server fills in is passed over."""
    removed: Literal["keep", "delete"] = "keep"
    """What becomes of types that no manifest wants any more. To delete one takes `--prune`, and the system refuses it
    while anything is of it."""
