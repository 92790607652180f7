"""The part of an estate that options name: whether there is such a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from reconciler.environment.patterns import holds_prefix
from reconciler.errors import Diagnostic, ReconcilerError
from reconciler.kinds import pullers
from reconciler.kinds.pulling import Estate
from reconciler.manifest.suggest import did_you_mean


def refuse_unknown(estate: Estate) -> None:
    """Raises `ReconcilerError` for options that ask for what is not there, as for a `--target` that is not."""
    for fault in _nowhere(estate):
        raise ReconcilerError(fault)
    refuse_unnamed(estate)


def refuse_unnamed(estate: Estate) -> None:
    """Raises `ReconcilerError` for names that no glossary and no vocabulary has, or none that is asked for."""
    for fault in _unnamed(estate):
        raise ReconcilerError(fault)


def _nowhere(estate: Estate) -> Iterator[Diagnostic]:
    """Systems that the environment does not have, and options that leave nothing together."""
    limits = estate.limits
    of_type = _systems_of(limits.type)
    systems = [limits.system] if limits.system else sorted(of_type)
    if systems and not any(estate.has(system) for system in systems):
        option = f"--system {limits.system}" if limits.system else f"--type {limits.type}"
        advice = f"The environment `{estate.world.environment_name}` has no `spec.{systems[0]}`."
        yield _nothing(option, advice)
    elif limits.system and limits.type and limits.system not in of_type:
        yield _nothing(f"--type {limits.type}", f"Nothing of it is in {limits.system}: leave out one of the two.")


def _systems_of(type: str) -> set[str]:
    """The systems in which that lies which a word for a type of objects, or for a kind, means."""
    names = {name for kind, puller in pullers().items() for name in puller.types if type in (kind, *_words(name))}
    return {name.partition(".")[0] for name in names}


def _words(full_name: str) -> tuple[str, str]:
    return full_name, full_name.partition(".")[2]


def _unnamed(estate: Estate) -> Iterator[Diagnostic]:
    limits = estate.limits
    if limits.glossary:
        known = _found(estate, "purview.glossary", "purview.term")
        matching = [name for name in known if fnmatchcase(name, limits.glossary)]
        if not matching:
            yield _nothing(f"--glossary {limits.glossary}", did_you_mean(limits.glossary, known, what="There are"))
        elif not any(map(estate.takes_glossary, matching)):
            yield _outside(estate, f"--glossary {limits.glossary}", "purview.glossaries")
    if limits.prefix:
        known = _found(estate, "cluedin.vocabulary", "cluedin.vocabulary_key")
        matching = [prefix for prefix in known if holds_prefix([limits.prefix], prefix)]
        if not matching:
            yield _nothing(f"--prefix {limits.prefix}", did_you_mean(limits.prefix, known, what="There are"))
        elif not any(map(estate.takes_prefix, matching)):
            yield _outside(estate, f"--prefix {limits.prefix}", "cluedin.key_prefixes")


def _found(estate: Estate, type: str, inner: str) -> Iterable[str]:
    return estate.live(type) if estate.limits.takes("GlossaryMapping", type, inner) else ()


def _nothing(option: str, advice: str) -> Diagnostic:
    return Diagnostic("error", "target.unknown", f"{option} matches nothing", advice)


def _outside(estate: Estate, option: str, field: str) -> Diagnostic:
    return Diagnostic(
        "error",
        "scope.outside",
        f"{option} is outside the scope of the environment `{estate.world.environment_name}`",
        f"Add it to `scope.{field}` there, if it belongs to this environment.",
    )
