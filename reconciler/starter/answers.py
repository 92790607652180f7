"""What somebody is asked who begins a project, and what is taken where nothing is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.systems.address import Address

SignInWay = Literal["oidc", "managed-identity", "client-secret", "user"]
NOBODY = "00000000-0000-0000-0000-000000000000"
"""The id that stands where one is still to be filled in."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The systems of one environment, and who the tool is to them."""

    cluedin: str
    organization: str
    user: str
    purview: str
    collection: str
    sign_in: SignInWay = "user"
    tenant: str = NOBODY
    client: str = NOBODY


def organization_of(cluedin: str) -> str:
    """The organization that an address of CluedIn begins with: `https://ORGANIZATION.DOMAIN`."""
    return Address.parse(cluedin).host.partition(".")[0]


def user_of(cluedin: str) -> str:
    """A user of CluedIn for the tool, at the domain of its address."""
    host = Address.parse(cluedin).host
    return f"reconciler@{host}"


def collection_of(purview: str) -> str:
    """A collection below the root, which is called like the account."""
    return f"{Address.parse(purview).host.partition('.')[0]}/MDM/CluedIn"


def address_for_tests(cluedin: str) -> str:
    """The address of a CluedIn for tests beside the real one: `https://ORGANIZATION-test.DOMAIN`."""
    found = Address.parse(cluedin)
    first, dot, rest = found.host.partition(".")
    return str(found).replace(found.host, f"{first}-test{dot}{rest}", 1)


def collection_for_tests(collection: str) -> str:
    """A collection for tests beside the real one; a name of six letters cannot be guessed."""
    return f"{collection}-test" if "/" in collection else collection


def same_cluedin(one: Answers, other: Answers) -> bool:
    """Whether two environments would be one organization of one CluedIn, which no two can own."""
    here, there = (str(Address.parse(each.cluedin)).casefold() for each in (one, other))
    return here == there and one.organization.casefold() == other.organization.casefold()
