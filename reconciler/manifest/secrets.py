"""References to secrets: a variable of the process or a secret of a vault, and a version; never the value itself."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reconciler.errors import Diagnostic, Source
from reconciler.manifest.allowed import ALLOW_LIST
from reconciler.systems.vault import vault_address

_VAULT_VERSION = re.compile(r"[0-9a-f]{32}")
_CONVENTIONAL_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


def _all_of(*names: str) -> dict[str, Any]:
    """A way to write a reference; each field is named twice because strict validators want it so."""
    return {"required": [*names], "properties": dict.fromkeys(names, True)}


class SecretRef(BaseModel):
    """The field type of secrets in kinds: `{env: CLUEDIN_PASSWORD, version: "1"}`, or `{vault, secret, version}`.

    The value is read from the process or from Azure Key Vault when it is needed, and never shows in a report.
    Another `version` says that the secret was rotated.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"oneOf": [_all_of("env"), _all_of("vault", "secret", "version")]},
    )

    env: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200, description="Name of the process variable."),
    ] = None
    vault: Annotated[
        str | None,
        Field(max_length=300, description="Name of an Azure Key Vault, or its https:// address in another cloud."),
    ] = None
    secret: Annotated[
        str | None, Field(pattern=r"^[0-9A-Za-z-]{1,127}$", description="Name of the secret in the vault.")
    ] = None
    version: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="Another version says that the secret was rotated; in a vault the version to read, 32 digits.",
        ),
    ] = "1"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        in_vault = self.vault is not None and self.secret is not None
        if in_vault == (self.env is not None) or (self.vault is None) != (self.secret is None):
            raise ValueError("give either `env`, or `vault`, `secret` and `version`")
        if self.vault is not None:
            try:
                vault_address(self.vault)
            except ValueError as error:
                raise ValueError(f"`vault` is no vault: {error}") from None
            if not _VAULT_VERSION.fullmatch(self.version):
                raise ValueError("a secret of a vault needs its `version`: 32 hexadecimal digits in lower case")
        return self

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return self.env or f"{self.secret} of the vault {self.vault}"


def not_allowed(name: str, source: Source | None = None) -> Diagnostic:
    """The finding for a secret that the allow-list does not name."""
    return Diagnostic(
        "error",
        "secret.not_allowed",
        f"The secret `{name}` is not on the allow-list",
        f"Add {name} to {ALLOW_LIST}, a comma-separated list that is set outside the manifests.",
        source,
    )


def looks_like_secret(value: Any) -> bool:
    """Whether a mapping has the shape of a secret reference.

    `{env: NAME, version: …}` and `{vault: …, secret: …}` always have; `{env: NAME}` alone only with a name in
    capitals, so that a plain mapping like `{env: prod}` stays what it is.
    """
    if isinstance(value, dict) and value.keys() in ({"vault", "secret"}, {"vault", "secret", "version"}):
        return True
    if not isinstance(value, dict) or not isinstance(value.get("env"), str):
        return False
    if value.keys() == {"env", "version"}:
        return True
    return value.keys() == {"env"} and bool(_CONVENTIONAL_NAME.fullmatch(value["env"]))
