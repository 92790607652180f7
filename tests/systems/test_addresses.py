"""What is accepted is what is connected to: a grammar of odd but harmless addresses, and a resolver that records."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.systems.address import Address, AddressError
from reconciler.systems.auth import Anonymous
from reconciler.systems.hosts import VARIABLE, check_host
from reconciler.systems.http import Connection

from ..support import Project
from .conftest import CLIENT, TENANT, Ran, sign_in

AS_APPLICATION = f"{{method: client_secret, tenant_id: {TENANT}, client_id: {CLIENT}, secret: {{env: AZURE_SECRET}}"
ENV = {VARIABLE: "*.trusted.example, xn--mnchen-3ya.example, 10.1.2.3, [::2], 2001:db8::7"}
SCHEMES = ["https://"] * 12 + ["HTTPS://", "http://", "Http://", "https:/", "https:", "//", "ftp://", "", " https://"]
HOSTS = [
    *["acme.trusted.example", "acme.purview.azure.com", "login.microsoftonline.com"] * 3,
    *["ACME.Trusted.Example", "localhost", "127.0.0.1", "[::1]", "[2001:DB8:0::7]", "10.1.2.3", "münchen.example"],
    *["xn--mnchen-3ya.example", "MÜNCHEN.example", "acme。trusted.example", "xn--zzzzzzzz.example", "a_b.c.example"],
    *["acme.trusted.example.", "acme..trusted.example", "-a.trusted.example", "127.1", "2130706433", "0x7f.1", "1.2.3"],
    *["010.1.2.3", "[::1%eth0]", "[127.0.0.1]", "other.example", "trusted.example", "", "x" * 64 + ".trusted.example"],
]  # fmt: skip
PORTS = [""] * 16 + [
    ":443",
    ":80",
    ":8443",
    ":0443",
    ":0",
    ":65535",
    ":65536",
    ":",
    ":8x",
    ":-1",
    ":４４３",
    ":443:443",
]
BETWEEN = [""] * 40 + ["@", "user@", ":x@", "#", "?", "\\", "%40", "%2e", " ", "\t", "\u200b", "é", "/", ";"]
ENDS = [""] * 16 + ["/", "//", "/path", "/a/b/", "/..", "/%2e", "?x=1", "#x", "/ ", "\n", "/a\\b", "/a@other.example"]


def grammar(seed: int) -> Iterator[str]:
    """Endless odd addresses; nothing in them is more than a form that a person or a template may write."""
    pick = random.Random(seed).choice
    while True:
        host = pick(HOSTS)
        between = pick(BETWEEN)
        second = pick(HOSTS) if between and pick((True, False)) else ""
        yield pick(SCHEMES) + host + between + second + pick(PORTS) + pick(ENDS)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Records every name that is to be resolved, and knows none."""
    seen: list[tuple[str, int]] = []

    def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        seen.append((host.decode() if isinstance(host, bytes) else host, int(port)))
        raise socket.gaierror(socket.EAI_NONAME, "recorded")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return seen


