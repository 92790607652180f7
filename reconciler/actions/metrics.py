"""Figures of data sets, read from CluedIn and put on their assets in Purview as business metadata.

They differ each time they are read, so they are no state to converge to and no part of a plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from reconciler.environment.sign_in import PurviewSystem
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic, ReconcilerError, RefusedError, SystemFailureError
from reconciler.kinds.project.names import QualifiedNames
from reconciler.live import LiveState, read
from reconciler.manifest.documents import Document
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import unquote
from reconciler.systems.base import System
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.purview import Purview

KIND = "DataSourceLink"
_STATS = (
    """query getDataSetById($id: ID!) { inbound { id dataSet(id: $id) { id stats { total successful failed } } } }"""
)

State = Literal["published", "no_figures", "refused", "failed"]


@dataclass(slots=True)
class Figures:
    """The figures of one data set, and what became of them.

    `no_figures`: CluedIn has none, as no record ever came · `refused`: something has to be applied first.
    """

    document: str
    data_set: str
    entity: str
    state: State = "refused"
    total: int | None = None
    failed: int | None = None
    message: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "document": self.document,
            "data_set": self.data_set,
            "entity": self.entity,
            "state": self.state,
            "records_total": self.total,
            "records_failed": self.failed,
            "message": self.message,
        }


def publishers(documents: Iterable[Document]) -> list[str]:
    """Names of the data source links whose `metrics` are to be published."""
    return [one.name for one in documents if one.kind == KIND and getattr(one.spec, "metrics", None) == "publish"]


def publish(
    names: Iterable[str],
    resources: Mapping[str, Desired],
    environment: Environment,
    systems: Mapping[str, System],
    now: datetime,
) -> list[Figures]:
    """Reads the figures of the data sets of these links and writes them to their entities.

    Raises `RefusedError` when Purview lacks the type of the business metadata: nothing is written then.
    `SystemFailureError` when a system cannot be read. What fails for one data set stands in its figures.
    """
    purview, cluedin, spec = systems.get("purview"), systems.get("cluedin"), environment.purview
    if not isinstance(purview, Purview) or not isinstance(cluedin, CluedIn) or spec is None:
        raise ReconcilerError.of("metrics.systems", "publishing metrics needs both a CluedIn and a Purview")
    found = list(_places(set(names), resources, spec))
    if not found:
        return []
    business = f"{spec.type_prefix}metrics"
    state = _read(found, business, systems)
    _require_type(state, business)
    ready = [one for one in found if _is_there(one, state)]

    def work(one: Figures) -> None:
        try:
            _measure(cluedin, one, _id(state, "cluedin.data_set", one.data_set))
            if one.total is not None:
                _write(purview, one, _id(state, "purview.entity", one.entity), business, now)
        except SystemFailureError as failure:
            one.state, one.message = "failed", failure.diagnostics[0].summary

    cluedin.each(work, ready)
    return found


def _places(names: set[str], resources: Mapping[str, Desired], purview: PurviewSystem) -> Iterator[Figures]:
    """The data sets of the links, each with the entity that stands for it in Purview."""
    qualified, type_name = QualifiedNames(purview.name_prefix), f"{purview.type_prefix}dataset"
    for want in resources.values():
        if want.type.full_name != "cluedin.data_set":
            continue
        document = next((o.name for o in want.origins if o.kind == KIND and o.name in names), None)
        parts = [unquote(part) for part in want.key.split("/")]
        if document is None or len(parts) != 3:
            continue
        entity = f"{type_name}/{qualified.data_set(*parts)}"
        one = Figures(document, want.key, entity)
        if f"purview.entity:{entity}" not in resources:
            one.message = "the link makes no asset of this data set; it needs `lineage: true`"
        yield one


def _read(found: Iterable[Figures], business: str, systems: Mapping[str, System]) -> LiveState:
    nothing = frozenset[str]()
    wanted = {
        types()["cluedin.data_set"]: {one.data_set: nothing for one in found},
        types()["purview.entity"]: {one.entity: nothing for one in found},
        types()["purview.type"]: {business: nothing},
    }
    state = read(wanted, systems)
    for type in wanted:
        if (failure := state.of(type).failure) is not None:
            raise SystemFailureError(failure)
    return state


def _require_type(state: LiveState, business: str) -> None:
    if _id(state, "purview.type", business):
        return
    raise RefusedError(
        Diagnostic(
            "error",
            "metrics.no_type",
            f"Purview has no business metadata {business}, so there is no place for the figures",
            "Apply first: it is made with the first link that has `metrics: publish`.",
        )
    )


def _is_there(one: Figures, state: LiveState) -> bool:
    """Whether both sides exist; says what is missing otherwise."""
    if one.message:
        return False
    for name, key in (("cluedin.data_set", one.data_set), ("purview.entity", one.entity)):
        type = types()[name]
        if type.fold(key) in state.of(type).several:
            one.message = f"there is more than one {name}:{key}"
        elif not _id(state, name, key):
            one.message = f"{name}:{key} does not exist; apply first"
    return not one.message


def _id(state: LiveState, name: str, key: str) -> str:
    type = types()[name]
    live = state.of(type).by_key.get(type.fold(key))
    return live.id if live else ""


def figures_of(cluedin: CluedIn, id: str) -> tuple[int | None, int | None]:
    """How many records a data set has and how many of them failed: `dataSet.stats { total failed }` (toolkit, [B]).

    Null where no record ever came is [C].
    """
    row = cluedin.graphql(_STATS, {"id": id}, effect="read")["inbound"]["dataSet"] or {}
    stats = row.get("stats") or {}
    return _whole(stats.get("total")), _whole(stats.get("failed"))


def _measure(cluedin: CluedIn, one: Figures, id: str) -> None:
    one.total, one.failed = figures_of(cluedin, id)
    if one.total is None:
        one.state, one.message = "no_figures", "CluedIn has no figures of it: no record has come"


def _write(purview: Purview, one: Figures, guid: str, business: str, now: datetime) -> None:
    """`POST /entity/guid/{guid}/businessmetadata`, which merges unless it is told to overwrite [A].

    A date is a number of milliseconds since 1970, UTC (grade A for Atlas).
    """
    values = {"records_total": one.total, "records_failed": one.failed, "measured_at": int(now.timestamp() * 1000)}
    body = {business: {name: value for name, value in values.items() if value is not None}}
    path = f"/entity/guid/{guid}/businessmetadata"
    purview.call("POST", path, body, {"isOverwrite": False}, effect="set")
    one.state = "published"


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
