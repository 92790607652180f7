"""What a comment remembers of its plan, and how a later plan is told to be the same, or another."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.report.markdown import LIMIT
from reconciler.report.memo import MOST, SHOWN, compared, compared_digest, memo, remembered

from . import samples

REQUEST = "pull request #7"
ONE, TWO, THREE = (f"sha256:{digit * 64}" for digit in "123")


def plan(digest: str, **changes: str) -> dict[str, Any]:
    """A plan with a digest, and of each change its key and its digest."""
    made = [samples.change("update", key, digest=one) for key, one in changes.items()]
    return samples.plan(*made, digest=digest)


def told(then: dict[str, Any], now: dict[str, Any]) -> str:
    return compared(remembered(f"a comment\n{memo(then)}and more"), now, REQUEST)


def test_the_same_plan_is_the_same() -> None:
    assert told(plan(ONE, a=ONE), plan(ONE, a=ONE)) == "✅ Same as in pull request #7."
    assert compared_digest(remembered(memo(plan(ONE))), ONE, REQUEST) == "✅ Same as in pull request #7."
    assert "Not the plan" in compared_digest(remembered(memo(plan(ONE))), TWO, REQUEST)


def test_what_is_new_other_and_gone_is_told() -> None:
    text = told(plan(ONE, a=ONE, b=ONE, gone=ONE), plan(TWO, a=ONE, b=TWO, new=THREE))
    assert text.startswith("⚠️ **Not the plan that pull request #7 showed.**")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert [line.partition(":")[0] for line in lines] == ["- New", "- Other than it was", "- Gone"]
    assert "1 change" in lines[2]


def test_the_same_changes_with_other_options_are_told() -> None:
    assert "order or the options" in told(plan(ONE, a=ONE), plan(TWO, a=ONE))


def test_of_too_many_only_the_digest_is_remembered() -> None:
    many = plan(ONE, **{f"k{number}": ONE for number in range(MOST + 1)})
    assert len(memo(many)) < 200
    assert "more changes than are remembered" in told(many, plan(TWO, a=ONE))
    most = plan(ONE, **{f"k{number}": ONE for number in range(MOST)})
    assert len(memo(most)) < LIMIT / 5
    text = told(plan(TWO, a=ONE), most)
    assert text.count("- New") == SHOWN + 1
    assert f"… and {MOST - SHOWN:,} more" in text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no memo",
        "<!-- reconciler-plan {] -->",
        '<!-- reconciler-plan {"digest": 1} -->',
        "<!-- reconciler-plan [] -->",
    ],
)
def test_what_cannot_be_read_is_nothing_to_compare_with(body: str) -> None:
    assert remembered(body) is None
    assert compared(None, plan(ONE), REQUEST).startswith("ℹ️ pull request #7 shows no plan of `test`")
    assert compared_digest(None, ONE, REQUEST) == ""


def test_nothing_in_a_plan_gets_out_of_its_line() -> None:
    hidden = memo(samples.hostile())
    assert hidden.count("\n") == 1
    assert hidden.count("-->") == 1
    assert remembered(hidden) is not None
    text = compared(remembered(memo(plan(ONE))), samples.hostile(), REQUEST)
    assert "<script" not in text
    assert "@team" not in text
