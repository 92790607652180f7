"""What all areas of the CluedIn sandbox share: documents, settings, the caller, time, approval."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler_sandbox.cluedin import normalise
from reconciler_sandbox.cluedin.errors import not_found
from reconciler_sandbox.store import Store
from reconciler_sandbox.web import Request, Response

Doc = dict[str, Any]

VOCABULARY = "cluedin/vocabulary"
KEY = "cluedin/key"
CATEGORY = "cluedin/category"
TERM = "cluedin/term"
TAG = "cluedin/tag"
LEXICON = "cluedin/lexicon"
ENTITY_TYPE = "cluedin/entity-type"
USER = "cluedin/user"
SETTING = "cluedin/setting"
CONNECTOR = "cluedin/connector"
TOKEN = "cluedin/token"  # noqa: S105 (a kind of document)
TASK = "cluedin/task"
DATA_GROUP = "cluedin/data-source-set"
DATA_SOURCE = "cluedin/data-source"
DATA_SET = "cluedin/data-set"
ANNOTATION = "cluedin/annotation"
CODE = "cluedin/annotation-code"
PROVIDER = "cluedin/provider-definition"
STREAM = "cluedin/stream"
RULE = "cluedin/rule"
POLICY = "cluedin/policy"
CLEAN = "cluedin/clean-project"
AI_AGENT = "cluedin/ai-agent"
AI_JOB = "cluedin/ai-job"
AI_RUN = "cluedin/ai-run"
DEDUP = "cluedin/deduplication-project"
AI_WORDS = "cluedin/ai-words"
RECORDS = "cluedin/records"
OWNERSHIP = "cluedin/ownership"

ZERO = "00000000-0000-0000-0000-000000000000"
_NAMESPACE = uuid.UUID("5a0db0c5-64a4-4d7e-9f4d-1f6d3d6a5c11")

_KINDS: dict[str, tuple[str, Callable[[Doc], dict[str, str]]]] = {
    VOCABULARY: (
        "vocabularyId",
        lambda doc: {"prefix": doc["keyPrefix"].lower(), "name": doc["vocabularyName"].lower()},
    ),
    KEY: (
        "vocabularyKeyId",
        lambda doc: {
            "vocabulary": doc["vocabularyId"],
            "key": doc["key"],
            "maps": doc["mapsToOtherKeyId"] or "",
        },
    ),
    CATEGORY: ("id", lambda doc: {"name": doc["name"].lower()}),
    TERM: ("id", lambda doc: {"name": doc["name"].lower(), "category": doc["categoryId"]}),
    TAG: ("id", lambda doc: {"name": doc["name"].lower()}),
    LEXICON: ("id", lambda doc: {"value": doc["value"].lower(), "term": doc["glossaryTermId"]}),
    ENTITY_TYPE: ("id", lambda doc: {"type": doc["type"].lower()}),
    USER: ("id", lambda doc: {"name": doc["username"].lower()}),
    SETTING: ("key", lambda doc: {}),
    CONNECTOR: ("id", lambda doc: {}),
    TOKEN: ("id", lambda doc: {"use": doc["use"]}),
    TASK: ("id", lambda doc: {}),
    DATA_GROUP: ("id", lambda doc: {}),
    DATA_SOURCE: ("id", lambda doc: {"group": doc["dataSourceSetId"]}),
    DATA_SET: ("id", lambda doc: {"source": doc["dataSourceId"]}),
    ANNOTATION: ("id", lambda doc: {"set": doc["dataSetId"]}),
    CODE: ("id", lambda doc: {"annotation": doc["annotationId"]}),
    PROVIDER: ("id", lambda doc: {"provider": doc["providerId"]}),
    STREAM: ("id", lambda doc: {"target": doc["connectorProviderDefinitionId"] or ""}),
    RULE: ("id", lambda doc: {}),
    POLICY: ("id", lambda doc: {}),
    CLEAN: ("id", lambda doc: {}),
    AI_AGENT: ("id", lambda doc: {}),
    AI_JOB: ("id", lambda doc: {}),
    AI_WORDS: ("id", lambda doc: {}),
    AI_RUN: ("id", lambda doc: {"job": doc["job"]}),
    DEDUP: ("id", lambda doc: {}),
    RECORDS: ("id", lambda doc: {"set": doc["dataSetId"]}),
    OWNERSHIP: ("id", lambda doc: {"object": doc["objectId"]}),
}
# People, settings and tasks are not behind the search index, so that they never lag.
_PROMPT = frozenset({USER, SETTING, CONNECTOR, TOKEN, TASK, OWNERSHIP})


ACTING: ContextVar[str] = ContextVar("acting", default="")
"""The id of whose request is being answered."""
_MOST_DEEDS = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person, with a token of the password grant or with an API token."""

    user_id: str
    username: str
    api_token: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated REST request."""

    request: Request
    caller: Caller


Args = Mapping[str, Any]
Resolver = Callable[[Caller, Args], Any]
RestHandler = Callable[..., Response]
RestRoute = tuple[str, str, RestHandler]


@dataclass(frozen=True, slots=True)
class Write:
    """A document to put, or (without a document) to remove."""

    kind: str
    key: str
    doc: Doc | None = None


class World:
    """The documents of one organisation, and how they come and go."""

    def __init__(self, store: Store, settings: object) -> None:
        self.store = store
        self._settings = settings
        self._lists: dict[str, list[Doc]] = {}
        self._newest: dict[tuple[str, str], Doc | None] = {}
        self.holds_back: Callable[[Caller, list[Write]], bool] = lambda _caller, _writes: False
        """Whether writes of somebody wait for an owner; told by `Access`."""
        self.deeds: deque[tuple[str, str, str]] = deque(maxlen=_MOST_DEEDS)
        """Whose request changed which object, and when; it is lost with the process."""
        self.generation = 0  # grows with each write, so that others know when what they worked out is old

    def option(self, name: str, default: Any) -> Any:
        """A setting of the sandbox, looked at anew each time because tests switch them."""
        value = getattr(self._settings, name, default)
        return default if value is None else value

    @property
    def version(self) -> str:
        """The served product version, such as 4.8."""
        return str(self.option("cluedin_version", "4.8"))

    def at_least(self, version: str) -> bool:
        """Whether the served version is this one or later."""
        return numbers(self.version) >= numbers(version)

    @property
    def normalising(self) -> bool:
        """Whether values are reformatted on the way in."""
        return bool(self.option("normalise", False))

    def text(self, value: str | None) -> str | None:
        """A name or a title as it is stored."""
        return value.strip() if value is not None and self.normalising else value

    def rich_text(self, value: str | None) -> str | None:
        """A description as it is stored."""
        return normalise.slate(value) if self.normalising else value

    def visible(self, kind: str, key: str, what: str) -> Doc:
        """A document as callers see it by now; 404 in words about `what` when there is none."""
        found = self.get(kind, key)
        if found is None:
            raise not_found(what, key)
        return found

    def newest(self, kind: str, key: str | None, what: str) -> Doc:
        """A document as the server knows it; 404 in words about `what` when there is none."""
        found = self.get(kind, key, latest=True)
        if found is None:
            raise not_found(what, key or "without an id")
        return found

    def get(self, kind: str, key: str | None, *, latest: bool = False) -> Doc | None:
        """One document; `latest` is what the server itself goes by, the rest is what callers get to see.

        Documents are shared like those of `all`.
        """
        if not key:
            return None
        key = key.strip("{}").lower()
        if self.store.lag_ms and not latest and kind not in _PROMPT:
            return self.store.get(kind, key)
        with self.store.lock:
            if (kind, key) not in self._newest:
                self._newest[kind, key] = self.store.get(kind, key, latest=True)
            return self._newest[kind, key]

    def all(self, kind: str, *, latest: bool = False) -> list[Doc]:
        """Every document of a kind; the list and its documents are shared, so that nobody may change them."""
        if self.store.lag_ms:
            return self.store.all(kind, latest=latest or kind in _PROMPT)
        with self.store.lock:
            if kind not in self._lists:
                self._lists[kind] = self.store.all(kind, latest=True)
            return self._lists[kind]

    def find(self, kind: str, mark: str, value: str, *, latest: bool = False) -> list[Doc]:
        """The documents with this mark."""
        return self.store.find(kind, mark, value, latest=latest or kind in _PROMPT)

    def taken(self, kind: str, mark: str, value: str, *, but: str | None = None) -> Doc | None:
        """The newest document that already carries this mark, other than `but`."""
        name = _KINDS[kind][0]
        return next((doc for doc in self.find(kind, mark, value, latest=True) if doc[name] != but), None)

    def put(self, kind: str, doc: Doc) -> Doc:
        """Writes a document under its id."""
        name, marks = _KINDS[kind]
        self.store.put(kind, str(doc[name]).lower(), doc, marks(doc))
        self._changed(kind, str(doc[name]).lower())
        return doc

    def drop(self, kind: str, key: str) -> None:
        """Removes a document."""
        self.store.delete(kind, key.lower())
        self._changed(kind, key.lower())

    def apply(self, writes: Iterable[Write]) -> None:
        """Carries out writes, all or none."""
        with self.transaction():
            for write in writes:
                if write.doc is None:
                    self.drop(write.kind, write.key)
                else:
                    self.put(write.kind, write.doc)

    def submit(self, caller: Caller, action: str, object_id: str, writes: list[Write], *, waits: bool = False) -> bool:
        """Writes now, or leaves a task to approve; says whether it wrote.

        In approval mode, and where `waits` says so, callers get the same answer as otherwise, which is why a 200
        proves nothing ([B]: the vendor's notes on the operations say that they go through an approval pipeline).
        """
        if not (waits or self.option("approvals", False) or self.holds_back(caller, writes)):
            self.apply(writes)
            return True
        self.put(
            TASK,
            {
                "id": new_id(),
                "name": action,
                "taskType": "Approval",
                "status": "Pending",
                "active": True,
                "objectId": object_id,
                "requestedBy": caller.user_id,
                "requestedByName": caller.username,
                "createdAt": now(),
                "writes": [{"kind": w.kind, "key": w.key, "doc": self._changes(w)} for w in writes],
            },
        )
        return False

    def approve(self, waiting: Iterable[Doc]) -> None:
        """Carries out the writes of a task on what there is by now: it is the request that waited ([B])."""
        with self.transaction():
            for item in waiting:
                kind, key, changes = item["kind"], item["key"], item["doc"]
                if changes is None:
                    self.drop(kind, key)
                else:
                    self.put(kind, {**(self.get(kind, key, latest=True) or {}), **changes})

    def _changes(self, write: Write) -> Doc | None:
        """What a write changes of the document that is there; all of one that is not."""
        before = self.get(write.kind, write.key, latest=True) or {}
        if write.doc is None:
            return None
        return {name: value for name, value in write.doc.items() if name not in before or before[name] != value}

    def forget(self) -> None:
        """Drops cached lists, after somebody emptied the store."""
        self._lists.clear()
        self._newest.clear()
        self.generation += 1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, or none of them."""
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self.forget()  # what was read in between may never have been written
            raise

    def _changed(self, kind: str, key: str) -> None:
        self._lists.pop(kind, None)
        self._newest.pop((kind, key), None)
        self.generation += 1
        if who := ACTING.get():
            self.deeds.append((key, who, now()))


def id_of(kind: str, doc: Doc) -> str:
    """The id of a document."""
    return str(doc[_KINDS[kind][0]]).lower()


def put_of(kind: str, doc: Doc) -> Write:
    """The write that stores this document."""
    return Write(kind, str(doc[_KINDS[kind][0]]), doc)


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers that compare."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def new_id() -> str:
    """A random GUID in lower case, as most objects have ([B])."""
    return str(uuid.uuid4())


def fixed_id(name: str) -> str:
    """The GUID of a seeded object, the same in each sandbox."""
    return str(uuid.uuid5(_NAMESPACE, name))


def now() -> str:
    """The time as .NET writes it: up to seven decimals without trailing zeros, and an offset ([B])."""
    moment = datetime.now(UTC)
    fraction = f"{moment.microsecond:06d}{uuid.uuid4().int % 10}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}+00:00"


def now_z() -> str:
    """The time as the Node services write it: milliseconds and a Z ([B])."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def page_of(docs: list[Doc], index: int, size: int) -> list[Doc]:
    """One page, counted from 0; at most a thousand items, which is the sandbox's own bound ([U] upstream)."""
    size = max(1, min(size, 1000))
    return docs[index * size : (index + 1) * size]


def matches(search: str | None, *texts: str | None) -> bool:
    """Whether a search text occurs in one of the texts, ignoring case ([C])."""
    if not search:
        return True
    wanted = search.strip().lower()
    return any(wanted in text.lower() for text in texts if text)


def ordered(docs: list[Doc], by: str | None, descending: bool) -> list[Doc]:
    """Sorted by a member; without one, or with one that does not exist, in order of creation ([C])."""
    if by and docs and by in docs[0]:
        return sorted(docs, key=lambda doc: str(doc.get(by) or "").lower(), reverse=descending)
    return docs[::-1] if descending and by else docs
