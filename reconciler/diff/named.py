"""Addresses that plan options name: whether there is such a thing, and whether the option can do anything to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler.desired import matches_target
from reconciler.diff.change import Change, Options
from reconciler.errors import Diagnostic, ReconcilerError
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources.base import Desired
from reconciler.resources.rules import Secret

_STANDS = frozenset({"conflict", "blocked", "pending"})


def unknown(option: str, address: str, known: Collection[str]) -> ReconcilerError:
    """The error for an option that names what neither a manifest nor the ledger knows."""
    advice = did_you_mean(address, [*known])
    advice = advice if advice.startswith("Did") else "`reconciler graph --all` lists the addresses."
    return ReconcilerError.of(f"{_code(option)}.unknown", f"--{option} {address} matches nothing", advice)


def refuse_unknown(options: Options, known: Collection[str]) -> None:
    """Raises `ReconcilerError` for the first address of an option that names nothing."""
    for option, addresses in _named(options):
        for address in addresses:
            if address not in known:
                raise unknown(option, address, known)


def without_effect(options: Options, desired: Mapping[str, Desired], changes: Iterable[Change]) -> Iterator[Diagnostic]:
    """Warnings about options that name what they cannot do anything to; what stands in the way tells itself."""
    at: dict[str, list[Change]] = {}
    for change in changes:
        at.setdefault(change.address, []).append(change)
    for option, addresses in _named(options):
        for address in addresses:
            there = at.get(address, [])
            if any(change.action in _STANDS for change in there):
                continue
            why = ""
            if options.targets and not there and not matches_target(address, options.targets):
                why = "it is no --target"
            if why := why or _why_not(option, desired.get(address), there):
                words = f"--{option} {address} does nothing: {why}"
                yield Diagnostic("warning", f"{_code(option)}.nothing", words, "Leave the option out.", address=address)


def _code(option: str) -> str:
    return option.replace("-", "_")


def _named(options: Options) -> Iterator[tuple[str, tuple[str, ...]]]:
    forced = options.force_conflicts
    yield "rotate", options.rotate
    yield "replace", options.replace
    yield "force-conflicts", () if isinstance(forced, bool) else forced


def _why_not(option: str, want: Desired | None, there: Iterable[Change]) -> str:
    """Why an option does nothing to a resource; empty when it does something."""
    if want is None:
        return "no manifest wants it now"
    if option == "rotate":
        has_secret = any(want.type.field(path).has(Secret) for path in want.values)
        return "" if has_secret else "its manifest gives it no secret"
    if option == "replace":
        if any(change.action == "replace" for change in there):
            return ""
        if want.type.deletes != "hard":
            return f"a {want.type.name.replace('_', ' ')} cannot be deleted in the system, so it cannot be replaced"
        if any(change.action == "create" for change in there):
            return "it is not there yet, and is created"
        return "only what is managed here already, and is the manifest's own, can be replaced"
    forced = any(item.reason == "forced" for change in there for item in change.fields)
    return "" if forced else "there is no conflict"
