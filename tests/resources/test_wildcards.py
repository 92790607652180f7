"""Patterns over names of others: the same answers as regular expressions give, in time that grows with the name."""

from __future__ import annotations

import time

import pytest

from reconciler.desired import matches_target
from reconciler.kinds.export_contract.asset import fits
from reconciler.resources.wildcards import anything, literal, matches, one_of, run_of, starred


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("a*", "abc", True),
        ("*", "", True),
        ("a*c", "abcd", False),
        ("a*b*c", "a-b-b-c", True),
        ("a.c", "abc", False),
        ("a", "ab", False),
        ("*b", "ab", True),
        ("a**b", "ab", True),
    ],
)
def test_a_star_stands_for_any_text(pattern: str, text: str, is_match: bool) -> None:
    assert matches(starred(pattern), text) is is_match
    assert matches_target(text, ["other", pattern]) is is_match


def test_runs_and_lengths() -> None:
    assert matches([run_of(r"\d"), literal("1"), one_of(2, 5, like=r"[a-z]{2}(?:-[a-z]{2})?")], "12311de-at")
    assert not matches([run_of(r"\d", 2), literal("x")], "1x")
    assert not matches([run_of(r"\d")], "")
    assert matches([literal("a"), anything], "a")
    assert matches([run_of(r"\d"), literal("-"), run_of(r"\d")], "1-2")
    assert not matches([run_of(r"\d")], "1-2")


def test_what_a_scanner_writes() -> None:
    assert fits("https://x/{Year}/{N}_{GUID}.parquet", "https://x/2024/7_3f2504e0-4f89-41d3-9a0c-0305e82c3301.parquet")
    assert not fits("https://x/{Year}/f", "https://x/24/f")
    assert fits("f{SparkPartitions}", "f/part-0.parquet")
    assert fits("{other}", "{other}")


def test_many_wildcards_over_a_long_name_take_no_time() -> None:
    began = time.process_time()
    assert not matches_target("a" * 400 + "c", ["*a" * 40 + "b"])
    assert not fits("{N}" * 40 + "x", "1" * 400)
    assert time.process_time() - began < 5
