"""Who may be sent a credential."""

from __future__ import annotations

import pytest

from reconciler.errors import ConfigurationError
from reconciler.systems.hosts import VARIABLE, check_host


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.purview.azure.com",
        "https://api.purview-service.microsoft.com/",
        "http://127.0.0.1:8180",
        "http://localhost:1",
        "https://acme.cluedin.example",
        "https://a.b.trusted.example",
    ],
)
def test_allowed(url: str) -> None:
    assert check_host(url, {VARIABLE: "acme.cluedin.example, *.trusted.example"}) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://purview.azure.com.evil.example",
        "https://evilpurview.azure.com",
        "https://trusted.example",
        "http://acme.purview.azure.com",
        "https://user@acme.purview.azure.com",
        "https://acme.purview.azure.com?x=1",
        "ftp://acme.purview.azure.com",
        "acme.purview.azure.com",
        "",
        "http://127.0.0.1.evil.example",
        "http://2130706433.evil.example",
    ],
)
def test_not_allowed(url: str) -> None:
    with pytest.raises(ConfigurationError):
        check_host(url, {VARIABLE: "*.trusted.example"})
