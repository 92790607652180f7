"""Rules as CluedIn tells them: lists, details, numbers of scopes, actions and operators.

GraphQL's documents are the toolkit's [B]; paths below `/api/v1` are of the official description [B]. GraphQL names the
scopes of rules, REST numbers them, and no public source says which number is which [U]: that is learnt by reading one
rule of each in both ways. Types of actions differ between versions and installations and are only ever what the server
says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn

SCOPES = ("DataPart", "Survivorship", "Entity")
"""GraphQL's words for what a rule is about; `Entity` are golden records (SDK, [B])."""
PER_PAGE = 20
"""Rules of a page; nobody can ask for more or fewer [B]."""
KEEPS = (
    "Records keep what the rule gave them until they are processed again: `reconciler rules reprocess NAME`, "
    "or `reprocess: on_change`, which sends the records of the old filter along"
)
"""The vendor's page on managing rules, [B]."""
REPROCESSES = "Sends every record of the old and of the new filter through processing again"
"""The same page, [B]; `shouldReprocess` of a save over REST [B]."""

_LIST = """query getRules($pageNumber: Int, $scope: String) { management { id
  rules(pageNumber: $pageNumber, scope: $scope) { total data { id name order isActive scope } } } }"""
_ONE = """query getRule($id: ID!) { management { id rule(id: $id) {
  id name description isActive scope condition rules isReprocessing } } }"""


def rules_of(cluedin: CluedIn, scope: str) -> list[Row]:
    """Every rule of a scope as the list shows it, without condition and actions; pages from 1 [B]."""
    path = ("management", "rules")
    return cluedin.memo(("rules", scope), lambda: cluedin.pages(_LIST, path, {"scope": scope}, size=""))


def rules_by_id(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some rules with everything, each once a reading; None for one that is not there [B]."""
    return cluedin.memo_each("rule", ids, lambda missing: cluedin.each_of(_ONE, missing))


def key_of(row: Row) -> str:
    """The key of a rule: its scope and its name."""
    return f"{row['scope']}/{quote(composed(str(row['name'])))}"


def over_rest(cluedin: CluedIn, id: str) -> dict[str, Any]:
    """`GET /rules/{id}` [B]: a rule in the form in which REST takes it back."""
    return dict(cluedin.rest("GET", f"/rules/{id}", effect="read") or {})


def numbers(cluedin: CluedIn) -> Mapping[str, int]:
    """REST's number of each scope that has a rule; where two are known, the third is what is left."""

    def learn() -> dict[str, int]:
        first = {scope: rows[0]["id"] for scope in SCOPES if (rows := rules_of(cluedin, scope))}
        found = {scope: int(over_rest(cluedin, id)["scope"]) for scope, id in first.items()}
        left = set(range(len(SCOPES))) - set(found.values())
        return found | {scope: left.pop() for scope in SCOPES if scope not in found and len(left) == 1}

    return cluedin.memo("numbers of scopes", learn)


def order_of(cluedin: CluedIn, scope: str) -> list[Row]:
    """Every rule of a scope in the order in which they run, asked anew: `GET /rules/byprocessingorder` [B]."""
    if not rules_of(cluedin, scope):
        return []
    query = {"scope": str(numbers(cluedin)[scope])}
    rows = cluedin.rest("GET", "/rules/byprocessingorder", query=query, effect="read") or []
    return sorted(rows, key=lambda row: int(row.get("order") or 0))


def actions(cluedin: CluedIn) -> list[Row]:
    """`GET /rules/actions` [B]: every action that the server knows, with its properties."""
    return cluedin.memo("actions", lambda: cluedin.rest("GET", "/rules/actions", effect="read") or [])


def operators(cluedin: CluedIn) -> dict[str, Row]:
    """`GET /rules/operators` [B], by id in lower case."""
    told = cluedin.memo("operators", lambda: cluedin.rest("GET", "/rules/operators", effect="read") or {})
    return {str(id).lower(): row for id, row in told.items()}


def type_of_action(given: Any) -> str:
    """The type of an action without its version, which older payloads name [B]: cut at the second comma."""
    return ",".join(part.strip() for part in str(given or "").split(",")[:2]).replace(",", ", ")


def busy(key: str) -> Exception:
    """What is said of a rule that CluedIn saves nothing of, as it processes its records: 409 [B]."""
    return refuse(
        "reprocessing",
        f"CluedIn is processing the records of the rule {key} again, and saves nothing of it until that is done",
        "The next apply writes it.",
    )
