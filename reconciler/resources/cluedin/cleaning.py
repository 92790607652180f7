"""Clean projects as CluedIn tells them: the list, details, and the rules that cleaning made.

Documents and members are the toolkit's [B]; `allCleanProjectRules` is the vendor's Fabric workload's [B]. The words of
states beyond `New` are public as people read them, and not as the interface has them [U]: they are compared without
blanks and case.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.resources.cluedin.shared import Row
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn

NEW, ARCHIVED = "new", "archived"
"""States as they are compared."""
LOSES = "All cleaning done in the project is lost, and its result is generated again"
"""The vendor's page on managing clean projects, [B]: of every state but `New`, in which there is nothing to lose."""

_LIST = """query allCleanProjects($page: Int, $pageSize: Int) { preparation { id
  allCleanProjects(page: $page, pageSize: $pageSize) { total projects { id name status } } } }"""
_NODE = "condition field objectTypeId operator type value"
_ONE = f"""query cleanProjectDetail($id: ID!) {{ preparation {{ id cleanProjectDetail(id: $id) {{
  id name status query description includeDataParts hasCleanChanges fields {{ property type }}
  condition {{ {_NODE} rules {{ {_NODE} rules }} }} }} }} }}"""
_RULES = """query allCleanProjectRules($id: ID!, $page: Int, $pageSize: Int) { preparation { id
  allCleanProjectRules(id: $id, page: $page, pageSize: $pageSize) { total rules { id name isActive } } } }"""


def projects(cluedin: CluedIn) -> list[Row]:
    """Every project as the list shows it; pages from 1 [B]. Whether it shows what was put away is [U]."""
    path = ("preparation", "allCleanProjects")
    return cluedin.memo("clean projects", lambda: cluedin.pages(_LIST, path, page="page", rows="projects"))


def projects_by_id(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some projects with everything, each once a reading; None for one that is not there [B]."""
    return cluedin.memo_each("clean project", ids, lambda missing: cluedin.each_of(_ONE, missing))


def rules_made(cluedin: CluedIn, id: str) -> list[Row]:
    """The rules that cleaning made of a project; pages from 1 [B]."""
    path = ("preparation", "allCleanProjectRules")
    return cluedin.pages(_RULES, path, {"id": id}, page="page", rows="rules")


def key_of(row: Row) -> str:
    """The key of a project: its quoted name."""
    return quote(composed(str(row["name"])))


def state_of(row: Row) -> str:
    """The state of a project, in the form in which states are compared."""
    return "".join(str(row.get("status") or "").split()).casefold()
