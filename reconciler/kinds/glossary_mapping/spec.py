"""What people write in a `GlossaryMapping`: the concept, its vocabulary, its keys and terms."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.glossary_mapping.marks import Both, Contacts, Copied, Edge, OfTerms
from reconciler.kinds.glossary_mapping.rule_spec import Given, Into, Naming, Select
from reconciler.kinds.glossary_mapping.words import (
    Code,
    Condition,
    DataType,
    KeyName,
    Removed,
    Status,
    Storage,
    TermName,
)
from reconciler.kinds.project.names import path_parts
from reconciler.kinds.project.texts import Names, Text
from reconciler.manifest.fields import Handled
from reconciler.manifest.spec import Manifest, Spec


class Link(Spec):
    """A link to a page about a term."""

    name: Text
    """What the link is called."""
    url: Annotated[str, Field(pattern=r"^(https?://|mailto:|\$\{var\.)")]
    """Where it leads."""


class TermText(Spec):
    """What can be said about a term in Purview."""

    definition: Annotated[str | None, Copied("description")] = None
    """What the term means; Purview's "Definition"."""
    summary: Annotated[str | None, Copied("short_description")] = None
    """The meaning in one sentence."""
    abbreviation: str | None = None
    """Short form of the name."""
    usage: str | None = None
    """How the term is used."""
    status: Annotated[Status | None, OfTerms("status")] = None
    """How far the term is agreed on; a new term is a draft."""
    template: Annotated[str | None, Handled(), OfTerms("templates")] = None
    """Term template; it must exist."""
    attributes: Annotated[dict[str, dict[str, Any]], Handled(), OfTerms("templates")] = {}
    """Values of the template's attributes: `{TEMPLATE: {ATTRIBUTE: value}}`."""
    experts: Annotated[Names, Contacts(), OfTerms("contacts")] = ()
    """People who know the subject: aliases, e-mail addresses from the environment, or object ids."""
    stewards: Annotated[Names, Contacts(), OfTerms("contacts")] = ()
    """People who look after the term."""
    synonyms: Annotated[Names, Edge("synonyms")] = ()
    """Terms with the same meaning: names in the same glossary, or `Glossary/Path`."""
    related: Annotated[Names, Edge("seeAlso")] = ()
    """Terms to see as well: names in the same glossary, or `Glossary/Path`."""
    resources: Annotated[tuple[Link, ...], Handled(), OfTerms("resources")] = ()
    """Pages about the term."""


class Concept(TermText):
    """The term of the concept itself."""

    name: TermName
    """Own name of the term, without its parents."""
    parent: Text | None = None
    """Path of the parent term in the same glossary, `Party/Legal`; default: a term at the top."""
    moved_from: Text | None = None
    """Former name, or former path in the glossary with `/`, when the term was renamed or moved; `/Name` stood at
    the top of the glossary."""


class EntityType(Spec):
    """The entity type of the records."""

    name: Annotated[Text, Handled()]
    """Display name."""
    code: Annotated[Code | None, Handled()] = None
    """Code, which can never change; default: `/` and the name without blanks."""
    icon: str | None = None
    """Name of the icon."""
    route: str | None = None
    """Last part of the address of its pages; only used when the type is created."""

    @property
    def full_code(self) -> str:
        """The code, or the default one."""
        return self.code if self.code is not None else "/" + "".join(self.name.split())


class Vocabulary(Spec):
    """The vocabulary in CluedIn."""

    name: Text
    """Name of the vocabulary."""
    key_prefix: Annotated[str, Field(json_schema_extra={"pattern": r"^[A-Za-z][A-Za-z0-9._]*$"}), Handled()]
    """First part of all its keys; it can never change and is unique without regard to case."""
    description: str | None = None
    """What the vocabulary is for."""
    source: Annotated[str | None, Handled()] = None
    """Connector that the vocabulary belongs to, by name or provider id; null for none."""
    active: Annotated[Literal[True] | None, Handled()] = None
    """Activate the vocabulary; there is no way back."""
    owners: Annotated[Names, Handled()] = ()
    """CluedIn users who own it."""
    entity_type: Annotated[EntityType | None, Handled()] = None
    """Entity type of its records; created when missing."""
    group: Annotated[Text | None, Handled()] = None
    """Group of all keys that name none."""


