"""What can be told without asking a system: secrets, hosts, the ledger, the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from reconciler.audit.place import trail_of
from reconciler.doctor.check import Check, of
from reconciler.environment.secrets import Secrets
from reconciler.environment.spec import Environment
from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.ledger import Book, Ledger
from reconciler.ledger.binding import not_ours
from reconciler.ledger.place import book_of
from reconciler.manifest.secrets import SecretRef, looks_like_secret
from reconciler.systems.identity import added, best

AREA = "project"


def manifests(errors: int) -> Iterator[Check]:
    """That manifests are not valid, so that no plan can be made; which, and why, `validate` says."""
    if errors:
        words = f"the manifests have {errors} error{'s' if errors > 1 else ''}"
        yield Check("error", AREA, "manifests.invalid", words, "Run `reconciler validate`, which says where and why.")


def systems(environment: Environment) -> Iterator[Check]:
    """That an environment names no system, so that nothing can be looked at."""
    if environment.cluedin is None and environment.purview is None:
        words = "the environment has neither `cluedin` nor `purview`, so nothing can be applied"
        yield Check(
            "error", AREA, "environment.no_system", words, "Add the system that documents are to be applied to."
        )


def secrets(specs: Iterable[Any], process_env: Mapping[str, str]) -> Iterator[Check]:
    """Every secret that environment and documents name: on the allow-list, set or readable; no value is shown.

    Of a vault each version that is named; of a document that is not valid its plain data will do.
    """
    resolve = Secrets(process_env)
    named = {(one.name, one.version if one.vault else ""): one for spec in specs for one in _references(spec)}
    for (name, _), reference in sorted(named.items()):
        try:
            resolve(reference)
        except ConfigurationError as error:
            first = error.diagnostics[0]
            yield Check("error", AREA, first.code, first.summary, first.detail)
        else:
            words = "is on the allow-list and set" if reference.env else "can be read"
            yield Check("ok", AREA, "secret.set", f"the secret {name} {words}")


def _references(value: Any) -> Iterator[SecretRef]:
    if isinstance(value, SecretRef):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _references(getattr(value, name))
    elif looks_like_secret(value):  # of a document that is not valid for another reason
        with suppress(ValidationError):
            yield SecretRef.model_validate(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)


def ledger(
    environment: Environment, name: str, root: Path, process_env: Mapping[str, str]
) -> tuple[Ledger | None, list[Check]]:
    """The ledger of the environment, and whether it can be read; one that is missing knows of nothing yet."""
    try:
        book = book_of(environment, name, root, process_env)
        found = book.load()
    except ReconcilerError as error:
        first = error.diagnostics[0]
        return None, [Check("error", AREA, first.code, first.summary, first.detail)]
    place = book.place if book.shared else environment.ledger_path(name)
    rights = list(_written(book, place)) if book.shared else []
    if not found.header.serial:
        words = f"there is no ledger {place} yet: nothing is managed, what exists will be adopted or refused"
        return found, [Check("info", AREA, "ledger.none", words), *rights]
    checks = [Check("ok", AREA, "ledger.readable", f"the ledger {place} knows {len(found.entries)} resources"), *rights]
    waiting = sum(entry.intent is not None for entry in found.entries.values())
    if waiting:
        words = f"{waiting} writes of an earlier apply are open; the next plan looks and closes them"
        checks.append(Check("info", AREA, "ledger.open", words))
    return found, checks


def _written(book: Book, place: str) -> Iterator[Check]:
    """Whether this identity may write a ledger that others share; a plan alone needs no right to."""
    try:
        book.require_writable()
    except ReconcilerError as error:
        first = error.diagnostics[0]
        advice = f"A plan can be made, an apply cannot. {first.detail}"
        yield Check("warning", AREA, "ledger.read_only", first.summary, advice)
    else:
        held = f"; now it is held by {holder}" if (holder := book.holder()) else ""
        yield Check("ok", AREA, "ledger.writable", f"the ledger {place} can be written{held}")


def audit(environment: Environment, name: str, root: Path, process_env: Mapping[str, str]) -> Iterator[Check]:
    """Whether the audit of the environment can be written, by a look that adds nothing; a plan needs no right to."""
    try:
        trail = trail_of(environment, name, root, process_env)
    except ReconcilerError as error:
        yield of(AREA, error)
        return
    try:
        trail.require_writable()
    except ReconcilerError as error:
        found = of(AREA, error, "warning")
        yield replace(found, advice=f"A plan can be made, an apply cannot. {found.advice}")
    else:
        yield Check("ok", AREA, "audit.writable", f"the audit {trail.name} can be written")


def binding(ledger: Ledger | None, names: Mapping[str, tuple[str, ...]]) -> Iterator[Check]:
    """Whether the ledger belongs to the systems that the environment names."""
    known = ledger.header.systems if ledger is not None else {}
    for system, seen in sorted(names.items()):
        if system not in known:
            continue
        if finding := not_ours(known[system], seen):
            yield Check("error", AREA, finding.code, finding.summary, finding.detail)
        else:
            yield Check("ok", AREA, "ledger.systems", f"the ledger belongs to {best(added(known[system], seen))}")
