"""A key of a vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.errors import SystemFailureError
from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin import key_values as values
from reconciler.resources.cluedin.key_writes import KeyWrites, check_classification
from reconciler.resources.cluedin.shared import (
    ONE_BY_ONE,
    Row,
    advice,
    held_back,
    keys_of,
    mentions,
    shipped,
    terms,
    vocabularies,
)
from reconciler.resources.objects import Failed, Live, Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default, Disruptive, EmptyIs, Filled, Fold, Immutable, Retires, RichText
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_REPROCESSES = "CluedIn processes every record that has the key again; until then it refuses changes (423)."


class VocabularyKey(Resource):
    """Key is the full key, `prefix.name`; case matters [B].

    A rename makes a new key, and the old one obsolete and mapped to it [B], so names do not change here.
    """

    system = "cluedin"
    name = "vocabulary_key"
    right = claim("Management: Data Catalog")
    canon = 2
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
    deletes = "retire"
    retired_by = "obsolete"
    page = PAGE

    class Fields:
        vocabulary: Annotated[str, Immutable(), Fold(), Filled()]
        display_name: Annotated[str, Filled()]
        description: Annotated[str, RichText()]
        data_type: Annotated[str, Disruptive(_REPROCESSES), Filled()]
        storage: Annotated[str, Disruptive(_REPROCESSES), Filled()]
        group: Annotated[str, Filled()]
        classification: Annotated[str, Disruptive(_REPROCESSES), EmptyIs(values.NO_CLASSIFICATION)]
        visible: Annotated[bool, Default(True)]
        primary_key: Annotated[bool, Filled()]
        required: Annotated[bool, Filled()]
        editable: Annotated[bool, Filled()]
        nullable: Annotated[bool, Filled()]
        min_length: int
        max_length: int
        value_change_insignificant: Annotated[bool, Default(False)]
        lookup: str
        maps_to: Annotated[str, Retires(back=None)]
        obsolete: Annotated[bool, Default(False), Retires(True, back=False)]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`vocabularyKeysFromVocabularyId(id)` for few vocabularies, else `vocabularyKeys` by pages [B].

        Both leave out hidden and obsolete keys unless told otherwise; a create of one of those is a 409 [B].
        """
        listed = [row for row in vocabularies(cluedin) if row.get("keyPrefix")]
        by_prefix = {str(row["keyPrefix"]).casefold(): row for row in listed}
        prefixes = {prefix for key in wanted if (prefix := values.prefix_of(key, by_prefix)) is not None}
        ids = sorted(str(by_prefix[prefix]["vocabularyId"]) for prefix in prefixes)
        rows = keys_of(cluedin, ids)
        lookups = any(mentions(paths, frozenset({"lookup"})) for paths in wanted.values())
        known = Asked.of(self.full_name, wanted).known.keys_of("cluedin.glossary_term") if lookups else {}
        names = {term["id"]: known.get(term["id"], term["name"]) for term in terms(cluedin)} if lookups else {}
        prefix_by_id = {row["vocabularyId"]: row["keyPrefix"] for row in by_prefix.values()}
        full_keys = {row["vocabularyKeyId"]: row["key"] for row in rows}
        mapped: dict[str, list[Part]] = {}
        for row in rows:
            if row.get("mapsToOtherKeyId"):
                mapped.setdefault(row["mapsToOtherKeyId"], []).append(_mapped(row))
        for row in rows:
            if row.get("key"):
                yield self._live(row, prefix_by_id, full_keys, names, mapped.get(row["vocabularyKeyId"], ()))

    def cost(self, rows: int, managed: int) -> int:
        """A list for each of few vocabularies, or pages; and a page of vocabularies and of terms."""
        return max(super().cost(rows, managed), ONE_BY_ONE) + 2

    def _live(
        self,
        row: Row,
        prefixes: Mapping[str, str],
        full_keys: Mapping[str, str],
        names: Mapping[str, str],
        parts: Sequence[Part] = (),
    ) -> Live:
        plain: dict[str, Any] = {ours: row.get(theirs) for ours, theirs in values.WIRE.items()}
        target, term = row.get("mapsToOtherKeyId"), row.get("glossaryTermId")
        mapped = (row.get("mappedKey") or {}).get("Key") or full_keys.get(target or "") or target
        return self.live(
            str(row["key"]),
            str(row["vocabularyKeyId"]),
            raw=row,
            foreign=shipped(row, "key"),
            parts=parts,
            vocabulary=prefixes.get(row["vocabularyId"]),
            lookup=names.get(term, term) if term else None,
            maps_to=mapped,
            obsolete=row.get("isObsolete"),
            **plain,
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createVocabularyKey` for all; of each a save for what that does not take, the mapping, obsolescence.

        In this order. What waits for an approval takes none of the later ones: the next run sends them.
        """
        results: list[str | Failed | None] = [_refused_offline(cluedin, write) for write in writes]
        fit = [at for at, failed in enumerate(results) if failed is None]
        rows: dict[int, Row] = {}
        for at, answer in zip(fit, KeyWrites.created(cluedin, [writes[at] for at in fit]), strict=True):
            if isinstance(answer, SystemFailureError):
                results[at] = Failed(answer)
            else:
                rows[at], results[at] = answer, str(answer["vocabularyKeyId"])
        made = [(row, writes[at]) for at, row in rows.items()]
        ended = self._completed(cluedin, made, _has_more_than_a_create_takes, begun=True)
        for at, failed in zip(rows, ended, strict=True):
            if failed is not None and not held_back(cluedin, str(results[at]), failed.error):
                results[at] = Failed(failed.error, begun=True)
        return results

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One key."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`saveVocabularyKey` with the whole key when something in it changes, mapping, obsolescence."""
        given = [(dict(write.live.raw), write) for write in writes if write.live is not None]
        return self._completed(cluedin, given, _changes_the_key, begun=False)

    def _completed(
        self, cluedin: CluedIn, given: Sequence[tuple[Row, Write]], saves: Callable[[Write], bool], *, begun: bool
    ) -> list[Failed | None]:
        """The saves of those that need one, in one document; then the other steps of each."""
        due = [at for at, (_, write) in enumerate(given) if saves(write)]
        saved = dict(zip(due, KeyWrites.saved(cluedin, [given[at] for at in due]), strict=True))

        def finish(at: int) -> Failed | None:
            (row, write), steps = given[at], KeyWrites(cluedin, begun=begun)
            try:
                if at in saved:
                    whole, answer = saved[at]
                    steps.hear(answer)
                    row |= whole
                self._finish(steps, row, write, sent=at in saved)
                steps.end()
            except SystemFailureError as error:
                return Failed(error, begun=steps.begun)
            return None

        return cluedin.each(finish, range(len(given)))

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """Makes the key obsolete: it stays listed, and records that have it keep it [B]."""
        assert write.live is not None
        if not write.live.fields.get("obsolete"):
            writes = KeyWrites(cluedin)
            writes.set_obsolete(write.live.id, True, write.live.raw)
            writes.end()

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /vocabs/vocabulary/{v}/key/{k}`: 400 while it is in use (OpenAPI document's prose, [B])."""
        assert write.live is not None
        path = f"/vocabs/vocabulary/{write.live.raw['vocabularyId']}/key/{write.live.id}"
        cluedin.rest("DELETE", path, effect="set", accept=(404,))

    @staticmethod
    def _finish(writes: KeyWrites, row: Row, write: Write, *, sent: bool) -> None:
        """The mapping, then obsolescence: a save cannot say that a key stays obsolete, so it is said again."""
        id, before = row["vocabularyKeyId"], bool(row.get("isObsolete"))
        if write.get("maps_to"):
            row["mapsToOtherKeyId"] = write.id_of(f"cluedin.vocabulary_key:{write.get('maps_to')}")
            writes.map(id, row["mapsToOtherKeyId"])
        obsolete = bool(write.get("obsolete")) if write.has("obsolete") else before
        if obsolete != before or (obsolete and sent):
            writes.set_obsolete(id, obsolete, row, said_again=obsolete == before)

    # -- offline -------------------------------------------------------------------------------------------

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names, data types, storages, lookups and mappings, as far as they can be told offline."""
        if desired.mode == "refer":
            return
        prefix = desired.values.get("vocabulary")
        if not prefix:
            yield f"the key {desired.key!r} does not say which vocabulary it belongs to"
        elif not desired.key.casefold().startswith(f"{prefix.casefold()}."):
            yield f"the key {desired.key!r} does not start with the prefix of its vocabulary, {prefix!r}"
        elif not _NAME.fullmatch(values.name_in(desired.key, prefix)):
            yield (
                f"the name of the key {desired.key!r} must start with a letter, and hold only letters, "
                "digits, dots, dashes and underscores"
            )
        yield from _type_problems(desired.values)
        if desired.values.get("maps_to") == desired.key:
            yield f"the key {desired.key!r} maps to itself"


def _has_more_than_a_create_takes(write: Write) -> bool:
    return any(write.has(field) for field in values.BY_SAVE_ONLY)


def _changes_the_key(write: Write) -> bool:
    unmapped = write.has("maps_to") and not write.get("maps_to")
    return unmapped or any(write.has(field) for field in (*values.WIRE, "lookup"))


def _refused_offline(cluedin: CluedIn, write: Write) -> Failed | None:
    """Why a key cannot be created, told before anything of it is sent."""
    try:
        check_classification(cluedin, write)
    except SystemFailureError as error:
        return Failed(error)
    return None


def _mapped(row: Row) -> Part:
    """A key whose values another one takes, as far as both were read: those of the vocabularies at hand."""
    key = str(row["key"])
    what = f"the key {key}, which is mapped to it"
    return Part(f"cluedin.vocabulary_key:{key}", str(row["vocabularyKeyId"]), what, goes=False, field="maps_to")


def _type_problems(wanted: Mapping[str, Any]) -> Iterator[str]:
    data_type, storage = wanted.get("data_type"), wanted.get("storage")
    if data_type is not None and data_type not in values.DATA_TYPES:
        yield f"there is no data type {data_type!r}. {advice(str(data_type), values.DATA_TYPES)}"
    if storage is not None and storage not in values.STORAGES:
        yield f"there is no storage {storage!r}. {advice(str(storage), values.STORAGES)}"
    if data_type == "Text" and storage not in (None, "Keyword"):
        yield f"a key of data type Text is stored as Keyword, not as {storage}"
    if data_type == "Lookup" and not wanted.get("lookup"):
        yield "a key of data type Lookup names the glossary term that lists its values in `lookup`"
    if wanted.get("lookup") and data_type != "Lookup":
        yield f"`lookup` is for keys of data type Lookup, not {data_type or 'Text'}"