class Annotations(Spec):
    """CluedIn's data annotations of a key."""

    primary_key: bool | None = None
    """The key identifies a record."""
    required: bool | None = None
    """A record must have a value."""
    editable: bool | None = None
    """People may edit the value."""
    nullable: bool | None = None
    """The value may be empty."""
    min_length: Annotated[int, Field(ge=0)] | None = None
    """Least number of characters."""
    max_length: Annotated[int, Field(ge=0)] | None = None
    """Greatest number of characters."""


class Former(Spec):
    """What an item was called before."""

    name: TermName | None = None
    """Former name of the term, or former path in the glossary with `/`."""
    key: Text | None = None
    """Former key; it is made obsolete and mapped to the new one."""

    @property
    def path(self) -> list[str]:
        """The names from the top of the glossary, where the former name may be a path; else nothing."""
        name = self.name or ""
        return path_parts(name.removeprefix("/")) if "/" in name else []


_NOTHING_BEFORE = Former()


class Item(TermText):
    """One key in CluedIn and one term below the concept in Purview."""

    name: Annotated[TermName, Both()]
    """Name of the term, and display name of the key."""
    key: Annotated[KeyName | None, Both()] = None
    """Name of the key below the key prefix; it can never change. Without it there is no key."""
    term: Annotated[bool, Both()] = True
    """Whether there is a term in Purview."""
    display_name: Annotated[Text | None, Handled()] = None
    """Display name of the key; default: the name."""
    description: str | None = None
    """Description of the key, and of its column in Purview."""
    data_type: DataType | None = None
    """Data type of the key; a new key is `Text`. A change re-processes the key's values."""
    storage: Storage | None = None
    """How values are stored; a new key gets what fits its data type."""
    group: Annotated[Text | None, Handled()] = None
    """Group of the key; default: the vocabulary's, else `Metadata`."""
    classification: Annotated[str | None, Handled()] = None
    """CluedIn's data classification code, the kind of data: `/Email`. A change re-processes the values."""
    labels: Annotated[Names, Handled()] = ()
    """Words for sensitivity from a `LabelMap`."""
    visible: bool | None = None
    """Whether people see the key."""
    annotations: Annotated[Annotations | None, Handled()] = None
    """Data annotations of the key."""
    value_change_insignificant: bool | None = None
    """A change of the value alone makes no new version of a record."""
    lookup: Text | None = None
    """For the data type `Lookup`: name of an active CluedIn glossary term that lists the values."""
    maps_to: Text | None = None
    """Full key that takes the values of this one: `customer.email`."""
    obsolete: bool | None = None
    """The key is out of use."""
    moved_from: Annotated[TermName | Former | None, Both()] = None
    """Former name of a renamed term, or former path in the glossary with `/` when it stood below
    another concept; or `{name: …, key: …}`: the former key becomes obsolete and maps to the new."""

    terms: Annotated[tuple[Item, ...], Both()] = ()
    """Items in it: terms below its term, and keys of the same vocabulary."""

    @property
    def former(self) -> Former:
        """What the item was called before, in one form."""
        if self.moved_from is None:
            return _NOTHING_BEFORE
        return self.moved_from if isinstance(self.moved_from, Former) else Former(name=self.moved_from)


