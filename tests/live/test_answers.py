"""The answers of Apache Atlas 2.4.0, noted once: the server under test, and the sandbox, give the same."""

from __future__ import annotations

from collections.abc import Callable

from .calls import Answers
from .quirks import Quirks
from .world import Place


def test_statuses_and_codes_are_those_of_atlas(place: Place, golden: Callable[[str, str], None]) -> None:
    """`golden/answers.txt` comes from Apache Atlas 2.4.0 itself; only a run against a server may rewrite it."""
    answers = Answers(place)
    answers.walk()
    Quirks(place, answers.call).walk()
    golden("answers.txt", "\n".join(answers.call.lines) + "\n")
