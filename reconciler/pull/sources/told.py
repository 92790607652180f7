"""What files say: objects as a system would show them, documents, and row by row what fits nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import ConfigurationError, Diagnostic, Source
from reconciler.kinds.pulling import Pulled
from reconciler.resources.objects import Live
from reconciler.systems import answers
from reconciler.systems.base import System


@dataclass(slots=True)
class Told:
    """What files say."""

    objects: dict[str, dict[str, Live]] = field(default_factory=dict)
    """Objects by type and key."""
    systems: dict[str, System] = field(default_factory=dict)
    """Systems that answer from the files, where those hold whole answers."""
    documents: list[Pulled] = field(default_factory=list)
    """Documents that need no object."""
    templates: frozenset[str] = frozenset()
    """Term templates that the files name."""
    types: list[dict[str, Any]] = field(default_factory=list)
    """Types of the Data Map as Atlas writes them."""
    places: dict[str, Source] = field(default_factory=dict)
    """Where an object stands, by its address."""
    files: dict[str, str] = field(default_factory=dict)
    """The file that an object with an id stands in, by the id in lower case."""
    errors: list[Diagnostic] = field(default_factory=list)
    """What is wrong with the files as such."""
    _rows: dict[tuple[Source, str], list[str]] = field(default_factory=dict)

    def tell(self, type: str, live: Live, source: Source) -> None:
        """An object, and where it stands."""
        self.objects.setdefault(type, {})[live.key] = live
        self.places[f"{type}:{live.key}"] = source

    def leave(self, source: Source, why: str, what: str = "") -> None:
        """Something at a place that no manifest can hold; `what` it is about, where a place holds several."""
        said = self._rows.setdefault((source, what), [])
        if why not in said:
            said.append(why)

    @property
    def findings(self) -> list[Diagnostic]:
        """What is wrong with the files, then one finding for each row that does not fit, or not wholly."""
        rows = sorted(self._rows.items(), key=lambda row: (row[0][0].file, row[0][0].line or 0, row[0][1]))
        return [
            *self.errors,
            *(
                Diagnostic("warning", "file.left_out", "; ".join(said), source=source, address=what)
                for (source, what), said in rows
            ),
        ]

    def has(self, system: str) -> bool:
        """Whether anything of a system is told."""
        if system == "purview" and self.types:
            return True
        return system in self.systems or any(type.partition(".")[0] == system for type in self.objects)


def unreadable(name: str, why: str, advice: str, line: int | None = None) -> ConfigurationError:
    """The error of a file that cannot be what it seems to be."""
    return ConfigurationError(
        Diagnostic("error", "file.unreadable", f"{name} {why}", advice, Source(name, line) if line else None)
    )


def strange(what: str, error: Exception) -> ConfigurationError:
    """The error of files with another inner form than their makers give them; raises `error` where one asked for it."""
    told = answers.strange("cluedin", what, error)
    why = f"The files hold {what} in a form that cannot be understood"
    advice = told.detail.replace("Run the command", "Export them", 1)
    return ConfigurationError(Diagnostic("error", "file.strange", why, advice))


def text_of(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark, as PowerShell writes it.

    Raises `ConfigurationError` for any other: which letters it means would be a guess.
    """
    marks: Mapping[bytes, str] = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
    encoding = next((known for mark, known in marks.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise unreadable(name, "is not written in UTF-8", "Save it as UTF-8 (in Excel: CSV UTF-8).", line) from None
