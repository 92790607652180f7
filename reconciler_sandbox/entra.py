"""Entra ID, as far as a confidential client needs it: discovery and client credentials.

Shapes and error texts follow the public documents of the Microsoft identity platform [A].
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import secrets
import time
import uuid
from typing import Any, NoReturn
from urllib.parse import parse_qs

import orjson

from reconciler_sandbox.settings import Settings
from reconciler_sandbox.web import Refusal, Request, Response, Router

SECRET = "sandbox-secret"  # noqa: S105
"""The only client secret with `strict_auth`; without it any passes that does not begin with `wrong`."""

PURVIEW = "https://purview.azure.net"
_LIFETIME = 3599


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Entra:
    """Issues tokens and knows its own again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = secrets.token_bytes(32)
        self._router = Router()
        for prefix in ("/{tenant}/v2.0", "/{tenant}"):
            self._router.add("GET", f"{prefix}/.well-known/openid-configuration", self._configuration)
        for path in ("/{tenant}/oauth2/v2.0/token", "/{tenant}/oauth2/token"):
            self._router.add("POST", path, self._token)
        self._router.add("GET", "/common/discovery/instance", self._instance)

    def revoke(self) -> None:
        """Forgets the key that signed every token until now."""
        self._key = secrets.token_bytes(32)

    @staticmethod
    def owns(path: str) -> bool:
        """Whether a path is Entra's."""
        low = path.lower()
        if low.startswith(("/auth/", "/graphql")):
            return False
        return (
            low.endswith(("/oauth2/v2.0/token", "/oauth2/token", "/.well-known/openid-configuration"))
            or low == "/common/discovery/instance"
        )

    def handle(self, request: Request) -> Response:
        """Answers one request."""
        return self._router.dispatch(request) or Response(404, {"error": "not_found"})

    def _base(self, request: Request) -> str:
        scheme = request.headers.get("x-sandbox-scheme", "http")
        return f"{scheme}://{request.headers.get('host', 'localhost')}"

    def _configuration(self, request: Request, tenant: str) -> Response:
        base = f"{self._base(request)}/{tenant}"
        return Response(
            200,
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "issuer": f"{base}/v2.0",
                "response_types_supported": ["code", "id_token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
            },
        )

    def _instance(self, request: Request) -> Response:
        host = request.headers.get("host", "localhost")
        wanted = request.arg("authorization_endpoint") or f"{self._base(request)}/common/oauth2/v2.0/authorize"
        tenant = f"{wanted.split('/oauth2')[0]}/v2.0/.well-known/openid-configuration"
        metadata = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
        return Response(200, {"tenant_discovery_endpoint": tenant, "api-version": "1.1", "metadata": [metadata]})

    def _token(self, request: Request, tenant: str) -> Response:
        form = {key: values[0] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            self._refuse(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if not form.get("client_id"):
            message = "The request body must contain the following parameter: 'client_id'."
            self._refuse(400, "invalid_request", 900144, message)
        self._check(form)
        scope = form.get("scope") or form.get("resource") or ""
        if not scope:
            message = "The request body must contain the following parameter: 'scope'."
            self._refuse(400, "invalid_request", 900144, message)
        if form.get("scope") and not scope.endswith("/.default"):
            message = f"The provided value for the input parameter 'scope' is not valid: {scope}."
            self._refuse(400, "invalid_scope", 70011, message)
        audience = scope.removesuffix("/.default").rstrip("/")
        life = self._settings.token_seconds or _LIFETIME
        token = self.issue(audience, tenant=tenant, client=form["client_id"], lifetime=life)
        answer = {"token_type": "Bearer", "expires_in": life, "ext_expires_in": life}
        return Response(200, answer | {"access_token": token})

    def _check(self, form: dict[str, str]) -> None:
        assertion = form.get("client_assertion")
        if assertion:
            if assertion.count(".") != 2:
                self._refuse(401, "invalid_client", 50027, "JWT token is invalid or malformed.")
            if _expiry(assertion) < time.time():
                message = "Client assertion is not within its valid time range."
                self._refuse(401, "invalid_client", 700024, message)
            return
        secret = form.get("client_secret") or ""
        if not secret:
            message = "The request body must contain the following parameter: "
            message += "'client_assertion' or 'client_secret'."
            self._refuse(401, "invalid_client", 7000218, message)
        if secret.startswith("wrong") or (self._settings.strict_auth and secret != SECRET):
            message = "Invalid client secret provided. Ensure the secret being sent in the request"
            message += " is the client secret value, not the client secret ID, for a secret added to app"
            message += f" '{form['client_id']}'."
            self._refuse(401, "invalid_client", 7000215, message)

    @staticmethod
    def _refuse(status: int, error: str, number: int, message: str) -> NoReturn:
        now = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        text = f"AADSTS{number}: {message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}"
        body = {"error": error, "error_description": text, "error_codes": [number], "timestamp": now}
        body |= {"trace_id": trace, "correlation_id": correlation}
        raise Refusal(Response(status, body))

    def issue(self, audience: str, *, tenant: str = "contoso", client: str = "app", lifetime: int = _LIFETIME) -> str:
        """A token for an audience."""
        now = int(time.time())
        head = _segment(orjson.dumps({"typ": "JWT", "alg": "HS256"}))
        claims = {"aud": audience, "iss": f"https://sts.windows.net/{tenant}/", "iat": now, "nbf": now}
        claims |= {"exp": now + lifetime, "appid": client, "oid": client, "tid": tenant, "ver": "1.0"}
        body = _segment(orjson.dumps(claims))
        return f"{head}.{body}.{self._sign(f'{head}.{body}')}"

    def _sign(self, text: str) -> str:
        return _segment(hmac.new(self._key, text.encode(), hashlib.sha256).digest())

    def accepts(self, token: str, audience: str) -> bool:
        """Whether a token is one of ours, for this audience, and has not expired."""
        head, _, rest = token.partition(".")
        body, _, signature = rest.partition(".")
        if not hmac.compare_digest(self._sign(f"{head}.{body}"), signature):
            return False
        claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return bool(claims["exp"] > time.time() and claims["aud"] == audience)


def _expiry(token: str) -> float:
    """When a token expires; one that does not say, or is unreadable, never does."""
    body = token.split(".")[1]
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        return math.inf
