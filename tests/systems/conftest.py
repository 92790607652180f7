"""A certificate for loopback, a project over TLS, and the command line on it."""

from __future__ import annotations

import datetime
import ipaddress
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from jsonschema import Draft202012Validator

from reconciler.cli import main
from reconciler.report.schemas import checks_schema
from reconciler_sandbox.server import running

from ..support import SECRETS, Project

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "99999999-8888-7777-6666-555555555555"
SECRET = "sandbox-secret"

CONCEPT = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: customer}
spec:
  glossary: Enterprise
  term: {name: Customer, definition: A person or organisation that buys from us.}
  vocabulary:
    name: Customer
    key_prefix: customer
    active: true
    entity_type: {name: Customer, code: /Customer, icon: User}
  terms:
    - {name: Email, key: email, data_type: Email, definition: Primary contact address.}
    - {name: Segment, key: segment, data_type: Text, definition: How we group customers.}
"""


@dataclass
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as JSON."""
        shape = json.loads(self.out)
        Draft202012Validator(checks_schema()).validate(shape)
        return shape


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for loopback that signs itself, and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(public), str(private)


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A process without any variable that would sign it in."""
    import os

    for name in list(os.environ):
        if name.startswith(("AZURE_", "IDENTITY_", "MSI_", "RECONCILER_", "GITHUB_")) or name == "CI":
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_COLOR", "1")
    return monkeypatch


@pytest.fixture
def secure(tmp_path: Path, certificate: tuple[str, str], clean: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project on a sandbox over TLS that checks every token; its certificate is trusted."""
    clean.setenv("REQUESTS_CA_BUNDLE", certificate[0])
    clean.setenv("SSL_CERT_FILE", certificate[0])
    with running(seed="demo", strict_auth=True, tls=certificate) as sandbox:
        made = Project(tmp_path, sandbox.url)
        for name, value in {**made.env, "AZURE_SECRET": SECRET}.items():
            clean.setenv(name, value)
        clean.setenv("RECONCILER_SECRETS", ",".join([*SECRETS, "AZURE_SECRET"]))
        made.write("customer.yaml", CONCEPT)
        yield made


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a verb on the project in the test's folder."""

    def go(*words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["-q", "--project", str(tmp_path), *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "defect" not in err
        return Ran(int(left.value.code or 0), out, err)

    return go


def sign_in(made: Project, words: str) -> None:
    """Writes how the environment signs in to Purview."""
    old = "sign_in: {method: token, token: {env: PURVIEW_TOKEN}}"
    made.edit("environments/sandbox.yaml", old, f"sign_in: {words}")


def asked(made: Project, path: str) -> list[dict[str, Any]]:
    """The requests that the sandbox saw at a path."""
    return [request for request in made.requests() if path in request["path"]]
