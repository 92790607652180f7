"""One natural direction: a module imports only what stands before it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent / "reconciler"
SANDBOX = ROOT.parent / "reconciler_sandbox"

STARTS_THE_SANDBOX = {"cli/sandbox.py"}
"""The only files of the engine that may know that there is a sandbox."""

ORDER = (
    "saved",
    "errors",
    "systems",
    "webhooks",
    "repository",
    "provenance",
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
    "claims",
    "plan",
    "audit",
    "connect",
    "doctor",
    "actions",
    "contracts",
    "accept",
    "between",
    "pull",
    "release",
    "apply",
    "telemetry",
    "rollback",
    "consent",
    "session",
    "subject",
    "workflow",
    "watch",
    "report",
    "forge",
    "github",
    "azure_devops",
    "schema",
    "reference",
    "starter",
    "handover",
    "cli",
)
LONGEST = 400
"""Lines of the largest file."""
MEDIAN = 120
"""Lines that half of the files have at most."""


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


# -- circles ------------------------------------------------------------------------------------------------------


def names_of(package: Path) -> dict[str, Path]:
    """The modules of a package by their dotted names."""
    parts = {path: path.relative_to(package.parent).with_suffix("").parts for path in package.rglob("*.py")}
    return {".".join(names[:-1] if names[-1] == "__init__" else names): path for path, names in parts.items()}


def modules_in(path: Path, known: Mapping[str, Path]) -> set[str]:
    """The modules that a file imports, those for types alone and those of functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (whole & known.keys()) or {node.module}
    return {name for name in found & known.keys() if known[name] != path}


def circles(graph: Mapping[str, set[str]]) -> list[str]:
    """Modules that import themselves by way of others, each with one that it imports on the way."""
    left = {name: set(needs) for name, needs in graph.items()}
    while free := {name for name, needs in left.items() if not needs}:
        left = {name: needs - free for name, needs in left.items() if name not in free}
    return sorted(f"{name} → {min(needs)}" for name, needs in left.items())


@pytest.mark.parametrize("package", [ROOT, SANDBOX], ids=lambda path: path.name)
def test_no_circle_of_files(package: Path) -> None:
    known = names_of(package)
    assert circles({name: modules_in(path, known) for name, path in known.items()}) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"a"}, "c": set()}) == ["a → b", "b → a"]


# -- rooms --------------------------------------------------------------------------------------------------------

KINDS = ROOT / "kinds"
SHARED = {"base", "declarations", "project", "pulling", "telling"}


def test_rooms_never_import_rooms_and_only_discovery_knows_a_kind() -> None:
    known = names_of(ROOT)
    for name, path in known.items():
        here = name.split(".")[2:3] if name.startswith("reconciler.kinds.") else []
        for other in modules_in(path, known):
            room = other.split(".")[2:3] if other.startswith("reconciler.kinds.") else []
            if here and room and room[0] not in SHARED:
                assert room == here, f"{name} imports {other}"
            found = room and other.endswith((".kind", ".pull", ".sentence"))
            assert not found or name == "reconciler.kinds", f"{name} imports {other}"


@pytest.mark.parametrize("path", sorted(KINDS.rglob("spec.py")), ids=lambda path: path.parent.name)
def test_a_spec_is_data(path: Path) -> None:
    """It imports data only: what people write in several kinds, marks, and words of the live objects."""
    allowed = ("reconciler.manifest.", "reconciler.kinds.project.", "reconciler.kinds.declarations")
    own = f"reconciler.kinds.{path.parent.name}."
    for name in modules_in(path, names_of(ROOT)):
        assert name.startswith((*allowed, own, "reconciler.resources.")), name


def test_kinds_do_not_assert_what_types_can_say() -> None:
    asserted = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in KINDS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert asserted == []


def test_nobody_outside_imports_what_is_private_to_the_kinds() -> None:
    for path in sorted({*ROOT.rglob("*.py")} - {*KINDS.rglob("*.py")}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reconciler.kinds"):
                names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
                assert not [name for name in names if name.startswith("_")], f"{path}: {names}"


# -- dialects -----------------------------------------------------------------------------------------------------

KNOW_THE_PRODUCTS = {"systems/dialect.py"}
"""The only files of the engine that may say what holds for one product alone."""
WHOLE_DIALECT = ("PURVIEW", "dialect", "dialect.title", "dialect.scheme")
"""What nobody compares: a dialect is asked for single things."""


def is_a_question_of_product(node: ast.AST) -> bool:
    """Whether code asks here which product it has before it, instead of asking its dialect for what it means to use."""
    match node:
        case ast.Constant(value="atlas"):
            return True
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.FunctionDef(name=name):
            return name in ("ATLAS", "is_atlas", "is_purview")
        case ast.Compare(left=left, comparators=others):
            sides = [ast.unparse(side) for side in (left, *others)]
            by_mode = any("mode" in side for side in sides) and any("'purview'" in side for side in sides)
            return by_mode or any(side.endswith(WHOLE_DIALECT) for side in sides)
    return False


def questions_of_product(code: str) -> list[str]:
    """Where code asks for the product."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(code)) if is_a_question_of_product(node)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_asks_which_product_it_is(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in KNOW_THE_PRODUCTS:
        assert questions_of_product(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        "purview.mode == 'atlas'",
        "purview.settings.get('mode') != 'purview'",
        "purview.mode in ('purview', other)",
        "purview.dialect is PURVIEW",
        "purview.dialect == dialect.ATLAS",
        "purview.dialect.title == 'Apache Atlas'",
        "purview.is_atlas",
        "def is_atlas(self):\n    return True",
    ],
)
def test_a_question_of_product_is_seen(code: str) -> None:
    assert questions_of_product(code)


def test_a_question_of_the_dialect_is_none() -> None:
    assert questions_of_product("system.name == 'purview' and purview.dialect.has_collections") == []


# -- sizes --------------------------------------------------------------------------------------------------------


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    "path", [*modules(), *sorted(SANDBOX.rglob("*.py"))], ids=lambda path: str(path.relative_to(ROOT.parent))
)
def test_files_stay_small_enough_to_hold_in_the_head(path: Path) -> None:
    assert length(path) <= LONGEST


def test_most_files_are_small() -> None:
    assert median(map(length, [*ROOT.rglob("*.py"), *SANDBOX.rglob("*.py")])) <= MEDIAN
