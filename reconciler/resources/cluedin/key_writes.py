"""The calls that write a vocabulary key, each by itself and each fit to be sent again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import SystemFailureError
from reconciler.resources.cluedin import key_values as values
from reconciler.resources.cluedin.shared import Row, Steps, advice, arrived, refuse, rich
from reconciler.resources.objects import Write
from reconciler.systems.cluedin import CluedIn

_CREATE = f"""mutation createVocabulary($vocabularyKey: InputVocabularyKey) {{ management {{ id
  createVocabularyKey(vocabularyKey: $vocabularyKey) {{ {values.FIELDS} }} }} }}"""
_SAVE = """mutation saveVocabulary($vocabularyKey: InputVocabularyKey!) { management { id
  saveVocabularyKey(vocabularyKey: $vocabularyKey) { vocabularyKeyId } } }"""
_MAP = """mutation mapToVocabularyKey($vocabularyKeyId: ID!, $mapToVocabularyKeyId: ID!) { management { id
  mapVocabularyKey(vocabularyKeyId: $vocabularyKeyId, mapToVocabularyKeyId: $mapToVocabularyKeyId) {
    vocabularyKeyId mapsToOtherKeyId } } }"""


class KeyWrites:
    """The steps of one write to a key; `end` raises what the live state has to tell about."""

    def __init__(self, cluedin: CluedIn, *, begun: bool = False) -> None:
        self._cluedin = cluedin
        self._steps = Steps(cluedin, begun=begun)
        self.hear, self.end = self._steps.hear, self._steps.end

    @property
    def begun(self) -> bool:
        """Whether a step went through."""
        return self._steps.begun

    @staticmethod
    def created(cluedin: CluedIn, writes: Sequence[Write]) -> list[Row | SystemFailureError]:
        """`createVocabularyKey` for each, with the members that it heeds (toolkit, [B]); the keys as it answers them.

        A 409 comes as it is: whether the key is there, and ours, is for the next reading to tell.
        """
        given = [_new(write) for write in writes]
        made = cluedin.written_each(_CREATE, [{"vocabularyKey": one} for one in given], effect="once")
        # A create that goes through may still show fewer members than were sent; the save sends them all.
        return [
            answer
            if isinstance(answer, SystemFailureError)
            else {**sent, **{member: value for member, value in answer.items() if value is not None}}
            for sent, answer in zip(given, made, strict=True)
        ]

    @staticmethod
    def saved(cluedin: CluedIn, given: Sequence[tuple[Row, Write]]) -> list[tuple[Row, object]]:
        """`saveVocabularyKey` for each key as it is and what changes of it: what was sent, and what came of it."""
        whole = [_whole(cluedin, row, write) for row, write in given]
        fit = [at for at, one in enumerate(whole) if not isinstance(one, SystemFailureError)]
        sent = [{"vocabularyKey": whole[at]} for at in fit]
        answers = dict(zip(fit, cluedin.written_each(_SAVE, sent, effect="set"), strict=True))
        return [
            ({}, one) if isinstance(one, SystemFailureError) else (one, answers[at]) for at, one in enumerate(whole)
        ]

    def map(self, id: str, target: str) -> None:
        """`mapVocabularyKey(from, to)` (toolkit, [B]); mapping to the same key again changes nothing."""
        self._steps.save(_MAP, {"vocabularyKeyId": id, "mapToVocabularyKeyId": target})

    def set_obsolete(self, id: str, obsolete: bool, known: Mapping[str, Any], *, said_again: bool = False) -> None:
        """`PUT /vocabs/key` (OpenAPI document, [B]); GraphQL's input has no member for it.

        The PUT takes data type and storage as integers without public names [U]. They are fetched right
        before and sent back as they came; without them nothing is sent. What may be older than our own last
        save is taken from `known`. 409 means that nothing would change, which is right where it is only `said_again`.
        """
        found: Row = {}

        def there() -> bool:
            found.update(self._cluedin.rest("GET", f"/vocabs/key/{id}", effect="read", accept=(404,)) or {})
            return bool(found)

        arrived(self._cluedin, str(id), there)
        if found.get("dataType") is None or found.get("storage") is None:
            raise refuse("key_numbers", f"the key {id} is not shown over REST with data type and storage")
        model = {member: found[member] for member in values.MODEL if member in found}
        model |= {member: known[member] for member in values.SHARED if member in known}
        model["isObsolete"] = obsolete
        accept = (409,) if said_again else ()
        self._steps.take(lambda: self._cluedin.rest("PUT", "/vocabs/key", model, effect="set", accept=accept))


def _new(write: Write) -> Row:
    """What a create takes of a key."""
    prefix = write.get("vocabulary") or write.key.rpartition(".")[0]
    name = values.name_in(write.key, prefix)
    data_type = write.get("data_type") or "Text"
    visible = write.get("visible")
    return {
        "vocabularyId": write.id_of(f"cluedin.vocabulary:{prefix}"),
        "displayName": write.get("display_name") or name,
        "name": name,
        "groupName": write.get("group") or "Metadata",
        "isVisible": visible is None or bool(visible),
        "dataType": data_type,
        "storage": write.get("storage") or values.storage_of(data_type),
        "description": rich(write.get("description")),
        "glossaryTermId": _lookup_id(write),
    }


def _whole(cluedin: CluedIn, row: Mapping[str, Any], write: Write) -> Row | SystemFailureError:
    """The whole key as a save wants it: what is left out is cleared [C]; or why there is nothing to send."""
    try:
        check_classification(cluedin, write)
        whole = {member: row.get(member) for member in values.INPUT} | dict(_members(write))
        follows = row.get("storage") == values.storage_of(str(row.get("dataType")))
        if follows and write.has("data_type") and not write.has("storage"):
            # A storage that merely went with the old type goes with the new one; Text cannot be Typed [B].
            whole["storage"] = values.storage_of(str(whole["dataType"]))
        if write.has("lookup"):
            whole["glossaryTermId"] = _lookup_id(write)
    except SystemFailureError as refused:
        return refused
    if write.has("maps_to") and not write.get("maps_to"):
        whole["mapsToOtherKeyId"] = None
    return whole


def _members(write: Write) -> Iterator[tuple[str, Any]]:
    """The wire's members that the write touches, with the author's values."""
    for ours, theirs in values.WIRE.items():
        if not write.has(ours):
            continue
        value = write.get(ours)
        if ours == "description":
            yield theirs, rich(value)
        elif ours == "classification":
            yield theirs, "/" if not value or value in values.NO_CLASSIFICATION else value
        elif ours == "display_name":
            yield theirs, value or write.key.rpartition(".")[2]
        elif ours == "group":
            yield theirs, value or "Metadata"
        elif ours == "visible":
            yield theirs, value is None or bool(value)
        elif ours == "data_type":
            yield theirs, value or "Text"
        elif ours == "storage":
            if value:
                yield theirs, value
        else:
            yield theirs, value


def _lookup_id(write: Write) -> str | None:
    lookup = write.get("lookup")
    return write.id_of(f"cluedin.glossary_term:{lookup}") if lookup else None


def check_classification(cluedin: CluedIn, write: Write) -> None:
    """Classifications are the server's own list, `GET /vocabs/dataclassifications` ([B]; content [U])."""
    wanted = write.get("classification")
    if not wanted or wanted in values.NO_CLASSIFICATION:
        return
    known = data_classifications(cluedin)
    if wanted not in known:
        raise refuse("classification", f"CluedIn has no data classification {wanted!r}", advice(str(wanted), known))


def data_classifications(cluedin: CluedIn) -> set[str]:
    """The codes of the server's own list, `GET /vocabs/dataclassifications` ([B]; content [U])."""
    listed = cluedin.memo(
        "data classifications", lambda: cluedin.rest("GET", "/vocabs/dataclassifications", effect="read")
    )
    return set(_codes(listed))


def _codes(listed: Any) -> Iterator[str]:
    """The codes in a list of undeclared shape [U]: texts, or objects with a code, also nested."""
    if isinstance(listed, str):
        yield listed
    elif isinstance(listed, Mapping):
        for name, value in listed.items():
            if name.lower() in ("code", "dataclassificationcode", "id", "path") and isinstance(value, str):
                yield value
            elif isinstance(value, list | Mapping):
                yield from _codes(value)
    elif isinstance(listed, list):
        for item in listed:
            yield from _codes(item)
