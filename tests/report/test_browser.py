"""The HTML report in a real browser: it renders, filters, and runs nothing but its own script."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ..tools import program

GOLDEN = Path(__file__).parent / "golden" / "plan.html"

pytestmark = pytest.mark.browser


@pytest.fixture
def browser() -> str:
    """Chromium's path; without it the test says so, and may not skip where everything must run."""
    return program("chromium", "chromium-browser", "google-chrome", why="on Debian, apt-get install chromium")


def dump(browser: str, *words: str) -> subprocess.CompletedProcess[str]:
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--v=0",
        "--virtual-time-budget=2000",
    ]
    return subprocess.run([browser, *flags, *words], capture_output=True, text=True, timeout=120, check=False)


def test_the_page_renders_and_its_policy_lets_only_its_own_script_run(browser: str) -> None:
    ran = dump(browser, "--dump-dom", GOLDEN.as_uri())
    assert "</html>" in ran.stdout
    assert "Refused to" not in ran.stderr, "the content policy refused something of our own"
    assert "violates the following Content Security Policy" not in ran.stderr
    assert "Uncaught" not in ran.stderr
    assert "<h1" in ran.stdout


def test_it_can_be_looked_at(browser: str, tmp_path: Path) -> None:
    picture = tmp_path / "plan.png"
    dump(browser, f"--screenshot={picture}", "--window-size=1200,1600", GOLDEN.as_uri())
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
