"""What is a secret: by control, by name, by what a value carries."""

from __future__ import annotations

import pytest

from reconciler.systems.redact import MASK, SECRETS, Redactor
from reconciler.systems.secrecy import bare_address, carries_secret, is_secret

NAMED = (
    "password", "Password", "dbPassword", "passphrase", "clientSecret", "token", "apiToken", "apiKey", "api_key",
    "accountKey", "Account_Key", "ConnectionString", "EventHub.ConnectionString", "connection_string",
    "authorization", "credential", "credentials", "signature",
)  # fmt: skip
PLAIN = (
    "url", "host", "key", "name", "tokenUrl", "SecretName", "keyVault", "passwordPolicy", "OutputFormat",
    "FileNamePattern", "ClientId",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_by_its_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_name_that_only_speaks_of_secrets_is_none(name: str) -> None:
    assert not is_secret(name, "https://host.test/x?version=1", "input")


def test_by_its_control() -> None:
    assert is_secret("anything", control="password")
    assert is_secret("anything", control="Password")


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        *((f"https://host.test/x?v=1&{word}=abc", "https://host.test/x")
          for word in ("sig", "code", "key", "token", "secret", "password", "SIG", "access_token", "apiKey")),
        ("https://user:word@host.test:8443/x", "https://host.test:8443/x"),
        ("https://user@host.test/x", "https://host.test/x"),
        ("abfss://mdm:word@lake.test/x", "abfss://lake.test/x"),
        ("https://host.test/x#access_token=abc", "https://host.test/x"),
        ("https://user:wo/rd@host.test/x", ""),
        ("https://host.test/x%3Fsig%3Dabc", ""),
        ("Server=db;Password=abc", ""),
        ("SharedAccessSignature=abc", ""),
    ],
)  # fmt: skip
def test_by_what_it_carries(value: str, bare: str) -> None:
    assert carries_secret(value)
    assert is_secret("url", value)
    assert bare_address(value) == bare


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("https://host.test/x", "https://host.test/x"),
        ("https://host.test/x?version=1#top", "https://host.test/x"),
        ("https://host.test/@ada/x", "https://host.test/@ada/x"),
        ("https://host.test/x?code=", "https://host.test/x"),
        ("abfss://mdm@lake.test/x", "abfss://mdm@lake.test/x"),
        ("{ContainerName}_{DataTime:yyyy}.{OutputFormat}", "{ContainerName}_{DataTime:yyyy}.{OutputFormat}"),
        ("customers_wide_v1", "customers_wide_v1"),
    ],
)
def test_what_carries_none(value: str, bare: str) -> None:
    assert not carries_secret(value)
    assert bare_address(value) == bare
    assert Redactor().clean(value) == value


def test_values_that_are_no_text_carry_none() -> None:
    assert not any(carries_secret(value) for value in (None, True, 5, ["https://user:word@host.test"]))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (
            "GET https://host.test/x?v=1&sig=abcdefgh%3D&w=2 failed",
            f"GET https://host.test/x?v=1&sig={MASK}&w=2 failed",
        ),
        ('{"url": "https://u:abc@host.test/"}', f'{{"url": "https://{MASK}@host.test/"}}'),
        ("&lt;a href=/x?a=1&amp;code=abcdefghij&gt;", f"&lt;a href=/x?a=1&amp;code={MASK}&gt;"),
        ("x%3Fsig%3Dabcdefghij%26b%3D1", f"x%3Fsig%3D{MASK}"),
        ("is it so? token = 5; code=12", "is it so? token = 5; code=12"),
    ],
)
def test_nobody_knows_it_by_value_and_it_is_masked(text: str, cleaned: str) -> None:
    assert SECRETS.clean(text) == cleaned
    assert SECRETS.clean(cleaned) == cleaned
    assert SECRETS.clean_all({"a": [text]}) == {"a": [cleaned]}


@pytest.mark.parametrize(
    "name", ["X-Api-Key", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "Cookie", "Authorization"]
)
def test_a_header_that_carries_a_secret_is_found_by_its_name(name: str) -> None:
    """Headers are spelled with hyphens, options with underscores or none."""
    assert carries_secret(f"Accept: application/json\n{name}: kanary-of-the-header")
    assert not carries_secret(f"Accept: application/json\nX-Monkey: {name}")
