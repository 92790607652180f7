"""A field that is true or left out says so in YAML's words."""

from __future__ import annotations

from reconciler.manifest.validation import _truth_advice
from reconciler.manifest.words import wanted_by


def test_true_is_said_in_the_words_of_yaml() -> None:
    assert wanted_by("literal_error", {"expected": "True"}) == "`true`"
    assert wanted_by("literal_error", {"expected": "'True' or 'a'"}) == "'True' or 'a'", "a text is as it is written"


def test_yes_is_told_what_to_write() -> None:
    assert _truth_advice("yes", "`true`") == "Write `true`, without quotes: `yes` is a text."
    assert _truth_advice("no", "`true`") == ""
    assert _truth_advice("perhaps", "`true`") == ""
