"""The organisation's settings as CluedIn tells them, read in two ways that know different things.

GraphQL's map has values as text, with what the pages hide, and no secrets ([B]: a recorded map). The models over REST
add types, defaults, display names and which are secret; `/settings` are a user's own preferences, another thing
(OpenAPI document, [B]).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from reconciler.systems.auth import Renewable, Token, claims
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused
from reconciler.systems.secrecy import is_secret

_ORGANIZATION = "query o { administration { id organization { Id } } }"
_SETTINGS = """query s($id: ID!) { administration { id
  configurationSettings(id: $id, includeHiddenFromUi: true) } }"""
_FEATURES = "query f { administration { id organizationFeatures { name displayName isEnabled } } }"


@dataclass(frozen=True, slots=True)
class LiveSetting:
    """A setting that is there. What is secret has no value here, whatever the system shows of it."""

    key: str
    value: str | None
    default: str | None
    """None where nobody tells it."""
    data_type: str = ""
    is_secret: bool = False
    is_set: bool = True
    """Of a secret: whether it has a value."""
    title: str = ""
    """Display name and group, by which settings are known whose keys are in no public source."""
    needs: tuple[str, ...] = ()
    """Features without which nobody can set it."""
    served: bool = True
    """Whether it can be set: false where a feature that it needs is off."""


def organization(cluedin: CluedIn) -> str:
    """The id of the organisation: of the access token, else `administration.organization{Id}` [B]."""
    sign_in = cluedin.connection.sign_in
    told = claims(sign_in.token() if isinstance(sign_in, Renewable | Token) else "").get("OrganizationId")
    if told:
        return str(told)

    def ask() -> str:
        found = cluedin.graphql(_ORGANIZATION, effect="read")["administration"]["organization"]
        return str(found["Id"]) if isinstance(found, Mapping) else ""  # files of an export tell of none

    return cluedin.memo("organization", ask)


def settings(cluedin: CluedIn) -> dict[str, LiveSetting]:
    """Every setting by key, what the pages hide included.

    Where the models are refused, a secret is not told by anybody, and what its name calls a secret counts as one.
    """
    return cluedin.memo("settings", lambda: _settings(cluedin))


def features(cluedin: CluedIn) -> dict[str, bool]:
    """Whether features are on, by name and display name (`organizationFeatures`, [B])."""

    def ask() -> dict[str, bool]:
        rows = cluedin.graphql(_FEATURES, effect="read")["administration"]["organizationFeatures"] or ()
        names = ((row.get(member), row) for row in rows for member in ("name", "displayName"))
        return {str(name): bool(row.get("isEnabled")) for name, row in names if name}

    return cluedin.memo("features", ask)


def preferences(cluedin: CluedIn) -> frozenset[str]:
    """The keys of the signed-in user's own preferences: `GET /settings` [B], whose shape is not public [U]."""
    try:
        told = cluedin.rest("GET", "/settings", effect="read", accept=(404,))
    except Refused:
        return frozenset()
    if isinstance(told, Mapping):
        return frozenset(map(str, told))
    rows = (row for row in told or () if isinstance(row, Mapping)) if isinstance(told, list) else ()
    return frozenset(str(row["key"]) for row in rows if row.get("key"))


def _settings(cluedin: CluedIn) -> dict[str, LiveSetting]:
    id = organization(cluedin)
    told = cluedin.graphql(_SETTINGS, {"id": id}, effect="read").get("administration") or {}
    values = _map(told.get("configurationSettings"))
    models = {str(one["key"]): one for one in _models(cluedin, id) if one.get("key")}
    flagged = {flag for one in models.values() for flag in one.get("featureFlags") or ()}
    on = _features(cluedin) if flagged else {}
    return {key: _live(key, values, models.get(key), on) for key in sorted(values.keys() | models.keys())}


def _models(cluedin: CluedIn, id: str) -> Iterable[Mapping[str, Any]]:
    """`GET /organization/configurationsettings/v2/{id}` (OpenAPI document, [B]); none where it is refused."""
    query = [("includeHiddenFromUi", "true")]
    path = f"/organization/configurationsettings/v2/{id}"
    try:
        return cluedin.rest("GET", path, query=query, effect="read", accept=(404,)) or ()
    except Refused as refused:
        if refused.status in (400, 403, 405):
            return ()
        raise


def _features(cluedin: CluedIn) -> dict[str, bool]:
    try:
        return features(cluedin)
    except GraphQLRefused:
        return {}


def _live(key: str, values: Mapping[str, str], model: Mapping[str, Any] | None, on: Mapping[str, bool]) -> LiveSetting:
    told = model or {}
    value = values.get(key)
    secret = bool(told.get("isSecret")) or is_secret(key, value)
    default, needs = told.get("defaultValue"), tuple(map(str, told.get("featureFlags") or ()))
    return LiveSetting(
        key=key,
        value=None if secret else value if value is not None else str(told.get("value") or ""),
        default=None if model is None or is_secret(key, default) else str(default or ""),
        data_type=str(told.get("dataType") or ""),
        is_secret=secret,
        is_set=bool(value or told.get("value")),
        title=f"{told.get('displayName') or ''} {told.get('group') or ''}".strip(),
        needs=needs,
        served=all(on.get(flag, True) for flag in needs),
    )


def _map(told: Any) -> dict[str, str]:
    """The map; a JSON scalar that may come as text."""
    found = orjson.loads(told) if isinstance(told, str) else told
    return {str(key): str(value if value is not None else "") for key, value in dict(found or {}).items()}
