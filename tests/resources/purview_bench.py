"""Drives one resource type against the sandbox the way the engine does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from reconciler.resources import type_of, types
from reconciler.resources.base import Resource
from reconciler.resources.keys import PARTS
from reconciler.resources.objects import Live, Write
from reconciler.systems.auth import Token
from reconciler.systems.dialect import DIALECTS, PURVIEW, Dialect, Product
from reconciler.systems.http import Connection
from reconciler.systems.purview import Purview, errors
from reconciler_sandbox.server import running

TYPES = {
    "column": {
        "attributeDefs": [{"name": "data_type", "typeName": "string"}, {"name": "tags", "typeName": "array<string>"}],
        "superTypes": ["DataSet"],
        "options": {"managedBy": "reconciler", "schemaAttributes": "data_type"},
    },
    "table": {
        "superTypes": ["DataSet"],
        "options": {"managedBy": "reconciler", "schemaElementsAttribute": "columns"},
        "attributeDefs": [{"name": "group", "typeName": "string"}, {"name": "source", "typeName": "string"}],
    },
    "process": {
        "superTypes": ["Process"],
        "options": {"managedBy": "reconciler"},
        "attributeDefs": [{"name": "columnMapping", "typeName": "string"}],
    },
}
RELATION = {
    "category": "RELATIONSHIP",
    "relationshipCategory": "COMPOSITION",
    "options": {"managedBy": "reconciler"},
    "endDef1": {"type": "t_table", "name": "columns", "isContainer": True, "cardinality": "SET"},
    "endDef2": {"type": "t_column", "name": "table", "isContainer": False, "cardinality": "SINGLE"},
}


class Bench:
    """A connected sandbox with shorthand for reading and writing."""

    def __init__(self, url: str, settings: Mapping[str, Any] | None = None, dialect: Dialect = PURVIEW) -> None:
        self.purview = Purview(Connection("purview", url, Token("token-of-the-bench-1"), errors), settings, dialect)
        self.sent: list[tuple[str, str, Any]] = []
        send = self.purview.connection.send

        def spy(method: str, path: str, **more: Any) -> Any:
            self.sent.append((method, path, more.get("json")))
            return send(method, path, **more)

        self.purview.connection.send = spy  # type: ignore[method-assign]

    def writes(self, since: int = 0) -> list[tuple[str, str, Any]]:
        """Requests that were no GET."""
        return [one for one in self.sent[since:] if one[0] != "GET"]

    def read(self, name: str, *keys: str, paths: frozenset[str] = frozenset()) -> dict[str, Live]:
        """Live objects by key."""
        type = types()[f"purview.{name}"]
        return {live.key: live for live in type.read(self.purview.fresh(), dict.fromkeys(keys, paths))}

    def one(self, name: str, key: str, *paths: str) -> Live:
        """One object that is there."""
        return self.read(name, key, paths=frozenset(paths))[key]

    def parts(self, name: str, key: str) -> set[str]:
        """Addresses of what hangs on an object; without one, what it is."""
        return {part.address or part.what for part in self.one(name, key, PARTS).parts}

    def there(self, name: str, key: str) -> bool:
        """Whether the object exists."""
        return key in self.read(name, key)

    def id_of(self, address: str) -> str:
        """Live ids as the engine looks them up."""
        return self.one(type_of(address).name, address.partition(":")[2]).id

    def write(self, type: Resource, key: str, values: Mapping[str, Any], live: Live | None) -> Write:
        """A write as the engine hands it in."""
        return Write(type.address(key), key, dict(values), live, self.id_of)

    def create(self, name: str, key: str, /, **values: Any) -> str | None:
        """Creates one object from what a kind would give."""
        return self.create_many(name, {key: values})[0]

    def create_many(self, name: str, wanted: Mapping[str, Mapping[str, Any]]) -> list[str | None]:
        """Creates several objects in one batch."""
        type = types()[f"purview.{name}"]
        flat = {key: type.desired(key, **values).values for key, values in wanted.items()}
        writes = [self.write(type, key, values, None) for key, values in flat.items()]
        return type.create_many(self.purview.fresh(), writes)

    def update(self, name: str, key: str, values: Mapping[str, Any]) -> None:
        """Changes paths of one object."""
        type = types()[f"purview.{name}"]
        type.update_many(self.purview.fresh(), [self.write(type, key, values, self.one(name, key))])

    def rename(self, name: str, key: str, to: str) -> None:
        """Renames one object."""
        type = types()[f"purview.{name}"]
        type.rename(self.purview.fresh(), self.write(type, to, {}, self.one(name, key)))

    def delete(self, name: str, *keys: str) -> None:
        """Deletes objects in one batch."""
        type = types()[f"purview.{name}"]
        live = self.read(name, *keys)
        type.delete_many(self.purview.fresh(), [self.write(type, key, {}, live[key]) for key in keys])

    @staticmethod
    def canonical(name: str, key: str, /, **values: Any) -> dict[str, Any]:
        """What a kind would give, as the diff compares it."""
        type = types()[f"purview.{name}"]
        flat = type.desired(key, **values).values
        return {path: type.field(path).canonical(value) for path, value in flat.items()}

    def define_types(self) -> None:
        """Types of our own to make entities of."""
        wanted = {
            f"t_{name}": {"category": "entityDefs", "definition": {"category": "ENTITY", **definition}}
            for name, definition in TYPES.items()
        }
        wanted["t_table_columns"] = {"category": "relationshipDefs", "definition": RELATION}
        self.create_many("type", wanted)


@contextmanager
def bench(settings: Mapping[str, Any] | None = None, *, mode: Product = "purview", **sandbox: Any) -> Iterator[Bench]:
    """A bench on a sandbox of its own."""
    with running(**({"seed": "demo"} | sandbox), mode=mode) as found:
        yield Bench(found.url, settings, DIALECTS[mode])
