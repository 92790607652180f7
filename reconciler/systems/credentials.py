"""Who a run is to Microsoft Entra ID: the ways in that azure-identity offers, kept to allowed hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.errors import ConfigurationError
from reconciler.systems import github
from reconciler.systems.hosts import check_host

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_RETRIES = 3
_TIMEOUTS = {"connection_timeout": 10, "read_timeout": 20}
"""Seconds for a connection to Entra ID, and for its answer."""


def own_identity(process_env: Mapping[str, str]) -> TokenCredential:
    """Who the run is by the process and the machine alone; nothing of a manifest has a say in it."""
    from azure import identity

    more = sign_in_options(None, process_env)
    more["disable_instance_discovery"] = "authority" in more
    more["transport"] = transport(process_env)
    by_job = not process_env.get("AZURE_FEDERATED_TOKEN_FILE") and not process_env.get("AZURE_CLIENT_SECRET")
    named = process_env.get("AZURE_TENANT_ID") and process_env.get("AZURE_CLIENT_ID")
    if by_job and named and github.assertion(process_env) is not None:
        return workload_identity({}, process_env, more)
    return identity.DefaultAzureCredential(**_default({}), **more)


def sign_in_options(named: str | None, process_env: Mapping[str, str]) -> dict[str, Any]:
    """What every credential is told: how patient to be, and where Entra ID is, as its checked and rebuilt address.

    An authority that was named needs no discovery at Microsoft: whoever names one knows it, and a private cloud has
    no other.
    """
    more: dict[str, Any] = {"retry_total": _RETRIES, **_TIMEOUTS}
    authority = named or process_env.get("AZURE_AUTHORITY_HOST")
    if authority:
        more["authority"] = check_host(authority if "://" in authority else f"https://{authority}", process_env)
    return more


def transport(process_env: Mapping[str, str]) -> Any:
    """What carries the requests of a sign-in, to allowed hosts only."""
    from reconciler.systems.azure_http import sign_in_transport

    return sign_in_transport(process_env, **_TIMEOUTS)


def workload_identity(
    given: Mapping[str, str], process_env: Mapping[str, str], more: dict[str, Any]
) -> TokenCredential:
    """A federated token instead of a secret: out of a file, or straight from GitHub in a job of it."""
    from azure import identity

    tenant = given.get("tenant_id") or process_env.get("AZURE_TENANT_ID")
    client = given.get("client_id") or process_env.get("AZURE_CLIENT_ID")
    file = process_env.get("AZURE_FEDERATED_TOKEN_FILE")
    ask_github = None if file else github.assertion(process_env)
    if not (tenant and client and (file or ask_github)):
        missing = [name for name, value in (
            ("`tenant_id` or AZURE_TENANT_ID", tenant),
            ("`client_id` or AZURE_CLIENT_ID", client),
            ("AZURE_FEDERATED_TOKEN_FILE", file or ask_github),
        ) if not value]  # fmt: skip
        raise ConfigurationError.of(
            "sign_in.incomplete",
            f"workload identity lacks {' and '.join(missing)}",
            "Azure sets them where workload identity is on; a GitHub job needs `permissions: {id-token: write}`.",
        )
    if ask_github is not None:
        return identity.ClientAssertionCredential(tenant, client, ask_github, **more)
    return identity.WorkloadIdentityCredential(tenant_id=tenant, client_id=client, token_file_path=file, **more)


def any_way(given: Mapping[str, str], process_env: Mapping[str, str], more: dict[str, Any]) -> TokenCredential:
    """The way in that the process and the machine offer.

    `DefaultAzureCredential` does not hand an authority to its workload identity (azure-identity 1.27, by running it),
    which then asks the public cloud. A secret of the process comes before a federated token there, and so it does here.
    """
    from azure import identity

    names = {"AZURE_TENANT_ID": "tenant_id", "AZURE_CLIENT_ID": "client_id"}
    known = all(given.get(ours) or process_env.get(theirs) for theirs, ours in names.items())
    federated = known and process_env.get("AZURE_FEDERATED_TOKEN_FILE") and not process_env.get("AZURE_CLIENT_SECRET")
    if "authority" not in more or not federated:
        return identity.DefaultAzureCredential(**_default(given), **more)
    others = identity.DefaultAzureCredential(exclude_workload_identity_credential=True, **_default(given), **more)
    return identity.ChainedTokenCredential(workload_identity(given, process_env, more), others)


def _default(given: Mapping[str, str]) -> dict[str, Any]:
    """What the environment file names, in the words of `DefaultAzureCredential`; no window is ever opened."""
    named: dict[str, Any] = {"exclude_interactive_browser_credential": True}
    if "client_id" in given:
        named |= {"managed_identity_client_id": given["client_id"], "workload_identity_client_id": given["client_id"]}
    if "tenant_id" in given:
        named |= {"workload_identity_tenant_id": given["tenant_id"]}
    return named
