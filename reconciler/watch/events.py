"""One thing that happened, and the message that tells of it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from reconciler.systems.redact import SECRETS

_NAMESPACE = uuid.UUID("6c1f1b5e-3f0b-5c43-9f0e-9b7d4a2f6e10")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a subject.

    `occurrence` tells two of a kind about one subject apart, and is made of what the systems tell alone: whoever looks
    at the same finds the same id, so that a receiver knows what came before.
    """

    type: str
    subject: str
    """The address of the object, as in plans; of what concerns the whole environment its name."""
    occurrence: str
    data: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    """When it happened, where the system tells; else when it was found."""
    names: frozenset[str] = frozenset()
    """The documents, and the name of the stream, that it is about."""

    def id(self, environment: str) -> str:
        """The id of its message: the same for each watcher, each attempt and after each restart."""
        return str(uuid.uuid5(_NAMESPACE, "|".join((environment, self.type, self.subject, self.occurrence))))

    def message(self, environment: str, correlation_id: str, now: datetime) -> dict[str, Any]:
        """The message; it holds no values of records or options."""
        about = {"environment": environment, "subject": self.subject, "correlation_id": correlation_id}
        cleaned: dict[str, Any] = SECRETS.clean_all(
            {
                "id": self.id(environment),
                "type": self.type,
                "timestamp": self.at or stamp(now),
                "data": {**about, **self.data},
            }
        )
        return cleaned


def body_of(message: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent: compact JSON in UTF-8."""
    return orjson.dumps(message)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def digest(value: Any) -> str:
    """What tells whether a value is another one; nothing of it can be read from this."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()[:20]
