"""The operations of the data map, read out of the installed azure-purview-datamap package."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from .tables import need

BASE = "/datamap/api"


@dataclass(frozen=True)
class Operation:
    """One operation as Microsoft's own client sends it."""

    name: str
    method: str
    path: str
    query: frozenset[str]

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is one of this operation."""
        pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", self.path))
        return method == self.method and re.fullmatch(pattern, path) is not None


def operations() -> list[Operation]:
    """Every `build_*_request` function: its verb, its path template and the names of its query parameters."""
    module = need("azure.purview.datamap.operations._operations")
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    return [_operation(node) for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:6] == "build_"]


def _operation(function: ast.FunctionDef) -> Operation:
    path = method = ""
    query = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "_url":
            path = str(ast.literal_eval(node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            held, key = node.targets[0].value, node.targets[0].slice
            if isinstance(held, ast.Name) and held.id == "_params":
                query.add(str(ast.literal_eval(key)))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "HttpRequest":
            method = next(str(ast.literal_eval(word.value)) for word in node.keywords if word.arg == "method")
    name = function.name.removeprefix("build_").removesuffix("_request")
    return Operation(name, method, path, frozenset(query))


def normal(name: str) -> str:
    """`attr_3:qualifiedName` is the third of what the specification writes as `attr_N:qualifiedName`."""
    return re.sub(r"^attr_\d+:", "attr_N:", name)


def find(table: list[Operation], method: str, path: str) -> Operation | None:
    """The operation of a request below the data map's base; paths without placeholders come first."""
    below = unquote(path).removeprefix(BASE)
    # A qualified name or id never stands in a segment of its own here, so an encoded slash does not matter.
    found = [one for one in table if one.takes(method, path.removeprefix(BASE)) or one.takes(method, below)]
    return min(found, key=lambda one: one.path.count("{"), default=None)
