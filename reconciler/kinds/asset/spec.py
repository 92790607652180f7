"""What people write in an `Asset`: assets of a source that no scanner of Purview knows."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.manifest.spec import Manifest, Spec

Text = Annotated[str, Field(min_length=1)]


class Column(Spec):
    """A part of an asset that is shown in its schema."""

    name: Text
    """Its name; its qualified name is made of that."""
    description: str | None = None
    """What it holds."""
    data_type: str | None = None
    """Its type, where the type of such columns has an attribute `data_type`."""
    attributes: dict[str, Any] = {}
    """Further attributes."""
    labels: tuple[Text, ...] = ()
    """Labels: words of a LabelMap, or free ones."""
    classifications: tuple[Text, ...] = ()
    """Classifications by their names."""


class Reference(Spec):
    """Another asset."""

    type: Text
    """Its type."""
    qualified_name: Text
    """Its qualified name, as it stands in Purview."""


class OneAsset(Spec):
    """One asset."""

    qualified_name: Text
    """Its qualified name: verbatim, and case counts."""
    type: Text | None = None
    """Its type, where that is another than the document's."""
    name: str | None = None
    """What people see; default the last part of the qualified name."""
    description: str | None = None
    """What it is."""
    attributes: dict[str, Any] = {}
    """Attributes of its type, entry by entry; null takes a value away."""
    columns: tuple[Column, ...] = ()
    """Its parts, as its type's `schema_tab` shows them."""
    relationships: dict[Text, Reference] = {}
    """Other assets at ends that hold one: set when the asset is made, and left alone afterwards."""
    business_metadata: dict[Text, dict[Text, Any]] = {}
    """Values of business metadata, by group."""
    classifications: tuple[Text, ...] = ()
    """Classifications by their names."""
    labels: tuple[Text, ...] = ()
    """Labels beside those of `defaults`."""
    terms: tuple[Text, ...] = ()
    """Glossary terms by their path: `Enterprise/Plant`."""
    owners: tuple[Text, ...] = ()
    """Owners beside those of `defaults`."""
    experts: tuple[Text, ...] = ()
    """Experts beside those of `defaults`."""


class Defaults(Spec):
    """What all assets of the document get."""

    owners: tuple[Text, ...] = ()
    """Owners, by alias, address or object id."""
    experts: tuple[Text, ...] = ()
    """Experts."""
    labels: tuple[Text, ...] = ()
    """Labels: words of a LabelMap, which stand for classifications, or free ones."""


class Expected(Spec):
    """What a whole file is expected to hold: one that came out short takes nothing away."""

    min_rows: Annotated[int, Field(ge=0)] = 1
    """Rows at the least."""
    max_shrink_percent: Annotated[int, Field(ge=0, le=100)] = 20
    """How many of a hundred assets that an earlier file told of may be missing."""


class From(Spec):
    """A file of assets, one a row."""

    file: Text
    """Its path below the project, with `/`; `.csv`, `.jsonl`, `.json` or `.parquet`."""
    map: dict[Text, Text] = {}
    """Fields of an asset, as `qualified_name` or `attributes.unit`, and the columns that they stand in; without it
    columns are called as the fields."""
    complete: bool = False
    """Whether the file tells of every asset below `scope`, so that one that is missing is gone."""
    scope: str | None = None
    """The beginning of the qualified names that the file speaks for; needed with `complete`."""
    expect: Expected = Expected()
    """What a complete file must hold at the least."""


class Asset(Manifest):
    """Assets in the Data Map of a source that no scanner knows: written here, or read of a file of thousands of rows.

    Attributes are checked and turned into what the type holds before anything is sent. A file that is cut, lacks a
    column or doubles a name is refused as a whole, and nothing is removed on the ground of one that came out short.

    Example::

        apiVersion: reconciler/v1
        kind: Asset
        metadata: {name: pi-plant}
        spec:
          type: pi_database
          defaults: {owners: [ada], labels: [ot]}
          assets:
            - qualified_name: pi://srv1/plant
              name: Plant
              description: What the tag database of the plant keeps.
              attributes: {server: srv1, state: Good, tags: [hot, cold]}
              columns:
                - {name: temp, data_type: Float32, classifications: [CONTOSO.TAG]}
                - {name: pressure, data_type: Float32}
              business_metadata: {pi_quality: {score: 0.9}}
          removed: delete
    """

    kind: ClassVar[str] = "Asset"

    type: Text
    """The type of the assets: of a CustomType, or one that is there."""
    defaults: Defaults = Defaults()
    """What all of them get."""
    assets: tuple[OneAsset, ...] = ()
    """Assets that are written here."""
    from_: Annotated[From | None, Field(alias="from")] = None
    """A file of assets, instead of those or besides."""
    removed: Literal["forget", "delete"] = "forget"
    """What becomes of assets that no manifest wants any more, with `--prune`: they are let go of, or deleted. Of a file
    only what a `complete` one speaks for is deleted."""
