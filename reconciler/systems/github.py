"""The token that GitHub gives a job to prove what it is, fetched anew each time it is needed.

GitHub's documentation of OpenID Connect (grade A): a job with the permission `id-token: write` finds the address and
its key in two variables; the answer holds the token in `value`. It is good for some minutes only, so that a token
in a file is too old when a long apply signs in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.errors import ConfigurationError
from reconciler.systems.redact import SECRETS

URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
KEY = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
AUDIENCE = "api://AzureADTokenExchange"
"""What Entra ID expects of federated tokens by default."""


def assertion(process_env: Mapping[str, str]) -> Callable[[], str] | None:
    """Fetches the job's token; None outside GitHub, or without the permission."""
    url, key = process_env.get(URL, ""), process_env.get(KEY, "")
    if not (url and key):
        return None
    SECRETS.add(key)

    def fetch() -> str:
        import httpx

        try:
            answer = httpx.get(
                url, params={**httpx.URL(url).params, "audience": AUDIENCE}, headers={"authorization": f"Bearer {key}"}
            )
            value = str(answer.raise_for_status().json()["value"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise ConfigurationError.of(
                "sign_in.github",
                f"GitHub gave the job no token: {type(error).__name__}",
                "Give the job `permissions: {id-token: write}`.",
            ) from None
        SECRETS.add(value)
        return value

    return fetch