class CluedInGlossary(Spec):
    """Terms in CluedIn's own glossary, which are saved filters over records."""

    category: Annotated[Text, Handled()]
    """Category of the terms; created when missing."""
    active: bool | None = None
    """Whether the terms are active."""
    descriptions: Annotated[bool, Handled()] = False
    """Copy definitions and summaries into the terms: what a term of CluedIn is, its condition says, and the
    definition is kept in one place, Purview."""
    condition: Annotated[Condition, Handled()] = "auto"
    """Records of the concept's term: `auto` takes those of the entity type; a raw rule is passed on as it is.
    The term of a key holds those of them that have a value for the key."""


class GlossaryMapping(Manifest):
    """A concept in both systems: terms in Purview, a vocabulary in CluedIn, and what ties them together.

    In Purview it makes the glossary, a term for the concept and one for each item, the entity type as an
    asset with a column for each key, and puts the terms and the classifications of labels on them. In
    CluedIn it makes the entity type, the vocabulary with its keys, and terms of CluedIn's own glossary. Each
    part is optional, and of each part only what is written is managed.

    With `source: purview` or `source: cluedin` it is a rule: vocabularies, keys and terms of CluedIn's glossary follow
    from terms of Purview, or terms of Purview from vocabularies, whatever there is of them.

    Example::

        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: customer, description: The customer concept in both systems}
        spec:
          glossary: Enterprise
          term:
            name: Customer
            definition: A person or organisation that buys from us.
            status: Approved
          vocabulary:
            name: Customer
            key_prefix: customer
            active: true
            entity_type: {name: Customer, code: /Customer, icon: User}
          terms:
            - {name: Email, key: email, data_type: Email, definition: Primary contact address., labels: [PII]}
            - {name: Full Name, key: fullName, data_type: PersonName, labels: [PII]}
            - {name: Customer Id, key: id, data_type: Identifier}
            - {name: Account Id, key: accountId, data_type: Identifier}
            - {name: Mail (old), key: mail, term: false, obsolete: true, maps_to: customer.email}
          cluedin_glossary: {category: Enterprise}
    """

    kind: ClassVar[str] = "GlossaryMapping"

    source: Literal["git", "purview", "cluedin"] = "git"
    """Where the concepts are spelled out: here in `git`; or in one of the systems, and the document is the rule by
    which the other one follows."""
    glossary: Text | None = None
    """Glossary in Purview; created when missing, never removed. Of a rule with `source: purview`, the one it reads."""
    select: Select = Select()
    """Of a rule: what it takes."""
    into: Into = Into()
    """Of a rule: what it makes."""
    naming: Naming = Naming()
    """Of a rule: what things are called that it makes."""
    defaults: Given = Given()
    """Of a rule: what things get of which the source says nothing."""
    allow_native: bool = False
    """Of a rule: go on although CluedIn's own sync of the same direction is on."""
    term: Concept | None = None
    """The concept as a term. A document with neither it nor a vocabulary is a glossary: its `terms` stand at the top.
    Leave it out beside a vocabulary to leave Purview's glossary alone."""
    vocabulary: Vocabulary | None = None
    """The concept as a vocabulary; leave it out to leave CluedIn's catalogue alone."""
    terms: tuple[Item, ...] = ()
    """What the concept consists of: each item is a key in CluedIn and a term below the concept in Purview. Items may
    hold `terms` of their own."""
    cluedin_glossary: CluedInGlossary | None = None
    """Terms in CluedIn's own glossary for the concept and its keys."""
    assets: bool = True
    """Show the entity type and its keys as assets in Purview."""
    assign_terms: bool = True
    """Put the terms on the entity type and on the columns of the keys."""
    removed: Removed = "obsolete"
    """What pruning does to keys that left the manifest, or whose term left the rule: make them `obsolete`, `delete`
    them, or `keep` them. The vocabulary itself is only ever deleted with `delete`, and never by a rule. Terms that a
    rule made of vocabularies `expire`, which is their default; with `delete` they go where they are on nothing."""

    @property
    def is_rule(self) -> bool:
        """Whether it says by which rule things follow from what is in a system."""
        return self.source != "git"
