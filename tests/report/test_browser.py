"""The HTML report in a real browser: it renders, filters, prints, and runs nothing but its own script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.report import html

from ..tools import program
from .cases import six
from .chromium import DESKTOP, PHONE, Browser, Page, started

GOLDEN = Path(__file__).parent / "golden" / "plan.html"
SEEN = "[...document.querySelectorAll('{}')].filter((one) => one.checkVisibility()).length"
CONTRAST = """(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const found = parse(getComputedStyle(one).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !one.checkVisibility() || one.closest("script, svg title, option")) continue;
    const style = getComputedStyle(one), ink = one.closest("svg") ? style.fill : style.color;
    const box = one.closest("svg g.node")?.querySelector("rect");
    const under = box ? parse(getComputedStyle(box).fill).slice(0, 3) : behind(one);
    const [a, b] = [light(parse(ink).slice(0, 3)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${one.tagName} ${one.className.baseVal ?? one.className}: ${ratio.toFixed(2)}`);
  }
  return [...poor];
})()"""
"""Texts whose colour is too near to what is behind them, of what is to be seen."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all; without it the test says so, and may not skip where everything must run."""
    path = program("chromium", "chromium-browser", "google-chrome", why="on Debian, apt-get install chromium")
    with started(path, tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of six real plans as pages, of what people changed, and of a plan with every action."""
    home = tmp_path_factory.mktemp("pages")
    plans = six(home / "project")
    told = {what: html.plan(plan) for what, plan in plans.items()} | {"drift alone": html.drift(plans["drift"])}
    found = {"every action": GOLDEN.as_uri()}
    for what, text in told.items():
        path = home / f"{what.replace(' ', '-')}.html"
        path.write_text(text, encoding="utf-8")
        found[what] = path.as_uri()
    return found


@pytest.fixture
def customer(browser: Browser, pages: dict[str, str]) -> Iterator[Page]:
    """The plan of the first apply."""
    page = browser.page(pages["the first apply"])
    yield page
    assert page.faults == []
    browser.ask("Target.closeTarget", targetId=page.target)


def seen(page: Page, what: str) -> int:
    return int(page.run(SEEN.format(what)))


def choose(page: Page, name: str, value: str) -> None:
    """As somebody chooses of a list."""
    page.run(f"(() => {{ const one = document.getElementById('by-{name}'); one.value = {value!r};"
             " one.dispatchEvent(new Event('change')); })()")  # fmt: skip


def focused(page: Page) -> str:
    return str(page.run("document.activeElement.id || document.activeElement.tagName"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_readable_asks_nobody_and_has_no_fault(
    browser: Browser, pages: dict[str, str], dark: bool, tmp_path: Path
) -> None:
    for what, address in pages.items():
        page = browser.page(address, dark=dark)
        assert page.run(CONTRAST) == [], what
        for size in (PHONE, DESKTOP):
            page.look(size, dark=dark)
            assert page.run("document.documentElement.scrollWidth") <= size[0], (what, size)
            page.run("document.querySelector('#all')?.click()")
            assert page.run("document.documentElement.scrollWidth") <= size[0], (what, size)
        assert page.run("document.querySelector('.verdict, .headline').getBoundingClientRect().top") < PHONE[1]
        page.picture(tmp_path / "seen.png")
        assert (tmp_path / "seen.png").stat().st_size > 10_000
        assert page.asked == [address]
        assert page.faults == [], what
        page.run("document.body.style.color = 'rgb(128, 128, 128)'")
        assert page.run(CONTRAST), "a poor contrast is seen"
        browser.ask("Target.closeTarget", targetId=page.target)


def test_what_is_chosen_is_what_is_left_and_it_is_counted(customer: Page) -> None:
    every = customer.run("[...document.querySelectorAll('.change')].map((one) => ({...one.dataset}))")
    chosen: dict[str, str] = {}
    for name, value in (("concept", "Concept Customer"), ("system", "Purview"), ("action", "create")):
        choose(customer, name, value)
        chosen[name] = value
        left = [one for one in every if all(one[by] == wanted for by, wanted in chosen.items())]
        assert 0 < len(left) < len(every)
        assert customer.run("document.getElementById('found').textContent") == f"{len(left)} of {len(every)}"
        assert seen(customer, ".change") == len(left)
        assert seen(customer, ".told") == len([one for one in left if "concept" in one])
    manifest = "ExportContract customers_wide_v1"
    choose(customer, "manifest", manifest)
    both = [one for one in every if one["manifest"] == manifest and one["concept"] == "Concept Customer"]
    assert seen(customer, ".change") == len(both) == 0
    assert customer.run("document.getElementById('found').textContent") == f"0 of {len(every)}"
    customer.run("document.getElementById('filter').focus()")
    customer.press("Escape")
    assert seen(customer, ".change") == len(every)
    assert customer.run("document.getElementById('found').textContent") == ""


def test_it_is_worked_with_keys_alone(customer: Page) -> None:
    order = []
    for _ in range(8):
        customer.press("Tab")
        order.append(focused(customer))
        assert customer.run("getComputedStyle(document.activeElement).outlineStyle") != "none", order
    assert order[-7:] == ["by-concept", "by-system", "by-action", "by-manifest", "filter", "all", "SUMMARY"], order
    first = "document.activeElement.parentElement.open"
    assert customer.run(first) is True
    customer.press("Enter")
    assert customer.run(first) is False
    customer.press(" ")
    assert customer.run(first) is True
    customer.press("Tab", shift=True)
    assert focused(customer) == "all"
    customer.press("Enter")
    assert customer.run("[...document.querySelectorAll('details')].every((one) => one.open)")
    assert customer.run("document.getElementById('all').getAttribute('aria-pressed')") == "true"
    customer.press(" ")
    assert not customer.run("[...document.querySelectorAll('details')].some((one) => one.open)")
    customer.press("/")
    assert focused(customer) == "filter"
    customer.ask("Input.insertText", text="birthday that nobody has")
    assert seen(customer, ".change") == 0
    customer.press("Escape")
    assert seen(customer, ".change") > 0


def test_on_paper_everything_is_open_and_no_control_is_there(customer: Page) -> None:
    customer.run("dispatchEvent(new Event('beforeprint'))")
    customer.look(media="print")
    assert customer.run("[...document.querySelectorAll('details')].every((one) => one.open)")
    assert seen(customer, "#filters") == seen(customer, "button") == 0
    assert seen(customer, ".change") == 138
    assert customer.paper().startswith(b"%PDF")


def test_the_lineage_is_a_picture_with_words(customer: Page) -> None:
    titles = customer.run("[...document.querySelectorAll('figcaption')].map((one) => one.textContent)")
    assert titles == ["Before", "After"]
    assert seen(customer, "svg.lineage[role=img]") == 1
    assert customer.run("document.querySelector('svg.lineage').getAttribute('aria-label')") == "Lineage: after"
    names: list[Any] = customer.run("[...document.querySelectorAll('svg.lineage .name')].map((one) => one.textContent)")
    assert {"crm/contacts.csv", "contacts", "Customer", "customers_wide_v1"} <= set(names)


def test_the_policy_lets_nothing_but_the_own_script_run(browser: Browser, tmp_path: Path) -> None:
    intruder = '<script>document.title = "broken"</script><img src="https://intruder.invalid/x.png">'
    path = tmp_path / "intruded.html"
    path.write_text(GOLDEN.read_text(encoding="utf-8").replace("</main>", f"{intruder}</main>"), encoding="utf-8")
    page = browser.page(path.as_uri())
    assert page.run("document.title") == "Plan for test"
    assert page.run("document.getElementById('filters').hidden") is False
    told = str(page.faults)
    assert told.count("Content Security Policy") >= 2, told
