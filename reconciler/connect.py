"""From an environment's spec to connected systems: sign-in, secrets, allowed hosts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.errors import ConfigurationError, Diagnostic
from reconciler.systems import cluedin as cluedin_system
from reconciler.systems import github
from reconciler.systems import purview as purview_system
from reconciler.systems.answers import parse
from reconciler.systems.auth import Anonymous, Basic, Renewable, SignIn, Token, azure, claims
from reconciler.systems.base import System
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.given import bearer_token, secret_text
from reconciler.systems.hosts import check_host
from reconciler.systems.http import Connection, Refused
from reconciler.systems.purview import Purview
from reconciler.systems.redact import SECRETS
from reconciler.systems.vault import allowed_vault, read_secret

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from reconciler.manifest.secrets import SecretRef

ALLOWED_SECRETS = "RECONCILER_SECRETS"
NOT_FOR_API_TOKENS = (
    "CluedIn's configuration GraphQL takes the token of a user who signed in with e-mail address and password only; "
    "an API token is for its REST interface and for ingestion. Give `user` and `password` instead of `token`, of a "
    "user who does not sign in over SSO."
)
"""Why a token that works elsewhere is refused (CluedIn's documentation, [C])."""


_SIGN_INS = 3
"""How often a sign-in is sent that is answered with something else than a token."""
_RETRIES = 3
_TIMEOUTS = {"connection_timeout": 10, "read_timeout": 20}
"""Seconds for a connection to Entra ID, and for its answer."""


class Secrets:
    """Resolves secret references against the allow-list; every allowed value becomes unspeakable at once.

    Also one that this run never needs: a system that was given it before may repeat it.
    """

    def __init__(self, process_env: Mapping[str, str]) -> None:
        self._env = process_env
        self._known: dict[SecretRef, str] = {}
        self._identity: TokenCredential | None = None
        for name in self._allowed():
            self._hide(process_env.get(name, ""))

    def __call__(self, reference: SecretRef) -> str:
        """The value; raises `ConfigurationError` when it is not allowed, not there, or cannot be a secret."""
        return secret_text(self._raw(reference), reference.name)

    def token(self, reference: SecretRef) -> str:
        """The same, of a token that goes into a header."""
        return bearer_token(self._raw(reference), reference.name)

    def _raw(self, reference: SecretRef) -> str:
        if reference not in self._known:
            value = self._of_process(reference) if reference.env else self._of_vault(reference)
            self._hide(value)
            self._known[reference] = value
        return self._known[reference]

    @staticmethod
    def _hide(value: str) -> None:
        SECRETS.add(value)
        for line in value.splitlines():
            SECRETS.add(line)

    def _allowed(self) -> set[str]:
        return {name.strip() for name in self._env.get(ALLOWED_SECRETS, "").split(",") if name.strip()}

    def _of_vault(self, reference: SecretRef) -> str:
        assert reference.vault
        assert reference.secret
        address = allowed_vault(reference.vault, self._env)
        if self._identity is None:
            self._identity = _own_identity(self._env)
        return read_secret(address, reference.secret, reference.version, self._identity)

    def _of_process(self, reference: SecretRef) -> str:
        assert reference.env
        if reference.env not in self._allowed():
            raise ConfigurationError.of(
                "secret.not_allowed",
                f"the secret {reference.env} is not on the allow-list",
                f"Add the name to {ALLOWED_SECRETS} where the tool runs; manifests cannot allow secrets.",
            )
        return self._env.get(reference.env, "")


def connect(environment: Any, process_env: Mapping[str, str], stop: threading.Event | None = None) -> dict[str, System]:
    """The systems that an environment names, ready to be read; nothing is sent yet.

    Raises `ConfigurationError` for a host or a secret that is not allowed.
    """
    halt = stop or threading.Event()
    named = [name for name in _MAKERS if getattr(environment, name) is not None]
    return {name: connect_one(name, environment, process_env, halt) for name in named}


def connect_one(name: str, environment: Any, process_env: Mapping[str, str], stop: threading.Event) -> System:
    """One system that an environment names; nothing is sent yet. Raises as `connect` does."""
    return _MAKERS[name](getattr(environment, name), Secrets(process_env), process_env, stop)


def _cluedin(spec: Any, secrets: Secrets, process_env: Mapping[str, str], stop: threading.Event) -> CluedIn:
    base = check_host(spec.url, process_env)
    token = getattr(spec.sign_in, "token", None)
    sign_in: SignIn
    if token is not None:
        sign_in = Token(_unexpired(secrets.token(token), token, "CluedIn"), NOT_FOR_API_TOKENS)
    else:
        password = secrets(spec.sign_in.password)
        sign_in = password_grant(base, spec.organization, spec.sign_in.user, password, stop, **_limits(spec))
    connection = Connection("cluedin", base, sign_in, cluedin_system.errors, stop=stop, **_limits(spec))
    return CluedIn(connection, {"organization": spec.organization})


def _unexpired(token: str, reference: SecretRef, system: str) -> str:
    """The token, unless it says itself that its time is over; raises `ConfigurationError` then."""
    ends = claims(token).get("exp")
    if not isinstance(ends, int | float) or not 0 <= ends <= time.time():
        return token
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(ends))
    raise ConfigurationError.of(
        "sign_in.expired",
        f"the {system} token in {reference.name} expired at {when}",
        "Sign in again and set the variable to the new token.",
    )


