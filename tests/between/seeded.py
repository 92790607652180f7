"""An estate of pairs that agree, in which so many things are made to disagree at random, all by what people could do.

The documents are applied; then some are taken out of Git, some out of the ledger too, and people edit both systems. How
a document is known afterwards is its `way`. Each edit says what has to be found; noise and what is out of the scope
are edited as well, and have to be passed over.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from reconciler.ledger import Ledger
from reconciler_sandbox.cluedin import world as c
from reconciler_sandbox.cluedin.world import World
from reconciler_sandbox.server import Running

from ..support import ENVIRONMENT, Project

Way = Literal["manifest", "ledger", "stamp", "name", "outside"]
Told = tuple[str, str, str]
"""What has to be found: the code, and the addresses in Purview and in CluedIn."""

WAYS: tuple[Way, ...] = (*["manifest"] * 4, *["ledger"] * 3, *["stamp"] * 4, *["name"] * 4, "outside")
ITEMS = 19
LAST = ITEMS - 1
"""The item whose label has no code: where Git says so it is no disagreement, and nobody edits it."""
ATLAS = "/datamap/api/atlas/v2"
LABELS = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: default}
spec:
  labels:
    Mail: {classification: CLUEDIN.MAIL, cluedin_code: /Email}
    Money: {classification: CLUEDIN.MONEY, cluedin_code: /Finance}
    Restricted: {classification: CLUEDIN.RESTRICTED}
"""
SCOPE = """  scope:
    purview: {glossaries: [Seeded, "Se*ded too"]}
    cluedin: {key_prefixes: [seeded]}
"""


@dataclass
class Concept:
    """A document, and what is left to disagree about."""

    number: int
    way: Way
    edited: set[int] = field(default_factory=set)
    """Items that something has been done to."""

    @property
    def glossary(self) -> str:
        return "Elsewhere" if self.way == "outside" else "Seeded too" if self.number % 4 == 3 else "Seeded"

    @property
    def prefix(self) -> str:
        return f"{'elsewhere' if self.way == 'outside' else 'seeded'}.c{self.number}"

    @property
    def term(self) -> str:
        return f"{self.glossary}/Concept {self.number}"

    def item_term(self, at: int) -> str:
        return f"{self.term}/Item {self.number}-{at}"

    def key(self, at: int) -> str:
        return f"{self.prefix}.item{at}"

    def column(self, at: int) -> str:
        return f"cluedin_column/cluedin.entity.C{self.number}#{self.key(at)}"

    def label(self, at: int) -> str:
        """The label of an item: half of them have one that has a code in CluedIn, and the last has one without."""
        return "Restricted" if at == LAST else ("Mail", "Money", "", "")[at % 4]

    @property
    def manifest(self) -> str:
        rows = "\n".join(map(self._item, range(ITEMS)))
        return f"""
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: concept-{self.number}}}
spec:
  glossary: {self.glossary}
  term: {{name: Concept {self.number}, definition: "What concept {self.number} means."}}
  vocabulary:
    name: Concept {self.number}
    key_prefix: {self.prefix}
    active: true
    entity_type: {{name: C{self.number}, code: /C{self.number}, icon: Tag}}
  assets: {"false" if self.way == "name" else "true"}
  terms:
{rows}
    - {{name: Group {self.number}, terms: [{{name: Inner {self.number}, key: inner}}]}}
    - {{name: Left alone {self.number}, definition: Wanted without a key by Git alone.}}
    - {{name: No term {self.number}, key: noTerm, term: false}}
    - {{name: Old {self.number}, key: old, obsolete: true, status: Expired}}
    - {{name: Former {self.number}, key: former, term: false, maps_to: {self.key(0)}}}
"""

    def _item(self, at: int) -> str:
        # every third one is described in both systems, in the same words
        description = f", description: 'What item {at} means.'" if at % 3 == 0 else ""
        label = f", labels: [{self.label(at)}]" if self.label(at) and self.way != "name" else ""
        text = f"definition: 'What item {at} means.'{description}{label}"
        return f"    - {{name: Item {self.number}-{at}, key: item{at}, {text}}}"


