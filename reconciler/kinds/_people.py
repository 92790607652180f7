"""People: the aliases of an environment, and the contacts and owners that manifests name by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from reconciler.errors import Diagnostic
from reconciler.manifest.findings import Path, error
from reconciler.manifest.spec import Spec
from reconciler.manifest.suggest import did_you_mean

if TYPE_CHECKING:
    from reconciler.kinds.environment import Environment
    from reconciler.manifest.project import Document

GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
MOST_CONTACTS = 20


class Person(Spec):
    """Someone whom manifests name by an alias."""

    object_id: Annotated[str, Field(pattern=GUID)]
    """Object id in Microsoft Entra ID; Purview keeps contacts by it."""
    email: str | None = None
    """E-mail address; manifests may name the person by it as well."""
    cluedin_user: str | None = None
    """User name in CluedIn; without it the e-mail address is taken."""

    @property
    def id(self) -> str:
        """The object id as it is compared: lower case."""
        return self.object_id.lower()

    @property
    def user(self) -> str | None:
        """The name by which CluedIn knows the person."""
        return self.cluedin_user or self.email


def find_person(people: Mapping[str, Person], name: str) -> Person | None:
    """The person of an alias, an e-mail address of one of them, or any object id."""
    if name in people:
        return people[name]
    if re.match(GUID, name):
        return next((one for one in people.values() if one.id == name.lower()), Person(object_id=name))
    folded = name.casefold()
    return next((one for one in people.values() if one.email and one.email.casefold() == folded), None)


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
