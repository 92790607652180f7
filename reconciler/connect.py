"""From an environment's spec to connected systems: sign-in, secrets, allowed hosts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.environment.secrets import Secrets
from reconciler.environment.sign_in import CluedInSystem, PurviewSignIn, PurviewSystem
from reconciler.environment.spec import Environment
from reconciler.errors import ConfigurationError, Diagnostic
from reconciler.manifest.secrets import SecretRef
from reconciler.systems import cluedin as cluedin_system
from reconciler.systems import correlation
from reconciler.systems import purview as purview_system
from reconciler.systems.address import Address
from reconciler.systems.answers import parse
from reconciler.systems.auth import Anonymous, Basic, Renewable, SignIn, Token, azure, claims
from reconciler.systems.base import System
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.credentials import any_way, sign_in_options, transport, workload_identity
from reconciler.systems.hosts import check_host
from reconciler.systems.http import Connection
from reconciler.systems.purview import Purview
from reconciler.systems.rate import Rate
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import Refused

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

NOT_FOR_API_TOKENS = (
    "CluedIn's configuration GraphQL takes the token of a user who signed in with e-mail address and password only; "
    "an API token is for its REST interface and for ingestion. Give `user` and `password` instead of `token`, of a "
    "user who does not sign in over SSO."
)
"""Why a token that works elsewhere is refused (CluedIn's documentation, [B])."""
_T = TypeVar("_T")

_SIGN_INS = 3
"""How often a sign-in is sent that is answered with something else than a token."""


def connect(
    environment: Environment,
    process_env: Mapping[str, str],
    stop: threading.Event | None = None,
    *,
    verifying: bool = False,
) -> dict[str, System]:
    """The systems that an environment names, ready to be read; nothing is sent yet.

    `verifying` is for who only looks, and may have an account of its own.

    Raises `ConfigurationError` for a host or a secret that is not allowed.
    """
    halt = stop or threading.Event()
    rates = Rates()
    found: dict[str, System] = {}
    if environment.cluedin is not None:
        found["cluedin"] = connect_cluedin(environment.cluedin, process_env, halt, rates, verifying=verifying)
    if environment.purview is not None:
        found["purview"] = connect_purview(environment.purview, process_env, halt, rates)
    return found


class Rates:
    """The rates of a run: whatever is asked at one address shares what is learnt of its limit."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, float | None], Rate] = {}

    def of(self, url: str, most: float | None) -> Rate:
        """The rate of an address, with what the environment states as the most."""
        key = (Address.parse(url).origin, most)
        return self._known.setdefault(key, Rate(time.monotonic(), most))


def connect_cluedin(
    spec: CluedInSystem,
    process_env: Mapping[str, str],
    stop: threading.Event,
    rates: Rates | None = None,
    *,
    verifying: bool = False,
) -> CluedIn:
    """The CluedIn of an environment; nothing is sent yet. Raises as `connect` does."""
    secrets = Secrets(process_env)
    base = check_host(spec.url, process_env)
    marks = correlation.headers(correlation.correlation_id(process_env), azure=False)
    limits = _limits(spec, (rates or Rates()).of(base, spec.limits.requests_per_second))
    who = (spec.verify_sign_in if verifying else None) or spec.sign_in
    sign_in: SignIn
    if who.token is not None:
        sign_in = Token(_unexpired(secrets.token(who.token), who.token, "CluedIn"), NOT_FOR_API_TOKENS)
    else:
        user, password = _demanded(who.user), secrets(_demanded(who.password))
        sign_in = password_grant(base, spec.organization, user, password, stop, marks=marks, **limits)
    connection = Connection("cluedin", base, sign_in, cluedin_system.errors, stop=stop, marks=marks, **limits)
    roles = {role.id.lower(): role.name for role in spec.roles.values()}
    told = {"organization": spec.organization, "account": spec.sign_in.user, "roles": roles}
    return CluedIn(connection, {**told, "access_template": _access_template(spec)})


def _access_template(spec: CluedInSystem) -> dict[str, str]:
    """What stands in the policy that shows how others are written; empty where nobody says it."""
    if spec.access_template is None:
        return {}
    given = spec.access_template
    role = spec.role(given.role)
    id = role.id.lower() if role is not None else ""
    return {"user": given.user, "role": id, "key": given.key, "vocabulary": given.vocabulary}


def connect_purview(
    spec: PurviewSystem, process_env: Mapping[str, str], stop: threading.Event, rates: Rates | None = None
) -> Purview:
    """The Purview of an environment; nothing is sent yet. Raises as `connect` does."""
    secrets = Secrets(process_env)
    base = check_host(spec.endpoint, process_env)
    sign_in = _purview_sign_in(spec.sign_in, secrets, process_env)
    marks = correlation.headers(correlation.correlation_id(process_env), azure=True)
    limits = _limits(spec, (rates or Rates()).of(base, spec.limits.requests_per_second))
    connection = Connection("purview", base, sign_in, purview_system.errors, stop=stop, marks=marks, **limits)
    return Purview(connection, {"collection": spec.collection}, spec.dialect)


def _demanded(value: _T | None) -> _T:
    """A part of a sign-in that its way needs: the model refuses a sign-in without it."""
    assert value is not None
    return value


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


def _purview_sign_in(spec: PurviewSignIn, secrets: Secrets, process_env: Mapping[str, str]) -> SignIn:
    if spec.method == "token":
        token = _demanded(spec.token)
        return Token(_unexpired(secrets.token(token), token, "Purview"))
    if spec.method == "basic":
        return Basic(_demanded(spec.user), secrets(_demanded(spec.password)))
    return azure(_credential(spec, secrets, process_env))


def _credential(spec: PurviewSignIn, secrets: Secrets, process_env: Mapping[str, str]) -> Callable[[], TokenCredential]:
    """Makes azure-identity credentials; a custom authority must be an allowed host, as secrets are sent to it.

    Hosts and secrets are looked at now, before anything is sent.
    """
    more = sign_in_options(spec.authority, process_env)
    more["disable_instance_discovery"] = bool(spec.disable_instance_discovery or spec.authority)
    named = {"tenant_id": spec.tenant_id, "client_id": spec.client_id}
    given = {name: value for name, value in named.items() if value}
    secret = secrets(_demanded(spec.secret)) if spec.method == "client_secret" else ""

    def make() -> TokenCredential:
        from azure import identity

        guarded = {**more, "transport": transport(process_env)}
        if spec.method == "client_secret":
            tenant, client = _demanded(spec.tenant_id), _demanded(spec.client_id)
            return identity.ClientSecretCredential(tenant, client, secret, **guarded)
        if spec.method == "workload_identity":
            return workload_identity(given, process_env, guarded)
        if spec.method == "managed_identity":
            by_id = {"client_id": spec.client_id} if spec.client_id else {}
            only: dict[str, Any] = {"transport": guarded["transport"], **by_id}
            return identity.ManagedIdentityCredential(**only)
        return any_way(given, process_env, guarded)

    return make


def _limits(spec: CluedInSystem | PurviewSystem, rate: Rate) -> dict[str, Any]:
    limits = spec.limits
    given: dict[str, Any] = {
        "rate": rate,
        "request_seconds": limits.request_seconds,
        "run_seconds": limits.run_seconds,
        "timeout": float(spec.timeout_seconds),
    }
    if limits.concurrency is not None:
        given["concurrency"] = limits.concurrency
    return given
