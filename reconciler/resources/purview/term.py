"""A term of Purview's classic glossary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Annotated, Any

from reconciler.errors import ReconcilerError
from reconciler.resources.base import Desired
from reconciler.resources.keys import PARTS
from reconciler.resources.objects import Edited, Live, Part, Write
from reconciler.resources.purview import common, places, templates, term_wire, terms
from reconciler.resources.purview.paths import OnPath
from reconciler.resources.purview.term_parts import PLACE, Family
from reconciler.resources.purview.term_wire import CONTACTS, PLAIN
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.resources.rules import Default, Definition, Each, Filled, Fold, Members, Retires, Unordered
from reconciler.resources.spelling import composed
from reconciler.systems.purview import Purview


class Term(OnPath):
    """`/glossary/term`: key `Glossary/Parent/Own` of own names.

    The wire's `name` is formal (`Parent_Child`), `nickName` is the own name, the parent is `parentTerm`
    (grade B: sent by PyApacheAtlas and the portal, missing in the published model).

    Apache Atlas has the formal name only; what stands for the parent is a category, see `places`. It keeps no
    status, templates, contacts and resources either (`AtlasGlossaryTerm` of 2.4.0, grade A).
    """

    system = "purview"
    name = "term"
    right = CURATOR_AT_THE_ROOT
    canon = 2
    batch = {"create": 100}
    page = 1000
    retired_by = "status"
    retires_alone = True

    class Fields:
        definition: Annotated[str, Definition()]
        summary: Annotated[str, Definition()]
        abbreviation: str
        usage: str
        status: Annotated[str, Fold(), Default("Draft"), Retires("expired")]
        templates: Annotated[list[str], Members(), Filled()]
        attributes: Annotated[dict[str, dict[str, Any]], Each(depth=2), common.Choices()]
        experts: Annotated[list[str], Members()]
        stewards: Annotated[list[str], Members()]
        resources: Annotated[list[dict[str, str]], Unordered("url")]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Every term of the glossaries named: `GET /glossary/{guid}/terms`, pages of 1,000 [A]."""
        ids = purview.known.get(self.full_name, {})
        known = {id for key, id in ids.items() if PARTS in wanted.get(key, ())}
        ours = set(ids.values())
        for hierarchy in terms.hierarchies(purview, wanted):
            family = Family(hierarchy)
            for guid, term in hierarchy.by_guid.items():
                key = hierarchy.key(term)
                whole = PARTS in wanted.get(key, ()) or guid in known
                parts = list(family.parts(key, term)) if whole else []
                managed = key in wanted or guid in ours
                yield self._live(key, term | {PLACE: hierarchy.place(term)}, parts, purview if managed else None)

    def find(self, purview: Purview, id: str) -> Live | None:
        """`GET /glossary/term/{guid}` [A], its parents for the key, and its glossary for its parts."""
        term = purview.get(f"/glossary/term/{id}", accept=(404,))
        if term is None:
            return None
        glossary = purview.glossary_name((term.get("anchor") or {}).get("glossaryGuid")) or ""
        hierarchy = _hierarchy(purview, glossary, term)
        key = hierarchy.key(term)
        parts = Family(terms.hierarchy(purview, glossary)).parts(key, term)
        return self._live(key, term | {PLACE: hierarchy.place(term)}, list(parts), purview)

    def edited(self, live: Live) -> Edited | None:
        """As its answer says."""
        return common.edited(live)

    def cost(self, rows: int, managed: int) -> int:
        """The glossaries, the templates where dates need them, and pages of terms."""
        return 3 + -(-rows // self.page)

    def _live(self, key: str, term: dict[str, Any], parts: Sequence[Part], purview: Purview | None) -> Live:
        """A term; with `purview` the types of its template's attributes are looked up where dates need it."""
        resources = [{"name": r.get("displayName"), "url": r.get("url")} for r in term.get("resources") or []]
        contacts: dict[str, Any] = {name: common.contact_ids(term, kind) for name, kind in CONTACTS.items()}
        held = term.get("attributes") or {}
        contacts |= {name: term.get(wire) for name, wire in PLAIN.items()}
        return self.live(
            key,
            str(term["guid"]),
            raw=term,
            parts=parts,
            **contacts,
            templates=term.get("templateName"),
            attributes={name: _meant(purview, name, values) for name, values in held.items() if values},
            resources=resources,
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST /glossary/terms`, an array [A]; as a whole or not at all [inferred], 100 at most."""
        bodies = [self._body(purview, write) for write in writes]
        answer = purview.call("POST", "/glossary/terms", bodies, purview.dialect.term_query, effect="once") or []
        made = {term_wire.identity(term): str(term["guid"]) for term in answer}
        return [made.get(term_wire.identity(body)) for body in bodies]

    def update(self, purview: Purview, write: Write) -> None:
        """`…/partial` where it can say the change, since it touches nothing else; else the whole term."""
        assert write.live is not None
        path = f"/glossary/term/{write.live.id}"
        if all(name in PLAIN for name in write.values) and purview.dialect.has_partial_terms:
            texts = {PLAIN[name]: term_wire.text(name, value) for name, value in write.values.items()}
            purview.call("PUT", f"{path}/partial", texts, purview.dialect.term_query, effect="set")
        else:
            self._put(purview, write, {})

    def rename(self, purview: Purview, write: Write) -> None:
        """The whole term with its new own and formal name; guid, relations and children stay [B]."""
        assert write.live is not None
        own = terms.names_of(write.key)[-1]
        formal = term_wire.formal(write.key)
        parent = self.parent_key(write.key)
        moved: dict[str, Any] = {}
        if parent != self.parent_key(write.live.key):
            moved = self._moved(purview, write, parent)
        else:
            # The parent's formal name need not follow its path: what stood before the old own name stays.
            old, tail = composed(str(write.live.raw["name"])), "_" + terms.names_of(write.live.key)[-1]
            formal = old[: -len(tail)] + "_" + own if parent and old.endswith(tail) else formal
        names = {"name": formal, "nickName": own} if purview.dialect.has_nicknames else {"name": formal}
        self._put(purview, write, {**names, **moved})

    def _moved(self, purview: Purview, write: Write, parent: str | None) -> dict[str, Any]:
        """What says that the term now stands elsewhere: its parent, or its categories where they stand for it."""
        assert write.live is not None
        if purview.dialect.has_term_parents:
            return {"parentTerm": {"termGuid": write.id_of(self.address(parent))} if parent else None}
        held, left = write.live.raw.get("categories") or [], write.live.raw.get(PLACE)
        kept = [entry for entry in held if entry.get("categoryGuid") != left]
        return {"categories": [*kept, *self._place(write, parent)]}

    @staticmethod
    def _place(write: Write, parent: str | None) -> list[dict[str, Any]]:
        return [{"categoryGuid": write.id_of(f"purview.category:{parent}")}] if parent else []

    def delete(self, purview: Purview, write: Write) -> None:
        """`DELETE /glossary/term/{guid}` → 204 [A]; gone already is as good."""
        assert write.live is not None
        purview.call("DELETE", f"/glossary/term/{write.live.id}", effect="set", accept=(404,))

    def retire(self, purview: Purview, write: Write) -> None:
        """Status `Expired`, and nothing else of the term is touched [A]."""
        assert write.live is not None
        path = f"/glossary/term/{write.live.id}/partial"
        purview.call("PUT", path, {"status": "Expired"}, purview.dialect.term_query, effect="set")

    def _body(self, purview: Purview, write: Write) -> dict[str, Any]:
        home = write.id_of(f"purview.glossary:{terms.glossary_of(write.key)}")
        body: dict[str, Any] = {"name": term_wire.formal(write.key), "anchor": {"glossaryGuid": home}}
        parent = self.parent_key(write.key)
        if purview.dialect.has_nicknames:
            body["nickName"] = terms.names_of(write.key)[-1]
        if not purview.dialect.has_term_parents:
            body["categories"] = self._place(write, parent)
        elif parent:
            body["parentTerm"] = {"termGuid": write.id_of(self.address(parent))}
        term_wire.merge(purview, body, write)
        return {name: value for name, value in body.items() if value not in (None, "", [], {})}

    def _put(self, purview: Purview, write: Write, names: Mapping[str, Any]) -> None:
        """Sends the whole term: what is not sent is removed in Atlas [A], so all that was read is."""
        assert write.live is not None
        body = deepcopy(write.live.raw) | common.next_stamp(write.live.raw)
        body.pop(PLACE, None)
        above = self._parent(write) if purview.dialect.has_term_parents else None
        if above:
            body["parentTerm"] = {"termGuid": above}  # whether leaving it out detaches the term is not known
        body |= names
        term_wire.merge(purview, body, write)
        path = f"/glossary/term/{write.live.id}"
        purview.call("PUT", path, body, purview.dialect.term_query, effect="set")

    def _parent(self, write: Write) -> str | None:
        assert write.live is not None
        found = terms.parent_guid(write.live.raw)
        parent = self.parent_key(write.live.key)
        if found or parent is None:
            return found
        try:
            return write.id_of(self.address(parent))
        except (KeyError, ReconcilerError):
            return None

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by Atlas' rule (400-00-083, grade A), contacts and sizes by Purview's."""
        yield from terms.name_problems(desired.key)
        yield from common.size_problems(desired)
        yield from common.contact_problems(desired, CONTACTS)


def _meant(purview: Purview | None, template: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a template's attributes as they are compared."""
    if purview is None:
        return dict(values)
    return templates.translated(values, lambda: templates.templates(purview).get(template, {}))


def _hierarchy(purview: Purview, glossary: str, term: dict[str, Any]) -> terms.Hierarchy:
    """What tells the key of one term."""
    if purview.dialect.has_term_parents:
        return terms.Hierarchy(glossary, {str(term["guid"]): term}, lambda guid: _above(purview, guid))
    return terms.Placed(places.categories(purview, glossary), {str(term["guid"]): term})


def _above(purview: Purview, guid: str) -> dict[str, Any] | None:
    def read() -> dict[str, Any] | None:
        found: dict[str, Any] | None = purview.get(f"/glossary/term/{guid}", accept=(404,))
        return found

    return purview.memo(("term", guid), read)
