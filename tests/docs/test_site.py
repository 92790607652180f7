"""The site of the pages: each has its place in the navigation, and the generator finds nothing to warn of."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..tools import missing
from .pages import DOCS, ROOT

SITE: dict[str, Any] = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
OTHER_HOSTS = re.compile(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//[^"]+')
"""What a browser would ask another host for, to show a page."""


def pages(nav: Any) -> Iterator[str]:
    """The pages of a part of the navigation."""
    if isinstance(nav, str):
        yield nav
        return
    for part in nav.values() if isinstance(nav, dict) else nav:
        yield from pages(part)


def test_every_page_has_one_place() -> None:
    named = [*pages(SITE["nav"])]
    assert sorted(named) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_its_styles_are_there_and_its_fonts_are_those_of_the_machine() -> None:
    assert SITE["theme"]["font"] is False
    assert [name for name in SITE["extra_css"] if not (DOCS / name).exists()] == []


@pytest.mark.long
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    zensical = Path(sys.executable).with_name("zensical")
    if not zensical.exists():
        missing("zensical is not installed: pip install -e '.[docs]'")
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    command = [str(zensical), "build", "--clean", "--strict"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    made = {
        path.parent.name: path.read_text(encoding="utf-8") for path in (tmp_path / "build/site").rglob("index.html")
    }
    assert {"codes", "sign-in", "GlossaryMapping"} <= made.keys()
    assert {name: found for name, page in made.items() if (found := unrendered(page))} == {}
    assert {name: asked for name, page in made.items() if (asked := OTHER_HOSTS.findall(page))} == {}


def unrendered(page: str) -> list[str]:
    """What of the Markdown is still to be seen: the site's is read more strictly than that of the repository."""
    [article] = re.findall("<article.*?</article>", page, re.DOTALL)
    text = re.sub("<[^>]+>", "", re.sub("<(pre|code).*?</\\1>", "", article, flags=re.DOTALL))
    return re.findall(r".*(?:`|\*\*| \* |\]\(|\|).*|^\s*[*-] .*", text, re.MULTILINE)


def test_markdown_that_is_left_is_told() -> None:
    page = "<article><p>A list <code>a|b</code>: * one</p><p>``` text</p><p>Fine - so - far.</p></article>"
    assert unrendered(page) == ["A list : * one``` textFine - so - far."]
    assert unrendered("<article><p>Fine: <code>**</code></p></article>") == []
