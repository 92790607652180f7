"""What is done with crawlers and enrichers and not kept: fetching anew, asking about records, forgetting answers.

`/integration/enricher/…` is of the official description [B]; `/organization/providers/recrawl` stood in an earlier one
alone [B], so that a server may have none.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from reconciler.errors import ReconcilerError, RefusedError
from reconciler.live import read
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import unquote
from reconciler.systems.base import System
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import LostAnswer, Refused

POLL = (0.5, 5.0)
"""Seconds between two looks at the jobs: the first, and the longest."""

State = Literal["accepted", "complete", "running", "unknown"]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a request; `message` says more where there is more."""

    state: State
    message: str = ""


def wanted_provider(resources: Mapping[str, Desired], kind: str, name: str) -> Desired:
    """The crawler or the enricher of the document NAME. Raises `ReconcilerError` where there is none."""
    type_name, known = f"cluedin.{kind.lower()}", set[str]()
    for want in resources.values():
        if want.type.full_name == type_name:
            names = {origin.name for origin in want.origins if origin.kind == kind}
            known |= names
            if name in names:
                return want
    raise ReconcilerError.of(
        "providers.unknown", f"no {kind} is named {name}", did_you_mean(name, known, what=f"There are the {kind}s")
    )


def live_provider(want: Desired, systems: Mapping[str, System]) -> str:
    """The id of its configuration. Raises `RefusedError` where CluedIn has none, or several."""
    if "cluedin" not in systems:
        raise ReconcilerError.of("providers.no_cluedin", "the environment names no CluedIn", "Add `cluedin` to it.")
    type = types()[want.type.full_name]
    found = read({type: {want.key: frozenset()}}, systems).of(type)
    live, called = found.by_key.get(type.fold(want.key)), unquote(want.key.rpartition("/")[2])
    if live is None:
        raise RefusedError.of("providers.missing", f"CluedIn has no {type.name} named {called}", "Apply first.")
    if type.fold(want.key) in found.several:
        raise RefusedError.of(
            "providers.several", f"CluedIn has more than one {type.name} named {called}", "Rename one in CluedIn."
        )
    return live.id


def recrawl(cluedin: CluedIn, id: str) -> Done:
    """`POST /organization/providers/recrawl?id=`: resets what the crawler knows, so that it fetches everything [B]."""
    return _asked(cluedin, "POST", "/organization/providers/recrawl", {"id": id})


def forget_answers(cluedin: CluedIn, id: str) -> Done:
    """`DELETE /integration/enricher/externalSearchQuery/delete/{id}` [B]: what was asked is asked again."""
    return _asked(cluedin, "DELETE", f"/integration/enricher/externalSearchQuery/delete/{id}")


def enrich(cluedin: CluedIn, id: str, wait: float) -> Done:
    """`POST /integration/enricher/{id}/enrich` [B], and with patience a look at its jobs until none is left."""
    asked = _asked(cluedin, "POST", f"/integration/enricher/{id}/enrich")
    until, pause = time.monotonic() + wait, POLL[0]
    while wait and asked.state == "accepted":
        if not _jobs(cluedin.rest("GET", f"/integration/enricher/{id}/activeJobs", effect="read")):
            return Done("complete", asked.message)
        left = until - time.monotonic()
        if left <= 0 or cluedin.connection.stop.wait(min(pause, left)):
            return Done("running", asked.message)
        pause = min(pause * 2, POLL[1])
    return asked


def _asked(cluedin: CluedIn, method: str, path: str, query: Mapping[str, str] | None = None) -> Done:
    try:
        answer = cluedin.rest(method, path, query=query or (), effect="once")
    except LostAnswer as lost:
        return Done("unknown", lost.diagnostics[0].summary)
    except Refused as refused:
        if refused.status not in (404, 405):
            raise
        raise RefusedError.of(
            "providers.no_call", "this CluedIn has no call for it", "Start it in CluedIn, under Integrations."
        ) from None
    job = answer.get("jobId") if isinstance(answer, Mapping) else None
    return Done("accepted", f"job {job}" if job else "")


def _jobs(answer: Any) -> list[Any]:
    if isinstance(answer, Mapping):
        return next((value for value in answer.values() if isinstance(value, list)), [])
    return answer if isinstance(answer, list) else []
