"""An export target: a connector of CluedIn, set up with an account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.outbound import (
    catalogue,
    inputs,
    may_be_composed,
    named,
    secret_names,
    streams,
    target,
    target_key,
    targets,
)
from reconciler.resources.cluedin.shared import Row, advice, mentions, refuse
from reconciler.resources.cluedin.target_options import as_meant
from reconciler.resources.keys import PARTS, field_of, quote, steps_of, unquote
from reconciler.resources.objects import Live, Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Each, Filled, Immutable, Retires, Rule, Secret
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.secrecy import is_secret

_CREATE = """mutation createConnection($connectorId: ID, $authInfo: JSON, $accountDisplay: String) { inbound { id
  createConnection(connectorId: $connectorId, authInfo: $authInfo, accountDisplay: $accountDisplay) { id } } }"""
_SAVE = """mutation saveConnectorConfiguration($connectorConfiguration: InputConnectorConfiguration) { inbound { id
  saveConnectorConfiguration(connectorConfiguration: $connectorConfiguration) { id } } }"""

_DETAILS = frozenset({"config", "secrets", PARTS})
_WORDS = frozenset({"csv", "json", "parquet", "hourly", "daily", "weekly", "customcron"})
_TURNED_OFF = "turn it on in CluedIn, whose GraphQL has no call for it [U]"
_TIGHT = ("AccountName", "FileSystemName", "DirectoryName")


class Option(Rule):
    """The words of choices compare without case: formats are lower case, schedules are not [B]."""

    def canonical(self, value: Any) -> Any:
        """A known word in lower case; everything else as it is."""
        return value.lower() if isinstance(value, str) and value.lower() in _WORDS else value


class ExportTarget(Resource):
    """Key is `connector name/account display`; names are not unique [B], so two of one name are two objects.

    Options are known by the names in the live catalogue (`authMethods`, `properties`) [B]. What is secret, by control,
    name or value (see `systems.secrecy`), is dropped here, before anything sees the row.
    """

    system = "cluedin"
    name = "export_target"
    right = claim("Consume: Export Targets")
    holds_by_id = True
    page = PAGE
    unique = False

    class Fields:
        config: Annotated[dict[str, Any], Each(depth=1), Option(), Filled()]
        secrets: Annotated[dict[str, Any], Each(depth=1), Secret(), Filled()]
        active: Annotated[bool, Immutable(_TURNED_OFF), Retires(False, back=True), Filled()]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`inbound.connectorConfigurations` by pages, `connectorConfiguration(id)` for what is managed [B]."""
        asked = Asked.of(self.full_name, wanted)
        rows = [(row, asked.paths(target_key(row), str(row["id"]))) for row in targets(cluedin)]
        managed = [row["id"] for row, paths in rows if mentions(paths, _DETAILS)]
        details = dict(zip(managed, cluedin.each(lambda id: target(cluedin, id), managed), strict=True))
        for row, paths in rows:
            parts = list(_users(cluedin, str(row["id"]))) if PARTS in paths else []
            yield self._live(details.get(row["id"]) or row, paths, parts)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`inbound.connectorConfiguration(id)` [B]."""
        found = target(cluedin, id)
        return self._live(found, frozenset(), list(_users(cluedin, id))) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages, and one detail for each managed target."""
        return super().cost(rows, managed) + managed

    def _live(self, row: Row, paths: Iterable[str], parts: Sequence[Part]) -> Live:
        connector, given = row.get("connector"), row.get("helperConfiguration") or {}
        hidden = secret_names(connector, given) | {steps_of(path)[0] for path in paths if path.startswith("secrets[")}
        switches = _switches(connector)
        config = {
            name: f"{value} (text)" if name in switches and isinstance(value, str) else value
            for name, value in given.items()
            if name not in hidden and value is not None
        }
        # A connector takes JSON booleans only: "true" silently counts for nothing [B], so it is no true.
        key, config = target_key(row), as_meant(config)
        return self.live(key, str(row["id"]), raw=row, parts=parts, config=config, active=row.get("active"))

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createConnection`, whose `connectorId` is the provider id; it takes a display name since 4.3 [B]."""
        provider = unquote(write.key.partition("/")[0])
        installed = {named(row.get("name")): row for row in catalogue(cluedin)}
        connector = installed.get(named(provider))
        if connector is None:
            known = [str(row["name"]) for row in catalogue(cluedin) if row.get("streamModes")]
            raise refuse("connector", f"no connector {provider} is installed", advice(provider, known))
        given = _options(write, connector)
        variables = {
            "connectorId": connector["id"],
            "authInfo": {name: value for name, value in given.items() if value is not None},
            "accountDisplay": _display(write.key),
        }
        data = cluedin.graphql(_CREATE, variables, effect="once")
        return str(data["inbound"]["createConnection"]["id"])

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`saveConnectorConfiguration` with all options: it replaces them as a whole [B].

        The toolkit copies live secrets into its saves; that one left out would be gone is [C], and whether
        secrets can be read in clear is [U]. A secret that is shown as stars is not written back.
        """
        assert write.live is not None
        raw = write.live.raw or {}
        whole = raw if "helperConfiguration" in raw else target(cluedin, write.live.id)
        if whole is None:
            raise refuse("missing", f"the export target {write.live.key} is gone")
        merged = {**(whole.get("helperConfiguration") or {})}
        for name, value in _options(write, whole.get("connector")).items():
            if value is None:
                merged.pop(name, None)
            else:
                merged[name] = value
        for name in sorted(secret_names(whole.get("connector"), merged) & merged.keys()):
            value = merged[name]
            if not str(value or ""):
                del merged[name]
            elif not str(value).strip("*"):
                raise refuse(
                    "masked",
                    f"CluedIn shows {name} of {write.live.key} as stars, so a save would lose it",
                    f"Name the secret in the manifest and send it along: --rotate '{write.address}'.",
                )
        display = whole.get("accountDisplay")
        if _display(write.key) != _display(write.live.key):
            display = _display(write.key)
        saved = {"id": write.live.id, "accountDisplay": display, "helperConfiguration": merged}
        saved |= {name: whole[name] for name in ("source", "sourceQuality") if whole.get(name) is not None}
        cluedin.graphql(_SAVE, {"connectorConfiguration": saved}, effect="set")

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`saveConnectorConfiguration` under the new display name [B]."""
        self.update(cluedin, write)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /connector/{id}`; a 409 lists the streams that use it [B]. Files in the target stay."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/connector/{write.live.id}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """Both parts of the key, and values that data-lake connectors do not take [B]."""
        connector, _, display = desired.key.partition("/")
        if not unquote(connector).strip() or not unquote(display).strip() or "/" in display:
            yield f"the key of an export target is connector/name, not {desired.key!r}"
        elif desired.key != f"{quote(unquote(connector).strip())}/{quote(unquote(display).strip())}":
            yield f"names of an export target do not start or end with a blank: {desired.key!r}"
        for name in _TIGHT:
            value = desired.values.get(f"config[{name}]")
            if isinstance(value, str) and any(letter.isspace() for letter in value):
                yield f"{name} must not hold white space: {value!r}"
        for path, value in desired.values.items():
            if field_of(path) == "config" and path != "config" and is_secret(name := steps_of(path)[0], value):
                yield f"{name} of an export target is a secret: write it under `secrets`, by reference"
        if may_be_composed(unquote(connector), unquote(display)):
            yield "the name of an export target must not be an address that may carry a secret: give it another name"


def _users(cluedin: CluedIn, id: str) -> Iterator[Part]:
    """The streams that go out to a target: the list of streams names the target of each [B]."""
    for row in streams(cluedin):
        if str((row.get("connector") or {}).get("id")) == id:
            address = f"cluedin.stream_export:{named(row['name'])}"
            yield Part(address, str(row["id"]), f"the stream {row['name']}, which exports to it", goes=False)


def _display(key: str) -> str:
    """The account display in a key; the connector before it cannot change."""
    return unquote(key.rpartition("/")[2])


def _switches(connector: Row | None) -> set[str]:
    """The names of fields that are on or off: [C] that the type says `checkbox`."""
    return {str(field.get("name")) for field in inputs(connector) if field.get("type") == "checkbox"}


def _options(write: Write, connector: Row | None) -> dict[str, Any]:
    """The options to write under the catalogue's names; None takes one away."""
    known = {str(field.get("name")) for field in inputs(connector)}
    secret, switches = secret_names(connector), _switches(connector)
    found: dict[str, Any] = {}
    for group in ("config", "secrets"):
        for (name, *_), value in write.entries(group).items():
            if known and name not in known and value is not None:
                raise refuse("option", f"the connector of {write.key} has no option {name}", advice(name, known))
            if group == "config" and (name in secret or is_secret(name, value)):
                raise refuse("option", f"{name} of {write.key} is a secret: name it under secrets")
            text = str(value).strip().lower() if isinstance(value, str) else ""
            found[name] = text == "true" if name in switches and text in ("true", "false") else value
    return found
