"""Many writes of one type, step by step: each step is one document for all that have come so far.

Each of them ends as if it had been sent by itself. What ends one says nothing of the others, which go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import ReconcilerError, StoppedError
from reconciler.resources.cluedin.shared import Row, until_visible
from reconciler.resources.objects import Failed, Write
from reconciler.systems.answers import STRANGE, strange
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.http import Effect
from reconciler.systems.refusals import LostAnswer


@dataclass(slots=True, eq=False)
class Course:
    """One write under way: the live id of its object as soon as that is known, and what was read of it last."""

    write: Write
    id: str = ""
    row: Row | None = None
    begun: bool = False
    """Whether a step was carried out."""
    failed: Failed | None = None

    def end(self, error: ReconcilerError) -> None:
        """It is not carried out, or not to its end."""
        self.failed = Failed(error, begun=self.begun)


class Together:
    """The writes of a batch, each on its course."""

    def __init__(self, cluedin: CluedIn, writes: Sequence[Write]) -> None:
        self.cluedin = cluedin
        self.courses = [Course(write, write.live.id if write.live is not None else "") for write in writes]

    @property
    def going(self) -> list[Course]:
        """Those that nothing has ended."""
        return [course for course in self.courses if course.failed is None]

    @property
    def created(self) -> list[str | Failed | None]:
        """What `create_many` returns."""
        return [course.failed or course.id or None for course in self.courses]

    @property
    def updated(self) -> list[Failed | None]:
        """What `update_many` returns."""
        return [course.failed for course in self.courses]

    def each(self, work: Callable[[Course], Any]) -> Iterator[tuple[Course, Any]]:
        """Does the work for every course that goes on; a refusal ends its own."""
        for course in self.going:
            try:
                done = work(course)
            except StoppedError:
                raise
            except ReconcilerError as refused:
                course.end(refused)
            else:
                yield course, done

    def send(
        self,
        document: str,
        given: Callable[[Course], Mapping[str, Any] | None],
        *,
        effect: Effect,
        id_of: Callable[[Any], Any] | None = None,
    ) -> None:
        """One step: a document of one write with the variables that each is `given`, None for none of its business.

        `id_of` tells the live id in an answer to a create.
        """
        sent = [(course, variables) for course, variables in self.each(given) if variables is not None]
        answers = self.cluedin.written_each(document, [variables for _, variables in sent], effect=effect)
        for (course, _), answer in zip(sent, answers, strict=True):
            if isinstance(answer, ReconcilerError):
                course.end(answer)
                continue
            course.begun = True
            try:
                course.id = str(id_of(answer) or "") if id_of is not None else course.id
            except STRANGE as error:
                strange("cluedin", course.write.address, error)
                course.end(LostAnswer("cluedin", "POST /graphql", "answered something else than what it made"))

    def read(
        self,
        document: str,
        id_of: Callable[[Course], str],
        *,
        missing: Callable[[Course], ReconcilerError],
        shows: Callable[[Course, Row], bool] = lambda course, row: True,
        wait: bool = False,
    ) -> None:
        """Reads an object for each with a document of one, which is its `row` from then on.

        What is not there, or does not show what it should, ends with the error that `missing` gives; `wait` asks again
        until it does, or the time for that is over.
        """
        for course in self.courses:
            course.row = None
        ids = dict(self.each(id_of))

        def probe() -> bool:
            asked = [course for course in self.going if course.row is None]
            distinct = list(dict.fromkeys(ids[course] for course in asked))
            found = dict(zip(distinct, self.cluedin.each_of(document, distinct), strict=True))
            for course in asked:
                row = found[ids[course]]
                course.row = row if row is not None and shows(course, row) else None
            return all(course.row is not None for course in self.going)

        try:
            if not (until_visible(self.cluedin, probe) if wait else probe()):
                for course in self.going:
                    if course.row is None:
                        course.end(missing(course))
        except StoppedError:
            raise
        except ReconcilerError as error:
            for course in self.going:
                course.end(error)
