"""Glossary categories, terms and tags: rules, and the fields of the GraphQL schema."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.errors import bad_request, conflict, not_found
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    CATEGORY,
    KEY,
    TAG,
    TERM,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    Write,
    matches,
    new_id,
    now,
    ordered,
    page_of,
    put_of,
)

# Members that the list does not carry ([B]).
_DETAIL = (
    "description",
    "ruleSet",
    "shortDescription",
    "certificationLevel",
    "endorsedBy",
    "relatedTags",
    "rating",
)
OWNERSHIP = "GlossaryAccess.FilterTermsByOwnership"


class Glossary:
    """The glossary."""

    def __init__(self, world: World, people: Administration) -> None:
        self._world = world
        self._people = people

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.glossaryCategories": lambda caller, args: self._world.all(CATEGORY),
            "Management.glossaryCategory": self._category,
            "Management.glossaryTags": lambda caller, args: self._world.all(TAG),
            "Management.glossaryTerms": self._list,
            "Management.glossaryTerm": lambda caller, args: self.shown(caller, self.visible(caller, args["id"])),
            "ManagementMutation.createGlossaryCategory": lambda caller, args: self.create_category(
                (args.get("category") or {}).get("name")
            ),
            "ManagementMutation.createGlossaryTerm": lambda caller, args: self.shown(
                caller, self.create(caller, args.get("term") or {})
            ),
            "ManagementMutation.saveGlossaryTerm": lambda caller, args: self.shown(
                caller, self.save(caller, args.get("term") or {})
            ),
            "ManagementMutation.endorseGlossaryTerm": lambda caller, args: self.shown(
                caller, self.endorse(caller, args.get("termId"), bool(args.get("status")))
            ),
        }

    # Categories and tags

    def _category(self, _caller: Caller, args: Args) -> Doc:
        found = self._world.get(CATEGORY, args["id"])
        if found is None:
            raise not_found("The glossary category", args["id"])

        def terms(_info: Any, isActive: bool | None = None) -> Doc:  # noqa: N803 (the schema's name)
            listed = self._world.find(TERM, "category", found["id"])
            return {"total": len([term for term in listed if isActive in (None, term["active"])]), "data": []}

        return {**found, "terms": terms}

    def create_category(self, name: str | None) -> Doc:
        """Makes a category; 409 when the name exists ([B])."""
        return self._world.put(CATEGORY, {"id": new_id(), **self._named(CATEGORY, name, None)})

    def save_category(self, category_id: str, name: str) -> Doc:
        """Renames a category ([B] over REST only)."""
        if self._world.get(CATEGORY, category_id, latest=True) is None:
            raise not_found("The glossary category", category_id)
        return self._world.put(CATEGORY, {"id": category_id, **self._named(CATEGORY, name, category_id)})

    def create_tag(self, name: str | None) -> Doc:
        """Makes a tag; 409 when the name exists ([B])."""
        return self._world.put(TAG, {"id": new_id(), **self._named(TAG, name, None)})

    def _named(self, kind: str, name: str | None, but: str | None) -> Doc:
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        stored = self._world.text(name) or ""
        if self._world.taken(kind, "name", stored.lower(), but=but):
            raise conflict(f"The name '{stored}' exists.")
        return {"name": stored}

    # Reading terms

    def search(
        self,
        caller: Caller,
        *,
        name: str | None = None,
        active: bool | None = None,
        category: str | None = None,
    ) -> list[Doc]:
        """The terms that fit, of those that the caller may see ([B] that ownership can hide them)."""
        own_only = self._people.value(OWNERSHIP).lower() == "true"
        return [
            doc
            for doc in self._world.all(TERM)
            if matches(name, doc["name"])
            and active in (None, doc["active"])
            and (not category or doc["categoryId"] == category.lower())
            and (not own_only or doc["ownedBy"] == caller.user_id)
        ]

    def visible(self, caller: Caller, term_id: str) -> Doc:
        """A term as callers see it by now."""
        found = self._world.get(TERM, term_id)
        if found is None:
            raise not_found("The glossary term", term_id)
        return found

    def newest(self, term_id: str | None) -> Doc:
        """A term as the server knows it."""
        found = self._world.get(TERM, term_id, latest=True)
        if found is None:
            raise not_found("The glossary term", term_id or "without an id")
        return found

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B])."""
        found = self.search(
            caller, name=args.get("searchName"), active=args.get("isActive"), category=args.get("categoryId")
        )
        found = ordered(found, args.get("sortBy"), (args.get("sortDirection") or "").lower().startswith("desc"))
        page = page_of(found, first_is_one(args.get("pageNumber")), args.get("pageSize") or 20)
        bare: Doc = dict.fromkeys(_DETAIL)
        return {"total": len(found), "data": [{**doc, **bare} for doc in page]}

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """One term with everything."""
        return {
            **doc,
            "category": lambda info: self._world.get(CATEGORY, doc["categoryId"], latest=True),
            "isOwner": doc["ownedBy"] == caller.user_id,
            "isEndorsedByCurrentUser": caller.user_id in doc["endorsedBy"],
            "userRating": doc["ratings"].get(caller.user_id, 0),
            "rating": average(doc),
        }

    # Writing terms

    def create(self, caller: Caller, given: Doc) -> Doc:
        """Makes an inactive term ([B]); at least one rule since 4.4 ([B])."""
        category = self._known_category(given.get("categoryId"))
        rules = given.get("ruleSet")
        if self._world.at_least("4.4") and not (rules and rules.get("rules")):
            raise bad_request("A glossary term needs a condition.", ruleSet="At least one rule is required.")
        term_id = new_id()
        doc = {
            "id": term_id,
            "name": self._free_name(given.get("name"), None),
            "categoryId": category["id"],
            "parentId": given.get("parentId"),
            "active": False,
            "createdBy": caller.user_id,
            "createdAt": now(),
            "modifiedBy": None,
            "modifiedAt": None,
            "ownedBy": caller.user_id,
            "requiresAttention": False,
            "shortDescription": None,
            "certificationLevel": None,
            "version": "1",
            "ruleSet": self._tree(rules),
            "description": None,
            "isObsolete": False,
            "endorsedBy": [],
            "ratings": {},
            "relatedTags": [],
        }
        self._world.submit(caller, "Create glossary term", term_id, [put_of(TERM, doc)])
        return doc

    def save(self, caller: Caller, given: Doc) -> Doc:
        """Replaces the term: what is not sent is cleared ([C]); the version goes up ([C])."""
        before = self.newest(given.get("id"))
        category = self._known_category(given.get("categoryId"))
        rules = given.get("ruleSet")
        if self._world.at_least("4.4") and not (rules and rules.get("rules")):
            raise bad_request("A glossary term needs a condition.", ruleSet="At least one rule is required.")
        tags, made = self._tags(given.get("relatedTags") or [])
        after = {
            **before,
            "name": self._free_name(given.get("name"), before["id"]),
            "categoryId": category["id"],
            "active": bool(given.get("active")),
            "shortDescription": given.get("shortDescription"),
            "certificationLevel": given.get("certificationLevel"),
            "description": self._world.rich_text(given.get("description")),
            "isObsolete": bool(given.get("isObsolete")),
            "ruleSet": self._tree(rules),
            "relatedTags": tags,
            "modifiedBy": caller.user_id,
            "modifiedAt": now(),
            "version": str(int(before["version"]) + 1),
        }
        self._world.submit(caller, "Update glossary term", before["id"], [*made, put_of(TERM, after)])
        return after

    def delete(self, caller: Caller, term_id: str) -> None:
        """Removes a term; one that lists the values of a key is in use ([C])."""
        term = self.newest(term_id)
        users = [key["key"] for key in self._world.all(KEY, latest=True) if key["glossaryTermId"] == term["id"]]
        if users:
            raise bad_request(f"The glossary term is in use by {', '.join(users)}.")
        self._world.submit(caller, "Delete glossary term", term["id"], [Write(TERM, term["id"])])

    def endorse(self, caller: Caller, term_id: str | None, status: bool) -> Doc:
        """Adds or takes back the caller's endorsement; anybody may ([B])."""
        term = self.newest(term_id)
        others = [user for user in term["endorsedBy"] if user != caller.user_id]
        return self._world.put(TERM, {**term, "endorsedBy": [*others, caller.user_id] if status else others})

    def rate(self, caller: Caller, term_id: str, rating: int) -> Doc:
        """Keeps the caller's rating ([B])."""
        term = self.newest(term_id)
        return self._world.put(TERM, {**term, "ratings": {**term["ratings"], caller.user_id: rating}})

    def _known_category(self, category_id: str | None) -> Doc:
        found = self._world.get(CATEGORY, category_id, latest=True)
        if found is None:
            raise bad_request("The model is not valid.", categoryId="The glossary category does not exist.")
        return found

    def _free_name(self, name: str | None, but: str | None) -> str:
        """Names are unique over all categories ([B] 409, [C] over categories and ignoring case)."""
        return str(self._named(TERM, name, but)["name"])

    def _tags(self, given: list[Doc]) -> tuple[list[Doc], list[Write]]:
        """Known tags by id or name, and the writes that make the others."""
        tags: list[Doc] = []
        made: list[Write] = []
        for item in given:
            known = self._world.get(TAG, item.get("id"), latest=True)
            known = known or self._world.taken(TAG, "name", (item.get("name") or "").lower())
            if known is None:
                known = {"id": new_id(), "name": item.get("name")}
                made.append(put_of(TAG, known))
            tags.append(known)
        return tags, made

    def _tree(self, node: Doc | None) -> Doc | None:
        return None if node is None else conditions.stored(self._world, node)


def average(doc: Doc) -> str:
    """The mean rating as a number in a string ([B])."""
    ratings = list(doc["ratings"].values())
    return f"{sum(ratings) / len(ratings):g}" if ratings else "0"
