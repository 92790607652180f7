"""What can be measured of a contract now: its runs, its target, the keys beneath it, the records that failed before it.

Rows, times and states are those of the export's history; health is CluedIn's own word for the target; failed records
are those that CluedIn counts in the data sets whose records are of the contract's entity type (`stats.failed`, [B]):
what fails on the way out is in no count that CluedIn shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.actions.exports import Run, history
from reconciler.actions.freshness import Freshness, measure
from reconciler.actions.metrics import figures_of
from reconciler.actions.streams import live_stream, wanted_stream
from reconciler.contracts.source_keys import out_of_use
from reconciler.errors import ReconcilerError, SystemFailureError
from reconciler.kinds.export_contract.physical import PhysicalSchema
from reconciler.live import read
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.cluedin.outbound import ailment, target
from reconciler.systems.base import System
from reconciler.systems.cluedin import CluedIn


@dataclass(slots=True)
class Measured:
    """One contract; None where nothing tells, and `failure` where nothing could be measured at all."""

    schema: PhysicalSchema
    freshness: Freshness | None = None
    runs: tuple[Run, ...] = ()
    """Its history, the newest first."""
    healthy: bool | None = None
    keys_out_of_use: int | None = None
    """Columns whose key is missing, obsolete or mapped away in CluedIn."""
    records: int | None = None
    failed: int | None = None
    """Records of the data sets that feed it, and those of them that failed."""
    failure: str = ""


def measured(
    schemas: Iterable[PhysicalSchema], resources: Mapping[str, Desired], systems: Mapping[str, System], now: datetime
) -> list[Measured]:
    """Every bound contract, in order; what fails for one stands in it."""
    found = [Measured(schema) for schema in schemas if schema.bound and schema.status not in ("draft", "retired")]
    cluedin = systems.get("cluedin")
    if not isinstance(cluedin, CluedIn):
        raise ReconcilerError.of("exports.no_cluedin", "the environment names no CluedIn", "Add `cluedin` to it.")
    for one in found:
        try:
            _measure(one, resources, systems, cluedin, now)
        except ReconcilerError as failure:
            one.failure = failure.diagnostics[0].summary
    return found


def _measure(
    one: Measured,
    resources: Mapping[str, Desired],
    systems: Mapping[str, System],
    cluedin: CluedIn,
    now: datetime,
) -> None:
    one.keys_out_of_use = len(list(out_of_use([one.schema], resources, systems)))
    one.records, one.failed = _records(_data_sets(one.schema.entity, resources), systems, cluedin)
    stream = live_stream(wanted_stream(resources, f"ExportContract/{one.schema.contract}"), systems)
    if stream.target:
        one.healthy = ailment(target(cluedin, stream.target)) is None
    one.runs = tuple(history(cluedin, stream.id))
    one.freshness = measure(one.runs, now)


def _data_sets(entity: str, resources: Mapping[str, Desired]) -> Iterator[str]:
    """The keys of data sets whose records are of an entity type."""
    for want in resources.values():
        code: Any = want.values.get("entity_type")
        if want.type.full_name == "cluedin.annotation" and str(code).casefold() == entity.casefold():
            yield want.key


def _records(keys: Iterable[str], systems: Mapping[str, System], cluedin: CluedIn) -> tuple[int | None, int | None]:
    """How many records the data sets have, and how many of them failed; None where none of them has figures."""
    type = types()["cluedin.data_set"]
    wanted = dict.fromkeys(sorted(keys), frozenset[str]())
    if not wanted:
        return None, None
    found = read({type: wanted}, systems).of(type)
    if found.failure is not None:
        raise SystemFailureError(found.failure)
    ids = [live.id for key in wanted if (live := found.by_key.get(type.fold(key))) is not None]
    pairs = [figures_of(cluedin, id) for id in ids]
    return _sum(total for total, _ in pairs), _sum(failed for _, failed in pairs)


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
