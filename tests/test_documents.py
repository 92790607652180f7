"""What the documents show is what the project does: screens and examples in them are current."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LANGUAGES = {"screen": "", "example": "python", "picture": "mermaid"}
_SHOWN = re.compile(r"<!-- (screen|example|picture): (\S+) -->\n(?:\n```[a-z]*\n(.*?)\n```\n)?", re.DOTALL)


def shown(document: Path, update: bool) -> list[tuple[str, str | None]]:
    """The blocks of a document that repeat a file; rewrites them when asked to."""
    text = document.read_text(encoding="utf-8")
    if update:

        def block(found: re.Match[str]) -> str:
            content = (ROOT / found[2]).read_text(encoding="utf-8").rstrip()
            language = LANGUAGES[found[1]]
            return f"<!-- {found[1]}: {found[2]} -->\n\n```{language}\n{content}\n```\n"

        text = _SHOWN.sub(block, text)
        document.write_text(text, encoding="utf-8")
    return [(found[2], found[3]) for found in _SHOWN.finditer(text)]


def test_the_picture_is_that_of_the_worked_example(golden: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from reconciler.cli import main

    with pytest.raises(SystemExit):
        main(["--project", str(ROOT), "--env", "sandbox", "graph", "--format", "mermaid"])
    golden("lineage.mmd", capsys.readouterr().out)


REPEATING = ["README.md", "CONTRIBUTING.md", *(f"docs/{page}.md" for page in ("index", "reading", "approvals"))]


def test_every_page_that_repeats_a_file_is_looked_at() -> None:
    """A mark alone shows nothing where the page is read in the repository."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    marked = [str(page.relative_to(ROOT)) for page in pages if _SHOWN.search(page.read_text(encoding="utf-8"))]
    assert sorted(marked) == sorted(REPEATING)


@pytest.mark.parametrize("name", REPEATING)
def test_blocks_that_repeat_a_file_are_current(name: str, request: pytest.FixtureRequest) -> None:
    blocks = shown(ROOT / name, bool(request.config.getoption("--update")))
    assert blocks
    for path, content in blocks:
        assert content == (ROOT / path).read_text(encoding="utf-8").rstrip(), f"{name} shows an old {path}"


def test_every_verb_is_in_the_readme() -> None:
    from reconciler.cli import VERBS

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"`{verb}" not in text and f"make {verb}" not in text] == []


def test_the_manifest_in_the_readme_is_valid(tmp_path: Path) -> None:
    from reconciler.desired import load
    from reconciler.kinds import models
    from reconciler.manifest.spec import example

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [manifest] = re.findall(r"```yaml\n(apiVersion.*?)```", text, re.DOTALL)
    (tmp_path / "manifests/environments").mkdir(parents=True)
    environment = (ROOT / "manifests/environments/sandbox.yaml").read_text(encoding="utf-8")
    (tmp_path / "manifests/environments/sandbox.yaml").write_text(environment, encoding="utf-8")
    (tmp_path / "manifests/customer.yaml").write_text(manifest, encoding="utf-8")
    (tmp_path / "manifests/labels.yaml").write_text(example(models()["LabelMap"]), encoding="utf-8")
    wishes = load(tmp_path, "sandbox", {})
    assert wishes.findings == []
    assert len(wishes.resources) > 10


def test_the_readme_names_every_kind() -> None:
    from reconciler.kinds import models

    said = (ROOT / "README.md").read_text(encoding="utf-8").partition("Kinds today:")[2].partition(". ")[0]
    assert sorted(re.findall(r"`(\w+)`", said)) == sorted(models())


def test_every_hint_installs_this_project() -> None:
    """Another project has the name of our command, and installing that would take our place."""
    name = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    places = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    for package in ("reconciler", "reconciler_sandbox", "benchmarks"):
        places += (ROOT / package).rglob("*.py")
    hints = re.compile(r"([a-z][a-z-]*)\[(?:azure|bench|docs|excel|otel|parquet|sandbox|test|vault)[\],]")
    named = {place: hints.findall(place.read_text(encoding="utf-8")) for place in places}
    assert {one for found in named.values() for one in found} == {name}
