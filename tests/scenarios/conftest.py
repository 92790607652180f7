"""The worked example against a sandbox, with every request of the client kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.systems.http import Connection

from ..support import Project, project

ROOT = Path(__file__).parents[2]
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TIME = re.compile(r"\b1[0-9]{12}\b")
_FOLDER = re.compile(r"\btest_[a-z_]+[0-9]+\b")
"""The folder of a test, which is the name of its repository; pytest numbers it."""
_STAMP = re.compile(r'(?<="lastModifiedTS":")[0-9]+')
_ADDRESS = re.compile(r"\bhttp://127\.0\.0\.1:[0-9]+")
KEPT = frozenset(
    {
        "30435ff9-9b96-44af-a5a9-e05c8b1ae2df",  # people of the example
        "7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11",
        "00000000-0000-0000-0000-000000000000",  # what CluedIn's conditions are made of
        "0bafc522-8011-43ba-978a-babe222ba466",
        "306e5d29-832f-41e7-a6db-1c02eb5ebf74",
        "3be85371-cbe0-4180-8820-73e6e37a6c32",
        "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b",
    }
)


class Recorder:
    """The requests that the client sends, with live ids made alike and in one order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, connection: Connection, method: str, path: str, query: Any, json: Any) -> None:
        pairs = query.items() if isinstance(query, dict) else query
        words = "&".join(f"{key}={value}" for key, value in pairs)
        if path == "/graphql" and json:
            document = " ".join(json["query"].split())
            if not document.startswith("mutation"):
                return
            body = {"document": document[:80], "variables": json["variables"]}
        else:
            body = json
        if method == "GET" or "/search/" in path or path.endswith("/connect/token"):
            return
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode() if body is not None else ""
        line = f"{connection.system} {method} {path}{'?' + words if words else ''} {text}".rstrip()
        line = _FOLDER.sub("<folder>", _ADDRESS.sub("<address>", _TIME.sub("<time>", line)))
        if '"meanings"' in line:  # what else is put on the entities at the same moment counts their stamps up
            line = _STAMP.sub("<stamp>", line)
        self.lines.append(_GUID.sub(lambda found: found[0] if found[0].lower() in KEPT else "<id>", line))

    @property
    def text(self) -> str:
        """The writes, one a line, in alphabetical order as several are under way at once."""
        return "\n".join(sorted(self.lines)) + "\n"


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Every write of the client from here on."""
    recorder = Recorder()
    send = Connection.send

    def recorded(self: Connection, method: str, path: str, **more: Any) -> Any:
        recorder.add(self, method, path, more.get("query", ()), more.get("json"))
        return send(self, method, path, **more)

    monkeypatch.setattr(Connection, "send", recorded)
    return recorder


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Project]:
    """The worked example, not applied yet."""
    with project(tmp_path) as made:
        shutil.rmtree(tmp_path / "manifests")
        shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
        yield made


@pytest.fixture
def applied(example: Project) -> Project:
    """The worked example, applied."""
    assert example.apply().complete
    return example
