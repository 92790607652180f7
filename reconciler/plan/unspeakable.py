"""Texts of manifests that hold the value of a secret of this run: they are sent as they are, so it is said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.diff import WRITES, Change
from reconciler.errors import Diagnostic
from reconciler.resources.rules import Secret
from reconciler.systems.redact import SECRETS


def secrets_in_texts(changes: Iterable[Change]) -> Iterator[Diagnostic]:
    """A warning for each field that would be written with such a value; the value is not in it."""
    written = [
        (change, item)
        for change in changes
        if change.action in WRITES | {"adopt"}
        for item in change.fields
        if not change.type.field(item.path).has(Secret)
    ]
    for change, item in (written[at] for at in SECRETS.places([item.after for _, item in written])):
        if SECRETS.knows(item.after):
            origin = next((one for one in change.origins if one.file), None)
            yield Diagnostic(
                "warning",
                "secret.in_text",
                f"{change.address}: its {item.path} holds the value of a secret of this run, which everybody could "
                "read in the system",
                "Take it out of the manifest, and give the secret another value: it stands in the history of Git.",
                origin.source if origin is not None else None,
                change.address,
            )
