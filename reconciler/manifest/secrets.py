"""References to secrets: the name of a process variable and a version, never the value itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from reconciler.errors import ConfigurationError, Diagnostic, Source

ALLOW_LIST = "RECONCILER_SECRETS"
_CONVENTIONAL_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


class SecretRef(BaseModel):
    """The field type of secrets in kinds: `{env: CLUEDIN_PASSWORD, version: "1"}`.

    The value is read from the process when it is needed and wrapped, so that it never shows in a report.
    Another `version` says that the secret was rotated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Annotated[
        str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200, description="Name of the process variable.")
    ]
    version: Annotated[
        str, Field(min_length=1, max_length=100, description="Another version says that the secret was rotated.")
    ] = "1"

    def resolve(self, process_env: Mapping[str, str], allowed: frozenset[str] | None) -> SecretStr:
        """The wrapped value; ConfigurationError when the name is not allowed or not set."""
        if allowed is None or self.env not in allowed:
            raise ConfigurationError(not_allowed(self.env))
        value = process_env.get(self.env, "")
        if not value:
            raise ConfigurationError(
                Diagnostic(
                    "error",
                    "secret.missing",
                    f"The secret `{self.env}` is not set",
                    f"Set the process variable {self.env}; manifests only name it.",
                )
            )
        return SecretStr(value)


def allowed_secrets(process_env: Mapping[str, str]) -> frozenset[str] | None:
    """The names on the allow-list, or None when there is no allow-list."""
    listed = process_env.get(ALLOW_LIST)
    return None if listed is None else frozenset(name.strip() for name in listed.split(",") if name.strip())


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

    `{env: NAME, version: …}` always has; `{env: NAME}` alone only with a name in capitals, so that a plain
    mapping like `{env: prod}` stays what it is.
    """
    if not isinstance(value, dict) or not isinstance(value.get("env"), str):
        return False
    if value.keys() == {"env", "version"}:
        return True
    return value.keys() == {"env"} and bool(_CONVENTIONAL_NAME.fullmatch(value["env"]))
