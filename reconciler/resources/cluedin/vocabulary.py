"""A vocabulary of CluedIn's data catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin import outbound
from reconciler.resources.cluedin.shared import (
    ENTITY_TYPE_CODE,
    GUID,
    PREFIX,
    Row,
    Steps,
    advice,
    arrived,
    entity_types,
    keys_of,
    mentions,
    refuse,
    rich,
    shipped,
    vocabularies,
    vocabularies_of,
    vocabulary,
)
from reconciler.resources.keys import PARTS, field_of, steps_of
from reconciler.resources.objects import Live, Origin, Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default, Filled, Members, OneWay, Retires, RichText
from reconciler.systems.cluedin import PAGE, CluedIn

_CREATE = """mutation createVocabulary($vocabulary: InputVocabulary) { management { id
  createVocabulary(vocabulary: $vocabulary) { vocabularyId } } }"""
_SAVE = """mutation saveVocabulary($vocabulary: InputVocabulary!) { management { id
  saveVocabulary(vocabulary: $vocabulary) { vocabularyId } } }"""
_ACTIVATE = """mutation activateVocabulary($vocabularyId: ID!) { management { id
  activateVocabulary(vocabularyId: $vocabularyId) { vocabularyId isActive } } }"""

_DETAILS = frozenset({"description", "owners", PARTS})
_SAVED = ("name", "description", "entity_type", "provider")

_ACTIVE = "CluedIn has no call that deactivates a vocabulary"


class Vocabulary(Resource):
    """Key is the key prefix: fixed at creation, unique without regard to case [B].

    `provider` is the connector's name, which is what people know and what the list shows. `owners` are the
    names by which the manifests know them, else user names, without regard to case.
    """

    system = "cluedin"
    canon = 2
    page = PAGE
    needed_for_create = frozenset({"entity_type"})

    name = "vocabulary"
    right = claim("Management: Data Catalog")

    class Fields:
        name: Annotated[str, Filled()]
        description: Annotated[str, RichText()]
        entity_type: Annotated[str, Filled()]
        provider: Annotated[str | None, Filled()]
        active: Annotated[bool, Default(False), Retires(False, back=True), Filled(), OneWay(_ACTIVE)]
        owners: Annotated[list[str], Members(), Filled()]  # who makes it owns it [B]; others are parts

    def fold(self, key: str) -> str:
        """Prefixes are unique without regard to case [B]."""
        return super().fold(key).casefold()

    def desired(self, key: str, *origins: Origin, **more: Any) -> Desired:
        """Names of owners have no case; everything else as the manifests have it."""
        if more.get("owners"):
            more["owners"] = [str(owner).casefold() for owner in more["owners"]]
        return super().desired(key, *origins, **more)

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`management.vocabularies` by pages, and `vocabulary(id)` where a managed field needs it [B]."""
        asked = Asked.of(self.full_name, wanted).folded(self.fold)
        rows = [row for row in vocabularies(cluedin) if row.get("keyPrefix")]
        managed_of = {
            row["vocabularyId"]: asked.paths(self.fold(row["keyPrefix"]), str(row["vocabularyId"])) for row in rows
        }
        in_detail = [id for id, managed in managed_of.items() if mentions(managed, _DETAILS)]
        details = dict(zip(in_detail, vocabularies_of(cluedin, in_detail), strict=True))
        for row in rows:
            id = row["vocabularyId"]
            yield self._live(cluedin, details.get(id) or row, managed_of[id])

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`management.vocabulary(id)` (toolkit, [B])."""
        found = vocabulary(cluedin, id)
        return self._live(cluedin, found, (PARTS,)) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages, one detail for each managed vocabulary, the users once."""
        return super().cost(rows, managed) + managed + 1

    def _live(self, cluedin: CluedIn, row: Row, managed: Iterable[str]) -> Live:
        connector = row.get("connector") or {}
        return self.live(
            str(row["keyPrefix"]),
            str(row["vocabularyId"]),
            raw=row,
            foreign=shipped(row, "vocabulary"),
            parts=[*self._keys(cluedin, row), *self._people(row, managed)] if PARTS in managed else (),
            name=row.get("vocabularyName"),
            description=row.get("description"),
            entity_type=row.get("grouping"),
            provider=connector.get("name") or row.get("providerId") or connector.get("id"),
            active=row.get("isActive"),
            owners=self._owners(cluedin, row.get("owners") or (), managed),
        )

    @staticmethod
    def _keys(cluedin: CluedIn, row: Row) -> list[Part]:
        """The keys, which would go with the vocabulary: `DELETE` refuses only while one is in use [B]."""
        rows = keys_of(cluedin, [str(row["vocabularyId"])])
        return [
            Part(f"cluedin.vocabulary_key:{key['key']}", str(key["vocabularyKeyId"]), f"the key {key['key']}")
            for key in rows
            if key["vocabularyId"] == row["vocabularyId"]
        ]

    def _people(self, row: Row, managed: Iterable[str]) -> list[Part]:
        """The owners that no manifest named, besides the one that whoever made it became [B].

        Answers do not say who made a vocabulary [B], so one owner is no sign of others.
        """
        ours = {steps_of(path)[0] for path in managed if field_of(path) == "owners" and steps_of(path)}
        names = [str(owner.get("username") or owner["id"]).casefold() for owner in row.get("owners") or ()]
        others = [name for name in names if name not in ours]
        return [Part("", name, f"the owner {name}") for name in (others if len(others) > 1 else ())]

    @staticmethod
    def _owners(cluedin: CluedIn, owners: Iterable[Row], managed: Iterable[str]) -> list[str]:
        """Owners by the names that the manifests use for them.

        Answers give user names only [B]; who is known by another one (an e-mail address) is looked up.
        """
        ours = {steps_of(path)[0] for path in managed if field_of(path) == "owners" and steps_of(path)}
        by_id = {str(owner["id"]): str(owner.get("username") or owner["id"]).casefold() for owner in owners}
        if ours - set(by_id.values()):
            for name, id in cluedin.users().items():
                if name in ours and id in by_id:
                    by_id[id] = name
        return list(by_id.values())

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createVocabulary`, then `activateVocabulary` once it is visible, then owners over REST [B].

        A new vocabulary is inactive, and its activation fails while it is not visible yet [B]. What waits for an
        approval is neither activated nor given owners: the next run does so.
        """
        if not write.get("entity_type"):
            raise refuse("entity_type", f"the vocabulary {write.key} needs an entity type to be created with")
        _check_active(write)
        given = {
            "vocabularyName": write.get("name") or write.key,
            "entityTypeConfiguration": _entity_type(cluedin, write.get("entity_type")),
            "providerId": _provider_id(cluedin, write.get("provider")),
            "keyPrefix": write.key,
            "description": rich(write.get("description")),
        }
        data = cluedin.graphql(_CREATE, {"vocabulary": given}, effect="once")
        id = str(data["management"]["createVocabulary"]["vocabularyId"])
        more = bool(write.get("active") or write.entries("owners"))
        if more and arrived(cluedin, id, lambda: vocabulary(cluedin, id) is not None):
            if write.get("active"):
                cluedin.graphql(_ACTIVATE, {"vocabularyId": id}, effect="set")
            _write_owners(cluedin, id, write)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`saveVocabulary` with the whole object when something in it changes, activation, owners [B]."""
        assert write.live is not None
        _check_active(write)
        steps = Steps(cluedin)
        if any(write.has(field) for field in _SAVED):
            self._save(steps, write, write.live)
        if write.get("active") and not write.live.fields.get("active"):
            cluedin.graphql(_ACTIVATE, {"vocabularyId": write.live.id}, effect="set")
        _write_owners(cluedin, write.live.id, write)
        steps.end()

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /vocabs/vocabulary/{id}`: 400 while a key is in use (OpenAPI document, [B])."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/vocabs/vocabulary/{write.live.id}", effect="set", accept=(404,))

    @staticmethod
    def _save(steps: Steps, write: Write, live: Live) -> None:
        cluedin = steps.cluedin
        # The list has no description and no source id: saving from it would clear them.
        whole = live.raw if live.raw and "description" in live.raw else vocabulary(cluedin, live.id)
        if whole is None:
            raise refuse("missing", f"the vocabulary {live.key} is gone")
        entity_type = whole.get("entityTypeConfiguration") or {}
        code = str(write.get("entity_type") or entity_type.get("entityType") or whole.get("grouping"))
        same = code == entity_type.get("entityType")
        name = (write.get("name") or live.key) if write.has("name") else whole["vocabularyName"]
        given = {
            "vocabularyId": live.id,
            "vocabularyName": name,
            "entityTypeConfiguration": {"new": False, **entity_type} if same else _entity_type(cluedin, code),
            "providerId": whole.get("providerId") or "",
            "keyPrefix": whole["keyPrefix"],
            "description": whole.get("description"),
        }
        if write.has("description"):
            given["description"] = rich(write.get("description"))
        if write.has("provider"):
            given["providerId"] = _provider_id(cluedin, write.get("provider"))
        steps.save(_SAVE, {"vocabulary": given})

    def problems(self, desired: Desired) -> Iterable[str]:
        """Prefix, entity type, source and activation, as far as they can be told offline."""
        if not PREFIX.fullmatch(desired.key):
            yield (
                f"the key prefix {desired.key!r} must start with a letter, and hold only letters, digits, "
                "dots and underscores"
            )
        code = desired.values.get("entity_type")
        if code is not None and not ENTITY_TYPE_CODE.fullmatch(code):
            yield f"the entity type of a vocabulary is a code that starts with `/`, not {code!r}"
        if desired.values.get("active") is False:
            yield "a vocabulary cannot be deactivated: leave `active` out, or set it to true"
        provider = desired.values.get("provider")
        if provider and GUID.fullmatch(provider):
            yield f"name the source by its connector's name, not by the id {provider}"


