"""Contacts and owners that manifests name by the aliases of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.manifest.findings import Path, error
from reconciler.manifest.suggest import did_you_mean

if TYPE_CHECKING:
    from reconciler.manifest.project import Document

MOST_CONTACTS = 20


def object_ids(environment: Environment, names: Iterable[str]) -> list[str]:
    """The object ids of contacts that a check has found to be known."""
    return [person.id for person in map(environment.person, names) if person is not None]


def cluedin_users(environment: Environment, names: Iterable[str]) -> list[str]:
    """The CluedIn user names of owners; an address that no one in `people` has is a user name itself."""
    return [user for user in (_user(environment, name) for name in names) if user is not None]


def unknown_contacts(
    environment: Environment, document: Document, path: Path, names: Iterable[str]
) -> Iterator[Diagnostic]:
    """Findings for contacts in Purview that nobody can be found for, and for too many of them."""
    for at, name in enumerate(names):
        if environment.person(name) is None:
            yield _unknown(environment, document, (*path, at), name)
        if at == MOST_CONTACTS:
            yield error(
                document,
                path,
                "contact.too_many",
                f"Purview keeps {MOST_CONTACTS} contacts of a kind at most",
                "Name a group of people instead.",
            )


def unknown_owners(
    environment: Environment, document: Document, path: Path, names: Iterable[str]
) -> Iterator[Diagnostic]:
    """Findings for owners in CluedIn that have no user name there."""
    for at, name in enumerate(names):
        if _user(environment, name) is not None:
            continue
        if environment.person(name) is None:
            yield _unknown(environment, document, (*path, at), name)
        else:
            yield error(
                document,
                (*path, at),
                "contact.no_user",
                f"`{name}` has no user name in CluedIn",
                "Set `cluedin_user` or `email` of the person in the environment.",
            )


def _user(environment: Environment, name: str) -> str | None:
    person = environment.person(name)
    if person is not None:
        return person.user
    return name if "@" in name else None


def _unknown(environment: Environment, document: Document, path: Path, name: str) -> Diagnostic:
    advice = did_you_mean(name, environment.people)
    rule = "Write an alias of spec.people in the environment, an e-mail address found there, or an object id."
    return error(document, path, "contact.unknown", f"Nobody is known as `{name}`", f"{advice} {rule}".strip())
