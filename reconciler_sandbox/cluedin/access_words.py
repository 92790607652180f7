"""How actions of access policies look on one server: types, names of properties, forms of values.

That there are three actions, View, Mask and Add/edit, who they are for and what of a record they are about is in the
vendor's pages ([B]); how an action carries its members and its keys is public nowhere ([U]). So all of it is drawn at
random for each sandbox and each reset, and nobody who writes one from memory gets far.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.world import KEY, VOCABULARY, Doc, World

Pair = tuple[str, str]
"""A kind (`user`, `role`, `key`, `vocabulary`) and an id, or of a key its full name."""

VIEW, MASK, EDIT = "view", "mask", "edit"
NAMES = {VIEW: "View", MASK: "Mask", EDIT: "Add/edit"}
MEMBERS, SCOPE = ("user", "role"), ("key", "vocabulary")
_SYLLABLES = ("Ka", "Lo", "Mi", "Nu", "Pra", "Qui", "Ro", "Sta", "Te", "Vo", "Xa", "Zu")


def _words() -> Iterator[str]:
    """Words that mean nothing, no two alike."""
    seen: set[str] = set()
    while True:
        word = "".join(random.sample(_SYLLABLES, 3))
        if word not in seen:
            seen.add(word)
            yield word


class Words:
    """The forms of one server."""

    def __init__(self, world: World) -> None:
        self._world, words = world, _words()
        home = f"CluedIn.{next(words)}"
        self._types = {does: f"{home}.Actions.{next(words)}, {home}" for does in NAMES}
        self._element = random.choice((_as_object, _as_text))(
            next(words), {kind: next(words) for kind in (*MEMBERS, *SCOPE)}
        )
        self._of_kind = {kind: next(words) for kind in (*MEMBERS, *SCOPE)}
        if random.random() < 0.5:  # members stand together, and so does what they are about
            self._of_kind["role"] = self._of_kind["user"]
            self._of_kind["vocabulary"] = self._of_kind["key"]
        self._mode, self._modes = next(words), (next(words), next(words))
        self._in_text = random.random() < 0.5
        self._key_by_id, self._vocabulary_by_id = random.random() < 0.5, random.random() < 0.5

    # -- the catalogue -------------------------------------------------------------------------------------

    def catalogue(self) -> list[Doc]:
        """Every action as `GET /accesscontrolpolicies/actions` shows it ([A] members)."""
        return [
            {
                "name": NAMES[does],
                "type": type,
                "supportsPreview": False,
                "properties": [self._property(name) for name in self._names()],
                "supportsProcessingRuleScopes": [],
                "supportsRuleUsages": [],
            }
            for does, type in self._types.items()
        ]

    def _names(self) -> list[str]:
        return [*dict.fromkeys(self._of_kind.values()), self._mode]

    def _property(self, name: str, value: Any = None) -> Doc:
        return {
            "name": name,
            "type": "System.String",
            "kind": 0,
            "friendlyType": None,
            "friendlyName": name,
            "defaultValue": None,
            "value": value,
            "isStringOnly": False,
            "excludedProperties": None,
            "isRequired": False,
        }

    # -- showing and taking --------------------------------------------------------------------------------

    def shown(self, rule: Doc) -> Doc:
        """An inner rule in the form of this server."""
        lists: dict[str, list[Any]] = {name: [] for name in self._of_kind.values()}
        for kind, id in (*rule["members"], *rule["scope"]):
            lists[self._of_kind[kind]].append(self._element.write(kind, self._spelled(kind, id)))
        values = {name: json.dumps(found) if self._in_text else found for name, found in lists.items()}
        values[self._mode] = self._modes[rule["all"]]
        action = {
            "name": NAMES[rule["does"]],
            "supportsPreview": False,
            "type": self._types[rule["does"]],
            "properties": [self._property(name, values[name]) for name in self._names()],
        }
        kept = {name: value for name, value in rule.items() if name not in ("does", "members", "scope", "all")}
        return {**kept, "actions": [action]}

    def taken(self, rule: Doc) -> Doc:
        """An inner rule as it is kept; 400 for what is not of this server."""
        actions = rule.get("actions") or []
        if len(actions) != 1 or not isinstance(actions[0], dict):
            raise bad_request("A rule of a policy has one action.")
        given = {str(one.get("name")): one.get("value") for one in actions[0].get("properties") or ()}
        does = next((word for word, type in self._types.items() if type == actions[0].get("type")), None)
        if does is None or set(given) - set(self._names()):
            raise bad_request(f"There is no action {actions[0].get('type')!r} with these properties.")
        pairs = [pair for name in dict.fromkeys(self._of_kind.values()) for pair in self._read(name, given.get(name))]
        if given.get(self._mode) not in self._modes:
            raise bad_request(f"The value {given.get(self._mode)!r} is not valid for {self._mode}.")
        kept = {name: value for name, value in rule.items() if name != "actions"}
        return {
            **kept,
            "does": does,
            "members": sorted(pair for pair in pairs if pair[0] in MEMBERS),
            "scope": sorted(pair for pair in pairs if pair[0] in SCOPE),
            "all": self._modes.index(given[self._mode]),
        }

    def _read(self, name: str, value: Any) -> Iterable[Pair]:
        if isinstance(value, str) != self._in_text:
            raise bad_request(f"The value of {name} is not of its form.")
        try:
            rows = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise bad_request(f"The value of {name} is not JSON.") from None
        if not isinstance(rows, list):
            raise bad_request(f"The value of {name} is not a list.")
        for row in rows:
            kind, spelled = self._element.read(row)
            if self._of_kind.get(kind) != name:
                raise bad_request(f"{row!r} does not belong into {name}.")
            yield kind, self._known(kind, spelled)

    def _spelled(self, kind: str, id: str) -> str:
        if kind == "key" and self._key_by_id:
            found = self._world.find(KEY, "key", id, latest=True)
            return str(found[0]["vocabularyKeyId"]) if found else id
        if kind == "vocabulary" and not self._vocabulary_by_id:
            found_one = self._world.get(VOCABULARY, id, latest=True)
            return str(found_one["keyPrefix"]) if found_one else id
        return id

    def _known(self, kind: str, spelled: str) -> str:
        """What is spelled, as it is kept; 400 for a key or a vocabulary that is not there ([C])."""
        if kind == "key":
            by_id = self._world.get(KEY, spelled, latest=True) if self._key_by_id else None
            found = [by_id] if by_id else self._world.find(KEY, "key", spelled, latest=True)
            if not found or (self._key_by_id and by_id is None):
                raise bad_request(f"There is no vocabulary key {spelled!r}.")
            return str(found[0]["key"])
        if kind == "vocabulary":
            rows = self._world.all(VOCABULARY, latest=True)
            member = "vocabularyId" if self._vocabulary_by_id else "keyPrefix"
            row = next((one for one in rows if str(one[member]).lower() == spelled.lower()), None)
            if row is None:
                raise bad_request(f"There is no vocabulary {spelled!r}.")
            return str(row["vocabularyId"])
        return spelled.lower()


class _Element:
    """One member or key in a list."""

    def __init__(self, write: Callable[[str, str], Any], read: Callable[[Any], Pair]) -> None:
        self.write, self.read = write, read


def _as_object(name: str, words: dict[str, str]) -> _Element:
    """`{"kind": word, "id": …}` with names of its own."""
    back = {word: kind for kind, word in words.items()}

    def read(row: Any) -> Pair:
        if not isinstance(row, dict) or back.get(str(row.get("kind"))) is None or not isinstance(row.get(name), str):
            raise bad_request(f"{row!r} is none of those that a policy has.")
        return back[row["kind"]], row[name]

    return _Element(lambda kind, id: {"kind": words[kind], name: id}, read)


def _as_text(name: str, words: dict[str, str]) -> _Element:
    """`word:id`."""
    back = {word: kind for kind, word in words.items()}

    def read(row: Any) -> Pair:
        word, colon, id = str(row).partition(":")
        if not colon or back.get(word) is None:
            raise bad_request(f"{row!r} is none of those that a policy has.")
        return back[word], id

    return _Element(lambda kind, id: f"{words[kind]}:{id}", read)