class Seeded(Project):
    """The estate; `expected` grows with what people do."""

    def __init__(self, root: Any, sandbox: Running, seed: int = 13) -> None:
        super().__init__(root, sandbox.url)
        self.chance = random.Random(seed)
        self.sandbox = sandbox.sandbox
        self.expected: set[Told] = set()
        self.doubts: set[str] = set()
        self.concepts = [Concept(number, way) for number, way in enumerate(WAYS)]
        self.write("environments/sandbox.yaml", ENVIRONMENT)
        self.write("labels.yaml", LABELS)
        for one in self.concepts:
            self.write(f"{one.number}.yaml", one.manifest)
        result = self.apply()
        assert [(o.change.address, o.status) for o in result.outcomes if o.status != "done"] == []
        self._take_out_of_git()
        self._guids = {glossary: self._terms(glossary) for glossary in ("Seeded", "Seeded too", "Elsewhere")}
        self._lonely_without_git()

    @property
    def world(self) -> World:
        return self.sandbox.cluedin._world  # type: ignore[union-attr]

    # -- how documents are known ---------------------------------------------------------------------------------

    def _take_out_of_git(self) -> None:
        gone = {
            f"GlossaryMapping/concept-{one.number}" for one in self.concepts if one.way not in ("manifest", "ledger")
        }
        for one in self.concepts:
            if one.way != "manifest":
                (self.root / "manifests" / f"{one.number}.yaml").unlink()
        self.write("environments/sandbox.yaml", ENVIRONMENT + SCOPE)
        session = self.session()
        book = session.book(session.draft())
        ledger: Ledger = book.load()
        for address, entry in list(ledger.entries.items()):
            if any(origin in gone for origin in entry.origins):
                ledger.drop(address)
        book.flush(ledger)

    def _lonely_without_git(self) -> None:
        """What a document wants to be alone has no excuse any more where no document says so."""
        for one in self.concepts:
            if one.way in ("ledger", "stamp", "name"):
                lone, key = f"{one.term}/Left alone {one.number}", f"{one.prefix}.noTerm"
                self.expected.add(("between.term_alone", f"purview.term:{lone}", f"cluedin.vocabulary:{one.prefix}"))
                self.expected.add(("between.key_alone", f"purview.term:{one.term}", f"cluedin.vocabulary_key:{key}"))
            if one.way in ("ledger", "stamp"):
                self._expect("classification_alone", one, LAST, f"purview.entity:{one.column(LAST)}")
            if one.way == "ledger":
                for at in range(ITEMS):
                    self._unassign(one, at)

    # -- what is where -------------------------------------------------------------------------------------------

    def _terms(self, glossary: str) -> dict[str, str]:
        return {name: term["guid"] for name, term in self.terms(glossary).items()}

    def _term(self, one: Concept, name: str) -> str:
        return self._guids[one.glossary][name]

    def _item(self, one: Concept, at: int) -> str:
        return self._term(one, f"Item {one.number}-{at}")

    def _entity(self, one: Concept, at: int) -> dict[str, Any]:
        kind, _, name = one.column(at).partition("/")
        path = f"{ATLAS}/entity/uniqueAttribute/type/{kind}?attr:qualifiedName={quote(name, safe='')}"
        return self.http("GET", path)["entity"]  # type: ignore[no-any-return]

    def _edit_key(self, one: Concept, at: int, **members: Any) -> None:
        [doc] = [doc for doc in self.world.all(c.KEY, latest=True) if doc["key"] == one.key(at)]
        self.world.put(c.KEY, {**doc, **members})

    def _edit_vocabulary(self, one: Concept, **members: Any) -> None:
        [doc] = [doc for doc in self.world.all(c.VOCABULARY, latest=True) if doc["keyPrefix"] == one.prefix]
        self.world.put(c.VOCABULARY, {**doc, **members})

    def _unassign(self, one: Concept, at: int) -> None:
        entity = self._entity(one, at)
        [meaning] = entity["relationshipAttributes"]["meanings"]
        body = [{"guid": entity["guid"], "relationshipGuid": meaning["relationshipGuid"]}]
        self.http("DELETE", f"{ATLAS}/glossary/terms/{self._item(one, at)}/assignedEntities", json=body)

    # -- what people do ------------------------------------------------------------------------------------------

    def disagree(self, total: int) -> None:
        """Edits until so many disagreements are there; each item is edited once."""
        sorts = (
            self.display_name, self.definition, self.expired, self.obsolete, self.key_gone, self.term_gone,
            self.classification_gone, self.label_gone, self.other_label, self.label_of_ours, self.term_renamed,
        )  # fmt: skip
        inside = [one for one in self.concepts if one.way != "outside"]
        while len(self.expected) < total:
            one, at = self.chance.choice(inside), self.chance.randrange(1, LAST)
            if at not in one.edited and self.chance.choice(sorts)(one, at):
                one.edited.add(at)
        assert len(self.expected) == total

    def _expect(self, code: str, one: Concept, at: int, purview: str = "") -> bool:
        there = purview or f"purview.term:{one.item_term(at)}"
        self.expected.add((f"between.{code}", there, f"cluedin.vocabulary_key:{one.key(at)}"))
        return True

    def display_name(self, one: Concept, at: int) -> bool:
        """A spelling by which the names are still paired, where nothing else pairs them."""
        self._edit_key(one, at, displayName=f"item_{one.number}_{at}")
        return self._expect("name", one, at)

    def term_renamed(self, one: Concept, at: int) -> bool:
        if one.way == "name":
            return False  # nothing pairs it any more
        guid = self._item(one, at)
        term = self.http("GET", f"{ATLAS}/glossary/term/{guid}")
        name = f"Renamed {one.number}-{at}"
        stamp = str(int(term["lastModifiedTS"]) + 1)
        body = term | {"nickName": name, "name": f"Concept {one.number}_{name}", "lastModifiedTS": stamp}
        self.http("PUT", f"{ATLAS}/glossary/term/{guid}?includeTermHierarchy=true", json=body)
        return self._expect("name", one, at, f"purview.term:{one.term}/{name}")

    def definition(self, one: Concept, at: int) -> bool:
        if self.chance.random() < 0.5:
            self.edit_term(self._item(one, at), longDescription=f"<p>Something <b>else</b> {at}.</p>")
            if at % 3:  # CluedIn says nothing of it
                self._edit_key(one, at, description=slate("Described by hand."))
        else:
            self._edit_key(one, at, description=slate("Described by hand."))
        return self._expect("definition", one, at)

    def expired(self, one: Concept, at: int) -> bool:
        self.edit_term(self._item(one, at), status="Expired")
        return self._expect("in_use", one, at)

    def obsolete(self, one: Concept, at: int) -> bool:
        self._edit_key(one, at, isObsolete=True)
        return self._expect("in_use", one, at)

    def key_gone(self, one: Concept, at: int) -> bool:
        [doc] = [doc for doc in self.world.all(c.KEY, latest=True) if doc["key"] == one.key(at)]
        self.world.drop(c.KEY, doc["vocabularyKeyId"])
        where = f"vocabulary_key:{one.key(at)}" if one.way == "manifest" else f"vocabulary:{one.prefix}"
        self.expected.add(("between.term_alone", f"purview.term:{one.item_term(at)}", f"cluedin.{where}"))
        return True

    def term_gone(self, one: Concept, at: int) -> bool:
        self.http("DELETE", f"{ATLAS}/glossary/term/{self._item(one, at)}")
        where = one.item_term(at) if one.way == "manifest" else one.term
        return self._expect("key_alone", one, at, f"purview.term:{where}")

    def classification_gone(self, one: Concept, at: int) -> bool:
        if not one.label(at) or one.way == "name":
            return False
        name, guid = f"CLUEDIN.{one.label(at).upper()}", self._entity(one, at)["guid"]
        self.http("DELETE", f"{ATLAS}/entity/guid/{guid}/classification/{name}")
        return self._expect("label_alone", one, at, f"purview.entity:{one.column(at)}")

    def label_gone(self, one: Concept, at: int) -> bool:
        if not one.label(at) or one.way == "name":
            return False
        self._edit_key(one, at, dataClassificationCode="/")
        return self._expect("classification_alone", one, at, f"purview.entity:{one.column(at)}")

    def other_label(self, one: Concept, at: int) -> bool:
        if not one.label(at) or one.way == "name":
            return False
        self._edit_key(one, at, dataClassificationCode="/Finance" if one.label(at) == "Mail" else "/Email")
        return self._expect("other_label", one, at, f"purview.entity:{one.column(at)}")

    def label_of_ours(self, one: Concept, at: int) -> bool:
        """A code that no label map knows, on an asset without any classification; or a classification alone."""
        if one.label(at) or one.way == "name":
            return False
        asset = f"purview.entity:{one.column(at)}"
        if self.chance.random() < 0.5:
            self._edit_key(one, at, dataClassificationCode="/SSN/DK")
            return self._expect("label_alone", one, at, asset)
        self._classify(one, at, "CLUEDIN.RESTRICTED")
        return self._expect("classification_alone", one, at, asset)

    def _classify(self, one: Concept, at: int, name: str) -> None:
        body = [{"typeName": name, "propagate": False}]
        self.http("POST", f"{ATLAS}/entity/guid/{self._entity(one, at)['guid']}/classifications", json=body)

    # -- what has to be passed over ------------------------------------------------------------------------------

    def noise(self) -> None:
        """Edits after which both still say the same, or nothing of the sort; and disagreements out of the scope."""
        harmless = (self._formatted, self._said_once, self._both_out_of_use, self._both_known_otherwise, self._blanks)
        for one in self.concepts:
            free = [at for at in range(1, LAST) if at not in one.edited]
            for at in self.chance.sample(free, min(4, len(free))):
                self.chance.choice(harmless)(one, at)
            if one.way == "outside":
                before = set(self.expected)
                for at in free:
                    self.chance.choice((self.display_name, self.definition, self.obsolete))(one, at)
                self.expected = before

    def _formatted(self, one: Concept, at: int) -> None:
        html = f"<div>What&nbsp;item <b>{at}</b>  means.</div>"
        self.edit_term(self._item(one, at), longDescription=html)
        self._edit_key(one, at, description=slate(f"What item {at}  means."))

    def _said_once(self, one: Concept, at: int) -> None:
        self._edit_key(one, at, description=None)

    def _both_out_of_use(self, one: Concept, at: int) -> None:
        self.edit_term(self._item(one, at), status="Expired")
        self._edit_key(one, at, isObsolete=True)

    def _both_known_otherwise(self, one: Concept, at: int) -> None:
        """A kind of data that no label map has a word for, and a classification beside it."""
        if one.way not in ("name", "outside"):
            if not one.label(at):
                self._classify(one, at, "CLUEDIN.RESTRICTED")
            self._edit_key(one, at, dataClassificationCode="/SSN/DK")

    def _blanks(self, one: Concept, at: int) -> None:
        self._edit_key(one, at, displayName=f"Item  {one.number}-{at}", groupName="Another group")

    def concept_level(self) -> Iterator[Callable[[], None]]:
        """Disagreements of concepts themselves, one of each sort."""
        git, stamped = self.concepts[0], next(one for one in self.concepts if one.way == "stamp")

        def renamed() -> None:
            self._edit_vocabulary(git, vocabularyName="Concept zero")
            self.expected.add(("between.name", f"purview.term:{git.term}", f"cluedin.vocabulary:{git.prefix}"))

        def described() -> None:
            self._edit_vocabulary(stamped, description=slate("Something else."))
            there = f"cluedin.vocabulary:{stamped.prefix}"
            self.expected.add(("between.definition", f"purview.term:{stamped.term}", there))

        yield from (renamed, described)

    def ambiguous(self) -> None:
        """A second term on a column that only its asset pairs: nobody can tell, so it is compared with none."""
        stamped = next(one for one in self.concepts if one.way == "stamp")
        at = next(at for at in range(1, LAST) if at not in stamped.edited)
        stamped.edited.add(at)
        other = self._term(stamped, f"Group {stamped.number}")
        body = [{"guid": self._entity(stamped, at)["guid"]}]
        self.http("POST", f"{ATLAS}/glossary/terms/{other}/assignedEntities", json=body)
        self._edit_key(stamped, at, displayName="Called otherwise")
        self.doubts.add(f"cluedin.vocabulary_key:{stamped.key(at)}")


def slate(text: str) -> str:
    """A text as CluedIn's editor keeps it."""
    return f'[{{"type":"paragraph","children":[{{"text":"{text}"}}]}}]'
