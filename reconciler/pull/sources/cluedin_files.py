"""A CluedIn that answers from what was saved of its answers, so that they are read as live ones are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from reconciler.systems.answers import Shape
from reconciler.systems.auth import Token
from reconciler.systems.cluedin import CluedIn, errors
from reconciler.systems.cluedin_answers import Selection, selection
from reconciler.systems.cluedin_documents import One
from reconciler.systems.http import Connection, Effect

T = TypeVar("T")
U = TypeVar("U")
Row = dict[str, Any]


class CluedInFiles(CluedIn):
    """Answers reads alone, and asks nobody: what is in no file is not there."""

    def __init__(self, listed: Mapping[str, list[Row]], by_id: Mapping[str, Mapping[str, Any]]) -> None:
        """Rows by the call that lists them, and objects by the call that reads one and its id in lower case."""
        super().__init__(Connection("cluedin", "https://files.invalid", Token(""), errors))
        self._listed, self._by_id = listed, by_id

    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        effect: Effect,
        shape: Shape | None = None,  # noqa: ARG002 - files are what they are
    ) -> Any:
        """What a document selects: one object where it names an id, else a list, in pages where the document says."""
        assert effect == "read"
        asked = [str(one).casefold() for name, one in (variables or {}).items() if name.casefold().endswith("id")]
        data: dict[str, dict[str, Any]] = {}
        for root, fields in selection(document).items():
            for field, below in (fields or {}).items():
                if below is None:
                    continue
                call = f"{root}.{field}"
                found = self._by_id.get(call, {}).get(asked[0]) if asked else self._listing(call, below)
                data.setdefault(root, {})[field] = whole(found, below)
        return data

    def _listing(self, call: str, below: Selection) -> Any:
        rows = self._listed.get(call, [])
        inner = next((name for name, more in below.items() if more is not None), "")
        return {"total": len(rows), inner: rows} if "total" in below else rows

    def each_of(self, document: str, ids: Iterable[str], kept: Callable[[Any], Any] = lambda row: row) -> list[Any]:
        """One object for each id, as it is `kept`; None for one that is in no file."""
        one = One.of(document)
        return [kept(self.graphql(document, {one.variable: id}, effect="read")[one.root][one.field]) for id in ids]

    def pages(self, document: str, path: tuple[str, str], *_: Any, rows: str = "data", **__: Any) -> list[Row]:
        """Every row at once."""
        found: list[Row] = self.graphql(document, effect="read")[path[0]][path[1]][rows]
        return found

    def rest(self, *_: Any, **__: Any) -> Any:
        """Nothing: answers of REST are in no file."""
        return None

    def each(self, work: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """One after the other: nothing is waited for."""
        return [work(item) for item in items]

    def version(self) -> str | None:
        """No file tells it."""
        return None


def whole(value: Any, wanted: Selection) -> Any:
    """An answer with null for what it does not have of that which is selected, as versions of CluedIn differ."""
    if isinstance(value, list):
        return [whole(item, wanted) for item in value]
    if not isinstance(value, dict):
        return value
    return value | {name: whole(value.get(name), below) if below else value.get(name) for name, below in wanted.items()}
