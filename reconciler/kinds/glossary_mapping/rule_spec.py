"""What people write in a glossary mapping that is a rule: what of a system it takes, and what it makes of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.glossary_mapping.words import Code, Condition, DataType, Status
from reconciler.kinds.project.texts import Text
from reconciler.manifest.fields import Handled
from reconciler.manifest.spec import Spec


class Select(Spec):
    """What the rule takes; what is written has to hold all together."""

    attribute: Annotated[Text | None, Handled()] = "CluedInVocab=true"
    """Of terms: `Name=value` or `Template.Name=value` of a template's attribute; null for none. Values are compared as
    text, whatever their case."""
    term: Annotated[str, Handled()] = ".*"
    """Of terms: regular expression for the whole name, the own one or Purview's `Parent_Child`."""
    template: Annotated[str, Handled()] = ".*"
    """Of terms: regular expression for the whole name of a template; a term without one has `System default`."""
    assigned: Annotated[Literal["column", "any", "none"], Handled()] = "column"
    """Of terms: on a `column` of an asset, on nothing (`none`), or whatever they are on (`any`)."""
    vocabulary: Annotated[str, Handled()] = ".*"
    """Of vocabularies: regular expression for the whole name."""
    key_prefix: Annotated[Text | None, Handled()] = None
    """Of vocabularies: regular expression for the whole key prefix, whatever its case."""
    entity_type: Annotated[Code | None, Handled()] = None
    """Of vocabularies: code of the entity type that they are grouped under."""
    core: Annotated[bool, Handled()] = False
    """Of vocabularies: those too that came with CluedIn."""
    provider: Annotated[bool, Handled()] = False
    """Of vocabularies: those too that came with a connector."""
    active: Annotated[bool, Handled()] = True
    """Of vocabularies: the active ones alone."""
    obsolete_keys: Annotated[bool, Handled()] = False
    """Of keys: those too that are out of use."""
    visible_only: Annotated[bool, Handled()] = True
    """Of keys: the visible ones alone."""


class Into(Spec):
    """What the rule makes."""

    vocabularies: Annotated[bool, Handled()] = True
    """From terms: a vocabulary of each term at the top, with a key for each term below it."""
    glossary_category: Annotated[Text | None, Handled()] = None
    """From terms: category of CluedIn's own glossary that gets a term for each; by default called as the glossary, null
    for no such terms."""
    glossary: Annotated[Text | None, Handled()] = None
    """From vocabularies: the glossary in Purview; created when missing, never removed."""
    root: Annotated[Text | None, Handled()] = None
    """From vocabularies: path of the term that they stand below; created when missing, never removed."""
    status: Annotated[Status | None, Handled()] = "Approved"
    """From vocabularies: status of their terms; null leaves it to people."""
    template: Annotated[Text | None, Handled()] = None
    """From vocabularies: term template of their terms; it must exist."""


class Naming(Spec):
    """What things are called that the rule makes. Prefixes and keys are given once, and stay when a term is renamed."""

    vocabulary_prefix: Annotated[str, Field(json_schema_extra={"pattern": r"^[A-Za-z][A-Za-z0-9._]*$"}), Handled()] = (
        "purview"
    )
    """From terms: first part of the key prefixes: `purview.Customer`."""
    entity_type_prefix: Annotated[
        str, Field(json_schema_extra={"pattern": r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"}), Handled()
    ] = "Purview"
    """From terms: first part of the codes of entity types: `/Purview/Customer`."""
    vocabulary: Annotated[Text, Handled()] = "{term}"
    """From terms: name of a vocabulary; `{term}` is the term at the top."""
    key: Annotated[Text, Handled()] = "{nick}"
    """From terms: display name of a key, from which its name is made; `{nick}` is the term below."""
    term: Annotated[Text, Handled()] = "{vocabulary.name}"
    """From vocabularies: name of a vocabulary's term; `{vocabulary.name}` or `{vocabulary.key_prefix}`."""
    child: Annotated[Text, Handled()] = "{key.display_name}"
    """From vocabularies: name of a key's term; `{key.display_name}` or `{key.name}`."""


class Given(Spec):
    """What things get of which the source says nothing."""

    data_type: Annotated[DataType, Handled()] = "Text"
    """From terms: data type of a key whose term has no attribute `CluedInDataType` and is not on one column alone."""
    group: Annotated[Text, Handled()] = "Purview"
    """From terms: group of the keys."""
    condition: Annotated[Condition, Handled()] = "auto"
    """From terms: records of the terms of CluedIn's glossary. `auto` takes those of the entity type, and of a key's
    term those that have a value; without `vocabularies` it has to be written."""
