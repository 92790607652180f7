"""Rules among those of others: no list is written without them, and they stay the same to the byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.resources.cluedin.ordering import arranged
from reconciler_sandbox.server import Running, running

from ..support import Project
from ..support_many import numbers
from ..support_rules import Page, live, order

SCOPES = {"data_part": "DataPart", "survivorship": "Survivorship", "golden_record": "Entity"}
TREE = {"condition": "AND", "rules": [{
    "condition": "AND", "field": "Name", "objectTypeId": "0a1984a6-7b75-47a9-b076-8f6b45b358ac",
    "operator": "306e5d29-832f-41e7-a6db-1c02eb5ebf74", "type": "string", "value": [], "rules": [],
}]}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(seed="demo") as one:
        yield one


def foreign(page: Page, dice: random.Random) -> dict[str, str]:
    """Rules of others in all scopes, more than a page of one of them; ids by name."""
    actions = page.rest("GET", "/rules/actions")
    found = {}
    for scope in SCOPES.values():
        for number in range(dice.choice((0, 1, 3, 23))):
            name = f"Theirs {number} – {dice.choice(('a/b', 'x@y', 'z%', 'plain'))}"
            chosen = dice.choice([one for one in actions if len(one["supportsProcessingRuleScopes"]) == len(SCOPES)])
            properties = [{**one, "value": f"v{number}"} for one in chosen["properties"]]
            inner = {"name": f"Does {number}", "conditions": TREE, "actions": [{**chosen, "properties": properties}]}
            more: dict[str, Any] = {"condition": TREE, "rules": [inner] * dice.randint(1, 2)}
            found[f"{scope}/{name}"] = page.make(name, scope, isActive=dice.random() < 0.5, **more)
    return found


def documents(dice: random.Random) -> list[dict[str, Any]]:
    """Rules of ours, some of which run after others of ours or after rules of others."""
    made: list[dict[str, Any]] = []
    for number in range(dice.randint(1, 5)):
        scope = dice.choice(list(SCOPES))
        before = [one["spec"]["name"] for one in made if one["spec"]["scope"] == scope]
        spec: dict[str, Any] = {
            "name": f"Ours {number}",
            "scope": scope,
            "where": [{"property": "Name", "operator": "exists"}],
            "do": [{"actions": [{"add_tag": f"Tag{dice.randint(0, 9)}"}]}],
            "reprocess": dice.choice(("never", "on_change")),
            "on_remove": dice.choice(("deactivate", "delete", "keep")),
        }
        if before and dice.random() < 0.8:
            spec["after"] = dice.sample(before, dice.randint(1, len(before)))
        if dice.random() < 0.7:
            spec["active"] = dice.random() < 0.7
        made.append({"apiVersion": "reconciler/v1", "kind": "Rule", "metadata": {"name": f"ours-{number}"},
                     "spec": spec})  # fmt: skip
    return made


def write(project: Project, found: list[dict[str, Any]]) -> None:
    """The manifests of ours, and no others."""
    for old in (project.root / "manifests").glob("ours-*.yaml"):
        old.unlink()
    for one in found:
        project.write(f"{one['metadata']['name']}.yaml", orjson.dumps(one).decode())


def theirs(project: Project, ids: set[str]) -> bytes:
    """Everything of the rules of others, as the server keeps it."""
    return orjson.dumps({id: one for id, one in live(project, by="id").items() if id in ids},
                        option=orjson.OPT_SORT_KEYS)  # fmt: skip


def shuffled(page: Page, project: Project, dice: random.Random, ids: set[str]) -> None:
    """People put rules of ours in other places; those of others stay."""
    for scope in SCOPES.values():
        rows = sorted(
            (one for one in live(project, by="id").values() if one["scope"] == scope), key=lambda one: one["order"]
        )
        mine = [one["id"] for one in rows if one["id"] not in ids]
        if len(mine) > 1:
            dice.shuffle(mine)
            page.rest("POST", "/rules/setprocessingorder",
                      [one["id"] if one["id"] in ids else mine.pop() for one in rows])  # fmt: skip


def holds(project: Project, found: list[dict[str, Any]]) -> bool:
    """Whether everything that is said of the order is so."""
    for one in found:
        names = order(project, SCOPES[one["spec"]["scope"]])
        mine = names.index(one["spec"]["name"])
        if not all(names.index(first) < mine for first in one["spec"].get("after", ())):
            return False
    return True


def tell(sandbox: Running, root: Path, seed: int) -> None:
    """One estate: made, edited in manifests and by people, thinned out; the rules of others are never another."""
    dice = random.Random(seed)
    project = Project(root, sandbox.url)
    project.http("POST", "/_sandbox/reset")
    page = Page(project)
    ids = set(foreign(page, dice).values())
    before = theirs(project, ids)
    found = documents(dice)
    write(project, found)
    assert project.apply().complete
    assert (theirs(project, ids), project.actions(), holds(project, found)) == (before, [], True)
    shuffled(page, project, dice, ids)
    assert theirs(project, ids) == before
    changed = dice.choice(found)["spec"]
    changed["do"] = [{"actions": [{"add_tag": "Another"}]}, {"actions": [{"add_tag": "Third"}]}]
    write(project, found)
    assert project.apply().complete
    assert (theirs(project, ids), project.actions(), holds(project, found)) == (before, [], True)
    left = [one for one in found if dice.random() < 0.5]
    names = {one["spec"]["name"] for one in left}
    for one in left:
        if "after" in one["spec"]:
            one["spec"]["after"] = [name for name in one["spec"]["after"] if name in names]
    write(project, left)
    assert project.apply(prune=True, allow_deletes=_removals(project)).complete
    assert (theirs(project, ids), project.actions(prune=True)) == (before, [])


def _removals(project: Project) -> int | None:
    gone = [action for action, _ in project.actions(prune=True) if action in ("delete", "retire")]
    return len(gone) or None


@pytest.mark.parametrize("seed", numbers(100, quick=2, long=25))
def test_rules_of_others_stay(sandbox: Running, tmp_path: Path, seed: int) -> None:
    tell(sandbox, tmp_path, seed)


def test_an_order_of_which_a_part_holds_already_is_put_right(sandbox: Running, tmp_path: Path) -> None:
    tell(sandbox, tmp_path, 44)


def test_a_list_that_lacks_a_rule_is_never_sent(sandbox: Running, tmp_path: Path) -> None:
    """Every order that was sent had all rules of its scope: the sandbox refuses others, and refused none."""
    project = Project(tmp_path, sandbox.url)
    tell(sandbox, tmp_path, 1)
    sent = [one for one in project.requests() if one["path"].endswith("/setprocessingorder")]
    assert [one["status"] for one in sent if one["status"] != 200] == []


# -- the arrangement alone ---------------------------------------------------------------------------------


def test_only_those_that_must_move_do_and_everybody_else_keeps_the_place() -> None:
    assert arranged(list("axbyc"), set("abc"), [("c", "a")]) == list("bxcya")
    assert arranged(list("axbyc"), set("abc"), [("a", "b")]) == list("axbyc")
    assert arranged(list("axb"), set("ab"), [("x", "b")]) == list("axb")
    assert arranged(list("abx"), set("ab"), [("x", "b")]) is None, "no place of ours is behind it"
    assert arranged(list("ab"), set("ab"), [("a", "b"), ("b", "a")]) is None
    assert arranged(list("ab"), set("ab"), [("z", "b")]) is None, "what is not there has no place"


def test_an_order_is_found_whenever_there_is_one() -> None:
    """Against all orders that there are, of up to six rules."""
    from itertools import permutations

    dice = random.Random(11)
    for _ in range(300):
        ids = list("abcdef"[: dice.randint(2, 6)])
        moving = {one for one in ids if dice.random() < 0.6}
        pairs = [(one, two) for one in ids for two in moving if one != two and dice.random() < 0.2]
        fits = [
            list(way)
            for way in permutations(ids)
            if all(way[at] == id for at, id in enumerate(ids) if id not in moving)
            and all(way.index(one) < way.index(two) for one, two in pairs)
        ]
        found = arranged(ids, moving, pairs)
        assert (found is None) is (not fits)
        assert found is None or found in fits
        assert found == ids if ids in fits else True
