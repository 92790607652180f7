"""What already lies in the folder of a hand-over, held against what would be made there.

A file says itself of which contracts and for which environment it was made. So one folder may hold files of several
environments as long as their names differ, and a file that several contracts share keeps those that nobody named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconciler.errors import Diagnostic
from reconciler.handover.base import Origin, is_as_made, origin

_AGAIN = "Make it again with the same words, without --check."


@dataclass(frozen=True)
class There:
    """The folder of one tool, and what would be made there."""

    folder: Path
    environment: str
    made: Mapping[str, str]
    """Texts by their path below the folder, with their digests."""
    whole: frozenset[str]
    """Paths of all that the manifests have for the tool, whatever was asked for of it."""
    contracts: frozenset[str]
    """All contracts that have something for the tool, as files name them, whichever were asked for."""

    def in_the_way(self) -> list[Diagnostic]:
        """Findings for files that must not be written over: of another environment, or with contracts left out."""
        return [*self._of_others(), *self._with_more()]

    def differences(self) -> Iterator[Diagnostic]:
        """A finding for each file that is not as it would be made."""
        yield from self.in_the_way()
        for name, text in sorted(self.made.items()):
            if name in self._taken or name in self._shared:
                continue
            path = self.folder / name
            try:
                found = text_of(path)
            except OSError as error:
                why = error.strerror or error
                yield _broken("handover.unreadable", f"{path} cannot be read: {why}", "Let it be read, or delete it.")
                continue
            if found is None:
                yield _broken("handover.missing", f"{path} is missing", _AGAIN)
            elif found != text and not is_as_made(found):
                yield _broken("handover.edited", f"{path} was edited by hand", f"Change the contract. {_AGAIN}")
            elif found != text:
                yield _broken("handover.outdated", f"{path} is not what the manifests say now", _AGAIN)

    def left_over(self) -> Iterator[Path]:
        """Files that were made here once for this environment, and would not be now."""
        for path in sorted(self.folder.rglob("*")) if self.folder.is_dir() else ():
            if not path.is_file() or path.relative_to(self.folder).as_posix() in self.whole:
                continue
            found = _origin_of(path)
            if found is not None and found.environment == self.environment:
                yield path

    @cached_property
    def _origins(self) -> dict[str, Origin]:
        """What the files say of themselves that would be written over."""
        found = {name: _origin_of(self.folder / name) for name in sorted(self.made)}
        return {name: one for name, one in found.items() if one is not None}

    @cached_property
    def _taken(self) -> dict[str, str]:
        """Environments by the files that were made for them."""
        return {name: one.environment for name, one in self._origins.items() if one.environment != self.environment}

    @cached_property
    def _shared(self) -> dict[str, list[str]]:
        """Contracts by the files that hold them, and would not any more."""
        found = {}
        for name, one in self._origins.items():
            new = origin(self.made[name])
            if name in self._taken or new is None or not new.sources:
                continue  # a file without names is the same for all contracts
            if lost := (one.sources - new.sources) & self.contracts:
                found[name] = sorted(source.partition("/")[2] for source in lost)
        return found

    def _of_others(self) -> Iterator[Diagnostic]:
        for other in sorted(set(self._taken.values())):
            theirs = [name for name, environment in self._taken.items() if environment == other]
            yield _broken(
                "handover.other_environment",
                f"made for {other}, and not for {self.environment}: {self._told(theirs)}",
                f"Give each environment a folder of its own: `--out handover/{self.environment}`. "
                f"Where {other} is no more, delete the files.",
            )

    def _with_more(self) -> Iterator[Diagnostic]:
        if self._shared:
            lost = ", ".join(sorted({name for names in self._shared.values() for name in names}))
            yield _broken(
                "handover.shared_file",
                f"{lost} would go out of {self._told(list(self._shared))}",
                "Leave the names out, name these as well, or give those named a folder of their own (`--out`).",
            )

    def _told(self, names: list[str]) -> str:
        first = self.folder / names[0]
        return f"{first} and {len(names) - 1} more" if len(names) > 1 else str(first)


def text_of(path: Path) -> str | None:
    """What a file says, also where it is no UTF-8; None where there is none.

    Raises `OSError` where it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None


def _origin_of(path: Path) -> Origin | None:
    try:
        return origin(text_of(path) or "")
    except OSError:
        return None


def _broken(code: str, summary: str, detail: str) -> Diagnostic:
    return Diagnostic("error", code, summary, detail)
