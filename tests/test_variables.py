"""Every variable of the process that the program reads stands in docs/variables.md, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "variables.md"
_NAME = re.compile(r"_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?")
_KNOWN_BY_NAME = re.compile(r"_?(?:RECONCILER|GITHUB|BUILD|AZURE|OTEL|ACTIONS|IDENTITY|IMDS|MSI|SYSTEM)_[A-Z0-9_]+")


def of_process(node: ast.expr) -> bool:
    """Whether something is a mapping of variables, by what it is called."""
    return re.search(r"(?:^|[._])(?:env|environ|variables)$", ast.unparse(node).removeprefix("self.")) is not None


def names(node: ast.AST) -> Iterator[str]:
    """The names that a piece of code reads, and those that can be nothing else."""
    match node:
        case ast.Constant(value=str(name)) if _KNOWN_BY_NAME.fullmatch(name):
            yield name
        case ast.Call(func=ast.Attribute(attr="get", value=where), args=[ast.Constant(value=str(name)), *_]):
            if of_process(where):
                yield name
        case ast.Subscript(value=where, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
            if of_process(where):
                yield name
        case ast.Compare(left=ast.Constant(value=str(name)), comparators=[where]):
            if of_process(where):
                yield name


SET_FOR_OTHERS = {"RECONCILER_VAR_SANDBOX_URL"}
"""One of the `RECONCILER_VAR_NAME`, which the sandbox tells and the demo sets."""


def read() -> dict[str, set[str]]:
    """Every variable with the files that name it."""
    found: dict[str, set[str]] = {}
    for package in ("reconciler", "reconciler_sandbox"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for name in names(node):
                    if _NAME.fullmatch(name) and name not in SET_FOR_OTHERS:
                        found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return found


def documented() -> list[str]:
    """The variables of the page: what stands first in its rows; `NAME` stands for any name."""
    rows = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [
        re.sub("^RECONCILER_VAR_NAME$", "RECONCILER_VAR_", name)
        for row in rows
        for name in re.findall(r"`([^`]+)`", row)
    ]


def test_the_page_has_every_variable_that_is_read() -> None:
    read_somewhere = read()
    assert sorted(read_somewhere.keys() - {*documented()}) == []


def test_the_page_has_no_variable_that_nobody_reads() -> None:
    assert sorted({*documented()} - read().keys()) == []
    assert len(documented()) == len({*documented()})
