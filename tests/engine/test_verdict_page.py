"""Every row of the tables in `docs/verdicts.md`, run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import World
from .fakes import thing

PAGE = (Path(__file__).parents[2] / "docs" / "verdicts.md").read_text(encoding="utf-8")


def rows(table: str) -> list[tuple[str, ...]]:
    """The cells of a table of the page, without its head."""
    lines = PAGE.partition(f"<!-- table: {table} -->")[2].strip().partition("\n\n")[0].splitlines()[2:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def value(cell: str) -> str | None:
    return None if cell == "–" else cell.strip("`")


def planned(world: World, *wants: Any, **options: Any) -> list[str]:
    return [f"{action}: {reason}" for action, _, reason in world.actions(*wants, **options)]


def said(cell: str) -> list[str]:
    return [] if cell == "nothing" else [cell]


def wish(text: str | None) -> Any:
    """A thing with a note, so that there is something to own, and a text where one is wanted."""
    return thing("a", note="kept", **({} if text is None else {"text": text}))


@pytest.mark.parametrize(("last", "manifest", "live", "plan"), rows("fields"))
def test_a_row_of_fields(world: World, last: str, manifest: str, live: str, plan: str) -> None:
    world.apply(wish(value(last)))
    values = world.system.at("a")["values"]
    values.pop("text", None)
    if (there := value(live)) is not None:
        values["text"] = there
    assert planned(world, wish(value(manifest))) == said(plan)


OPTIONS = {
    "": {},
    "`--adopt=matching`": {"adopt": "matching"},
    "`--adopt=overwrite`": {"adopt": "overwrite"},
    "`--prune`": {"prune": True},
}
HERE: dict[str, dict[str, str]] = {
    "as wanted": {"text": "one", "note": "kept"},
    "as applied": {"text": "one", "note": "kept"},
    "with empty fields": {"note": "kept"},
    "with other values": {"text": "other", "note": "kept"},
    "edited": {"text": "edited", "note": "kept"},
    "another object of its name": {"text": "one", "note": "kept"},
}


@pytest.mark.parametrize(("manifest", "live", "ledger", "options", "plan"), rows("resources"))
def test_a_row_of_resources(world: World, manifest: str, live: str, ledger: str, options: str, plan: str) -> None:
    unreadable = live == "cannot be read"
    # so that no guard against removing everything speaks first
    others = [] if unreadable else [thing(f"other-{number}", text="x") for number in range(20)]
    known = [wish("one")] if ledger == "knows it" else []
    world.apply(*known, *others)
    world.system.unreadable = unreadable
    ours = next((id for id, one in world.system.objects.items() if one["key"] == "a"), None)
    if live == "absent" and ours:
        del world.system.objects[ours]
    elif live == "two of its name":
        world.system.add("a", text="one")
        world.system.add("a", text="one")
    elif live in HERE and (ours is None or live.startswith("another")):
        world.system.objects.pop(ours or "", None)
        world.system.add("a", **HERE[live])
    elif live in HERE:
        world.system.objects[ours]["values"] = dict(HERE[live])
    wants = [wish("one")] if manifest == "wants it" else []
    assert planned(world, *wants, *others, **OPTIONS[options]) == said(plan)


def test_the_tables_are_read() -> None:
    assert len(rows("fields")) == len(re.findall(r"(?m)^\| [`–]", PAGE))
    assert len(rows("resources")) == len(re.findall(r"(?m)^\| (?:wants it|does not)", PAGE))
