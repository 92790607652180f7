"""Whether a ledger belongs to the systems that an environment points at."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import Diagnostic
from reconciler.systems.identity import best, same


def not_ours(known: Sequence[str] | None, seen: Sequence[str]) -> Diagnostic | None:
    """The finding for a system that is another one than the ledger's, or may be; None when all is well.

    `known` are the names that the ledger has of it, None when it has none; `seen` those of this sign-in.
    """
    if not known or (verdict := same(known, seen)):
        return None
    if verdict is None:
        return Diagnostic(
            "error",
            "ledger.other_system",
            f"the ledger knows the system as {best(known)}, and this sign-in sees {best(seen)} only, so that nobody "
            "can tell whether it is the same",
            "Apply once with a sign-in that sees more: for Purview with Data Reader on the root collection, for "
            "CluedIn with user and password. From then on the ledger knows both names.",
        )
    return Diagnostic(
        "error",
        "ledger.other_system",
        f"the ledger belongs to {_told(known, seen)}, and this environment now points at {_told(seen, known)}",
        "Use another environment name for another system, or move the ledger away to adopt anew.",
    )


def _told(names: Sequence[str], others: Sequence[str]) -> str:
    """The name that tells one system from another."""
    apart = [name for name in names if name not in others]
    return best(apart)
