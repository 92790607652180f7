"""Who a policy is for: people and roles, as manifests name them and as CluedIn's lists of members have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.project.people import cluedin_users
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, error
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.owners import Account, Accounts
from reconciler.resources.cluedin.owners import role_word


class NamesRole(Protocol):
    """A word for a role."""

    @property
    def role(self) -> str:
        """Its alias or name."""


Word = str | NamesRole


def role_named(world: World, word: str) -> str | None:
    """A role of the environment as members have it; None where the environment does not name it."""
    cluedin = world.environment.cluedin
    role = cluedin.role(word) if cluedin is not None else None
    return role_word(role.name, role.id) if role is not None else None


def member_words(world: World, words: Sequence[Word]) -> list[str]:
    """The members as they compare, as far as they are known."""
    found = (_member(world, word) for word in words)
    return list(dict.fromkeys(word for word in found if word is not None))


def member_judgements(document: Document, world: World, path: Path, words: Sequence[Word]) -> Iterator[Diagnostic]:
    """Users that CluedIn does not have, and roles that the environment does not name."""
    for at, word in enumerate(words):
        if not isinstance(word, str):
            yield from role_judgements(document, world, (*path, at), [word.role])
            continue
        rows: Sequence[Account] | None = world.answers.of(Accounts())
        for name in cluedin_users(world.environment, [word]):
            if rows is not None and not any(name.casefold() in one.names for one in rows):
                yield error(
                    document,
                    (*path, at),
                    "member.user",
                    f"CluedIn has no user `{name}`",
                    did_you_mean(name, [one.name for one in rows], what="Users are"),
                )


def role_judgements(document: Document, world: World, path: Path, words: Sequence[str]) -> Iterator[Diagnostic]:
    """Roles that the environment does not name: no call lists them [U], and a member is one by its id."""
    cluedin = world.environment.cluedin
    for word in words:
        if cluedin is not None and cluedin.role(word) is None:
            known = [role.name for role in cluedin.roles.values()]
            advice = did_you_mean(word, known, what="Named are") if known else ""
            line = f"`roles: {{{_alias(word)}: {{name: {word}, id: …}}}}`"
            yield error(
                document,
                path,
                "member.role",
                f"No role is known as `{word}`",
                f"{advice} Add {line} to `cluedin` of the environment: no call lists roles.".strip(),
            )


def _alias(word: str) -> str:
    return "-".join(word.split()).lower()


def _member(world: World, word: Word) -> str | None:
    if not isinstance(word, str):
        return role_named(world, word.role)
    rows: Sequence[Account] = world.answers.of(Accounts()) or ()
    for name in cluedin_users(world.environment, [word]):
        found = next((one.name for one in rows if name.casefold() in one.names), None)
        return found if found is not None else name.casefold()
    return None