def _check_active(write: Write) -> None:
    if write.has("active") and not write.get("active"):
        raise refuse(
            "active",
            f"the vocabulary {write.key} cannot be deactivated: CluedIn has no call for it",
            "Leave `active` out of the manifest.",
        )


def _entity_type(cluedin: CluedIn, code: str) -> Row:
    """The entity type as vocabularies carry it; icon and display name are those it has [B].

    One made a moment ago may not be listed yet: the code alone is what the vocabulary keeps (`grouping`) [C].
    """
    rows = entity_types(cluedin)
    row: Row = next((item for item in rows if item.get("type") == code), {})
    name = row.get("displayName") or code.rpartition("/")[2]
    return {"new": False, "icon": row.get("icon") or "", "entityType": code, "displayName": name}


def _provider_id(cluedin: CluedIn, provider: str | None) -> str:
    """The id of the connector with this name; the empty text stands for none, as the toolkit sends it [B]."""
    if not provider:
        return ""
    ids = {str(row["name"]): str(row["id"]) for row in outbound.catalogue(cluedin) if row.get("name")}
    if provider not in ids:
        raise refuse("connector", f"CluedIn has no connector named {provider!r}", advice(provider, ids))
    return ids[provider]


def _write_owners(cluedin: CluedIn, id: str, write: Write) -> None:
    """`POST` and `DELETE /vocabs/vocabulary/{id}/owners?userId=`, each for its own users [B]."""
    entries = {name: wanted for (name, *_), wanted in write.entries("owners").items()}
    users = cluedin.users() if entries else {}
    unknown = [name for name, wanted in entries.items() if wanted and name not in users]
    if unknown:
        raise refuse("user", f"CluedIn has no user {', '.join(unknown)}", advice(unknown[0], users))
    for method, wanted in (("POST", True), ("DELETE", False)):
        named = [name for name, ours in entries.items() if bool(ours) is wanted and name in users]
        query = [("userId", users[name]) for name in named]
        if query:
            cluedin.rest(method, f"/vocabs/vocabulary/{id}/owners", query=query, effect="set")
