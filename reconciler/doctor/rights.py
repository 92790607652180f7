"""Who may write to a collection of Purview, told from the policies of collections without writing anything.

A role's members are a rule of the collection's policy; what a parent grants is inherited when the rule `permission:…`
names the parent's, and collection administrators also when their own rule names the parent's: that stays where
inheritance is restricted (recorded policies and Microsoft's tutorial, grade A). Policies are read by Collection Admins
for sure; where they are not shown to us, the answer is unknown (no other call tells a right without using it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.systems.purview import Purview

VERSION = "2021-07-01"
CURATOR = "data-curator"
COLLECTION_ADMIN = "collection-administrator"
_BUILT_IN = "purviewmetadatarole_builtin_"


def policy(purview: Purview, collection: str) -> Mapping[str, Any] | None:
    """The policy of a collection (`GET /policystore/metadataPolicies?collectionName=`); None when not shown."""
    query = {"api-version": VERSION, "collectionName": collection}
    answer = purview.connection.send(
        "GET", "/policystore/metadataPolicies", effect="read", query=query, accept=(400, 401, 403, 404)
    )
    if answer.status >= 400:
        return None
    for one in answer.json().get("values") or ():
        if one["properties"]["collection"]["referenceName"].casefold() == collection.casefold():
            found: Mapping[str, Any] = one["properties"]
            return found
    return None


def holds(purview: Purview, role: str, collection: str, who: Mapping[str, Any]) -> bool | None:
    """Whether the identity with these token claims has a role on a collection, itself or by a parent; None: unknown."""
    answers: list[bool | None] = []
    current: str | None = collection
    seen: set[str] = set()
    by_permission = True  # whether all that the collection above grants counts, or only what its rule of the role says
    while current and current not in seen:
        seen.add(current)
        inner = policy(purview, current)
        if inner is None:
            answers.append(None)
            break
        rules = {str(rule["id"]).casefold(): rule.get("dnfCondition") or () for rule in inner["attributeRules"]}
        members = rules.get(f"{_BUILT_IN}{role}:{current}".casefold(), ())
        answers.append(_grants(members, who))
        parent = inner.get("parentCollectionName")
        by_permission &= _names(rules.get(f"permission:{current}".casefold(), ()), f"permission:{parent}")
        inherits = by_permission or _names(members, f"{_BUILT_IN}{role}:{parent}")
        current = str(parent) if parent and inherits else None
    return True if True in answers else None if None in answers else False


def _names(ways: Iterable[Iterable[Mapping[str, Any]]], rule: str) -> bool:
    """Whether one of the ways in is another rule."""
    return any(str(part.get("fromRule", "")).casefold() == rule.casefold() for way in ways for part in way)


def _grants(ways: Iterable[Iterable[Mapping[str, Any]]], who: Mapping[str, Any]) -> bool | None:
    """One way in is enough; membership by a group that the token does not list is unknown."""
    object_id = str(who.get("oid") or "")
    if not object_id:
        return None
    answer: bool | None = False
    for way in ways:
        for part in way:
            listed = [str(item) for item in part.get("attributeValueIncludedIn") or ()]
            if part.get("attributeName") == "principal.microsoft.id" and object_id in listed:
                return True
            if part.get("attributeName") == "principal.microsoft.groups":
                if set(listed) & set(map(str, who.get("groups") or ())):
                    return True
                answer = None if listed and "groups" not in who else answer
    return answer
