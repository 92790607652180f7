"""Where an export is delivered, as a server of the standard, and back.

Lakes are `azure` servers, buckets `s3`, addresses `api`. A database is a `custom` server, as a `sqlserver` has to name
its schema, which the connector chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from reconciler.kinds.export_contract.delivery import FORMS, ONELAKE_HOST, folder_of, location_of, public_address
from reconciler.kinds.export_contract.scene import Contract
from reconciler.systems.secrecy import carries_secret

_URI = ":/?#[]@!$&'()*+,;=%"
"""What stays as it is in an address."""


def server_of(contract: Contract, environment: str) -> dict[str, Any] | None:
    """The server that a contract delivers to; None where it names no place."""
    connection = contract.delivery.connection
    if connection is None:
        return None
    known = {"server": environment, "environment": environment}
    folder, written = folder_of(contract.delivery.path), contract.form.format
    if contract.is_elsewhere:
        kind = "s3" if connection.lower().startswith("s3") else "custom"
        return known | {"type": kind, "location": _address(connection, folder), "format": written}
    if contract.form.is_file:
        return known | {"type": "azure", "location": _address(connection, folder), "format": written}
    if contract.form.family == "http":
        return known | {"type": "api", "location": quote(public_address(connection), safe=_URI)}
    place = contract.location
    if contract.form.family == "sql" and place.account:
        port = {"port": place.port} if place.port else {}
        return known | {"type": "custom", "host": place.account, **port, "database": place.container}
    return known | {"type": "custom"}


def delivery_of(server: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the delivery that a server stands for.

    None where no connector writes to such a place, or its address carries a secret: those do not stand in manifests.
    """
    kind, location = server.get("type"), str(server.get("location", ""))
    if carries_secret(location):
        return {}
    if kind in ("azure", "s3") and location:
        return _lake(location, str(server.get("format", "")))
    if kind == "api" and location.startswith(("http://", "https://")):
        return {"type": "http", "connection": location}
    if kind in ("sqlserver", "custom") and server.get("host") and server.get("database"):
        port = f":{server['port']}" if server.get("port") else ""
        return {"type": "sql", "connection": f"mssql://{server['host']}{port}/{server['database']}"}
    return {}


def taken_of(server: Mapping[str, Any]) -> frozenset[str]:
    """The keys of a server that its delivery says as well."""
    if "location" in server:
        return frozenset({"location", "format"} if server.get("type") != "api" else {"location"})
    return frozenset({"host", "port", "database"})


def _address(connection: str, folder: str) -> str:
    return quote(connection.rstrip("/") + (f"/{folder}/" if folder else ""), safe=_URI)


def _lake(location: str, written: str) -> dict[str, Any]:
    try:
        found = urlsplit(location)
        there = (found.hostname or "").lower()
    except ValueError:
        return {}
    parts = [part for part in found.path.split("/") if part]
    form = "onelake-parquet" if there == ONELAKE_HOST else f"file-{written.lower()}"
    if form not in FORMS:
        return {}
    own = 0 if found.username and there != ONELAKE_HOST else 1 if there else 0
    if found.scheme in ("s3", "s3a", "gs"):
        own = 0
    elif there == ONELAKE_HOST and not found.username:
        own = 2
    connection = "/".join([f"{found.scheme}://{found.netloc}", *parts[:own]])
    if found.scheme not in ("s3", "s3a", "gs"):
        try:
            location_of(FORMS[form], connection)
        except ValueError:
            return {}
    folder = "/".join(unquote(part) for part in parts[own:])
    return {"type": form, "connection": connection, **({"path": f"{folder}/"} if folder else {})}
