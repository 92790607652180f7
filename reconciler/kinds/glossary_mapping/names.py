"""Names in a glossary mapping: what the systems accept, and two things of one name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.declarations import CONCEPT, Spot
from reconciler.kinds.glossary_mapping.halves import TermHalf
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import TermText
from reconciler.kinds.glossary_mapping.terms import EDGES
from reconciler.kinds.project.names import path_parts
from reconciler.manifest.findings import Path, error, warning, where
from reconciler.manifest.paths import path_findings

_NOT_IN_NAMES = re.compile(r"[@.<>]")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9._]*")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_CODE = re.compile(r"(/[A-Za-z0-9_.-]+)+")
LONGEST_NAME = 255
_SHORTER = f"Choose a name of at most {LONGEST_NAME} characters; what more there is to say belongs to `definition`."
_ANOTHER = "Choose another name; `@`, `.`, `<` and `>` cannot be part of one."


def name_findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that is wrong with names."""
    yield from _spelling(scene)
    yield from _term_twins(scene)
    yield from _vocabulary(scene)
    yield from _key_twins(scene)
    yield from _cluedin_term_twins(scene)


def name_problem(name: str) -> str | None:
    """What Purview would say against the own name of a term, or None."""
    if not name.strip():
        return "is empty"
    if name != name.strip():
        return "begins or ends with a blank"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    found = _NOT_IN_NAMES.search(name)
    return f"contains `{found[0]}`, which Purview refuses in names" if found else None


def _spelling(scene: Scene) -> Iterator[Diagnostic]:
    yield from _paths(scene)
    for path, name in _written_names(scene):
        problem = name_problem(name)
        if problem is not None:
            yield error(
                scene.document,
                path,
                "glossary.name",
                f"The name `{name[:80]}` {problem}",
                _SHORTER if len(name) > LONGEST_NAME else _ANOTHER,
            )


def _paths(scene: Scene) -> Iterator[Diagnostic]:
    term = scene.spec.term
    if term is not None:
        yield from path_findings(scene.document, ("term", "parent"), term.parent)
    texts: list[tuple[Path, TermText | None]] = [(("term",), term)]
    texts += ((entry.path, entry.item) for entry in scene.items)
    for above, text in texts:
        for field in EDGES if text is not None else ():
            for at, name in enumerate(getattr(text, field)):
                yield from path_findings(scene.document, (*above, field, at), name)


def _written_names(scene: Scene) -> Iterator[tuple[Path, str]]:
    spec = scene.spec
    if spec.glossary is not None:
        yield ("glossary",), spec.glossary
    if spec.term is not None:
        yield ("term", "name"), spec.term.name
        if spec.term.parent is not None:
            yield from ((("term", "parent"), part) for part in path_parts(spec.term.parent) if part.strip())
        if spec.term.moved_from is not None:
            parts = path_parts(spec.term.moved_from.removeprefix("/"))
            yield from ((("term", "moved_from"), part) for part in parts)
    for entry in scene.items:
        if entry.item.term:
            yield (*entry.path, "name"), entry.item.name
        if entry.item.former.name is not None:
            yield (*entry.path, "moved_from"), entry.item.former.name


def _term_twins(scene: Scene) -> Iterator[Diagnostic]:
    terms = scene.terms
    if terms is None:
        return
    seen: dict[str, Path] = {}
    if terms.concept is not None:
        yield from _formal_twins(scene, CONCEPT, terms, terms.key, terms.formal)
        yield from _still_declared(scene, ("term", "moved_from"), terms.key, terms.former_key)
    for entry in terms.items:
        at, key = entry.path, terms.item_key(entry)
        if key in seen:
            yield error(
                scene.document,
                (*at, "name"),
                "glossary.same_term",
                f"The term `{key}` is declared twice, first in line {_line(scene, seen[key])}",
                "Keep one of the two.",
            )
            continue
        seen[key] = at
        yield from _formal_twins(scene, at, terms, key, terms.item_formal(entry))
        for former in terms.former_item_keys(entry):
            yield from _still_declared(scene, (*at, "moved_from"), key, former)


def _formal_twins(scene: Scene, at: Path, terms: TermHalf, key: str, formal: str) -> Iterable[Diagnostic]:
    spots = scene.declared.formal[terms.glossary, formal]
    if len(spots) == 1:
        return
    other, spot = next(iter(spots.items()))
    if other == key:
        return
    yield error(
        scene.document,
        Spot(scene.document, at).path("name"),
        "glossary.same_formal_name",
        f"`{key}` and `{other}` ({where(spot.document, spot.path('name'))}) have one name in Purview: `{formal}`",
        "Purview joins the names of a path by `_`; rename one of the two.",
    )


