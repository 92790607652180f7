"""What a sandbox says when it starts: where each system is, and what to sign in with."""

from __future__ import annotations

from reconciler_sandbox.entra import PURVIEW, SECRET
from reconciler_sandbox.settings import Settings
from reconciler_sandbox.sign_in import ADMIN, ATLAS_USER, ORGANIZATION, PASSWORD


def lines(url: str, settings: Settings, *, cluedin: bool = True) -> list[str]:
    """One line that says where it listens, then one for each system; `cluedin` is whether that is served."""
    rows = [
        _cluedin(url, settings) if cluedin else ("CluedIn", "not served", "it needs graphql-core"),
        _data_map(url, settings),
        ("Entra ID", f"{url}/{ORGANIZATION}", _client(settings)),
        ("Control", f"{url}/_sandbox/", "no sign-in"),
    ]
    widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
    told = [f"  {name:{widths[0]}}  {where:{widths[1]}}  {sign_in}" for name, where, sign_in in rows]
    return [f"sandbox listening on {url}", *told]


def _cluedin(url: str, settings: Settings) -> tuple[str, str, str]:
    others = " (or informed, consulted, accountable @contoso.test)" if settings.strict_claims else ""
    sign_in = f"organisation {ORGANIZATION}, user {ADMIN}{others}, password {PASSWORD}"
    return f"CluedIn {settings.cluedin_version}", url, sign_in


def _data_map(url: str, settings: Settings) -> tuple[str, str, str]:
    if settings.atlas:
        user, password = ATLAS_USER
        others = "" if settings.strict_auth else "; any other does too"
        return "Apache Atlas", url, f"user {user}, password {password}{others}"
    if settings.strict_auth:
        return "Purview", url, f"a bearer token of this Entra ID, scope {PURVIEW}/.default"
    return "Purview", url, "any bearer token, such as any-token"


def _client(settings: Settings) -> str:
    secret = f"client secret {SECRET}" if settings.strict_auth else f"any client secret, such as {SECRET}"
    return f"any client id, {secret}"
