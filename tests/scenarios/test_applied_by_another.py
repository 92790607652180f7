"""Another apply comes between the plan of this one and its first write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.diff import Options
from reconciler.errors import Exit, StaleError
from reconciler.plan import Plan
from reconciler.workflow import Approval, apply_plan

from ..support import Project, project

CONCEPT = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: alpha}
spec:
  glossary: Enterprise
  term: {name: Alpha, definition: The first.}
  terms:
    - {name: One, definition: The first of the first.}
    - {name: Two, definition: The second of the first.}
"""


def apply_after(made: Project, meanwhile: Callable[[], object]) -> int:
    """Plans, lets something happen while it asks whether to go on, and applies."""

    def yes(_plan: Plan) -> bool:
        meanwhile()
        return True

    return apply_plan(made.session(), Options(), Approval(ask=yes)).exit_code


@pytest.fixture
def alpha(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        made.write("alpha.yaml", CONCEPT)
        assert made.apply().complete
        made.edit("alpha.yaml", "The first of the first.", "Number one.")
        made.edit("alpha.yaml", "The second of the first.", "Number two.")
        yield made


def test_the_same_one_leaves_nothing_to_do(alpha: Project) -> None:
    sent = []

    def same() -> None:
        assert alpha.apply().complete
        sent.extend(alpha.writes())

    assert apply_after(alpha, same) == Exit.OK
    assert len(alpha.writes()) == len(sent)
    assert alpha.actions() == []


def test_half_of_it_is_done_and_the_other_half_is_left(alpha: Project) -> None:
    def half() -> None:
        assert alpha.apply(targets=("purview.term:Enterprise/Alpha/One",)).complete

    assert apply_after(alpha, half) == Exit.OK
    assert alpha.actions() == []


def test_something_else_is_refused(alpha: Project) -> None:
    def other() -> None:
        alpha.edit("alpha.yaml", "Number one.", "Number 1.")
        assert alpha.apply().complete

    with pytest.raises(StaleError, match="another apply changed"):
        apply_after(alpha, other)
    assert alpha.terms("Enterprise")["One"]["longDescription"] == "Number 1."
