"""Contracts of what is live: a stream whose export Purview shows as one.

What a contract promises, its process in Purview repeats. A stream without such a process is a `Stream`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds.export_contract.delivery import FORMS
from reconciler.kinds.export_contract.pull_delivery import delivery_type, told
from reconciler.kinds.export_contract.spec import PRIMARY_KEY, Sla
from reconciler.kinds.project.names import QualifiedNames
from reconciler.kinds.project.pulled_streams import PulledStream, pulled_streams
from reconciler.kinds.pulling import Estate, Pulled, Puller, without_nothing
from reconciler.manifest.documents import is_name
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.resources.keys import steps_of
from reconciler.resources.objects import Live


class ExportContractPuller(Puller):
    """Exports that were contracts: their promises stand in Purview, their delivery in CluedIn."""

    kind = "ExportContract"
    types = ("cluedin.export_target", "cluedin.stream", "cluedin.stream_export", "purview.entity")

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """A document for each export that Purview shows."""
        purview = estate.world.environment.purview
        if purview is None or not estate.has("cluedin") or not estate.has("purview") or estate.limits.words:
            return
        names = QualifiedNames(purview.name_prefix)
        assets = {f"{purview.type_prefix}export/{names.export(one.name)}": one for one in pulled_streams(estate)}
        processes = estate.live("purview.entity", assets) if assets else {}
        targets = estate.live("cluedin.export_target") if processes else {}
        for asset, process in processes.items():
            stream = assets[asset]
            target = targets.get(stream.target_key)
            if stream.code is None or stream.where is None or target is None or not is_name(stream.name):
                estate.leave("its condition, target or name is none that a contract can have", asset)
                continue
            columns = _columns_of(estate, f"{purview.type_prefix}export_target/{names.target(stream.name)}")
            estate.claim("cluedin.stream", stream.key)
            yield _document(estate, stream, target, process, columns)


def _document(estate: Estate, stream: PulledStream, target: Live, process: Live, columns: Mapping[str, Live]) -> Pulled:
    promised = _attributes(process)
    connectors: tuple[Connector, ...] = estate.rows(Connectors())
    connector = next((one for one in connectors if one.name == stream.provider), None)
    shared = estate.is_wanted("cluedin.export_target", stream.target_key)
    spec: dict[str, Any] = {
        **without_nothing(owner=promised.get("owner")),
        "entity": stream.code,
        **without_nothing(where=stream.where, primary_key=_primary_key(promised)),
        "delivery": _delivery(stream, target, connector, promised, shared=shared),
        "columns": [_column(one, columns) for one in stream.columns],
        **without_nothing(
            labels=list(promised.get("labels") or ()),
            sla={name: int(promised[name]) for name in Sla.model_fields if name in promised},
            retention={"days": int(promised["retention_days"])} if promised.get("retention_days") else None,
            compatibility=promised.get("compatibility"),
        ),
    }
    estate.claim("cluedin.export_target", stream.target_key)
    remarks = () if shared or connector is None else _secrets(stream, connector)
    kind = ExportContractPuller.kind
    return Pulled(kind, stream.name, spec, "exports", stream.description, exact=True, remarks=tuple(remarks))


def _delivery(
    stream: PulledStream, target: Live, connector: Connector | None, promised: Mapping[str, Any], *, shared: bool
) -> dict[str, Any]:
    options = _entries(target, "config")
    word = delivery_type(stream.provider, connector.id if connector is not None else "", options)
    found = told(word, options)
    config = found.pop("config")
    where = {
        **without_nothing(name=stream.target if stream.target != stream.name else None),
        **without_nothing(provider=stream.provider if word == "other" else None),
        **({"manage": False} if shared else without_nothing(config=config)),
    }
    return {
        **found,
        **without_nothing(
            partition_by=promised.get("partition_by"),
            compression=promised.get("compression"),
            mode=stream.mode if stream.mode != FORMS[word].modes[0] else None,
            relations=stream.relations,
            state=stream.state if stream.state != "started" else None,
            target=where,
        ),
    }


def _secrets(stream: PulledStream, connector: Connector) -> Iterable[str]:
    """A comment that says which secrets there are to fill in: mentioned, they would be sent anew."""
    names = [one.name for one in connector.options if one.is_secret and one.required]
    if names:
        word = "".join(letter if letter.isalnum() else "_" for letter in stream.target.upper())
        inner = ", ".join(f'{name}: {{env: {word}_{name.upper()}, version: "1"}}' for name in names)
        yield "No system shows the secrets of the target. To send them from here, fill in below spec.delivery.target:"
        yield f"  secrets: {{{inner}}}"


def _column(column: str | dict[str, str], shown: Mapping[str, Live]) -> dict[str, Any]:
    """A column with what the placeholder of the export says of it."""
    live = shown.get(column) if isinstance(column, str) else None
    attributes = _attributes(live) if live is not None else {}
    described = live.fields.get("description") if live is not None else None
    return {
        "from": column,
        **without_nothing(required=attributes.get("is_required") or None, description=described),
    }


def _columns_of(estate: Estate, placeholder: str) -> Mapping[str, Live]:
    """The columns of a placeholder by the vocabulary key under each."""
    host = estate.live("purview.entity", [placeholder]).get(placeholder)
    live = estate.live("purview.entity", host.tells) if host is not None and host.tells else {}
    return {
        str(_attributes(one)["vocabulary_key"]): one for one in live.values() if "vocabulary_key" in _attributes(one)
    }


def _primary_key(promised: Mapping[str, Any]) -> list[str] | str | None:
    keys = [str(one) for one in promised.get("primary_key") or ()]
    if tuple(keys) == PRIMARY_KEY or not keys:
        return None
    return keys[0] if len(keys) == 1 else keys


def _attributes(live: Live) -> dict[str, Any]:
    return {
        name: value for name, value in _entries(live, "attributes").items() if f"attributes[{name}]" not in live.unset
    }


def _entries(live: Live, field: str) -> dict[str, Any]:
    """The entries of a field that is kept entry by entry."""
    return {steps_of(path)[0]: value for path, value in live.fields.items() if path.startswith(f"{field}[")}
