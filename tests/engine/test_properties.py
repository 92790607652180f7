"""Whatever people and manifests do, the engine keeps its word (random histories)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import resources
from reconciler.diff.owned import Owned

from .conftest import World
from .fakes import THING, thing

KEYS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["", "one", "two", " one ", "two  blanks"])
WANTS = st.dictionaries(
    KEYS,
    st.fixed_dictionaries(
        {}, optional={"text": TEXTS, "note": TEXTS, "status": st.sampled_from(["Draft", "Approved"])}
    ),
    max_size=3,
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), KEYS, st.sampled_from(["text", "note"]), TEXTS),
        st.tuples(st.just("delete"), KEYS),
        st.tuples(st.just("add"), KEYS, TEXTS),
    ),
    max_size=4,
)  # fmt: skip
HISTORY = st.lists(st.tuples(WANTS, EDITS, st.booleans()), min_size=1, max_size=5)


def people(world: World, edits: list[tuple[str, ...]]) -> set[str]:
    """What people do to the system; returns the ids of what they made."""
    made = set()
    for edit in edits:
        found = [o for o in world.system.objects.values() if o["key"] == edit[1]]
        if edit[0] == "add" and not found:
            made.add(world.system.add(edit[1], text=edit[2]))
        elif edit[0] == "edit" and found:
            found[0]["values"][edit[2]] = edit[3]
        elif edit[0] == "delete" and found:
            world.system.objects.pop(found[0]["id"])
    return made


@settings(max_examples=80)
@given(HISTORY)
def test_nothing_of_others_is_lost_and_an_apply_settles(history: list) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(resources, "types", lambda: {THING.full_name: THING}):
        world = World(Path(folder))
        world.system.rewrite = staticmethod(lambda v: v.replace("  ", " ") if isinstance(v, str) else v)
        theirs: set[str] = set()
        for wants, edits, prune in history:
            theirs |= people(world, edits)
            wishes = [thing(key, **values) for key, values in wants.items()]
            before = {id: (o["key"], dict(o["values"])) for id, o in world.system.objects.items()}
            plan = world.plan(*wishes, prune=prune)
            assert world.plan(*wishes, prune=prune).digest == plan.digest, "a plan is the same twice"
            if plan.refused:
                continue
            result = world.apply(*wishes, prune=prune)
            assert result.complete
            for id, (key, values) in before.items():
                if id in theirs:
                    assert id in world.system.objects, f"{key} is of people and is gone"
                after = world.system.objects.get(id)
                if after is None:
                    continue
                for name, value in values.items():
                    managed = name in wants.get(key, {})
                    assert managed or after["values"].get(name) == value, f"{key}.{name} is not managed and changed"
            again = world.plan(*wishes, prune=prune)
            assert again.executable == [], "an apply leaves nothing to do"
            writes = len(world.system.writes)
            world.apply(*wishes, prune=prune)
            assert len(world.system.writes) == writes, "a second apply writes nothing"


@settings(max_examples=50)
@given(HISTORY)
def test_what_is_told_at_first_sight_is_what_a_comparison_tells(history: list) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(resources, "types", lambda: {THING.full_name: THING}):
        world = World(Path(folder))
        for wants, edits, prune in history:
            people(world, edits)
            wishes = [thing(key, **values) for key, values in wants.items()]
            plan = world.plan(*wishes, prune=prune)
            with patch.object(Owned, "_is_untouched", lambda *_: False):
                compared = world.plan(*wishes, prune=prune)
            plan.created_at = compared.created_at = ""
            assert plan.as_dict() == compared.as_dict()
            assert (plan.notes, plan.ids, plan.moves) == (compared.notes, compared.ids, compared.moves)
            if not plan.refused:
                world.apply(*wishes, prune=prune)