def test_a_thousand_addresses_by_our_own_client(
    resolver: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = httpx.create_ssl_context()
    monkeypatch.setattr(httpx, "create_ssl_context", lambda *a, **k: context)
    monkeypatch.setattr("httpx._transports.default.create_ssl_context", lambda *a, **k: context)
    accepted = refused = 0
    for _, text in zip(range(1000), grammar(1), strict=False):
        resolver.clear()
        try:
            base = check_host(text, ENV)
        except ConfigurationError:
            refused += 1
            continue
        accepted += 1
        address = Address.parse(base)
        assert str(address) == base, "rebuilding it again changes nothing"
        connection = Connection("purview", base, Anonymous(), lambda status, body: ("", ""), connect_attempts=1)
        with pytest.raises(ReconcilerError):
            connection.send("GET", "/page", effect="read")
        connection.close()
        assert resolver == [(address.host, address.port or {"https": 443, "http": 80}[address.scheme])], text
    assert accepted > 100
    assert refused > 400


def test_a_thousand_addresses_by_azure_identity(resolver: list[tuple[str, int]]) -> None:
    from azure.core.exceptions import AzureError
    from azure.identity import ClientSecretCredential

    from reconciler.systems.azure_http import sign_in_transport

    accepted = 0
    for _, text in zip(range(1000), grammar(2), strict=False):
        resolver.clear()
        try:
            authority = check_host(text if "://" in text else f"https://{text}", ENV)
        except ConfigurationError:
            continue
        accepted += 1
        address = Address.parse(authority)
        with pytest.raises((AzureError, ValueError)):
            ClientSecretCredential(
                TENANT, CLIENT, "not-a-secret", authority=authority, disable_instance_discovery=True,
                retry_total=0, transport=sign_in_transport(ENV),
            ).get_token("https://purview.azure.net/.default")  # fmt: skip
        expected = [(address.host, address.port or 443)] if address.is_encrypted else []
        assert list(dict.fromkeys(resolver)) == expected, text
    assert accepted > 100


@pytest.mark.parametrize(
    ("text", "rebuilt"),
    [
        ("HTTPS://Acme.Trusted.Example:443/", "https://acme.trusted.example"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("https://[2001:DB8:0:0::7]:8443/a/b/", "https://[2001:db8::7]:8443/a/b"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_an_address_is_rebuilt(text: str, rebuilt: str) -> None:
    assert str(Address.parse(text)) == rebuilt


@pytest.mark.parametrize(
    "text", ["https://a\\b", "https://a@b", "https://a b", "https://a\x00", "https://127.1", "https://a:99999"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        Address.parse(text)
    with pytest.raises(AddressError):
        Address.of_request(text)


@pytest.mark.parametrize("field", ["url", "endpoint", "authority"])
def test_a_malformed_address_is_a_finding_with_its_line(secure: Project, run: Any, field: str) -> None:
    file = secure.root / "manifests/environments/sandbox.yaml"
    text = file.read_text()
    wrong = '"https://login.microsoftonline.com/?x=1"'
    if field == "authority":
        old = "sign_in: {method: token, token: {env: PURVIEW_TOKEN}}"
        new = f"sign_in:\n      method: token\n      token: {{env: PURVIEW_TOKEN}}\n      authority: {wrong}"
    else:
        old = next(line for line in text.splitlines() if line.strip().startswith(f"{field}:"))
        new = f"{old.partition(':')[0]}: {wrong}"
    assert old in text
    file.write_text(text.replace(old, new))
    line = next(n for n, one in enumerate(file.read_text().splitlines(), 1) if wrong in one)
    for verb in ("validate", "plan"):
        ran: Ran = run(verb)
        assert ran.code == 1
        assert f"sandbox.yaml:{line}" in ran.out + ran.err
        assert "plain path only" in ran.out + ran.err
    assert secure.requests() == []


@pytest.mark.parametrize(
    "scheme", ["https", *(pytest.param(one, marks=pytest.mark.long) for one in ("HTTPS", "Https"))]
)
def test_a_certificate_that_nobody_vouches_for_is_refused_whatever_the_scheme_looks_like(
    secure: Project, run: Any, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    sign_in(secure, f"{AS_APPLICATION}, authority: '{secure.url.replace('https', scheme)}'}}")
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", secure.url.replace("https", scheme))
    assert run("plan").code == 0
    monkeypatch.delenv("SSL_CERT_FILE")
    ran = run("plan")
    assert ran.code == 1
    assert "certificate" in ran.err.lower()


def test_a_proxy_never_sees_what_is_meant_for_this_machine(
    secure: Project, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CluedIn, Purview and Entra ID stand on loopback; a listener takes the proxy's place."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.1)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        sign_in(secure, f"{AS_APPLICATION}, authority: '{secure.url}'}}")
        assert run("plan").code == 0
        assert run("doctor").code == 0
        with pytest.raises(TimeoutError):
            proxy.accept()


def test_where_an_answer_sends_the_sign_in_is_looked_at_too(resolver: list[tuple[str, int]]) -> None:
    """A token endpoint that the discovery document of an authority names is a host like any other."""
    from azure.core.exceptions import ClientAuthenticationError
    from azure.core.rest import HttpRequest

    from reconciler.systems.azure_http import sign_in_transport

    transport = sign_in_transport({"IDENTITY_ENDPOINT": "http://10.0.0.9:4141/token"})
    for url in (
        "https://other.example/token",
        "https://login.microsoftonline.com\\@x/",
        "http://login.microsoftonline.com/",
    ):
        with pytest.raises(ClientAuthenticationError):
            transport.send(HttpRequest("POST", url))
    assert resolver == []
    for url in ("http://10.0.0.9:4141/token?x=1", "http://169.254.169.254/metadata"):
        with pytest.raises(Exception, match=r"recorded|resolve|connect"):
            transport.send(HttpRequest("GET", url))
