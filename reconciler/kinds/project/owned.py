"""Owners of what a document makes in CluedIn: people and roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.environment.sign_in import Role
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.kinds.project.configured import RoleRef
from reconciler.kinds.project.people import cluedin_users, unknown_owners
from reconciler.manifest.findings import error, info
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.owners import Account, Accounts
from reconciler.resources.cluedin.owners import role_word

if TYPE_CHECKING:
    from reconciler.kinds.base import World
    from reconciler.manifest.project import Document

Words = Sequence[str | RoleRef]


def owner_words(environment: Environment, world: World, words: Words) -> list[str]:
    """The owners as they compare: users by the name that CluedIn has for them, and roles; without who applies."""
    found = []
    for word in words:
        if isinstance(word, RoleRef):
            role = _roles(environment).get(word.role)
            found += [role_word(role.name, role.id)] if role is not None else []
            continue
        for name in cluedin_users(environment, [word]):
            account = _account(world, name)
            if account is None or not account.signs_in:
                found.append(account.name if account is not None else name.casefold())
    return found


def owner_findings(document: Document, environment: Environment, words: Words) -> Iterator[Diagnostic]:
    """People whom nobody knows, and roles that the environment does not name."""
    people = [(at, word) for at, word in enumerate(words) if isinstance(word, str)]
    for at, word in people:
        yield from unknown_owners(environment, document, ("owners", at), [word])
    roles = _roles(environment)
    for at, one in enumerate(words):
        if isinstance(one, RoleRef) and one.role not in roles:
            advice = did_you_mean(one.role, roles, what="Named are") if roles else ""
            rule = "Name it in `cluedin.roles` of the environment, with its id: no call lists roles."
            yield error(document, ("owners", at), "owners.role", f"No role is known as `{one.role}`",
                        f"{advice} {rule}".strip())  # fmt: skip


def owner_judgements(document: Document, environment: Environment, world: World, words: Words) -> Iterator[Diagnostic]:
    """Users that CluedIn does not have; and who applies, who owns what it makes anyway."""
    rows = world.answers.of(Accounts())
    if rows is None:
        return
    for at, word in enumerate(words):
        for name in cluedin_users(environment, [word]) if isinstance(word, str) else ():
            account = _account(world, name)
            if account is None:
                known = [one.name for one in rows]
                yield error(document, ("owners", at), "owners.user", f"CluedIn has no user `{name}`",
                            did_you_mean(name, known, what="Users are"))  # fmt: skip
            elif account.signs_in:
                yield info(document, ("owners", at), "owners.signs_in",
                           f"`{word}` is who applies, and stays an owner whether it stands here or not",
                           "Remove it, or leave it: nothing is done about it.")  # fmt: skip


def said_owners(environment: Environment, accounts: Sequence[Account], words: Sequence[str]) -> list[Any]:
    """The way back: live owners as manifests name them, by alias, by address or as a role; None for one they cannot."""
    return [_said(environment, accounts, word) for word in words]


def _said(environment: Environment, accounts: Sequence[Account], word: str) -> str | dict[str, str] | None:
    roles = {role_word(one.name, one.id): alias for alias, one in _roles(environment).items()}
    if word in roles:
        return {"role": roles[word]}
    names = next((one.names for one in accounts if one.name == word), frozenset())
    aliases = (alias for alias, one in environment.people.items() if (one.user or "").casefold() in names)
    return next(aliases, word if names and "@" in word else None)


def _account(world: World, name: str) -> Account | None:
    rows: Sequence[Account] = world.answers.of(Accounts()) or ()
    return next((one for one in rows if name.casefold() in one.names), None)


def _roles(environment: Environment) -> Mapping[str, Role]:
    return environment.cluedin.roles if environment.cluedin is not None else {}
