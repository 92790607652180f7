"""The GraphQL of golden records: `search`, as CluedIn's own Python SDK sends it.

Beside `/graphql`, another schema at another address, and API tokens are welcome ([B]). The query is a text of
words `field:value` that must all hold, or `*` ([B] that `*` finds everything, [C] the little of Lucene's language
that is read here); what is not understood is refused, since a search that finds too much would mislead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from reconciler_sandbox.cluedin.errors import CluedInError, bad_request
from reconciler_sandbox.cluedin.golden import Golden
from reconciler_sandbox.cluedin.models import body_of
from reconciler_sandbox.cluedin.world import Doc
from reconciler_sandbox.web import Request, Response

MOST = 10_000
"""Most records of a page: what CluedIn's SDK asks for ([B] that one may)."""
_WORD = re.compile(r'\s*(?:(?P<and>AND)\b|(?P<field>[\w.]+):(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"()\[\]{}]+)))')
_MEMBERS = ("id", "name", "displayName", "entityType", "originEntityCode", "codes", "tags")


class Records:
    """Answers `POST /api/api/graphql` and its older twin below `/public` ([B] both addresses)."""

    def __init__(self, golden: Golden) -> None:
        self._golden = golden

    def answer(self, request: Request) -> Response:
        """One request; 400 for what the schema does not accept, as the other GraphQL ([C])."""
        try:
            body = body_of(request)
        except CluedInError as error:
            return _refused([GraphQLError(error.detail)])
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return _refused([GraphQLError("A JSON object with a query is needed.")])
        variables = body.get("variables") or {}
        if not isinstance(variables, dict):
            return _refused([GraphQLError("Variables must be an object.")])
        result = graphql_sync(
            _schema(),
            body["query"],
            root_value={"search": lambda _info, **args: self._search(args)},
            variable_values=variables,
            operation_name=body.get("operationName"),
        )
        if result.data is None and all(error.path is None for error in result.errors or ()):
            return _refused(result.errors or [])
        found: dict[str, Any] = {"data": result.data}
        if result.errors:
            found = {"errors": [dict(error.formatted) for error in result.errors], **found}
        return Response(200, found)

    def _search(self, args: Doc) -> Doc:
        start, size = str(args.get("cursor") or "0"), args.get("pageSize")
        if not start.isdigit():
            raise bad_request("The cursor is not one that a search gave.")
        size = 20 if size is None else size
        if not 0 < size <= MOST:
            raise bad_request(f"The page size {size} is not between 1 and {MOST}.")
        fits = _reader(args.get("query") or "*")
        found = [one for one in self._golden.all() if fits(one)]
        for sort in reversed(args.get("sortFields") or []):
            name = str(sort["field"])
            if name not in _MEMBERS:
                raise bad_request(f"The sandbox does not sort by '{name}'.")
            found.sort(key=lambda one: str(one[name]), reverse=sort.get("direction") == "DESCENDING")
        page = found[int(start) : int(start) + size]
        return {"totalResults": len(found), "cursor": str(int(start) + len(page)), "entries": page}


def _reader(query: str) -> Any:
    """What a query asks of a record."""
    words: list[tuple[str, str]] = []
    at, text = 0, query.strip()
    while text != "*" and at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise bad_request(f"The sandbox's search does not understand '{text[at:].strip()}'.")
        at = found.end()
        if found["field"]:
            words.append((found["field"], found["plain"] if found["quoted"] is None else found["quoted"]))
    for name, _ in words:
        if name not in _MEMBERS and not name.startswith("properties."):
            raise bad_request(f"The sandbox's search does not know the field '{name}'.")
    return lambda one: all(_holds(one, name, value) for name, value in words)


def _holds(one: Doc, name: str, value: str) -> bool:
    """Whether a member, or one of its values, is this one; without regard to case ([C])."""
    key = name.removeprefix("properties.")
    held = one[name] if name in _MEMBERS else one["properties"].get(f"property-{key}")
    held = held if isinstance(held, list) else [held]
    return any(value == "*" or str(item).lower() == value.lower() for item in held if item is not None)


@lru_cache(maxsize=1)
def _schema() -> GraphQLSchema:
    path = resources.files("reconciler_sandbox.cluedin") / "schema_records" / "records.graphql"
    return build_schema(path.read_text(encoding="utf-8"))


def _refused(errors: Any) -> Response:
    return Response(400, {"errors": [dict(error.formatted) for error in errors]})
