"""The token that GitHub gives a job to prove what it is, fetched anew each time it is needed.

GitHub's documentation of OpenID Connect [A]: a job with the permission `id-token: write` finds the address and
its key in two variables; the answer holds the token in `value`. It is good for some minutes only, so that a token
in a file is too old when a long apply signs in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.errors import ConfigurationError
from reconciler.systems.address import Address, AddressError
from reconciler.systems.client import client_for
from reconciler.systems.given import bearer_token
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
    address, key = _checked(url), bearer_token(key, KEY)

    def fetch() -> str:
        import httpx

        try:
            with client_for(address) as client:
                params = {**httpx.URL(url).params, "audience": AUDIENCE}
                answer = client.get(url, params=params, headers={"authorization": f"Bearer {key}"})
            value = str(answer.raise_for_status().json()["value"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise ConfigurationError.of(
                "sign_in.github",
                f"GitHub gave the job no token at {address.host}: {type(error).__name__}",
                "Give the job `permissions: {id-token: write}`.",
            ) from None
        SECRETS.add(value)
        return value

    return fetch


def _checked(url: str) -> Address:
    """Where the runner says that its tokens are; raises `ConfigurationError` when a key may not be sent there."""
    try:
        address = Address.of_request(url)
    except AddressError as error:
        raise ConfigurationError.of("host.invalid", f"{URL} is no address: {error}", "GitHub sets it itself.") from None
    if not (address.is_encrypted or address.is_loopback):
        raise ConfigurationError.of("host.not_encrypted", f"{URL} is not encrypted", "GitHub sets it itself.")
    return address
