"""What the types of the way out share: export targets, the catalogue of connectors, and streams.

Documents and their arguments: CluedIn's own toolkit, [B]. Paths below `/api/v1`: OpenAPI document, [B].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.resources.asked import Known
from reconciler.resources.cluedin.shared import Row, one
from reconciler.resources.keys import quote
from reconciler.resources.objects import Write
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused
from reconciler.systems.secrecy import carries_secret, is_secret, named_secret

RESENDS = (
    "CluedIn empties the target and sends everything again when the filter, actions or export configuration"
    " of a running stream change"
)
"""The vendor's documentation of editing a stream, [B]."""

COMPOSED = "(composed)"
"""What stands for a display name that may hold a secret."""
_COMPOSES = "http connector"
_TELLING = 4
"""Secrets of fewer characters are taken for words of a name."""

_TARGETS = """query getAllConnectors($itemsPerPage: Int, $pageNo: Int, $status: String) { inbound { id
  connectorConfigurations(itemsPerPage: $itemsPerPage, pageNo: $pageNo, status: $status) { total configurations {
    id name accountDisplay active providerId connector { id name } } } } }"""
TARGET = """query connectorConfigurationById($id: ID) { inbound { id connectorConfiguration(id: $id) {
  id name accountDisplay active providerId source sourceQuality helperConfiguration users { id username }
  connector { id name authMethods properties streamModes }
  connectorStatus { status connectorStatusDetails { hasError errorMessage } } } } }"""
_CATALOGUE = """query connectors { inbound { id connectors { id name type authMethods properties streamModes } } }"""
_STREAMS = """query getStreams($itemsPerPage: Int, $pageNumber: Int) { consume { id
  streams(itemsPerPage: $itemsPerPage, pageNumber: $pageNumber) { total data {
    id name status connector { id } } } } }"""
_STREAM = """query getStream($id: ID!) { consume { id stream(id: $id) {
  id name status description condition rules containerName mode mappingConfiguration
  exportOutgoingEdges exportIncomingEdges exportOutgoingEdgeProperties exportIncomingEdgeProperties
  connectorProperties
  connector { id name accountDisplay connector { id name } } } } }"""
_STREAM_BEFORE_4_4 = _STREAM.replace("connectorProperties", "")


def targets(cluedin: CluedIn) -> list[Row]:
    """Every configuration of a connector, without its options; pages from 1, called `pageNo` [B].

    Without the status `All` only active ones are listed: [B] the argument, [C] the effect.
    """
    return cluedin.memo(
        "connector configurations",
        lambda: cluedin.pages(
            _TARGETS,
            ("inbound", "connectorConfigurations"),
            {"status": "All"},
            page="pageNo",
            size="itemsPerPage",
            rows="configurations",
        ),
    )


def target(cluedin: CluedIn, id: str) -> Row | None:
    """One configuration with its options, asked anew; None when there is none [B]."""
    return one(cluedin, TARGET, id)


