"""One resource out of many wishes; order, cycles and dangling references."""

from __future__ import annotations

from reconciler.graph import combine, levels
from reconciler.resources.objects import Origin

from .fakes import ORIGIN, THING, thing

OTHER = Origin("Test", "two", "manifests/two.yaml", 9)


def test_two_wishes_for_one_resource_unite() -> None:
    one = THING.desired("a", ORIGIN, text="x", people=["ada"], on_remove="delete")
    two = THING.desired("a", OTHER, text="x", note="y", people=["bob"], mode="ensure", on_remove="forget")
    found, findings = combine([one, two])
    [both] = found.values()
    assert findings == []
    assert both.values == {"text": "x", "note": "y", "people[ada]": True, "people[bob]": True}
    assert (both.mode, both.on_remove, both.origins) == ("own", "forget", (ORIGIN, OTHER))


def test_scalars_must_agree_and_both_places_are_named() -> None:
    _, [finding] = combine([THING.desired("a", ORIGIN, text="x"), THING.desired("a", OTHER, text="y")])
    assert finding.code == "resource.disagreement"
    assert "manifests/one.yaml:3" in finding.summary
    assert str(finding.source) == "manifests/two.yaml:9"


def test_outer_blanks_are_no_disagreement() -> None:
    _, findings = combine([THING.desired("a", ORIGIN, text="x"), THING.desired("a", OTHER, text=" x ")])
    assert findings == []


def test_levels_follow_needs() -> None:
    wants = {
        w.address: w for w in (thing("a"), thing("b", needs=["purview.thing:a"]), thing("c", needs=["purview.thing:b"]))
    }
    assert levels(wants) == ({"purview.thing:a": 1, "purview.thing:b": 2, "purview.thing:c": 3}, [])


def test_a_cycle_names_its_chain() -> None:
    wants = {w.address: w for w in (thing("a", needs=["purview.thing:b"]), thing("b", needs=["purview.thing:a"]))}
    _, [finding] = levels(wants)
    assert finding.code == "reference.cycle"
    assert (
        "purview.thing:a → purview.thing:b" in finding.summary or "purview.thing:b → purview.thing:a" in finding.summary
    )


def test_a_dangling_need_is_named() -> None:
    _, findings = levels({"purview.thing:a": thing("a", needs=["purview.thing:none"])})
    assert [f.code for f in findings] == ["reference.dangling"]
    assert "purview.thing:none" in findings[0].summary
