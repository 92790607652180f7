"""Every request of the client over the worked example, from its first day to a removal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from reconciler.systems.http import Connection

from ..support import project
from .story import furnish, walk


@dataclass(frozen=True)
class Sent:
    """One request."""

    system: str
    method: str
    path: str
    query: tuple[str, ...]
    body: Any = field(hash=False, default=None)

    def __str__(self) -> str:
        return f"{self.system} {self.method} {self.path}"


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """The requests, in order."""
    return list(_record(tmp_path_factory.mktemp("example")))


def _record(root: Path) -> Iterator[Sent]:
    found: list[Sent] = []
    send = Connection.send

    def recorded(self: Connection, method: str, path: str, **more: Any) -> Any:
        query = more.get("query") or ()
        names = tuple(dict.fromkeys(query if isinstance(query, dict) else [key for key, _ in query]))
        where = urlsplit(self.base).path.rstrip("/") + path
        found.append(Sent(self.system, method, where, names, more.get("json")))
        return send(self, method, path, **more)

    with pytest.MonkeyPatch.context() as patch, project(root) as made:
        patch.setattr(Connection, "send", recorded)
        furnish(made)
        walk(made)
    assert found
    return iter(found)
