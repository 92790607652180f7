"""What a rule never takes for its source: what we, or CluedIn's own sync, made of the other side.

Otherwise the two directions would feed each other for ever. CluedIn's own sync leaves out every term with `CluedIn-`
anywhere in its name too (its documentation, grade B).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.environment.spec import Environment
from reconciler.kinds.base import World
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.project.names import path_parts
from reconciler.manifest.marks import find

NATIVE = "CluedIn-"
"""What the root term of CluedIn's own sync begins with."""
_VARIABLE = re.compile(r"\$\{\s*var\.([A-Za-z_][A-Za-z0-9_]*)\s*\}")


def is_native(names: Iterable[str]) -> bool:
    """Whether one of some own names is of CluedIn's own sync."""
    return any(NATIVE.casefold() in name.casefold() for name in names)


def rules(world: World, source: str) -> list[Scene]:
    """The rules of a project that read a system."""
    return [one for one in world.of(Scene) if one.spec.source == source]


def roots(world: World, glossary: str) -> set[tuple[str, ...]]:
    """Paths of terms below which rules of any environment of the project keep terms of vocabularies."""
    return {tuple(path_parts(root)) for into, root in world.know(_roots) if into == glossary}


def is_below(names: tuple[str, ...], above: Iterable[tuple[str, ...]]) -> bool:
    """Whether a path is one of some paths, or below one."""
    return any(names[: len(root)] == root for root in above)


def derived_prefixes(world: World) -> tuple[str, ...]:
    """What the key prefixes of all vocabularies that rules make of terms begin with, case folded."""
    makers = (one.spec for one in rules(world, "purview") if one.spec.into.vocabularies)
    return tuple(f"{spec.naming.vocabulary_prefix.casefold()}." for spec in makers)


def _roots(world: World) -> set[tuple[str, str]]:
    return {pair for rule in rules(world, "cluedin") for pair in _of_every_environment(rule)}


def _of_every_environment(rule: Scene) -> Iterator[tuple[str, str]]:
    """Glossary and root of a rule: here, and as other environments of the project fill in their variables."""
    into = rule.spec.into
    if into.glossary and into.root:
        yield into.glossary, into.root
    written = [_written(rule, name) for name in ("glossary", "root")]
    for document in rule.world.documents:
        environment = document.as_a(Environment)
        if environment is not None and all(written):
            glossary, root = (_with(environment, text) for text in written)
            yield glossary, root


def _with(environment: Environment, text: str) -> str:
    """A text with the variables of an environment."""
    return _VARIABLE.sub(lambda found: str(environment.variables.get(found[1], found[0])), text)


def _written(rule: Scene, name: str) -> str:
    place, exact = find(rule.document.layers, ("into", name))
    return str(place.data) if exact and place.data else ""
