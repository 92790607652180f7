"""Crawlers and enrichers of CluedIn on their way back to documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.project.names import QualifiedNames
from reconciler.kinds.project.owned import said_owners
from reconciler.kinds.pulling import Estate, Pulled, without_nothing
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.questions.owners import Accounts
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live
from reconciler.systems.secrecy import is_secret

_ACCEPTED = "acceptedEntityType"
_STATE = "cluedin.provider_state"
_OWNERS = "cluedin.owners"


def pulled_configurations(estate: Estate, kind: str, type: str) -> Iterator[Pulled]:
    """A document of each that no manifest wants yet."""
    if not estate.has("cluedin") or estate.limits.words:
        return
    states = estate.live(_STATE, is_part=True)
    connectors = {row.name: row for row in estate.rows(Connectors())}
    new = estate.new(type)
    brought = _brought(estate, kind, list(new))
    owners = estate.live(_OWNERS, [f"{type}:{key}" for key in new], is_part=True)
    for key, live in new.items():
        provider, name = (unquote(part) for part in key.split("/", 1))
        if may_be_composed(provider, name):
            estate.leave("a name that may hold a secret", f"{type}:{key.partition('/')[0]}/…")
            continue
        estate.claim(type, key)
        state = states.get(key)
        spec = {
            "provider": provider,
            "name": name,
            **_told(kind, live),
            **({"active": bool(state.fields.get("active"))} if state is not None else {}),
            **_lineage(kind, brought.get(key, ()), live),
            **_owners(estate, owners.get(f"{type}:{key}"), f"{type}:{key}"),
        }
        yield Pulled(kind, name, spec, "providers", remarks=tuple(_secrets(connectors.get(provider), live)))


def _told(kind: str, live: Live) -> dict[str, Any]:
    """Options as they are; switches that are off are not said."""
    config = {path[7:-1]: value for path, value in live.fields.items() if path.startswith("config[")}
    accepted = config.pop(_ACCEPTED, None) if kind == "Enricher" else None
    raw = (live.raw or {}).get("helperConfiguration") or {}
    shown = {name: raw.get(name, value) for name, value in config.items() if not is_secret(name, raw.get(name))}
    return without_nothing(
        entity_type=accepted,
        config={name: value for name, value in shown.items() if value is not False},
        source=live.fields.get("source"),
        source_quality=live.fields.get("source_quality"),
    )


def _owners(estate: Estate, live: Live | None, address: str) -> dict[str, Any]:
    """Who owns it beside the account that signs in: all of them, or nothing where manifests cannot say one."""
    words = live.fields.get("owners") or [] if live is not None else []
    said = said_owners(estate.world.environment, estate.rows(Accounts()) if words else (), words)
    if None in said:
        estate.leave("owners of whom the environment names none: they stay as they are", address)
        return {}
    return without_nothing(owners=said)


def _secrets(connector: Connector | None, live: Live) -> Iterator[str]:
    """What people have to fill in: no system shows secrets."""
    raw = (live.raw or {}).get("helperConfiguration") or {}
    names = {one.name for one in connector.options if one.is_secret} if connector is not None else set()
    names |= {name for name, value in raw.items() if is_secret(name, value)}
    for name in sorted(names):
        yield f'secrets: {{{name}: {{env: NAME, version: "1"}}}}'


def _brought(estate: Estate, kind: str, keys: list[str]) -> Mapping[str, tuple[str, ...]]:
    """By key, the codes of the entity types that a process of ours in Purview leads to."""
    purview = estate.world.environment.purview
    if purview is None or not estate.has("purview") or not keys:
        return {}
    names = QualifiedNames(purview.name_prefix)
    make = names.crawl if kind == "Crawler" else names.enrich
    prefix = f"{purview.type_prefix}{'crawl' if kind == 'Crawler' else 'enrich'}_process/"
    assets = {f"{prefix}{make(*(unquote(part) for part in key.split('/', 1)))}": key for key in keys}
    codes: dict[str, tuple[str, ...]] = {}
    for asset, live in estate.live("purview.entity", assets).items():
        if asset in assets:
            outputs = [str(one) for one in live.fields.get("outputs") or ()]
            entities = {f"{purview.type_prefix}entity/{names.entity(row)}": row for row in _codes(estate)}
            codes[assets[asset]] = tuple(entities[one] for one in outputs if one in entities)
    return codes


def _codes(estate: Estate) -> list[str]:
    return list(estate.live("cluedin.entity_type"))


def _lineage(kind: str, codes: tuple[str, ...], live: Live) -> dict[str, Any]:
    """What it brings; without a process of ours in Purview, none is made."""
    if not codes:
        return {"lineage": False}
    if kind == "Crawler":
        return {"entities": list(codes)}
    accepted = live.fields.get(f"config[{_ACCEPTED}]")
    return {} if list(codes) == [accepted] else {"returns": {"entity_types": list(codes)}}
