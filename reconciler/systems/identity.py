"""Whether two systems are one, by the names that sign-ins see of them.

A name is a text: `purview:https://…` its address, which every sign-in sees; `purview:NAME` or `cluedin:ID` its own,
which only some see (the root collection, the organisation in a token); `purview-tenant:ID` the tenant behind an
address that all tenants share. Rights and ways to sign in change, and with them which names are seen: what both sides
know decides, the system's own name before its address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def kind_of(name: str) -> str:
    """What a name tells: `own`, `tenant` or `address`."""
    if "://" in name:
        return "address"
    return "tenant" if name.partition(":")[0].endswith("-tenant") else "own"


def same(known: Iterable[str], seen: Iterable[str]) -> bool | None:
    """Whether both names' owner is one system; None when they have no kind of name in common."""
    ours, theirs = _by_kind(known), _by_kind(seen)
    if "own" in ours and "own" in theirs:
        return not ours["own"].isdisjoint(theirs["own"])
    if "tenant" in ours and "tenant" in theirs and ours["tenant"].isdisjoint(theirs["tenant"]):
        return False
    if "address" in ours and "address" in theirs:
        return not ours["address"].isdisjoint(theirs["address"])
    return None


def added(known: Sequence[str], seen: Iterable[str]) -> list[str]:
    """The names of a system with those that became known now."""
    return list(dict.fromkeys([*known, *seen]))


def best(names: Sequence[str]) -> str:
    """The name to call a system by: its own, else the first."""
    return next((name for name in names if kind_of(name) == "own"), names[0] if names else "")


def _by_kind(names: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        found.setdefault(kind_of(name), set()).add(name)
    return found