def password_grant(
    base: str, organization: str, user: str, password: str, stop: threading.Event, **limits: Any
) -> Renewable:
    """CluedIn's sign-in: `POST /auth/connect/token` with the organisation as public client (its own toolkit).

    A refresh token is used while the server takes it; then the password is sent again. Raises
    `ConfigurationError` when the password is refused.
    """
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
            try:
                answer = ask({"grant_type": "password", "username": user, "password": password})
            except Refused as refused:
                raise _not_signed_in(refused, user, organization) from None
        refresh = answer.get("refresh_token") or ""
        if refresh:
            SECRETS.add(refresh)
        return answer["access_token"], time.time() + float(answer.get("expires_in", 3600))

    def ask(form: dict[str, str]) -> Any:
        form["client_id"] = organization
        anonymous = Connection("cluedin", base, Anonymous(), cluedin_system.errors, stop=stop, **limits)
        try:
            for attempt in range(_SIGN_INS):
                stop.wait(0.2 * attempt)
                answer = anonymous.send("POST", "/auth/connect/token", effect="read", form=form, shape=None)
                found, _ = parse(answer.body)
                if _is_token(found):
                    return found
        finally:
            anonymous.close()
        raise ConfigurationError.of(
            "sign_in.no_token",
            f"{base}/auth/connect/token answered {answer.status} without a token",
            "Check `url`: it is https://ORGANIZATION.DOMAIN, without a path.",
        )

    return Renewable(fetch)


def _is_token(found: Any) -> bool:
    """Whether a sign-in was answered with a token, and with seconds of its life where it tells them."""
    if not isinstance(found, Mapping) or not isinstance(found.get("access_token"), str) or not found["access_token"]:
        return False
    life = found.get("expires_in", 3600)
    return isinstance(life, int | float) or (isinstance(life, str) and life.isascii() and life.isdigit())


def _not_signed_in(refused: Refused, user: str, organization: str) -> ConfigurationError:
    """One sentence for a refused password, with what to do about it."""
    if refused.code == "invalid_client":
        advice = "Check `organization`: it is the first part of the address, and the client id of the sign-in."
    elif refused.status in (400, 401):
        advice = "Check user and password; a user who signs in over SSO has no password that works here."
    else:
        advice = "Check `url`: it is https://ORGANIZATION.DOMAIN, without a path."
    reason = SECRETS.clean(f"{refused.status} {refused.code} {refused.message}".strip())
    return ConfigurationError(
        Diagnostic(
            "error",
            "sign_in.failed",
            f"CluedIn sign-in of {user} to organization {organization} failed: {reason}",
            advice,
            request_id=refused.diagnostics[0].request_id,
        )
    )


def _purview(spec: Any, secrets: Secrets, process_env: Mapping[str, str], stop: threading.Event) -> Purview:
    base = check_host(spec.endpoint, process_env)
    sign_in = _purview_sign_in(spec.sign_in, secrets, process_env)
    connection = Connection("purview", base, sign_in, purview_system.errors, stop=stop, **_limits(spec))
    settings = {"mode": spec.mode, "collection": spec.collection}
    return Purview(connection, settings)


def _purview_sign_in(spec: Any, secrets: Secrets, process_env: Mapping[str, str]) -> SignIn:
    method = getattr(spec, "method", None) or "default"
    if method == "token":
        return Token(_unexpired(secrets.token(spec.token), spec.token, "Purview"))
    if method == "basic":
        return Basic(spec.user, secrets(spec.password))
    return azure(_credential(spec, method, secrets, process_env))


