"""People whom manifests name: by an alias of the environment, an e-mail address, or an object id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from reconciler.manifest.spec import Spec

GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


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