def targets_of(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some configurations as `target` gives them."""
    return cluedin.each_of(TARGET, ids)


def catalogue(cluedin: CluedIn) -> list[Row]:
    """Every connector that is installed; its id is the provider id, and the list is not paged [B]."""
    return cluedin.memo("connectors", lambda: cluedin.graphql(_CATALOGUE, effect="read")["inbound"]["connectors"] or [])


def streams(cluedin: CluedIn) -> list[Row]:
    """Every stream as the list shows it; pages from 1 [B]."""
    return cluedin.memo("streams", lambda: cluedin.pages(_STREAMS, ("consume", "streams"), size="itemsPerPage"))


def stream(cluedin: CluedIn, id: str) -> Row | None:
    """One stream with everything, once a reading; None when there is none [B]."""
    [found] = streams_of(cluedin, [id])
    return found


def streams_of(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some streams as `stream` gives them."""
    return cluedin.memo_each("stream", ids, lambda missing: _streams(cluedin, missing))


def whole_streams(cluedin: CluedIn, writes: Sequence[Write], member: str) -> list[Row | None]:
    """The live streams of some writes with everything: as they were read, or asked for where they lack a member."""
    found = [(write.live.id, write.live.raw or {}) for write in writes if write.live is not None]
    brief = [id for id, raw in found if member not in raw]
    read = dict(zip(brief, streams_of(cluedin, brief), strict=True))
    return [read.get(id, raw) for id, raw in found]


def _streams(cluedin: CluedIn, ids: list[str]) -> list[Row | None]:
    """`connectorProperties` came with 4.4 (the table of versions); where the version is not known, one tries.

    An older server refuses the name [C], which the first stream tells of all.
    """
    if cluedin.has("connector_properties") is None and "stream document" not in cluedin.learnt:
        try:
            first = cluedin.each_of(_STREAM, ids[:1])
        except (GraphQLRefused, Refused) as refused:
            if "connectorProperties" not in str(refused):
                raise
            cluedin.learnt["stream document"] = _STREAM_BEFORE_4_4
        else:
            cluedin.learnt["stream document"] = _STREAM
            return first + cluedin.each_of(_STREAM, ids[1:])
    newest = _STREAM_BEFORE_4_4 if cluedin.has("connector_properties") is False else _STREAM
    return cluedin.each_of(cluedin.learnt.get("stream document", newest), ids)


def at_rest(row: Row) -> bool:
    """Whether a stream does not run, so that changing it sends nothing again ([B] that running ones do)."""
    return str(row.get("status") or "New").casefold() in ("new", "stopped")


def named(name: Any) -> str:
    """A name as a part of a key: NFC, without outer blanks (composed display names end in one, [B])."""
    return quote(composed(str(name or "")).strip())


def stream_key(row: Row, known: Known) -> str:
    """The key that a stream is known by: what belongs to it keeps that, whatever the stream is called now."""
    return known.key_of("cluedin.stream", str(row["id"]), named(row["name"]))


def target_key(row: Row) -> str:
    """The key of an export target: its connector's name and its own."""
    connector = row.get("connector") or {}
    return f"{named(connector.get('name') or row.get('name'))}/{named(target_name(row))}"


def target_name(row: Row) -> str:
    """The display name of an export target; `(composed)` where it may hold a secret.

    The Http connector composes it as `{Url}.{Authorization}` (public source of the connector, [B]), and lists show
    it without the options, so that nobody can tell the two apart: one that begins like an address is composed.
    """
    display = str(row.get("accountDisplay") or "").strip()
    given = row.get("helperConfiguration") or {}
    values = (given.get(name) for name in secret_names(row.get("connector"), given))
    known = [value for value in values if isinstance(value, str) and len(value) >= _TELLING]
    connector = str((row.get("connector") or {}).get("name") or row.get("name") or "")
    hidden = may_be_composed(connector, display) or any(value in display for value in known)
    return COMPOSED if hidden else display


def may_be_composed(connector: str, display: str) -> bool:
    """Whether a display name may hold a secret of the connector's options; ours must not look like that."""
    from_address = connector.strip().casefold() == _COMPOSES and "://" in display
    return from_address or carries_secret(display) or display.strip() == COMPOSED


def inputs(connector: Row | None) -> list[Row]:
    """The fields of a connector's forms, each once: every list in `authMethods` (`token`, `credentials`, `oauth`)
    [B], joined by name with `properties`, where those of enrichers stand as well [B]. A secret in either is one."""
    connector = connector or {}
    methods = connector.get("authMethods") or {}
    lists = [*(methods.values() if isinstance(methods, dict) else ()), connector.get("properties")]
    found: dict[str, Row] = {}
    for fields in lists:
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, dict) and field.get("name"):
                name = str(field["name"])
                if name not in found or _control(found[name]) != "password":
                    found[name] = {**found.get(name, {}), **field}
    return list(found.values())


def secret_names(connector: Row | None, given: Mapping[str, Any] | None = None) -> set[str]:
    """The names of the secret fields, of a form and of what is given in it: see `systems.secrecy`."""
    controls = {str(field["name"]): _control(field) for field in inputs(connector)}
    listed = {name for name, control in controls.items() if control == "password" or named_secret(name)}
    return listed | {name for name, value in (given or {}).items() if is_secret(name, value, controls.get(name, ""))}


def _control(field: Row) -> str:
    return str(field.get("type") or "").casefold()


def ailment(configuration: Row | None) -> str | None:
    """Why a target does not work; None when it does. Members [B], words of the status [C]."""
    if configuration is None:
        return "it is not there"
    status = configuration.get("connectorStatus") or {}
    faults = [detail for detail in status.get("connectorStatusDetails") or () if detail.get("hasError")]
    if faults:
        return "; ".join(str(fault.get("errorMessage") or "an error without a text") for fault in faults)
    word = str(status.get("status") or "")
    return f"its status is {word}" if word.casefold() in ("unhealthy", "error", "failed") else None
