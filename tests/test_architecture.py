"""One natural direction: a module imports only what stands before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "reconciler"
SANDBOX = ROOT.parent / "reconciler_sandbox"

STARTS_THE_SANDBOX = {"cli/sandbox.py"}
"""The only files of the engine that may know that there is a sandbox."""

ORDER = (
    "errors",
    "systems",
    "resources",
    "manifest",
    "environment",
    "ledger",
    "questions",
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


def packages(path: Path) -> set[str]:
    """The packages that a file names: in imports, those for types alone included, and in what is imported by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: imports are written whole"
            found.add(node.module or "")
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            found |= {one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {name.partition(".")[0] for name in found}


@pytest.mark.parametrize("path", sorted(SANDBOX.rglob("*.py")), ids=lambda path: str(path.relative_to(SANDBOX)))
def test_the_sandbox_knows_nothing_of_the_engine(path: Path) -> None:
    assert "reconciler" not in packages(path)


def test_the_engine_knows_nothing_of_the_sandbox() -> None:
    know = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if "reconciler_sandbox" in packages(path)}
    assert know == STARTS_THE_SANDBOX


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("import reconciler.errors as errors", "reconciler"),
        ("from reconciler import errors", "reconciler"),
        ("if TYPE_CHECKING:\n    from reconciler_sandbox.server import Running", "reconciler_sandbox"),
        ("importlib.import_module('reconciler_sandbox.server')", "reconciler_sandbox"),
        ("importlib.resources.files('reconciler_sandbox')", "reconciler_sandbox"),
        ("def late():\n    import reconciler", "reconciler"),
    ],
)
def test_packages_are_seen_however_they_are_named(tmp_path: Path, line: str, named: str) -> None:
    (tmp_path / "file.py").write_text(line, encoding="utf-8")
    assert packages(tmp_path / "file.py") == {named}


@pytest.mark.parametrize(
    "path", [*modules(), *sorted(SANDBOX.rglob("*.py"))], ids=lambda path: str(path.relative_to(ROOT.parent))
)
def test_files_stay_small_enough_to_hold_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST
