"""One natural direction: a module imports only what stands before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "reconciler"

ORDER = (
    "errors",
    "systems",
    "resources",
    "manifest",
    "environment",
    "ledger",
    "sources",
    "kinds",
    "graph",
    "live",
    "desired",
    "diff",
    "policy",
    "plan",
    "connect",
    "doctor",
    "actions",
    "contracts",
    "apply",
    "workflow",
    "report",
    "schema",
    "reference",
    "sandbox",
    "cli",
)
LONGEST = 620
"""Lines of the largest file; most are far smaller, and this only ever goes down."""


def modules() -> list[Path]:
    return sorted(
        path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem not in ("__init__", "__main__")
    )


def place(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module] if node.module != "reconciler" else [f"reconciler.{a.name}" for a in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("reconciler.")}
    return found - {"__version__"}


def test_every_module_has_a_place() -> None:
    assert {place(path) for path in modules()} == set(ORDER)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    here = ORDER.index(place(path))
    later = {name for name in imported(path) if ORDER.index(name) > here}
    assert not later, f"{path.name} imports what stands after it: {', '.join(sorted(later))}"


@pytest.mark.parametrize(
    "path", [p for p in modules() if place(p) == "sandbox"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_sandbox_knows_nothing_of_the_engine(path: Path) -> None:
    assert imported(path) <= {"sandbox"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small_enough_to_hold_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST
