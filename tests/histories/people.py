"""What people hang on an estate by themselves, and what of it is there: told from the state of the sandbox alone."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from ..support import Project
from .estate import GLOSSARY

ATLAS = "/datamap/api/atlas/v2"
VOLATILE = {"lastModifiedTS", "updateTime", "updatedBy", "version"}
DERIVED = VOLATILE | {"name", "qualifiedName"}
"""Of a term: its full names follow the terms above it."""

OUR_TYPES = (
    "cluedin_column", "cluedin_entity", "cluedin_export_target", "cluedin_organization_provider", "cluedin_dataset",
)  # fmt: skip

Key = tuple[str, str, str]
"""A system, a kind of object, and its id."""
State = dict[str, dict[str, dict[str, Any]]]
Fact = tuple[str, str, str, str]


def keys_of(state: State) -> Iterator[Key]:
    """Everything that is there."""
    return ((system, kind, id) for system, kinds in state.items() for kind, docs in kinds.items() for id in docs)


class People:
    """Others who work in the same systems. What was there and what they made is theirs; their changes are facts."""

    def __init__(self, made: Project, chance: random.Random, theirs: Collection[Key] | None = None) -> None:
        self.made, self.chance, self.glossaries = made, chance, {GLOSSARY}
        self.theirs = set(keys_of(self._state()) if theirs is None else theirs)
        self.facts: set[Fact] = set()
        self.count = 0

    def act(self) -> None:
        """Two things that people do, whatever the estate looks like."""
        for _ in range(2):
            before = self._state()
            deed = self.chance.choice([
                self._term, self._term_below, self._assign_theirs, self._assign_ours, self._classify, self._label,
                self._expert, self._relate, self._read_ours, self._read_ours, self._write_ours, self._write_ours,
            ])  # fmt: skip
            deed(before)
            self._note(before, self._state())

    @contextmanager
    def scanning(self) -> Iterator[None]:
        """What scanners find is theirs as well."""
        before = self._state()
        yield
        self._note(before, self._state())

    def snapshot(self) -> dict[str, Any]:
        """Everything of theirs as it is now, and each of their changes on ours."""
        state = self._state()
        things = {f"{s}.{k}.{i}": _plain(k, state[s].get(k, {}).get(i)) for s, k, i in sorted(self.theirs)}
        ours = {(s, k, i): set(leaves_of(doc)) for s, kinds in state.items() for k, docs in kinds.items()
                for i, doc in docs.items()}  # fmt: skip
        kept = {fact: (fact[2], fact[3]) in ours.get(owner_of(fact), set()) for fact in sorted(self.facts)}
        return {"things": things, "facts": kept}

    # -- what they do ------------------------------------------------------------------------------------------

    def _term(self, state: State) -> None:
        self._new_term(state, None)

    def _term_below(self, state: State) -> None:
        ours = self._our_terms(state)
        self._new_term(state, self.chance.choice(ours) if ours else None)

    def _assign_theirs(self, state: State) -> None:
        """A term of theirs on a column or an entity type of ours."""
        self._assign(self._new_term(state, None), self._our_assets(state))

    def _assign_ours(self, state: State) -> None:
        """A term of ours on an asset of theirs."""
        ours = self._our_terms(state)
        if ours:
            self._assign(self.chance.choice(ours), self._files(state))

    def _classify(self, state: State) -> None:
        """On one that does not carry it yet: the service refuses the same one twice."""
        entities, name = state["purview"]["entity"], "MICROSOFT.PERSONAL.NAME"
        bare = [guid for guid in self._our_assets(state) if name not in str(entities[guid].get("classifications"))]
        if bare:
            self._post(f"/entity/guid/{self.chance.choice(bare)}/classifications", [{"typeName": name}])

    def _label(self, state: State) -> None:
        self._post(f"/entity/guid/{self.chance.choice(self._our_assets(state))}/labels", [self._name("label")])

    def _expert(self, state: State) -> None:
        guid = self.chance.choice(self._our_terms(state))
        term = self.made.http("GET", f"{ATLAS}/glossary/term/{guid}")
        contacts = term.get("contacts") or {}
        person = {"id": f"00000000-0000-4000-8000-{self.chance.randrange(10**12):012d}"}
        term["contacts"] = {**contacts, "Expert": [*contacts.get("Expert", []), person]}
        self._put_term(term)

    def _relate(self, state: State) -> None:
        """A term of theirs says: see also a term of ours."""
        ours = self._our_terms(state)
        guid = self._new_term(state, None)
        term = self.made.http("GET", f"{ATLAS}/glossary/term/{guid}")
        term["seeAlso"] = [{"termGuid": self.chance.choice(ours)}]
        self._put_term(term)

    def _read_ours(self, state: State) -> None:
        """A process of another team reads something of ours."""
        self._process(state, self.chance.choice(self._our_assets(state)), self.chance.choice(self._files(state)))

    def _write_ours(self, state: State) -> None:
        """A process of another team writes something of ours."""
        self._process(state, self.chance.choice(self._files(state)), self.chance.choice(self._our_assets(state)))

    # -- how they do it ----------------------------------------------------------------------------------------

    def _process(self, state: State, start: str, end: str) -> None:
        """Of a plain type; or of a type of ours, as another installation has it, with column lineage."""
        names = [state["purview"]["entity"][guid]["attributes"]["qualifiedName"] for guid in (start, end)]
        name = self._name("process")
        attributes = {"qualifiedName": name, "name": name, "inputs": [{"guid": start}], "outputs": [{"guid": end}]}
        type_name = self.chance.choice(["Process", "cluedin_process"])
        if type_name != "Process":
            mapping = {"DatasetMapping": {"Source": names[0], "Sink": names[1]}, "ColumnMapping": []}
            attributes["columnMapping"] = json.dumps([mapping])
        self._post("/entity", {"entity": {"typeName": type_name, "attributes": attributes}})

    def _new_term(self, state: State, parent: str | None) -> str:
        glossary = self.chance.choice(self._our_glossaries(state))
        body: dict[str, Any] = {"name": self._name("Theirs"), "anchor": {"glossaryGuid": glossary}}
        if parent is not None:
            body["parentTerm"] = {"termGuid": parent}
            body["anchor"] = {"glossaryGuid": state["purview"]["term"][parent]["glossary"]}
        guid: str = self._post("/glossary/term?includeTermHierarchy=true", body)["guid"]
        return guid

    def _put_term(self, term: dict[str, Any]) -> None:
        del term["lastModifiedTS"]
        self.made.http("PUT", f"{ATLAS}/glossary/term/{term['guid']}?includeTermHierarchy=true", json=term)

    def _assign(self, term: str, assets: list[str]) -> None:
        self._post(f"/glossary/terms/{term}/assignedEntities", [{"guid": self.chance.choice(assets)}])

    def _post(self, path: str, body: Any) -> Any:
        return self.made.http("POST", ATLAS + path, json=body)

    def _name(self, word: str) -> str:
        self.count += 1
        return f"{word}-{self.count}"

    def _our_terms(self, state: State) -> list[str]:
        glossaries = self._our_glossaries(state)
        return [
            guid
            for guid, term in state["purview"]["term"].items()
            if term["glossary"] in glossaries and ("purview", "term", guid) not in self.theirs
        ]

    def _our_glossaries(self, state: State) -> list[str]:
        return [one["guid"] for one in state["purview"]["glossary"].values() if one["name"] in self.glossaries]

    def _our_assets(self, state: State) -> list[str]:
        return [guid for name in OUR_TYPES for guid in _of_type(state, name)]

    def _files(self, state: State) -> list[str]:
        return _of_type(state, "azure_datalake_gen2_path")

    def _state(self) -> State:
        state: State = self.made.http("GET", "/_sandbox/state")
        return state

    def _note(self, before: State, after: State) -> None:
        """What is new is theirs, and what changed on something of ours is a fact."""
        for system, kinds in after.items():
            for kind, docs in kinds.items():
                for id, doc in docs.items():
                    old = before[system].get(kind, {}).get(id)
                    if old is None:
                        self.theirs.add((system, kind, id))
                    elif old != doc and (system, kind, id) not in self.theirs:
                        known = set(leaves_of(old))
                        self.facts |= {(f"{system}/{kind}", id, *leaf) for leaf in leaves_of(doc) if leaf not in known}


def owner_of(fact: Fact) -> tuple[str, str, str]:
    """The system, the kind and the id of what a fact is about."""
    system, _, kind = fact[0].partition("/")
    return system, kind, fact[1]


def _of_type(state: State, name: str) -> list[str]:
    return [guid for guid, one in state["purview"]["entity"].items() if one["typeName"] == name]


def _plain(kind: str, doc: dict[str, Any] | None) -> Any:
    hidden = DERIVED if kind == "term" else VOLATILE
    return None if doc is None else {name: value for name, value in doc.items() if name not in hidden}


def leaves_of(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Every value with the names above it; items of lists without their number, as others' order is their own."""
    if isinstance(value, dict):
        return [
            leaf for name, item in value.items() if name not in VOLATILE for leaf in leaves_of(item, f"{path}.{name}")
        ]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves_of(item, f"{path}[]")]
    return [(path, repr(value))]
