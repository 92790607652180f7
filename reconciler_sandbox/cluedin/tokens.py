"""Sign-in: the token endpoint, tokens and who holds them, status pages.

Facts: password and refresh grants, members and claims of a token, and an hour of validity are [B] from three
public clients; the texts of refusals follow OAuth 2.0 ([C]).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl

import orjson

from reconciler_sandbox.cluedin.world import (
    TOKEN,
    USER,
    Caller,
    Doc,
    World,
    fixed_id,
    new_id,
)
from reconciler_sandbox.sign_in import ORGANIZATION, PASSWORD
from reconciler_sandbox.web import Request, Response

_SIGNING_KEY = b"the sandbox signs so that tokens of one run hold in the next"


class Tokens:
    """Issues tokens and recognises them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Any]]:
        """The pages that need no token."""
        pages = [("GET", path, self.status) for path in ("/api/status", "/api/api/status", "/auth/api/status")]
        return [
            ("POST", "/auth/connect/token", self.sign_in),
            ("GET", "/auth/.well-known/openid-configuration", self.discovery),
            *pages,
            ("GET", "/public/api/status", self.status),
        ]

    def sign_in(self, request: Request) -> Response:
        """`POST /auth/connect/token`, form-encoded; the client id is the organisation's sub-domain ([B])."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        if "x-www-form-urlencoded" not in request.headers.get("content-type", "x-www-form-urlencoded"):
            return _refusal("invalid_request")
        if form.get("client_id") != ORGANIZATION:
            return _refusal("invalid_client")
        if form.get("grant_type") == "password":
            user = self._by_password(form.get("username", ""), form.get("password", ""))
        elif form.get("grant_type") == "refresh_token":
            user = self._by_refresh(form.get("refresh_token", ""))
        else:
            return _refusal("unsupported_grant_type")
        if user is None:
            return _refusal("invalid_grant", "invalid_username_or_password")
        return Response(200, self._grant(request, user), {"Cache-Control": "no-store"})

    def discovery(self, request: Request) -> Response:
        """The OpenID configuration, as far as clients look at it."""
        issuer = _issuer(request)
        return Response(
            200,
            {
                "issuer": issuer,
                "token_endpoint": f"{issuer}/connect/token",
                "authorization_endpoint": f"{issuer}/connect/authorize",
                "jwks_uri": f"{issuer}/.well-known/openid-configuration/jwks",
                "grant_types_supported": ["authorization_code", "password", "refresh_token"],
                "scopes_supported": ["openid", "profile", "offline_access"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
        )

    def status(self, _request: Request) -> Response:
        """Health, and the product version in a header ([B])."""
        version = self._world.version
        while version.count(".") < 2:
            version += ".0"
        body = {"ServiceStatus": "Green", "DataShardStatuses": []}
        return Response(200, body, {"x-cluedin-version": version})

    def caller(self, request: Request) -> Caller | None:
        """Who holds the bearer token; None when there is none, or it is forged, expired or revoked."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        claims = _verified(token.strip()) if scheme.lower() == "bearer" else None
        if claims is None:
            return None
        user = self._world.get(USER, str(claims.get("Id")))
        if user is None:
            return None
        long_lived = claims.get("use") == "api"
        if long_lived and self._world.get(TOKEN, str(claims["jti"])) is None:
            return None
        return Caller(user["id"], user["username"], long_lived)

    def api_token(self, caller: Caller, name: str, hours: int) -> Doc:
        """Makes a long-lived token for REST and ingestion ([B])."""
        token_id, expires = new_id(), int(time.time()) + hours * 3600
        claims = {
            **self._claims(self._person(caller.user_id), "sandbox"),
            "jti": token_id,
            "exp": expires,
            "use": "api",
        }
        doc = {"id": token_id, "use": "api", "name": name, "exp": expires, "user": caller.user_id}
        self._world.put(TOKEN, doc)
        return {**doc, "accessToken": _signed(claims)}

    def _by_password(self, username: str, password: str) -> Doc | None:
        found = self._world.find(USER, "name", username.strip().lower())
        return found[0] if found and hmac.compare_digest(password.encode(), PASSWORD.encode()) else None

    def _by_refresh(self, token: str) -> Doc | None:
        """A refresh token holds once ([C]): its use replaces it."""
        found = self._world.get(TOKEN, token)
        if found is None or found["use"] != "refresh":
            return None
        self._world.drop(TOKEN, token)
        return self._world.get(USER, found["user"])

    def _person(self, user_id: str) -> Doc:
        person = self._world.get(USER, user_id)
        if person is None:
            raise LookupError(user_id)
        return person

    def _grant(self, request: Request, user: Doc) -> Doc:
        life = int(self._world.option("token_seconds", 3600))
        refresh = secrets.token_hex(24)
        self._world.put(TOKEN, {"id": refresh, "use": "refresh", "user": user["id"]})
        claims = {**self._claims(user, _issuer(request)), "exp": int(time.time()) + life}
        return {
            "access_token": _signed(claims),
            "expires_in": life,
            "token_type": "Bearer",
            "refresh_token": refresh,
            "scope": "offline_access openid profile ServerApiForUI",
        }

    @staticmethod
    def _claims(user: Doc, issuer: str) -> Doc:
        """The claims that public clients read ([B])."""
        issued = int(time.time())
        return {
            "nbf": issued,
            "iat": issued,
            "iss": issuer,
            "aud": ["PublicApi", "ServerApiForUI"],
            "client_id": ORGANIZATION,
            "sub": user["id"],
            "role": user["roles"],
            "ClientId": ORGANIZATION,
            "OrganizationId": fixed_id("organization"),
            "OrganizationName": ORGANIZATION,
            "OrganizationClientReference": ORGANIZATION,
            "Id": user["id"],
            "api": "ServerApiForUI",
            "jti": new_id(),
            "scope": ["openid", "profile", "ServerApiForUI", "offline_access"],
        }


def unauthorised(text: str = "") -> Response:
    """401, with the challenge that bearer tokens have."""
    return Response(401, {"message": text} if text else None, {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _refusal(error: str, description: str | None = None) -> Response:
    body = {"error": error}
    if description:
        body["error_description"] = description
    return Response(400, body, {"Cache-Control": "no-store"})


def _issuer(request: Request) -> str:
    scheme = request.headers.get("x-sandbox-scheme", "http")
    return f"{scheme}://{request.headers.get('host', 'localhost')}/auth"


def _signed(claims: Doc) -> str:
    head = _encoded(orjson.dumps({"alg": "HS256", "typ": "at+jwt"}))
    payload = _encoded(orjson.dumps(claims))
    return f"{head}.{payload}.{_mac(head, payload)}"


def _verified(token: str) -> Doc | None:
    parts = token.split(".")
    if len(parts) != 3 or not hmac.compare_digest(_mac(parts[0], parts[1]).encode(), parts[2].encode()):
        return None
    claims: Doc = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    return claims if claims["exp"] > time.time() else None


def _mac(head: str, payload: str) -> str:
    return _encoded(hmac.new(_SIGNING_KEY, f"{head}.{payload}".encode(), hashlib.sha256).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
