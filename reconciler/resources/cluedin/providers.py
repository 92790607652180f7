"""What crawlers and enrichers share: which configurations are one of them, and how they are switched.

The words of `connector.type` vary and tell nothing [B]: an enricher is what the list of enrichers has, an export target
takes streams, a data source brings files, endpoints and databases (its sync of its own leaves those out as well, [B]),
and a crawler is the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.resources.cluedin.outbound import catalogue
from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

AT_ONCE = "It starts to work as soon as it is made: records are fetched, sent and processed at once"
"""The vendor's pages on enrichers and crawlers, [B]; there is no call that makes one that is off."""
SWITCHES = "Off cancels what is scheduled; on starts to work at once, and approves what nobody has approved yet"
"""The withdrawn description of REST, [B]."""

_ENDPOINT = "742f9d66-8ef2-4544-8a90-41531a26cc59"
ALWAYS_A_QUALITY = "a source always has a quality"
_OF_SOURCES = ("data source", "file", "database")


def is_of_sources(connector: Mapping[str, Any]) -> bool:
    """Whether a connector belongs to data sources: the endpoint's by its id [B], others by how their name ends [C]."""
    name = str(connector.get("name") or "").strip().casefold()
    return str(connector.get("id") or "").casefold() == _ENDPOINT or name.endswith(_OF_SOURCES)


def enrichers(cluedin: CluedIn) -> frozenset[str]:
    """The provider ids of enrichers: `GET /integration/enricher/all` [B], whose members are not public [U]."""

    def ask() -> frozenset[str]:
        told = cluedin.rest("GET", "/integration/enricher/all", effect="read")
        rows = told if isinstance(told, list) else next((one for one in (told or {}).values() if _is_list(one)), [])
        ids = (row.get("id") or row.get("providerId") for row in rows if isinstance(row, Mapping))
        return frozenset(str(id).casefold() for id in ids if id)

    return cluedin.memo("enrichers", ask)


def id_of(cluedin: CluedIn, name: str) -> str | None:
    """The provider id of an enricher by the name of its connector; None for anything else."""
    found = (row for row in catalogue(cluedin) if str(row.get("name") or "").strip() == name.strip())
    ids = (str(row["id"]) for row in found)
    return next((id for id in ids if id.casefold() in enrichers(cluedin)), None)


def is_enricher(cluedin: CluedIn, row: Row) -> bool:
    """Whether a configuration is one of an enricher."""
    return _provider_of(row) in enrichers(cluedin)


def is_crawler(cluedin: CluedIn, row: Row) -> bool:
    """Whether a configuration is one of a crawler: of what is installed, and is nothing else."""
    id = _provider_of(row)
    connector = next((one for one in catalogue(cluedin) if str(one["id"]).casefold() == id), None)
    if connector is None or connector.get("streamModes") or is_of_sources(connector):
        return False
    return id not in enrichers(cluedin)


def switch(cluedin: CluedIn, key: str, id: str, *, on: bool) -> None:
    """`PUT /organization/providers?id=&active=`, the account's own switch of a withdrawn description [B].

    Never the call beside it that switches a provider for the whole platform.
    """
    query = {"id": id, "active": "true" if on else "false"}
    try:
        cluedin.rest("PUT", "/organization/providers", query=query, effect="set")
    except Refused as refused:
        if refused.status not in (403, 404, 405):
            raise
        raise refuse(
            "switch",
            f"this CluedIn does not switch {key} {'on' if on else 'off'} by a call: it answers {refused.status}",
            "Switch it in CluedIn under Integrations; the next plan finds it so. The right is the administrator's.",
        ) from None


def _provider_of(row: Row) -> str:
    return str(row.get("providerId") or (row.get("connector") or {}).get("id") or "").casefold()


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
