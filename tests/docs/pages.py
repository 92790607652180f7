"""The pages in Markdown, taken apart as far as tests ask: blocks, headings, links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[a-z]*)\n(?P<text>.*?)^(?P=indent)(?P=ticks)$", re.M | re.S
)
_COMMENT = re.compile(r"<!-- ([^>]+) -->\s*\Z")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)
_LINK = re.compile(r"\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
_INLINE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")


@dataclass(frozen=True)
class Block:
    """A block of code: where it stands, its language, its text, and the comment above it."""

    page: Path
    line: int
    language: str
    text: str
    mark: str

    def __str__(self) -> str:
        """`docs/start.md:12`, as editors link it."""
        return f"{name(self.page)}:{self.line}"


def name(page: Path) -> str:
    """The page as people call it."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> Iterator[Block]:
    """Every block of code of a page."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        above = _COMMENT.search(text[: found.start()])
        line = text.count("\n", 0, found.start()) + 1
        inner = re.sub(f"^{found['indent']}", "", found["text"], flags=re.M)
        yield Block(page, line, found["language"], inner, above[1] if above else "")


def every_block() -> list[Block]:
    """Every block of code of every page."""
    return [block for page in PAGES for block in blocks(page)]


def prose(page: Path) -> str:
    """A page without its blocks of code and comments."""
    return re.sub(r"<!--.*?-->", "", _FENCE.sub("", page.read_text(encoding="utf-8")), flags=re.S)


def links(page: Path) -> list[str]:
    """Where the links of a page lead."""
    return _LINK.findall(_INLINE.sub("`code`", prose(page)))


def inline(page: Path) -> list[str]:
    """The pieces of code in the sentences of a page."""
    return [" ".join(one.split()) for one in _INLINE.findall(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors that a page has on the site and in the repository alike."""
    headings = [re.sub(r"[`*]|\]\([^)]*\)|\[", "", one) for one in _HEADING.findall(prose(page))]
    both = [(_on_site(one), _in_repository(one)) for one in headings]
    return {here for here, there in both if here == there and both.count((here, there)) == 1}


def _on_site(heading: str) -> str:
    """As Python-Markdown makes it."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _in_repository(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
