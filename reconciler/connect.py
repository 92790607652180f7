"""From an environment's spec to connected systems: sign-in, secrets, allowed hosts."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.errors import ConfigurationError
from reconciler.systems import cluedin as cluedin_system
from reconciler.systems import purview as purview_system
from reconciler.systems.auth import Basic, Renewable, SignIn, Token, azure
from reconciler.systems.base import System
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.hosts import check_host
from reconciler.systems.http import Connection, Refused
from reconciler.systems.purview import Purview
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from reconciler.manifest.secrets import SecretRef

ALLOWED_SECRETS = "RECONCILER_SECRETS"


class Secrets:
    """Resolves secret references against the allow-list; every value becomes unspeakable at once."""

    def __init__(self, process_env: Mapping[str, str]) -> None:
        self._env = process_env

    def __call__(self, reference: SecretRef) -> str:
        """The value; raises `ConfigurationError` when the name is not allowed or not set."""
        allowed = {name.strip() for name in self._env.get(ALLOWED_SECRETS, "").split(",") if name.strip()}
        if reference.env not in allowed:
            raise ConfigurationError.of(
                "secret.not_allowed",
                f"the secret {reference.env} is not on the allow-list",
                f"Add the name to {ALLOWED_SECRETS} where the tool runs; manifests cannot allow secrets.",
            )
        value = self._env.get(reference.env, "")
        if not value:
            raise ConfigurationError.of("secret.missing", f"the secret {reference.env} is not set", "Set the variable.")
        SECRETS.add(value)
        return value


def connect(environment: Any, process_env: Mapping[str, str], stop: threading.Event | None = None) -> dict[str, System]:
    """The systems that an environment names, ready to be read; nothing is sent yet.

    Raises `ConfigurationError` for a host or a secret that is not allowed.
    """
    secrets, halt = Secrets(process_env), stop or threading.Event()
    systems: dict[str, System] = {}
    if environment.cluedin is not None:
        systems["cluedin"] = _cluedin(environment.cluedin, secrets, process_env, halt)
    if environment.purview is not None:
        systems["purview"] = _purview(environment.purview, secrets, process_env, halt)
    return systems


def _cluedin(spec: Any, secrets: Secrets, process_env: Mapping[str, str], stop: threading.Event) -> CluedIn:
    base = check_host(spec.url, process_env)
    token = getattr(spec.sign_in, "token", None)
    sign_in: SignIn
    if token is not None:
        sign_in = Token(secrets(token))
    else:
        sign_in = password_grant(base, spec.organization, spec.sign_in.user, secrets(spec.sign_in.password), stop)
    connection = Connection("cluedin", base, sign_in, cluedin_system.errors, stop=stop, **_limits(spec))
    return CluedIn(connection, {"organization": spec.organization})


def password_grant(base: str, organization: str, user: str, password: str, stop: threading.Event) -> Renewable:
    """CluedIn's sign-in: `POST /auth/connect/token` with the organisation as public client (its own toolkit).

    A refresh token is used while the server takes it; then the password is sent again.
    """
    anonymous = Connection("cluedin", base, _Nobody(), cluedin_system.errors, stop=stop)
    refresh = ""

    def fetch() -> tuple[str, float]:
        nonlocal refresh
        answer = None
        if refresh:
            try:
                answer = ask({"grant_type": "refresh_token", "refresh_token": refresh})
            except Refused:
                refresh = ""
        if answer is None:
            answer = ask({"grant_type": "password", "username": user, "password": password})
        refresh = answer.get("refresh_token") or ""
        if refresh:
            SECRETS.add(refresh)
        return answer["access_token"], time.time() + float(answer.get("expires_in", 3600))

    def ask(form: dict[str, str]) -> Any:
        form["client_id"] = organization
        return anonymous.send("POST", "/auth/connect/token", effect="read", form=form).json()

    return Renewable(fetch)


class _Nobody:
    def headers(self) -> Mapping[str, str]:
        return {}

    def renew(self) -> None:
        """There is nothing to renew."""


def _purview(spec: Any, secrets: Secrets, process_env: Mapping[str, str], stop: threading.Event) -> Purview:
    base = check_host(spec.endpoint, process_env)
    sign_in = _purview_sign_in(spec.sign_in, secrets, process_env)
    connection = Connection("purview", base, sign_in, purview_system.errors, stop=stop, **_limits(spec))
    settings = {"mode": spec.mode, "collection": spec.collection}
    return Purview(connection, settings)


def _purview_sign_in(spec: Any, secrets: Secrets, process_env: Mapping[str, str]) -> SignIn:
    method = getattr(spec, "method", None) or "default"
    if method == "token":
        return Token(secrets(spec.token))
    if method == "basic":
        return Basic(spec.user, secrets(spec.password))
    return azure(_credential(spec, method, secrets, process_env))


def _credential(spec: Any, method: str, secrets: Secrets, process_env: Mapping[str, str]) -> TokenCredential:
    """An azure-identity credential; a custom authority must be an allowed host, as secrets are sent to it."""
    from azure import identity

    more: dict[str, Any] = {}
    authority = getattr(spec, "authority", None)
    if authority:
        more["authority"] = check_host(authority, process_env)
        more["disable_instance_discovery"] = True
    if getattr(spec, "disable_instance_discovery", None) is not None:
        more["disable_instance_discovery"] = spec.disable_instance_discovery
    if method == "client_secret":
        return identity.ClientSecretCredential(spec.tenant_id, spec.client_id, secrets(spec.secret), **more)
    if method == "workload_identity":
        given = {name: getattr(spec, name) for name in ("tenant_id", "client_id") if getattr(spec, name, None)}
        return identity.WorkloadIdentityCredential(**given, **more)
    if method == "managed_identity":
        client = {"client_id": spec.client_id} if spec.client_id else {}
        return identity.ManagedIdentityCredential(**client)
    return identity.DefaultAzureCredential(exclude_interactive_browser_credential=True, **more)


def _limits(spec: Any) -> dict[str, Any]:
    limits = getattr(spec, "limits", None)
    given: dict[str, Any] = {}
    if limits is not None and limits.concurrency is not None:
        given["concurrency"] = limits.concurrency
    if limits is not None and limits.requests_per_second is not None:
        given["per_second"] = limits.requests_per_second
    if getattr(spec, "timeout_seconds", None):
        given["timeout"] = float(spec.timeout_seconds)
    return given
