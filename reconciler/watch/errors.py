"""Errors in the logs of streams that manifests make: that there are new ones, and how many, never what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.errors import Diagnostic, SystemFailureError
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Unreachable
from reconciler.watch.events import Event, digest
from reconciler.watch.runs import Watched, about

_TAKE = 200
_FROM_ERROR_ON = tuple(("filterSeverity", str(level)) for level in (4, 5))
"""`Error` and `Critical` of .NET's LogLevel, whose numbers the official description has ([A])."""
_MOST_KEPT = 1000


@dataclass(slots=True)
class Logs:
    """What is remembered of them: by id of the stream the digests of lines that were there."""

    known: dict[str, list[str]]

    def look(self, cluedin: CluedIn, streams: Iterable[Watched]) -> tuple[list[Event], list[Diagnostic]]:
        """An event for each stream whose log has errors that were not there at the last look.

        A stop empties a log ([B]), so that a shorter one says nothing. The first look at a stream tells nothing.
        """
        events: list[Event] = []
        unread: list[str] = []
        for stream in streams:
            try:
                lines = list(_lines(cluedin, stream.id))
            except Unreachable:
                raise
            except (SystemFailureError, ValueError) as error:
                unread.append(str(error) if isinstance(error, ValueError) else error.diagnostics[0].summary)
                continue
            events += self._new(stream, lines)
        return events, [_finding(unread)] if unread else []

    def _new(self, stream: Watched, lines: list[str]) -> Iterator[Event]:
        known = self.known.get(stream.id)
        self.known[stream.id] = list(dict.fromkeys([*lines, *(known or ())]))[:_MOST_KEPT]
        fresh = sorted(set(lines) - set(known)) if known is not None else []
        if fresh:
            told = {**about(stream), "errors": len(fresh)}
            yield Event("stream.errors", stream.address, f"{stream.id}/{digest(fresh)}", told, names=stream.names)


def _lines(cluedin: CluedIn, id: str) -> Iterator[str]:
    """`GET /streamlog/{id}` [A], the newest page of errors, each as a digest; raises `ValueError` for no list.

    The members of a line, and whether lines stand in an envelope, are in no description [U]: nothing here needs them.
    """
    query = [*_FROM_ERROR_ON, ("page", "0"), ("take", str(_TAKE))]
    answer = cluedin.rest("GET", f"/streamlog/{id}", query=query, effect="read")
    for row in _rows(answer):
        yield digest(row)


def _rows(answer: Any) -> list[Any]:
    if isinstance(answer, list):
        return answer
    lists = [value for value in answer.values() if isinstance(value, list)] if isinstance(answer, Mapping) else []
    if len(lists) != 1:
        raise ValueError("the log of a stream is no list")
    return lists[0]


def _finding(why: list[str]) -> Diagnostic:
    return Diagnostic(
        "warning",
        "watch.no_log",
        f"errors in the logs of {len(why)} stream{'s' if len(why) > 1 else ''} are not told: {why[0]}",
        "Give the user the claim consume.streams at level Informed; a stream's page in CluedIn shows its log.",
    )
