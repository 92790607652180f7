"""What a user sees of a record: the rule by which policies allow, for tests and demonstrations.

Without the switch of access control everybody sees everything. With it nobody sees anything but what an active policy
gives: View shows a value, Mask shows that there is one ([B]: the vendor's page on access control). Who has both sees it
masked or in clear, which is public nowhere ([U]): drawn at each start. Streams, exports, clean projects and
deduplication ask none of this ([B]).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from reconciler_sandbox.cluedin.access_words import EDIT, MASK, VIEW
from reconciler_sandbox.cluedin.errors import not_found
from reconciler_sandbox.cluedin.golden import Golden
from reconciler_sandbox.cluedin.ownership import role_id
from reconciler_sandbox.cluedin.world import KEY, POLICY, SETTING, USER, Doc, World
from reconciler_sandbox.web import Request, Response

HIDDEN = "****"
_PREFIX = "property-"
_EQUALS, _IN = "0bafc522-8011-43ba-978a-babe222ba466", "31feed84-ce0e-435f-ba94-ce01b9c7bd15"
_EXISTS = "306e5d29-832f-41e7-a6db-1c02eb5ebf74"


class AccessView:
    """Applies the policies to one record for one user."""

    def __init__(self, world: World, golden: Golden) -> None:
        self._world = world
        self._golden = golden
        self._view_over_mask = random.random() < 0.5

    def answer(self, request: Request) -> Response:
        """`GET /_sandbox/cluedin/see?user=NAME&record=ID`: each key of the record that the user sees."""
        name = (request.arg("user") or "").lower()
        user = next((one for one in self._world.all(USER, latest=True) if one["username"].lower() == name), None)
        wanted = (request.arg("record") or "").lower()
        record = next((one for one in self._golden.all() if wanted in (one["id"], one["name"].lower())), None)
        if user is None or record is None:
            return not_found("The user or the record", f"{name} {wanted}").response()
        return Response(200, self._seen(user, record))

    def _seen(self, user: Doc, record: Doc) -> Doc:
        values = {key.removeprefix(_PREFIX): value for key, value in record["properties"].items()
                  if key.startswith(_PREFIX)}  # fmt: skip
        if not self._is_on():
            return values
        me = {("user", user["id"]), *(("role", role_id(role)) for role in user["roles"])}
        grants: dict[str, set[str]] = {}
        for rule in self._rules(record):
            if me & {tuple(pair) for pair in rule["members"]}:
                for key in self._keys(rule, values):
                    grants.setdefault(key, set()).add(rule["does"])
        return {key: self._shown(values[key], does) for key, does in grants.items()}

    def _rules(self, record: Doc) -> Iterable[Doc]:
        for policy in self._world.all(POLICY, latest=True):
            if policy["isActive"] and _holds(policy["condition"], record):
                yield from policy["rules"]

    def _keys(self, rule: Doc, values: Doc) -> set[str]:
        if rule["all"]:
            return set(values)
        keys = {id for kind, id in rule["scope"] if kind == "key"}
        groups = {id for kind, id in rule["scope"] if kind == "vocabulary"}
        of = {one["key"]: one["vocabularyId"] for one in self._world.all(KEY, latest=True)}
        return {key for key in values if key in keys or of.get(key) in groups}

    def _shown(self, value: Any, does: set[str]) -> Any:
        clear = does & {VIEW, EDIT}
        if clear and MASK in does:
            return value if self._view_over_mask or EDIT in does else HIDDEN
        return value if clear else HIDDEN

    def _is_on(self) -> bool:
        return any(one.get("group") == "Access Control" and one["value"] == "true" for one in self._world.all(SETTING))


def _holds(node: Doc, record: Doc) -> bool:
    """Whether a condition holds of a record, as far as tests need it: equals, in, exists; any other does not."""
    rules = node.get("rules") or []
    if rules:
        told = [_holds(one, record) for one in rules]
        return any(told) if str(node.get("condition")).upper() == "OR" else all(told)
    field, operator = str(node.get("field") or ""), str(node.get("operator") or "")
    if not field:
        return True
    key = field.removeprefix("Properties[").removesuffix("]")
    value = record["entityType"] if field == "EntityType" else record["properties"].get(_PREFIX + key)
    if operator == _EXISTS:
        return value is not None
    wanted = [str(one).lower() for one in node.get("value") or []]
    return operator in (_EQUALS, _IN) and str(value).lower() in wanted