def _credential(
    spec: Any, method: str, secrets: Secrets, process_env: Mapping[str, str]
) -> Callable[[], TokenCredential]:
    """Makes azure-identity credentials; a custom authority must be an allowed host, as secrets are sent to it.

    Hosts and secrets are looked at now, before anything is sent.
    """
    more = _sign_in_options(spec.authority, process_env)
    more["disable_instance_discovery"] = bool(spec.disable_instance_discovery or spec.authority)
    given = {name: getattr(spec, name) for name in ("tenant_id", "client_id") if getattr(spec, name)}
    secret = secrets(spec.secret) if method == "client_secret" else ""

    def make() -> TokenCredential:
        from azure import identity

        guarded = {**more, "transport": _transport(process_env)}
        if method == "client_secret":
            return identity.ClientSecretCredential(spec.tenant_id, spec.client_id, secret, **guarded)
        if method == "workload_identity":
            return _workload_identity(given, process_env, guarded)
        if method == "managed_identity":
            client = {"client_id": spec.client_id} if spec.client_id else {}
            return identity.ManagedIdentityCredential(transport=guarded["transport"], **client)
        return _any_way(given, process_env, guarded)

    return make


def _own_identity(process_env: Mapping[str, str]) -> TokenCredential:
    """Who the run is by the process and the machine alone; nothing of a manifest has a say in it."""
    from azure import identity

    more = _sign_in_options(None, process_env)
    more["disable_instance_discovery"] = "authority" in more
    more["transport"] = _transport(process_env)
    by_job = not process_env.get("AZURE_FEDERATED_TOKEN_FILE") and not process_env.get("AZURE_CLIENT_SECRET")
    named = process_env.get("AZURE_TENANT_ID") and process_env.get("AZURE_CLIENT_ID")
    if by_job and named and github.assertion(process_env) is not None:
        return _workload_identity({}, process_env, more)
    return identity.DefaultAzureCredential(**_default({}), **more)


def _sign_in_options(named: str | None, process_env: Mapping[str, str]) -> dict[str, Any]:
    """What every credential is told: how patient to be, and where Entra ID is, as its checked and rebuilt address.

    An authority that was named needs no discovery at Microsoft: whoever names one knows it, and a private cloud has
    no other.
    """
    more: dict[str, Any] = {"retry_total": _RETRIES, **_TIMEOUTS}
    authority = named or process_env.get("AZURE_AUTHORITY_HOST")
    if authority:
        more["authority"] = check_host(authority if "://" in authority else f"https://{authority}", process_env)
    return more


def _transport(process_env: Mapping[str, str]) -> Any:
    from reconciler.systems.azure_http import sign_in_transport

    return sign_in_transport(process_env, **_TIMEOUTS)


def _workload_identity(
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


def _any_way(given: Mapping[str, str], process_env: Mapping[str, str], more: dict[str, Any]) -> TokenCredential:
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
    return identity.ChainedTokenCredential(_workload_identity(given, process_env, more), others)


def _default(given: Mapping[str, str]) -> dict[str, Any]:
    """What the environment file names, in the words of `DefaultAzureCredential`; no window is ever opened."""
    named: dict[str, Any] = {"exclude_interactive_browser_credential": True}
    if "client_id" in given:
        named |= {"managed_identity_client_id": given["client_id"], "workload_identity_client_id": given["client_id"]}
    if "tenant_id" in given:
        named |= {"workload_identity_tenant_id": given["tenant_id"]}
    return named


def _limits(spec: Any) -> dict[str, Any]:
    limits = getattr(spec, "limits", None)
    given: dict[str, Any] = {}
    if limits is not None and limits.concurrency is not None:
        given["concurrency"] = limits.concurrency
    if limits is not None and limits.requests_per_second is not None:
        given["per_second"] = limits.requests_per_second
    if limits is not None:
        given |= {"request_seconds": limits.request_seconds, "run_seconds": limits.run_seconds}
    if getattr(spec, "timeout_seconds", None):
        given["timeout"] = float(spec.timeout_seconds)
    return given


_MAKERS: dict[str, Callable[[Any, Secrets, Mapping[str, str], threading.Event], System]] = {
    "cluedin": _cluedin,
    "purview": _purview,
}
