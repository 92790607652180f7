"""What the types of configured connectors share: export targets, crawlers and enrichers are one type to CluedIn.

`createConnection` and `saveConnectorConfiguration` make and change all of them: that of export targets is [B] (the
vendor's toolkit), that of crawlers and enrichers follows from the one type that they have [C].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.outbound import (
    catalogue,
    inputs,
    may_be_composed,
    named,
    secret_names,
    target,
    target_key,
    targets,
    targets_of,
)
from reconciler.resources.cluedin.shared import Row, advice, arrived, mentions, refuse
from reconciler.resources.cluedin.target_options import as_meant
from reconciler.resources.cluedin.together import Together
from reconciler.resources.keys import PARTS, field_of, quote, steps_of, unquote
from reconciler.resources.objects import Failed, Live, Part, Write
from reconciler.resources.rules import Rule
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST
from reconciler.systems.secrecy import is_secret

_CREATE = """mutation createConnection($connectorId: ID, $authInfo: JSON, $accountDisplay: String) { inbound { id
  createConnection(connectorId: $connectorId, authInfo: $authInfo, accountDisplay: $accountDisplay) { id } } }"""
_SAVE = """mutation saveConnectorConfiguration($connectorConfiguration: InputConnectorConfiguration) { inbound { id
  saveConnectorConfiguration(connectorConfiguration: $connectorConfiguration) { id } } }"""
_GRANT = """mutation grantUsersPermission($connectorId: ID, $userIds: [ID]) { inbound { id
  grantUsersPermission(connectorId: $connectorId, userIds: $userIds) { id } } }"""

_DETAILS = frozenset({"config", "secrets", "source", "source_quality", "users", PARTS})
_OF_SAVE = frozenset({"config", "secrets", "source", "source_quality"})
_WORDS = frozenset({"csv", "json", "parquet", "hourly", "daily", "weekly", "customcron"})
_TIGHT = ("AccountName", "FileSystemName", "DirectoryName")


class Option(Rule):
    """The words of choices compare without case: formats are lower case, schedules are not [B]."""

    def canonical(self, value: Any) -> Any:
        """A known word in lower case; everything else as it is."""
        return value.lower() if isinstance(value, str) and value.lower() in _WORDS else value


class Configured(Resource):
    """Key is `connector name/account display`; names are not unique [B], so two of one name are two objects.

    Options are known by the names in the live catalogue (`authMethods`, `properties`) [B]. What is secret, by control,
    name or value (see `systems.secrecy`), is dropped here, before anything sees the row.
    """

    system = "cluedin"
    holds_by_id = True
    page = PAGE
    unique = False
    batch: ClassVar[Mapping[str, int]] = {"create": MOST}
    noun: ClassVar[str]
    """What people call one."""

    def takes(self, cluedin: CluedIn, row: Row) -> bool:
        """Whether a configuration may be one of the type."""
        return True

    def hanging(self, cluedin: CluedIn, id: str) -> Iterable[Part]:
        """What hangs on one."""
        return ()

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`inbound.connectorConfigurations` by pages, `connectorConfiguration(id)` for what is managed [B]."""
        asked = Asked.of(self.full_name, wanted)
        mine = (row for row in targets(cluedin) if self.takes(cluedin, row))
        rows = [(row, asked.paths(target_key(row), str(row["id"]))) for row in mine]
        managed = [row["id"] for row, paths in rows if mentions(paths, _DETAILS)]
        details = dict(zip(managed, targets_of(cluedin, managed), strict=True))
        for row, paths in rows:
            parts = list(self.hanging(cluedin, str(row["id"]))) if PARTS in paths else []
            yield self._live(details.get(row["id"]) or row, paths, parts)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`inbound.connectorConfiguration(id)` [B]."""
        found = target(cluedin, id)
        return self._live(found, frozenset(), list(self.hanging(cluedin, id))) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages, and one detail for each managed one."""
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
        more = {name: value for name, value in self.told(row).items() if name in self.fields}
        return self.live(target_key(row), str(row["id"]), raw=row, parts=parts, config=as_meant(config), **more)

    def told(self, row: Row) -> Mapping[str, Any]:
        """The fields beside the options, as a row tells them."""
        users = [str(user.get("username") or "").casefold() for user in row.get("users") or ()]
        return {
            "active": row.get("active"),
            "source": row.get("source"),
            "source_quality": row.get("sourceQuality"),
            "users": [user for user in users if user],
        }

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createConnection`, whose `connectorId` is the provider id; it takes a display name since 4.3 [B].

        What it does not take is saved once the new configuration shows.
        """
        together = Together(cluedin, writes)
        together.send(_CREATE, lambda one: self._new(cluedin, one.write), effect="once", id_of=lambda made: made["id"])
        for _ in together.each(lambda one: self._complete(cluedin, one.write, one.id)):
            pass
        return together.created

    def _new(self, cluedin: CluedIn, write: Write) -> dict[str, Any]:
        connector = self._connector(cluedin, write)
        given = {name: value for name, value in _options(write, connector).items() if value is not None}
        self.before_create(cluedin, write, connector, given)
        return {"connectorId": connector["id"], "authInfo": given, "accountDisplay": _display(write.key)}

    def _complete(self, cluedin: CluedIn, write: Write, id: str) -> None:
        if not any(map(write.has, ("source", "source_quality", "users"))):
            return
        if arrived(cluedin, id, lambda: target(cluedin, id) is not None):
            if write.has("source") or write.has("source_quality"):
                self._save(cluedin, write, target(cluedin, id), write.key)
            _grant(cluedin, write, id)

    def before_create(self, cluedin: CluedIn, write: Write, connector: Row, given: Mapping[str, Any]) -> None:
        """What is tried before a configuration is made."""

    def _connector(self, cluedin: CluedIn, write: Write) -> Row:
        provider = unquote(write.key.partition("/")[0])
        installed = {named(row.get("name")): row for row in catalogue(cluedin)}
        connector = installed.get(named(provider))
        if connector is None:
            known = [str(row["name"]) for row in catalogue(cluedin) if self.takes(cluedin, {"connector": row})]
            raise refuse("connector", f"no connector {provider} is installed", advice(provider, known))
        return connector

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`saveConnectorConfiguration` with all options: it replaces them as a whole [B].

        The toolkit copies live secrets into its saves; that one left out would be gone is [C], and whether
        secrets can be read in clear is [U]. A secret that is shown as stars is not written back.
        """
        assert write.live is not None
        raw = write.live.raw or {}
        renamed = _display(write.key) != _display(write.live.key)
        if renamed or any(field_of(path) in _OF_SAVE for path in write.values):
            self._save(cluedin, write, raw if "helperConfiguration" in raw else None, write.live.key)
        _grant(cluedin, write, write.live.id)

    def _save(self, cluedin: CluedIn, write: Write, known: Row | None, key: str) -> None:
        id = write.live.id if write.live is not None else str((known or {}).get("id"))
        whole = known or target(cluedin, id)
        if whole is None:
            raise refuse("missing", f"the {self.noun} {key} is gone")
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
                    f"CluedIn shows {name} of {key} as stars, so a save would lose it",
                    f"Name the secret in the manifest and send it along: --rotate '{write.address}'.",
                )
        display = whole.get("accountDisplay")
        if _display(write.key) != _display(key):
            display = _display(write.key)
        saved = {"id": id, "accountDisplay": display, "helperConfiguration": merged}
        for name, field in (("source", "source"), ("sourceQuality", "source_quality")):
            value = write.get(field) if write.has(field) else whole.get(name)
            if value is None and write.has(field) and field == "source":
                value = ""  # as a new one has: what is left out stays as it is [C]
            if value is not None:
                saved[name] = value
        cluedin.graphql(_SAVE, {"connectorConfiguration": saved}, effect="set")

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`saveConnectorConfiguration` under the new display name [B]."""
        self.update(cluedin, write)

    def problems(self, desired: Desired) -> Iterable[str]:
        """Both parts of the key, and values that data-lake connectors do not take [B]."""
        connector, _, display = desired.key.partition("/")
        if not unquote(connector).strip() or not unquote(display).strip() or "/" in display:
            yield f"the key of an {self.noun} is connector/name, not {desired.key!r}"
        elif desired.key != f"{quote(unquote(connector).strip())}/{quote(unquote(display).strip())}":
            yield f"names of an {self.noun} do not start or end with a blank: {desired.key!r}"
        for name in _TIGHT:
            value = desired.values.get(f"config[{name}]")
            if isinstance(value, str) and any(letter.isspace() for letter in value):
                yield f"{name} must not hold white space: {value!r}"
        for path, value in desired.values.items():
            if field_of(path) == "config" and path != "config" and is_secret(name := steps_of(path)[0], value):
                yield f"{name} of an {self.noun} is a secret: write it under `secrets`, by reference"
        if may_be_composed(unquote(connector), unquote(display)):
            yield f"the name of an {self.noun} must not be an address that may carry a secret: give it another name"


def _display(key: str) -> str:
    """The account display in a key; the connector before it cannot change."""
    return unquote(key.rpartition("/")[2])


def _grant(cluedin: CluedIn, write: Write, id: str) -> None:
    """`grantUsersPermission` adds people [B]; no call that is documented takes one away."""
    names = [name for (name, *_), wanted in write.entries("users").items() if wanted]
    known = cluedin.users() if names else {}
    if unknown := [name for name in names if name not in known]:
        raise refuse("user", f"CluedIn has no user {', '.join(unknown)}", advice(unknown[0], known))
    if names:
        cluedin.graphql(_GRANT, {"connectorId": id, "userIds": [known[name] for name in names]}, effect="set")


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
