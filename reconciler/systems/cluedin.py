"""CluedIn over its two faces: GraphQL at `/graphql`, and REST at `/api/api/v1` where GraphQL has no twin.

Facts: CluedIn's own toolkit (GraphQL documents), its published OpenAPI document (REST), its Python SDK (token).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from reconciler.errors import Diagnostic, SystemFailureError
from reconciler.systems import cluedin_tasks, cluedin_versions, noted
from reconciler.systems.answer import Answer
from reconciler.systems.answers import Shape, parse
from reconciler.systems.auth import Renewable, Token, claims
from reconciler.systems.base import Decision, System, Task
from reconciler.systems.cluedin_answers import answer_about, answer_to, is_problem, rest_shape
from reconciler.systems.cluedin_batches import Result, written_each
from reconciler.systems.cluedin_details import each_of
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.http import Connection, Effect
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import LostAnswer

PAGE = 500
LISTINGS = 3
"""How often a listing is read whose rows are fewer than it says: rows may go while pages are read."""
_NO_STATUS = (400, 401, 403, 404, 405, 500)


class CluedIn(System):
    """Calls that several resource types share; a type's own documents stand in its own file."""

    name = "cluedin"

    def __init__(self, connection: Connection, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(connection, settings)
        self._asking = threading.Lock()

    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        effect: Effect,
        shape: Shape | None = None,
    ) -> Any:
        """Sends one GraphQL document and returns `data`; `shape` judges the answer instead of the usual rules.

        Raises `GraphQLRefused` for `errors` in a 200 answer; a message may carry the text of an inner status.
        """
        given = dict(variables or {})
        usual = answer_about(document, str(given["id"])) if "id" in given else answer_to(document)
        told = self.answer_to(document, given, effect=effect, shape=shape or usual)
        said: dict[str, Any] = told.value
        if errors := said.get("errors"):
            name = re.search(r"\{\s*\w+\s*\{\s*(?:id\s+)?(\w+)", document)
            raise GraphQLRefused(name.group(1) if name else "a GraphQL document", errors, doubtful=told.doubtful)
        if effect != "read":
            noted.note_write()
        return said["data"]

    def answer_to(
        self, document: str, variables: Mapping[str, Any], *, effect: Effect, shape: Shape, accept: Iterable[int] = ()
    ) -> Answer:
        """Sends one GraphQL document and returns the answer as it is, errors of GraphQL included.

        Also with an accepted error status, where it has `data`: that tells of what was carried out.
        """
        sent = {"query": document, "variables": dict(variables)}
        told = self.connection.send("POST", "/graphql", effect=effect, json=sent, shape=shape, accept=accept)
        if told.status >= 400:
            told.value, broken = parse(told.body)
            if broken or not isinstance(told.value, Mapping) or "data" not in told.value or shape(told.value):
                raise self.connection.refusal("POST /graphql", told)
        self._heed(told)
        return told

    def written_each(self, document: str, given: Sequence[Mapping[str, Any]], *, effect: Effect) -> list[Result]:
        """Sends a document of one write for each of some values of its variables, many in one request.

        In their order, what each answered or the error in which it ended, which says nothing about the others.
        """
        return written_each(self, document, given, effect=effect)

    def each_of(self, document: str, ids: Iterable[str], kept: Callable[[Any], Any] = lambda row: row) -> list[Any]:
        """What a document that reads one object by its id answers for each of some ids, many in one request.

        In their order, each as it is `kept` once its answer came; None for one that is not there. Raises what the
        document of one raises.
        """
        return each_of(self, document, ids, kept)

    def pages(
        self,
        document: str,
        path: tuple[str, str],
        variables: Mapping[str, Any] | None = None,
        *,
        page: str = "pageNumber",
        first: int = 1,
        size: str = "pageSize",
        per_page: int = PAGE,
        rows: str = "data",
    ) -> list[dict[str, Any]]:
        """Every row of a paged list field; names and starts of the page arguments differ by field.

        The first page tells the total, the others are read several at once. The server may give smaller pages
        than asked for, so the size of the first page is what counts; without a name for `size` nobody asks for one.
        """
        sized = {size: per_page} if size else {}

        def one(number: int) -> tuple[int, list[dict[str, Any]]]:
            data = self.graphql(document, {**(variables or {}), page: number, **sized}, effect="read")
            return data[path[0]][path[1]]["total"], data[path[0]][path[1]][rows]

        def read() -> tuple[int, list[dict[str, Any]]]:
            total, got = one(first)
            if not got or len(got) >= total:
                return total, got
            numbers = range(first + 1, first + -(-total // len(got)))
            return total, got + [row for _, more in self.each(one, numbers) for row in more]

        return self.counted(path[1], read)

    def counted(self, name: str, read: Callable[[], tuple[int, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
        """The rows of a listing that are as many as it says; raises `LostAnswer` where they stay fewer.

        Others may remove some while pages are read, so a listing that comes short is read again.
        """
        for attempt in range(LISTINGS):
            self.connection.stop.wait(0.2 * attempt)
            total, got = read()
            if len(got) >= total:
                return got
        why = f"{name} told of {total} and showed {len(got)}: what is not shown is not known to be absent"
        raise LostAnswer("cluedin", "POST /graphql", why)

    def rest(
        self,
        method: str,
        path: str,
        json: Any = None,
        query: Any = (),
        *,
        effect: Effect,
        accept: Iterable[int] = (),
        headers: Mapping[str, str] | None = None,
        version: str = "v1",
    ) -> Any:
        """A REST call; the path starts below `/api/v1` (`/api` without a version), the host adds its own `/api`."""
        root = f"/api/api/{version}".rstrip("/")
        call = root + path
        answer = self.connection.send(
            method,
            call,
            effect=effect,
            query=query,
            json=json,
            headers=headers,
            accept=accept,
            shape=rest_shape(method, path),
        )
        self._heed(answer)
        if answer.status == 404 and not is_problem(answer):
            raise LostAnswer("cluedin", f"{method} {call}", "answered 404, which does not come from CluedIn")
        if answer.status < 400 and effect != "read":
            noted.note_write()
        return answer.value if answer.status < 400 else None

    # -- the version -----------------------------------------------------------------------------------------

    def _heed(self, answer: Answer) -> None:
        if told := answer.headers.get(cluedin_versions.HEADER):
            self.learnt["version"] = told

    def version(self) -> str | None:
        """The version in the server's own words; None when it does not tell.

        Asks `/api/status` once a connection, unless an answer told it before: it carries the version in a header
        and answers 500 when a service is red [B].
        """
        with self._asking:
            if "version" not in self.learnt:
                self.learnt["version"] = None
                with suppress(SystemFailureError):  # whoever hides the page hides the version, and no more
                    self._heed(self.connection.send("GET", "/api/status", effect="read", accept=_NO_STATUS, shape=None))
            return self.learnt["version"] or None

    def has(self, name: str) -> bool | None:
        """Whether the server has an entry of the table of versions; None while nobody told its version."""
        return cluedin_versions.has(self.learnt.get("version"), name)

    def findings(self) -> Sequence[Diagnostic]:
        """What there is to say about the server's version."""
        found = cluedin_versions.finding(self.version())
        return (found,) if found is not None else ()

    # -- approvals -------------------------------------------------------------------------------------------

    def tasks_for(self, object_id: str) -> Sequence[Task]:
        """The open approval tasks of ours that name an object, as far as tasks are shown to us."""
        return cluedin_tasks.tasks_for(self, object_id)

    def waits_for_nobody(self, object_id: str) -> bool:
        """Whether tasks are shown to us, and none of them names the object."""
        return bool(object_id) and not self.tasks_for(object_id) and self.learnt.get("tasks") is not False

    def decision(self, task_id: str) -> Decision:
        """What became of an approval task."""
        return cluedin_tasks.decision(self, task_id)

    # -- people ----------------------------------------------------------------------------------------------

    def users(self) -> dict[str, str]:
        """User ids by e-mail address or user name, folded."""
        return self.memo("users", self._read_users)

    def _read_users(self) -> dict[str, str]:
        data = self.graphql(_USERS, effect="read")
        found = {}
        for user in data["administration"]["users"]:
            account = user["Account"] if isinstance(user.get("Account"), Mapping) else {}
            names = [value for key, value in account.items() if key.lower() in ("username", "email")]
            for name in (*names, user.get("accountId")):
                if name:
                    found[str(name).casefold()] = str(user["id"])
        return found

    def identities(self) -> tuple[str, ...]:
        """The address, which names the organisation; and its id, where the access token tells it [B]."""
        sign_in, address = self.connection.sign_in, f"cluedin:{self.connection.base}"
        token = sign_in.token() if isinstance(sign_in, Renewable | Token) else ""
        organization = claims(token).get("OrganizationId")
        return (address, f"cluedin:{str(organization).lower()}") if organization else (address,)


_USERS = """query users { administration { id users { id accountId Account } } }"""
# `Account` is a JSON scalar in the toolkit's document; its member names are not public, so several are tried.


def errors(status: int, body: Any) -> tuple[str, str]:
    """Code and message of REST problem details, of GraphQL's 400 answers, or of plain text."""
    if isinstance(body, Mapping):
        if body.get("errors") and isinstance(body["errors"], list):
            first = body["errors"][0]
            return "", str(first.get("message", first) if isinstance(first, Mapping) else first)
        details = body.get("errors") if isinstance(body.get("errors"), Mapping) else {}
        extra = "; ".join(f"{name}: {', '.join(map(str, texts))}" for name, texts in (details or {}).items())
        text = str(
            body.get("detail") or body.get("title") or body.get("error_description") or body.get("message") or ""
        )
        return str(body.get("error") or ""), f"{text} {extra}".strip() or f"HTTP {status}"
    return "", SECRETS.clean(str(body or f"HTTP {status}"))[:300]
