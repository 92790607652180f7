"""Which secrets a run may use, and that none of their values is ever said."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.systems.redact import SECRETS

ALLOW_LIST = "RECONCILER_SECRETS"


def allowed_secrets(process_env: Mapping[str, str]) -> frozenset[str] | None:
    """The names on the allow-list, or None when there is no allow-list."""
    listed = process_env.get(ALLOW_LIST)
    return None if listed is None else frozenset(name.strip() for name in listed.split(",") if name.strip())


def hide_allowed(process_env: Mapping[str, str]) -> None:
    """Makes the value of every allowed secret unspeakable: also where a manifest holds one in clear."""
    for name in allowed_secrets(process_env) or ():
        hide(process_env.get(name, ""))


def hide(value: str) -> None:
    """Makes a value unspeakable, and each of its lines."""
    for text in (value, *value.splitlines()):
        SECRETS.add(text)
