"""What Microsoft's libraries send goes through here, and to allowed hosts only.

azure-identity and azure-keyvault-secrets take addresses from answers too (token endpoints, challenges, redirects).
Every request is looked at right before it is sent, whoever named its address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import RequestsTransport

from reconciler.errors import ConfigurationError
from reconciler.systems import correlation
from reconciler.systems.address import Address, AddressError
from reconciler.systems.hosts import allowed

IDENTITY_SERVICES = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST")
"""Variables by which a machine of Azure names its own source of tokens (grade A, azure-identity)."""
IMDS = Address("http", "169.254.169.254")
"""The source of tokens of a virtual machine; the address leads nowhere else."""
_NO_PROXY: Mapping[str, Any] = {"http": None, "https": None, "all": None}


class Guarded(RequestsTransport):  # type: ignore[misc]  # the library gives it to type checkers as Any
    """A transport that refuses what `check` refuses, and sends nothing for loopback through a proxy.

    Every request carries the correlation id of the run that is in `process_env`.
    """

    def __init__(self, check: Callable[[Address], Any], process_env: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self._check = check
        self._marks = correlation.headers(correlation.correlation_id(process_env), azure=True)

    def send(self, request: Any, *, proxies: Any = None, **more: Any) -> Any:
        """Sends the request; raises `ClientAuthenticationError` (which is not tried again) for a refused address."""
        try:
            address = Address.of_request(request.url)
            self._check(address)
        except AddressError as error:
            raise ClientAuthenticationError(f"an address was refused before anything was sent: {error}") from None
        except ConfigurationError as error:
            raise ClientAuthenticationError(str(error)) from None
        request.headers.update(self._marks_of(request))
        return super().send(request, proxies=dict(_NO_PROXY) if address.is_loopback else proxies, **more)

    def _marks_of(self, request: Any) -> Mapping[str, str]:
        """The run's headers; of what a storage key signs, `x-ms-` headers may not change any more.

        Shared Key signs all of them ([A] Azure's REST reference, Authorize with Shared Key; Azurite refuses it too).
        """
        if not str(request.headers.get("Authorization") or "").startswith("SharedKey"):
            return self._marks
        return {name: value for name, value in self._marks.items() if not name.lower().startswith("x-ms-")}


def only(address: Address, what: str) -> Callable[[Address], None]:
    """A check for a client whose requests go to one address alone, wherever an answer sends it.

    `what` is the address in a word, for the sentence about another one.
    """

    def check(asked: Address) -> None:
        if asked.origin != address.origin:
            raise ConfigurationError.of("host.not_allowed", f"{asked.origin} is not the {what} {address}")

    return check


def sign_in_transport(process_env: Mapping[str, str], **more: Any) -> Guarded:
    """For signing in: allowed hosts, and what this machine of Azure names as its source of tokens."""
    own = {IMDS.origin, *_named(process_env)}

    def check(address: Address) -> None:
        if address.origin not in own:
            allowed(address, process_env)

    return Guarded(check, process_env, **more)


def _named(process_env: Mapping[str, str]) -> set[str]:
    found = set()
    for name in IDENTITY_SERVICES:
        try:
            found.add(Address.of_request(process_env.get(name, "")).origin)
        except AddressError:
            continue
    return found
