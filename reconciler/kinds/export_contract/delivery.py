"""Forms of delivery: which connector, which of its options, and where the file ends up.

Names and values of options: public source of the data-lake connectors and recorded catalogues, [B]; the parts of a
OneLake item, and the forms of connections to databases and addresses, are [C]. Booleans stay JSON booleans: the
connector takes the text "true" for nothing (its released code, [B]).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.parse import unquote as decoded

from reconciler.kinds.export_contract.schedule import Schedule
from reconciler.kinds.export_contract.spec import Delivery, Family, OnlyFor
from reconciler.systems.secrecy import bare_address, carries_secret

ONCE = "{ContainerName}.{OutputFormat}"
EACH_RUN = "{ContainerName}_{DataTime:yyyyMMddHHmmss}.{OutputFormat}"
LAKE_HOST = ".dfs.core.windows.net"
ONELAKE_HOST = "onelake.dfs.fabric.microsoft.com"
_SAMPLE_TIME = {"yyyy": "2026", "MM": "01", "dd": "31", "HH": "23", "mm": "59", "ss": "58"}
SAMPLE_TIME = "".join(_SAMPLE_TIME.values())
"""The moment in the names of sample files, as `yyyyMMddHHmmss`."""
_SAMPLE_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
_PLACEHOLDER = re.compile(r"\{(?P<name>\w+)(?::(?P<form>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of delivery: its connector, what it can do, and what columns become in it."""

    family: Family
    provider_id: str = ""
    provider: str = ""
    """Name of the connector as CluedIn ships it; the live catalogue wins."""
    format: str = ""
    """Value of `OutputFormat`."""
    modes: tuple[str, ...] = ("sync", "events")
    words: frozenset[str] = frozenset()
    """Fields of the delivery that mean something to it, besides those that mean something to every form."""
    strings: bool = False
    """Whether it is known to write every vocabulary key as text."""
    source: str = ""
    """Where its column rules are from."""

    @property
    def is_file(self) -> bool:
        """Whether it writes files into a lake."""
        return self.family in ("lake", "onelake")


_LAKE = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
_RULES = "CluedIn.Connector.AzureDataLake, public source of 2026-01-13, release notes to 4.7.0"
_LAKES: dict[str, Any] = {"strings": True, "source": _RULES}

_FORMS: dict[str, Form] = {
    "file-parquet": Form("lake", _LAKE, "Azure DataLake Connector", "parquet", ("sync",), **_LAKES),
    "file-csv": Form("lake", _LAKE, "Azure DataLake Connector", "csv", ("sync",), **_LAKES),
    "file-json": Form("lake", _LAKE, "Azure DataLake Connector", "json", **_LAKES),
    "onelake-parquet": Form(
        "onelake", "36c1b087-97c0-4460-a813-6e4ea1d1bc9a", "OneLake Connector", "parquet", ("sync",), **_LAKES
    ),
    "sql": Form("sql", "838e4ea2-80e0-4b60-b1d1-f052bfcd0caf", "SQL Server Connector"),
    "http": Form("http", "486cc091-4c77-4190-8e2d-058bc4ca8a85", "Http Connector", modes=("events",)),
    "other": Form("other"),
}


def _words(family: Family) -> frozenset[str]:
    return frozenset(name for name, mark in Delivery.marked(OnlyFor).items() if family in mark.families)


FORMS = {name: replace(form, words=_words(form.family)) for name, form in _FORMS.items()}
"""By `delivery.type`. Column rules are known for the data-lake family only, and say of which version."""

PROVIDERS = {form.provider_id: form.provider for form in FORMS.values() if form.provider_id}
"""Names of the connectors by provider id, for when the catalogue was not asked."""


@dataclass(frozen=True, slots=True)
class Location:
    """A connection taken apart; what it does not have is empty."""

    account: str = ""
    container: str = ""
    base: str = ""
    """Folder within the connection itself."""
    port: int | None = None


def location_of(form: Form, connection: str) -> Location:
    """The parts of a connection; `ValueError` with a sentence when it does not fit the form, or carries a secret."""
    refuse_secret(connection)
    if form.family == "lake":
        return _lake(connection)
    if form.family == "onelake":
        return _one_lake(connection)
    if form.family == "sql":
        return _database(connection)
    if form.family == "http" and _split(connection).scheme not in ("http", "https"):
        raise ValueError(f"`{connection}` is no address: write `https://HOST/PATH`")
    return Location(connection)


def mode_of(form: Form, delivery: Delivery) -> str:
    """The mode of the stream: as written, else the first that the form can do."""
    return delivery.mode or form.modes[0]


def is_cached(form: Form, delivery: Delivery) -> bool:
    """Whether the connector collects records and writes files on a schedule (stream cache, `sync` only)."""
    if not form.is_file or mode_of(form, delivery) != "sync":
        return False
    return form.format != "json" or delivery.schedule is not None


def file_pattern(form: Form, delivery: Delivery) -> str:
    """The pattern of file names; empty when the delivery writes no scheduled files."""
    if not is_cached(form, delivery):
        return ""
    own = delivery.target.config.get("FileNamePattern")
    return str(own) if own is not None else ONCE if delivery.overwrite else EACH_RUN


def folder_of(path: str | None) -> str:
    """A folder without outer slashes and doubled ones; case stays."""
    return "/".join(part for part in (path or "").split("/") if part)


