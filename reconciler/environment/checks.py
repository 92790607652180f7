"""What can be told about an environment offline, and about two of them in one project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from reconciler.environment.patterns import common, holds
from reconciler.environment.spec import Environment, GitPlace
from reconciler.errors import Diagnostic
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import error, warning, where
from reconciler.manifest.paths import path_findings


def findings(
    environment: Environment, document: Document, environments: Iterable[Document], chosen: str
) -> Iterator[Diagnostic]:
    """Everything that is wrong with an environment; of one that was not chosen only what concerns the chosen one.

    `environments` are those of the project in their order; where none was chosen each of them counts.
    """
    if counts(document, chosen):
        yield from _by_itself(environment, document)
        yield from _people(environment, document)
    for other in _earlier(document, environments):
        theirs = other.as_a(Environment)
        if theirs is not None and (counts(document, chosen) or other.name == chosen):
            yield from _against(environment, document, theirs, other)


def counts(document: Document, chosen: str) -> bool:
    """Whether an environment is the chosen one, or any is meant."""
    return document.name == chosen or not chosen


def _by_itself(environment: Environment, document: Document) -> Iterator[Diagnostic]:
    yield from _in_a_ledger(environment.audit_path(document.name), document, environment.ledger_path(document.name))
    purview = environment.purview
    if purview is None and environment.cluedin is None:
        yield error(
            document,
            (),
            "environment.no_system",
            "The environment has neither `cluedin` nor `purview`",
            "Add the system that documents are to be applied to.",
        )
    scope = environment.scope.purview
    for at, collection in enumerate(scope.collections or ()):
        yield from path_findings(document, ("scope", "purview", "collections", at), collection)
    if purview is not None:
        yield from path_findings(document, ("purview", "collection"), purview.collection)
    if purview is None or scope.read_only:
        return
    if purview.collection is None and purview.dialect.has_collections:
        yield warning(
            document,
            ("purview",),
            "environment.no_collection",
            "Without `collection` our assets land in the root collection of Purview",
            "Name the collection that they belong to.",
        )
    if purview.collection is not None and not holds(scope.collections, purview.collection):
        yield error(
            document,
            ("purview", "collection"),
            "scope.collection",
            f"The collection `{purview.collection}` is outside `scope.purview.collections`",
            "Add it there, or choose one of them.",
        )


def _people(environment: Environment, document: Document) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for alias, person in environment.people.items():
        for name in dict.fromkeys((person.id, (person.email or person.id).casefold())):
            if name in seen:
                yield error(
                    document,
                    ("people", alias),
                    "environment.same_person",
                    f"`{alias}` and `{seen[name]}` are the same person: {name}",
                    "Keep one alias for each person.",
                )
                break
            seen[name] = alias


def _earlier(document: Document, environments: Iterable[Document]) -> Iterable[Document]:
    """The environments before this one, so that each pair is judged once."""
    for other in environments:
        if other is document:
            return
        if other.spec is not None:
            yield other


def _against(mine: Environment, document: Document, other: Environment, theirs: Document) -> Iterator[Diagnostic]:
    if shared := _ledgers(mine, document.name) & _ledgers(other, theirs.name):
        yield error(
            document,
            ("ledger",),
            "environment.same_ledger",
            f"The environments `{document.name}` and `{theirs.name}` keep one ledger ({where(theirs)})",
            f"Give each its own `ledger.{min(shared)[0]}`.",
        )
    yield from _in_a_ledger(mine.audit_path(document.name), document, other.ledger_path(theirs.name))
    yield from _in_a_ledger(other.audit_path(theirs.name), theirs, mine.ledger_path(document.name))
    if _same_purview(mine, other):
        yield from _one_purview(mine, document, other, theirs)
    if _same_cluedin(mine, other) and not (mine.scope.cluedin.read_only or other.scope.cluedin.read_only):
        both = common(mine.scope.cluedin.key_prefixes, other.scope.cluedin.key_prefixes, prefixes=True)
        if both is not None:
            yield _overlap(document, theirs, "cluedin", "key_prefixes", both)


def _in_a_ledger(audit: str, document: Document, ledger: str) -> Iterator[Diagnostic]:
    """A ledger that something else writes to is none any more."""
    if PurePosixPath(audit) in (PurePosixPath(ledger), PurePosixPath(ledger).with_suffix(".new")):
        yield error(
            document,
            ("audit", "path"),
            "environment.audit_in_ledger",
            f"The audit {audit} is the file of a ledger",
            "Give `audit.path` a file of its own.",
        )


def _ledgers(environment: Environment, name: str) -> set[tuple[str, ...]]:
    """Where the ledger of an environment may be; where nothing is said, the machine decides between two places."""
    place = environment.ledger
    if place.blob is not None:
        return {("blob.prefix", place.blob.account_url, place.blob.container, place.blob.prefix_of(name))}
    found: set[tuple[str, ...]] = set()
    if place.git is None:
        found.add(("path", str(PurePosixPath(environment.ledger_path(name)))))
    if place.path is None:
        git = place.git or GitPlace()
        found.add(("git.ref", git.remote, git.ref_of(name)))
    return found


def _one_purview(mine: Environment, document: Document, other: Environment, theirs: Document) -> Iterator[Diagnostic]:
    assert mine.purview is not None
    assert other.purview is not None
    here, there = mine.scope.purview, other.scope.purview
    if here.read_only or there.read_only:
        return
    if mine.purview.name_prefix.casefold() == other.purview.name_prefix.casefold():
        yield error(
            document,
            ("purview", "name_prefix"),
            "environment.same_name_prefix",
            f"Qualified names of `{document.name}` would be those of `{theirs.name}` ({where(theirs)}): "
            f"both environments write to one Purview with the prefix `{other.purview.name_prefix}`",
            "Give each its own `purview.name_prefix`.",
        )
    glossary = common(here.glossaries, there.glossaries)
    if glossary is not None:
        yield _overlap(document, theirs, "purview", "glossaries", glossary)
    if here.collections is not None and there.collections is not None:
        collection = common(here.collections, there.collections)
        if collection is not None:
            yield _overlap(document, theirs, "purview", "collections", collection)


def _overlap(document: Document, theirs: Document, system: str, part: str, name: str) -> Diagnostic:
    words = "everything" if name == "*" else f"`{name}`"
    return error(
        document,
        ("scope", system, part),
        "scope.overlap",
        f"The environments `{document.name}` and `{theirs.name}` ({where(theirs)}) are one {system}, "
        f"and both claim {words} of its {part.replace('_', ' ')}",
        f"List disjoint `scope.{system}.{part}` in both, or make one of them `read_only`.",
    )


def _same_purview(one: Environment, other: Environment) -> bool:
    if one.purview is None or other.purview is None:
        return False
    return _same_url(one.purview.endpoint, other.purview.endpoint)


def _same_cluedin(one: Environment, other: Environment) -> bool:
    if one.cluedin is None or other.cluedin is None:
        return False
    same = _same_url(one.cluedin.url, other.cluedin.url)
    return same and one.cluedin.organization.casefold() == other.cluedin.organization.casefold()


def _same_url(one: str, other: str) -> bool:
    """Whether two addresses are one; an address with an open variable cannot be told."""
    return "${" not in one and one.casefold().rstrip("/") == other.casefold().rstrip("/")
