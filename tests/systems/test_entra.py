"""Refused sign-ins become one sentence, what to do, and an id to quote."""

from __future__ import annotations

import pytest

from reconciler.systems.entra import refusal
from reconciler.systems.redact import SECRETS

NO_SUCH_APP = (
    "Authentication failed: AADSTS700016: Application with identifier '99999999' was not found in the directory "
    "'Contoso'. This can happen if the application has not been installed by the administrator of the tenant. "
    "Trace ID: 0f2e8bfc-1 Correlation ID: 77aa Timestamp: 2026-11-21 07:00:00Z"
)
ALL_FAILED = """DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
\tEnvironmentCredential: Authentication failed: AADSTS7000222: The provided client secret keys are expired. Trace ID: t
\tAzureCliCredential: Azure CLI not found on path
"""
NOTHING = """DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully set.
"""


@pytest.mark.parametrize(
    ("text", "summary", "advice", "request_id"),
    [
        (NO_SUCH_APP, "AADSTS700016: Application with identifier", "`client_id` and `tenant_id`", "0f2e8bfc-1"),
        (ALL_FAILED, "AADSTS7000222: The provided client secret keys are expired.", "has expired", "t"),
        (NOTHING, "DefaultAzureCredential failed to retrieve a token", "az login", ""),
        ("AADSTS999999: Something new.", "AADSTS999999: Something new.", "az login", ""),
        ("ManagedIdentityCredential authentication unavailable, no response", "unavailable", "machine of Azure", ""),
    ],
)
def test_one_sentence(text: str, summary: str, advice: str, request_id: str) -> None:
    found = refusal(ValueError(text))
    assert found.code == "sign_in.failed"
    assert summary in found.summary
    assert "\n" not in found.summary
    assert "Trace ID" not in found.summary
    assert advice in found.detail
    assert found.request_id == request_id


@pytest.mark.parametrize(
    "text",
    [
        "Authentication failed: Failed to establish a new connection: [Errno 111] Connection refused",
        "Failed to resolve 'login.example' ([Errno -2] Name or service not known)",
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
        "Unable to get authority configuration for https://login.example/tenant.",
    ],
)
def test_an_authority_that_does_not_answer(text: str) -> None:
    found = refusal(ValueError(text))
    assert found.code == "sign_in.unreachable"
    assert "`authority`" in found.detail


def test_a_secret_in_the_librarys_words_is_not_repeated() -> None:
    SECRETS.add("a-secret-of-an-application")
    found = refusal(ValueError("AADSTS7000215: Invalid client secret a-secret-of-an-application provided."))
    assert "a-secret-of-an-application" not in found.summary