def replaces_file(pattern: str) -> bool:
    """Whether each run writes over the file of the one before."""
    names = {found["name"].casefold() for found in _PLACEHOLDER.finditer(pattern)}
    return bool(pattern) and not names & {"datatime", "timestamp"}


def sample_file(pattern: str, container: str, format: str) -> str:
    """A file name as the pattern makes it, at some moment."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"].casefold()
        if name == "datatime":
            return re.sub("yyyy|MM|dd|HH|mm|ss", lambda part: _SAMPLE_TIME[part[0]], found["form"] or "yyyyMMddHHmmss")
        known = {"containername": container, "outputformat": format, "streamid": _SAMPLE_ID}
        return known.get(name, found[0])

    return _PLACEHOLDER.sub(fill, pattern)


def options_of(form: Form, delivery: Delivery, schedule: Schedule | None) -> dict[str, Any]:
    """The options that the fields of the delivery stand for, without those of `target.config`."""
    found = _place(form, delivery)
    if not form.is_file:
        return found
    cached = is_cached(form, delivery)
    found["OutputFormat"] = form.format
    found["IsStreamCacheEnabled"] = cached
    if cached and schedule is not None:
        found |= schedule.options
    if cached:
        found["FileNamePattern"] = file_pattern(form, delivery)
    found["ShouldEscapeVocabularyKeys"] = delivery.purview_readable
    found["ShouldWriteGuidAsString"] = delivery.purview_readable
    return found


FIELD_OF_OPTION = {
    "AccountName": "connection",
    "FileSystemName": "connection",
    "DirectoryName": "path",
    "WorkspaceName": "connection",
    "ItemName": "connection",
    "ItemType": "connection",
    "ItemFolder": "path",
    "host": "connection",
    "portNumber": "connection",
    "databaseName": "connection",
    "url": "connection",
    "OutputFormat": "type",
    "IsStreamCacheEnabled": "mode",
    "Schedule": "schedule",
    "CustomCron": "schedule",
    "FileNamePattern": "overwrite",
    "ShouldEscapeVocabularyKeys": "purview_readable",
    "ShouldWriteGuidAsString": "purview_readable",
}
"""The field of the delivery that each option stands for."""


def _place(form: Form, delivery: Delivery) -> dict[str, Any]:
    if delivery.connection is None or form.family == "other":
        return {}
    place, folder = location_of(form, delivery.connection), folder_of(delivery.path)
    if form.family == "lake":
        return {"AccountName": place.account, "FileSystemName": place.container, "DirectoryName": folder}
    if form.family == "onelake":
        item, _, kind = place.container.rpartition(".")
        return {"WorkspaceName": place.account, "ItemName": item, "ItemType": kind, "ItemFolder": folder}
    if form.family == "sql":
        port = {"portNumber": str(place.port)} if place.port else {}
        return {"host": place.account, "databaseName": place.container, **port}
    return {"url": delivery.connection}


def refuse_secret(connection: str) -> None:
    """`ValueError` when a connection carries a secret, which would show in every plan; it does not repeat it."""
    if carries_secret(connection):
        raise ValueError("the connection carries a secret; secrets stand in `delivery.target.secrets`")


def public_address(connection: str | None) -> str:
    """The connection as a catalogue may show it: without user, query and fragment."""
    return bare_address(connection or "")


def _split(connection: str) -> SplitResult:
    try:
        found = urlsplit(connection)
        _ = found.port
    except ValueError:
        raise ValueError(f"`{connection}` is no address") from None
    return found


def _lake(connection: str) -> Location:
    found = _split(connection)
    if any(letter.isspace() for letter in connection):
        raise ValueError(f"`{connection}` holds white space, which the connector does not take")
    host = (found.hostname or "").lower()
    if found.scheme not in ("abfss", "abfs", "https") or not host.endswith(LAKE_HOST):
        raise ValueError(f"`{connection}` is no Azure data lake: its host must end in `{LAKE_HOST}`")
    account = host.removesuffix(LAKE_HOST)
    first, _, rest = found.path.strip("/").partition("/")
    container = found.username or first
    base = found.path.strip("/") if found.username else rest
    if not re.fullmatch(r"[a-z0-9]{3,24}", account) or not container:
        raise ValueError(f"`{connection}` does not name a container and an account")
    return Location(account, container, base)


def _one_lake(connection: str) -> Location:
    found = _split(connection)
    if found.scheme not in ("abfss", "https") or (found.hostname or "").lower() != ONELAKE_HOST:
        raise ValueError(f"`{connection}` is no OneLake item: its host must be `{ONELAKE_HOST}`")
    parts = [decoded(part) for part in found.path.split("/") if part]
    workspace = decoded(found.username) if found.username else parts.pop(0) if parts else ""
    if not workspace or not parts or "." not in parts[0]:
        raise ValueError(f"`{connection}` does not name a workspace and an item such as `Sales.Lakehouse`")
    return Location(workspace, parts[0], "/".join(parts[1:]))


def _database(connection: str) -> Location:
    found = _split(connection)
    database = found.path.strip("/")
    if found.scheme not in ("mssql", "sqlserver") or not found.hostname or not database or "/" in database:
        raise ValueError(f"`{connection}` is no database: write `mssql://HOST/DATABASE`")
    return Location(found.hostname, database, port=found.port)