def _still_declared(scene: Scene, path: Path, key: str, former: str | None) -> Iterable[Diagnostic]:
    if former is None or former == key or former not in scene.declared.terms:
        return
    first = scene.declared.terms[former][0]
    if first.has_moved:
        return  # names are exchanged, or handed on
    spot = first.spot
    yield error(
        scene.document,
        path,
        "glossary.moved_from_declared",
        f"The former term `{former}` is still declared in {where(spot.document, spot.path('name'))}",
        "Remove `moved_from`, or that declaration.",
    )


def _vocabulary(scene: Scene) -> Iterator[Diagnostic]:
    keys, document = scene.keys, scene.document
    if keys is None:
        return
    prefix, path = keys.prefix, ("vocabulary", "key_prefix")
    if not _PREFIX.fullmatch(prefix):
        yield error(
            document,
            path,
            "vocabulary.key_prefix",
            f"`{prefix}` cannot be a key prefix",
            "Begin with a letter and use letters, digits, `_` and `.`.",
        )
    first = scene.declared.vocabularies[prefix.casefold()][0].document
    if first is not document:
        yield error(
            document,
            path,
            "vocabulary.same_prefix",
            f"The key prefix `{prefix}` is taken by {where(first, path)}; CluedIn compares them without case",
            "Put all keys of a vocabulary into one document, or choose another prefix.",
        )
    code = scene.code
    if code is None:
        return
    spelled = ("vocabulary", "entity_type", "code")
    if not _CODE.fullmatch(code):
        yield error(
            document,
            spelled,
            "vocabulary.entity_type_code",
            f"`{code}` cannot be the code of an entity type",
            "Write `/` and letters, digits, `_`, `.` or `-`, as in `/Customer`.",
        )
    elif scene.declared.codes[code.casefold()] != code:
        yield error(
            document,
            spelled,
            "vocabulary.code_case",
            f"`{code}` differs from `{scene.declared.codes[code.casefold()]}` only in case",
            "Write both the same way.",
        )


def _key_twins(scene: Scene) -> Iterator[Diagnostic]:
    for entry, key in scene.keys.items if scene.keys is not None else ():
        path = (*entry.path, "key")
        yield from _key_name(scene, path, entry.item.key or "")
        spots = [one.spot for one in scene.declared.keys[key]]
        if len(spots) > 1 and not _is(spots[0], scene, entry.path):
            yield error(
                scene.document,
                path,
                "key.twice",
                f"The key `{key}` is declared in {where(spots[0].document, spots[0].path('key'))} as well",
                "Keep one of the two.",
            )
        spelled = scene.declared.columns[key.casefold()]
        if spelled != key:
            other = scene.declared.keys[spelled][0].spot
            yield error(
                scene.document,
                path,
                "key.case",
                f"`{key}` differs from `{spelled}` ({where(other.document, other.path('key'))}) only in case",
                "Their columns in Purview could not be told apart; rename one of them.",
            )


def _key_name(scene: Scene, path: Path, key: str) -> Iterator[Diagnostic]:
    if not key.strip() or key != key.strip():
        yield error(scene.document, path, "key.name", f"`{key}` cannot be a key", "Remove the blanks.")
    elif not _KEY.fullmatch(key):
        yield warning(
            scene.document,
            path,
            "key.name",
            f"The key `{key}` has unusual characters",
            "Begin with a letter and use letters, digits, `_`, `.` and `-`.",
        )


def _cluedin_term_twins(scene: Scene) -> Iterator[Diagnostic]:
    filters = scene.filters
    if filters is None:
        return
    yield from _cluedin_term_twin(scene, CONCEPT, filters.name())
    for entry, _ in filters.items:
        yield from _cluedin_term_twin(scene, entry.path, filters.name(entry))


def _cluedin_term_twin(scene: Scene, at: Path, name: str) -> Iterable[Diagnostic]:
    spots = scene.declared.cluedin_terms[name]
    if len(spots) == 1 or _is(spots[0], scene, at):
        return
    first = spots[0]
    if first.document is scene.document and _same_name(scene, first.at, at):
        return
    yield error(
        scene.document,
        _maker(at),
        "glossary.same_cluedin_term",
        f"CluedIn's glossary term `{name}` is made by {where(first.document, _maker(first.at))} as well",
        "CluedIn keeps these names unique over all categories; rename one of the concepts.",
    )


def _same_name(scene: Scene, one: Path, other: Path) -> bool:
    """Whether two items are called the same, which is said already."""
    names = [entry.names for entry in scene.items if entry.path in (one, other)]
    return len(names) == 2 and names[0] == names[1]


def _maker(at: Path) -> Path:
    """Where a term of CluedIn's glossary is asked for."""
    return ("cluedin_glossary",) if at == CONCEPT else (*at, "name")


def _is(spot: Spot, scene: Scene, at: Path) -> bool:
    return spot.document is scene.document and spot.at == at


def _line(scene: Scene, at: Path) -> int | None:
    return scene.origin(at).line
