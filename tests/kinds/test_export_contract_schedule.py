"""Schedules: words and cron that mean the same, and how far runs lie apart."""

from __future__ import annotations

import pytest

from reconciler.kinds._contract.schedule import schedule_of


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("hourly", "hourly"),
        ("Hourly", "hourly"),
        ("@hourly", "hourly"),
        ("0 * * * *", "hourly"),
        ("0 0/1 * * *", "hourly"),
        ("0 */1 * * *", "hourly"),
        ("0 0 * * *", "daily"),
        ("0 0 * * MON", "weekly"),
        ("15  6 * * *", "15 6 * * *"),
    ],
)
def test_what_means_the_same_is_one(text: str, canonical: str) -> None:
    assert schedule_of(text).canonical == canonical


def test_the_connector_gets_its_words() -> None:
    assert schedule_of("0 * * * *").options == {"Schedule": "Hourly"}
    assert schedule_of("15 6 * * *").options == {"Schedule": "CustomCron", "CustomCron": "15 6 * * *"}


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("hourly", 60),
        ("weekly", 7 * 1440),
        ("*/15 * * * *", 15),
        ("0 8,17 * * *", 15 * 60),
        ("0 6 * * 1-5", 3 * 1440),
        ("0 0 1 * *", 31 * 1440),
        ("0 0 29 2 *", 1461 * 1440),
    ],
)
def test_the_longest_gap(text: str, minutes: int) -> None:
    assert schedule_of(text).longest_gap == minutes


@pytest.mark.parametrize(
    "text", ["often", "60 * * * *", "* * * *", "0 0 31 2 *", "5-1 * * * *", "*/0 * * * *", "x * * * *"]
)
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match="`"):
        schedule_of(text)
