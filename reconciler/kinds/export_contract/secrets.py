"""Secrets that a contract writes where none may stand: by name, or by what the value carries. No value is repeated.

What is one says `systems.secrecy`; the live catalogue tells more of them (`judge`).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import AssetAt
from reconciler.manifest.findings import Path, error
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.systems.secrecy import carries_secret, is_secret

_OTHERWISE = {
    "http": "Leave `connection` out, and name the whole address by reference: "
    'write `target: {secrets: {url: {env: NAME, version: "1"}}}`.',
    "sql": "Write `mssql://HOST/DATABASE`; user and password stand in `target.config` and `target.secrets`.",
}


def secret_findings(contract: Contract) -> Iterator[Diagnostic]:
    """Secrets in the connection, under `config`, in the name of the target and in that of the asset."""
    delivery, target = contract.delivery, contract.delivery.target
    if carries_secret(delivery.connection):
        yield error(
            contract.document,
            contract.at("connection"),
            "contract.connection",
            "The connection carries a secret, which would show in every plan and in the catalogue",
            _OTHERWISE.get(contract.form.family, "Secrets stand in `delivery.target.secrets`, by reference."),
        )
    for name, value in target.config.items():
        if is_secret(name, value):
            yield secret_in_clear(contract, name)
    if may_be_composed(contract.provider, contract.target_name):
        path: Path = ("delivery", "target", "name") if target.name is not None else ()
        yield error(
            contract.document,
            path,
            "provider.secret",
            "The name of the export target is an address, of which nobody can tell whether it carries a secret",
            "Give it a name in words, such as the contract's.",
        )
    if isinstance(delivery.asset, AssetAt) and carries_secret(delivery.asset.qualified_name):
        yield error(
            contract.document,
            contract.at("asset"),
            "provider.secret",
            "The qualified name of the asset carries a secret, which would show in every plan",
            "Name an asset without one; have the scan repeated without the signature in its address.",
        )


def secret_in_clear(contract: Contract, name: str) -> Diagnostic:
    """The finding for a secret that stands under `config`."""
    return error(
        contract.document,
        ("delivery", "target", "config", name),
        "provider.secret",
        f"`{name}` is a secret",
        f'Write it in `target.secrets`: `{name}: {{env: NAME, version: "1"}}`.',
    )
