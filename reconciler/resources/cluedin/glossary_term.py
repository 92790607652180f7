"""A term of CluedIn's glossary: a saved filter over records, with a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from reconciler.errors import SystemFailureError
from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.shared import (
    Row,
    categories,
    doubted,
    held_back,
    mentions,
    one,
    refuse,
    rich,
    terms,
)
from reconciler.resources.keys import PARTS
from reconciler.resources.objects import Failed, Live, Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default, Filled, Retires, RichText
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.packed import Sheaf, packed

_ONE = """query getGlossaryTerm($id: ID!) { management { id glossaryTerm(id: $id) {
  id name categoryId active shortDescription certificationLevel ruleSet description isObsolete
  relatedTags { id name } } } }"""
_CREATE = """mutation createGlossaryTerm($term: InputGlossaryTerm) { management { id
  createGlossaryTerm(term: $term) { id name categoryId } } }"""
_SAVE = """mutation saveGlossaryTerm($term: InputGlossaryTerm) { management { id
  saveGlossaryTerm(term: $term) { id } } }"""

_DETAILS = frozenset({"description", "condition", "short_description", "obsolete", PARTS})
_BY_SAVE = ("description", "short_description", "active")
_KEPT = (
    *("name", "categoryId", "active", "shortDescription", "certificationLevel", "description"),
    "isObsolete",
)


class GlossaryTerm(Resource):
    """Key is the name, unique over all categories: [B] that a second one is a 409, [C] over categories."""

    system = "cluedin"
    name = "glossary_term"
    right = claim("Management: Glossary")
    holds_by_id = True
    canon = 2
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
    page = PAGE
    needed_for_create = frozenset({"category"})
    retired_by = "obsolete"
    retires_alone = True

    class Fields:
        category: Annotated[str, Filled()]
        active: Annotated[bool, Default(False), Retires(False, back=True), Filled()]
        obsolete: Annotated[bool, Retires(True, back=None)]
        description: Annotated[str, RichText()]
        short_description: str
        condition: Annotated[dict[str, Any], Condition()]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`management.glossaryTerms` by pages, and `glossaryTerm(id)` where a managed field needs it [B]."""
        rows, asked = terms(cluedin), Asked.of(self.full_name, wanted)
        names = {row["id"]: composed(str(row["name"])) for row in rows}
        managed = [id for id, name in names.items() if mentions(asked.paths(name, str(id)), _DETAILS)]
        details = Sheaf(dict(zip(managed, cluedin.each_of(_ONE, managed, packed), strict=True)))
        for row in rows:
            yield self._live(cluedin, details.get(row["id"]) or row, asked.known)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`management.glossaryTerm(id)` (toolkit, [B])."""
        found = _term(cluedin, id)
        return self._live(cluedin, found, Known()) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages, the categories once, and at most a detail for each managed term: many come in a document."""
        return super().cost(rows, managed) + 1 + managed

    def _live(self, cluedin: CluedIn, row: Row, known: Known) -> Live:
        category = row.get("categoryId")
        named = categories(cluedin).get(category, category) if category else None
        return self.live(
            composed(str(row["name"])),
            str(row["id"]),
            raw=row,
            parts=list(_parts(row)),
            category=known.key_of("cluedin.glossary_category", str(category), str(named)) if category else None,
            active=row.get("active"),
            obsolete=row.get("isObsolete") or None,
            description=row.get("description"),
            short_description=row.get("shortDescription"),
            condition=row.get("ruleSet"),
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createGlossaryTerm` with its condition, then `saveGlossaryTerm` for what a create does not take.

        Name, category and condition are all that a create heeds; a new term is inactive [B]. One that waits for
        an approval cannot be saved: the next run does so.
        """
        results: list[str | Failed | None] = [_without_category(write) for write in writes]
        fit = [at for at, failed in enumerate(results) if failed is None]
        made = _created(cluedin, [_new(writes[at]) for at in fit])
        for at, answer in zip(fit, made, strict=True):
            results[at] = Failed(answer) if isinstance(answer, SystemFailureError) else str(answer["id"])
        begun = [at for at in fit if isinstance(results[at], str)]
        to_save = [at for at in begun if any(writes[at].get(field) for field in _BY_SAVE)]
        saves = [{"term": _changed(_fresh(str(results[at]), writes[at]), writes[at])} for at in to_save]
        for at, answer in zip(to_save, cluedin.written_each(_SAVE, saves, effect="set"), strict=True):
            if isinstance(answer, SystemFailureError) and not held_back(cluedin, str(results[at]), answer):
                results[at] = Failed(doubted(answer), begun=True)
        return results

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One term."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`saveGlossaryTerm` with the whole term: what is not sent is cleared [C]."""
        there = _whole_terms(cluedin, [write.live for write in writes if write.live is not None])
        saves = {at: {"term": _saved(row, writes[at])} for at, row in enumerate(there) if row is not None}
        answers = dict(zip(saves, cluedin.written_each(_SAVE, list(saves.values()), effect="set"), strict=True))
        results: list[Failed | None] = []
        for at, write in enumerate(writes):
            answer = answers.get(at) or refuse("missing", f"the glossary term {write.key} is gone")
            results.append(Failed(answer) if isinstance(answer, SystemFailureError) else None)
        return results

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`saveGlossaryTerm` under the new name; the save takes the name [B]."""
        self.update(cluedin, write)

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """`saveGlossaryTerm` with `isObsolete`, which its answers show [B]; that a save takes it is inferred [C]."""
        assert write.live is not None
        self.update(cluedin, replace(write, key=write.live.key, values={"obsolete": True}))

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /glossary/{id}` (OpenAPI document, [B])."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/glossary/{write.live.id}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name, and a condition with at least one rule: without one it is a 400 since 4.4 [B]."""
        if not desired.key.strip() or desired.key != desired.key.strip():
            yield f"the name of a term must not be empty or start or end with a blank: {desired.key!r}"
        if desired.mode == "refer" and "condition" not in desired.values:
            return
        yield from faults(desired.values.get("condition") or {})


def _term(cluedin: CluedIn, id: str) -> Row | None:
    return one(cluedin, _ONE, id)


def _parts(row: Row) -> Iterator[Part]:
    """What people say of a term and no manifest can; the keys that list it, CluedIn tells by refusing (400) [C]."""
    for tag in row.get("relatedTags") or ():
        yield Part("", str(tag.get("id")), f"the tag {tag.get('name')}")
    if row.get("certificationLevel"):
        yield Part("", "certificationLevel", f"the certification {row['certificationLevel']}")


def _without_category(write: Write) -> Failed | None:
    """Why a term cannot be created, told before anything of it is sent."""
    if write.get("category"):
        return None
    return Failed(refuse("category", f"the glossary term {write.key} needs a category to be created in"))


def _new(write: Write) -> Row:
    """What a create takes of a term."""
    return {
        "name": write.key,
        "categoryId": write.id_of(f"cluedin.glossary_category:{write.get('category')}"),
        "ruleSet": wire(write.get("condition") or {}),
    }


def _fresh(id: str, write: Write) -> Row:
    """A term as it is after its create."""
    empty = {"active": False, "shortDescription": None, "certificationLevel": None, "description": None}
    return {"id": id, **empty, "isObsolete": False, "relatedTags": [], **_new(write)}


def _whole_terms(cluedin: CluedIn, found: Sequence[Live]) -> list[Row | None]:
    """The terms with their conditions and texts, which the list has not: saving from it would clear them."""
    listed = [live.id for live in found if "ruleSet" not in (live.raw or {})]
    read = dict(zip(listed, cluedin.each_of(_ONE, listed), strict=True))
    return [read.get(live.id, live.raw) for live in found]


def _saved(whole: Row, write: Write) -> Row:
    """A whole term as a save takes it, with what the write changes."""
    term = {"id": whole["id"], **{name: whole.get(name) for name in _KEPT}}
    term["ruleSet"] = wire(whole["ruleSet"]) if whole.get("ruleSet") else None
    term["relatedTags"] = [{"id": tag.get("id"), "name": tag.get("name")} for tag in whole.get("relatedTags") or ()]
    if write.get("category"):
        term["categoryId"] = write.id_of(f"cluedin.glossary_category:{write.get('category')}")
    return _changed(term, write)


def _created(cluedin: CluedIn, given: Sequence[Row]) -> list[Row | SystemFailureError]:
    answers = cluedin.written_each(_CREATE, [{"term": one} for one in given], effect="once")
    return [_hinted(answer) if isinstance(answer, GraphQLRefused) and answer.conflict else answer for answer in answers]


def _hinted(refused: GraphQLRefused) -> GraphQLRefused:
    """A term of somebody else can hold the name and be in no list (OpenAPI document's prose, [B])."""
    hint = "the name may belong to a term hidden by the setting GlossaryAccess.FilterTermsByOwnership"
    return GraphQLRefused("createGlossaryTerm", [*refused.messages, hint], doubtful=refused.doubtful)


def _changed(term: Row, write: Write) -> Row:
    """The whole term with the paths of the write in it."""
    changed = {**term, "name": write.key}
    if write.has("active"):
        changed["active"] = bool(write.get("active"))
    if write.has("obsolete"):
        changed["isObsolete"] = bool(write.get("obsolete"))
    if write.has("description"):
        changed["description"] = rich(write.get("description")) if write.get("description") else None
    if write.has("short_description"):
        changed["shortDescription"] = write.get("short_description") or None
    if write.has("condition"):
        changed["ruleSet"] = wire(write.get("condition") or {})
    return changed
