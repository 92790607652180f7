"""Every link within the repository leads somewhere, on the site and in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pages import DOCS, PAGES, ROOT, anchors, links, name


def wrong(page: Path, link: str) -> str:
    """What is wrong with a link; empty where nothing is."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return f"{link}: there is no such file"
    if DOCS in page.parents and DOCS not in target.parents:
        return f"{link}: leads out of docs/, where the site has nothing"
    if anchor and anchor not in anchors(target):
        return f"{link}: no heading of {name(target)} has this anchor, on the site and in the repository alike"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    inner = [link for link in links(page) if "://" not in link and not link.startswith("mailto:")]
    assert list(filter(None, (wrong(page, link) for link in inner))) == []


def test_links_are_found() -> None:
    assert "docs/ledger.md#in-azure-blob-storage" in links(ROOT / "README.md")
    assert "in-azure-blob-storage" in anchors(DOCS / "ledger.md")
    assert sum(len(links(page)) for page in PAGES) > 35


def test_a_wrong_link_is_told() -> None:
    page = DOCS / "start.md"
    assert wrong(page, "ledger.md#the-lock") == ""
    assert "no such file" in wrong(page, "lodger.md")
    assert "no heading" in wrong(page, "ledger.md#the-luck")
    assert "leads out" in wrong(page, "../README.md")
