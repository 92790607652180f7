"""Texts that people format: the manifest is asked exactly, the live text with its links and lists."""

from __future__ import annotations

import pytest

from reconciler.ledger import Intent

from .conftest import World
from .fakes import thing


def portal(text: object) -> object:
    """What an editor makes of any text: other wrappers, attributes and entities."""
    if not isinstance(text, str):
        return text
    return f'<div class="e">\n{text.replace("é", "&eacute;")}\n</div>' if "</" in text else text


CHANGES = [
    ("Format: <country>-<number>", "Format: <region>"),
    ("List<String>", "List<Integer>"),
    ("score<limit and age>18", "score<limit and age>21"),
    ("<ul><li>é</li></ul>", "<ol><li>é</li></ol>"),
    ('See <a href="https://x">page</a>', 'See <a href="https://y">page</a>'),
    ("<b>x</b>", "<i>x</i>"),
    ("<b>x</b>", "x"),
    ("AT&amp;T", "AT&T"),
]


@pytest.mark.parametrize("editor", [lambda value: value, portal], ids=["plain", "editor"])
@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_every_change_of_the_manifest_is_sent_once(world: World, before: str, after: str, editor: object) -> None:
    world.system.rewrite = staticmethod(editor)
    world.apply(thing("a", definition=before))
    assert world.actions(thing("a", definition=before)) == []
    assert world.actions(thing("a", definition=after)) == [("update", "a", "manifest_changed")]
    assert world.apply(thing("a", definition=after)).complete
    assert world.system.at("a")["values"]["definition"] == after
    writes = len(world.system.writes)
    assert world.actions(thing("a", definition=after)) == []
    assert world.apply(thing("a", definition=after)).complete
    assert world.system.writes[writes:] == []


@pytest.mark.parametrize(("before", "after"), CHANGES[:5])
def test_every_edit_of_people_is_drift(world: World, before: str, after: str) -> None:
    world.apply(thing("a", definition=before))
    world.system.at("a")["values"]["definition"] = after
    assert world.actions(thing("a", definition=before)) == [("update", "a", "drift")]
    assert world.apply(thing("a", definition=before)).complete
    assert world.system.at("a")["values"]["definition"] == before
    assert world.actions(thing("a", definition=before)) == []


def test_a_plan_shows_what_is_between_brackets(world: World) -> None:
    world.apply(thing("a", definition='Format <country>, see <a href="https://x">this</a>'))
    [change] = world.plan(thing("a", definition="Format <region>")).changes
    [field] = change.fields
    assert (field.before, field.after) == ("Format <country>, see [this](https://x)", "Format <region>")


@pytest.mark.parametrize(
    "noise", ["<div>a</div>\n<div>é</div>", "<p style='x'>a</p><p>&#233;</p>", "<div>a</div><div><b>é</b></div>"]
)
def test_noise_is_no_drift(world: World, noise: str) -> None:
    want = thing("a", definition="<div>a</div><div>é</div>")
    world.apply(want)
    world.system.at("a")["values"]["definition"] = noise
    assert world.actions(want) == []


def test_plain_text_takes_over_a_formatted_one_and_leaves_it(world: World) -> None:
    formatted = '<p>See <a href="https://x">the page</a></p><ul><li><b>one</b></li></ul>'
    world.system.add("a", definition=formatted)
    want = thing("a", definition="See the page\none")
    assert world.actions(want, adopt="matching") == [("adopt", "a", "matches")]
    assert world.apply(want, adopt="matching").complete
    assert world.system.at("a")["values"]["definition"] == formatted
    assert world.actions(want) == []
    world.system.at("a")["values"]["definition"] = formatted.replace("//x", "//y")
    [change] = world.plan(want).changes
    assert (change.action, change.reason) == ("drift", "drift")
    world.system.at("a")["values"]["definition"] = formatted
    world.apply(thing("a", definition="Another text"))
    assert world.system.at("a")["values"]["definition"] == "Another text"


def test_other_words_or_a_wanted_link_are_no_match(world: World) -> None:
    world.system.add("a", definition="<p>See the page</p>")
    assert world.actions(thing("a", definition="See a page")) == [("conflict", "a", "differs")]
    linked = thing("a", definition='See <a href="https://x">the page</a>')
    assert world.actions(linked) == [("conflict", "a", "differs")]


def test_the_same_change_on_both_sides_is_no_conflict(world: World) -> None:
    world.apply(thing("a", definition="one"))
    world.system.at("a")["values"]["definition"] = "<p>two</p>"
    want = thing("a", definition="two")
    assert world.actions(want) == []
    world.apply(want)
    assert world.actions(want) == []
    assert world.system.at("a")["values"]["definition"] == "<p>two</p>"


def test_a_change_of_formatting_that_was_cut_short_is_sent_again(world: World) -> None:
    world.apply(thing("a", definition="<b>x</b>"))
    want = thing("a", definition="<i>x</i>")
    world.system.die_after = 0
    with pytest.raises(KeyboardInterrupt):
        world.apply(want)
    world.system.die_after = None
    world.system.at("a")["values"]["definition"] = "<b>x</b>"
    assert world.actions(want) == [("update", "a", "manifest_changed")]
    assert world.apply(want).complete
    assert world.system.at("a")["values"]["definition"] == "<i>x</i>"
    assert world.actions(want) == []


def test_a_text_that_was_sent_before_a_kill_is_ours(world: World) -> None:
    """Also when its manifest changed again since, and an editor gave it another form."""
    world.system.rewrite = staticmethod(portal)
    world.apply(thing("a", definition="<b>one</b>"))
    world.system.die_after = 0
    with pytest.raises(KeyboardInterrupt):
        world.apply(thing("a", definition="<b>two</b>"))
    world.system.die_after = None
    world.system.at("a")["values"]["definition"] = "<b>two</b>"
    assert world.actions(thing("a", definition="<b>two</b>")) == []
    assert world.actions(thing("a", definition="<b>three</b>")) == [("update", "a", "manifest_changed")]


def test_an_intent_without_texts_of_its_own_reads_as_before() -> None:
    assert Intent("update").said == {}
