"""Schedules: words and cron that mean the same, and how far runs lie apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from reconciler.kinds.export_contract.schedule import Sets, fitting_days, schedule_of, sets_of

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


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
        ("0 0 * * monday", "weekly"),
        ("0 0 * * Mond", "weekly"),
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


@pytest.mark.parametrize(
    "text", ["0 0 * * *-5", "0 0 ٣ * *", "0 0 * * ,1", "0 0 * * 1,,2", "0 0 * * 1-", "0 0 1-2-3 * *"]
)
def test_what_ncrontab_refuses_too(text: str) -> None:
    with pytest.raises(ValueError, match="`"):
        schedule_of(text)


def runs(text: str) -> Sets:
    return sets_of(schedule_of(text).cron)


@pytest.mark.parametrize(("number", "name"), list(enumerate(DAYS)))
def test_every_beginning_of_a_day_in_any_case(number: int, name: str) -> None:
    for length in range(3, len(name) + 1):
        for word in (name[:length].lower(), name[:length].upper(), name[:length].title()):
            assert runs(f"0 6 * * {word}") == runs(f"0 6 * * {number}")


@pytest.mark.parametrize(("number", "name"), list(enumerate(MONTHS, 1)))
def test_every_beginning_of_a_month_in_any_case(number: int, name: str) -> None:
    for length in range(3, len(name) + 1):
        for word in (name[:length].lower(), name[:length].upper(), name[:length].title()):
            assert runs(f"0 6 1 {word} *") == runs(f"0 6 1 {number} *")


def test_ranges_lists_and_steps_of_names() -> None:
    assert runs("0 6 * Apr-Jun *") == runs("0 6 * 4-6 *")
    assert runs("0 6 * april-JUNE sunday,Wed") == runs("0 6 * 4,5,6 0,3")
    assert runs("0 6 * jan/3 Mon-Friday/2") == runs("0 6 * 1,4,7,10 1,3,5")


@pytest.mark.parametrize("text", ["0 6 * * s", "0 6 * * tu", "0 6 * ju *"])
def test_names_of_one_or_two_letters_are_refused(text: str) -> None:
    """NCrontab takes the first that begins so, which is not always the one meant."""
    with pytest.raises(ValueError, match="three letters"):
        schedule_of(text)


@pytest.mark.parametrize("text", ["0 6 * * sundays", "0 6 * * weekday", "0 6 * monday *", "jan 6 * * *", "0 6 mon * *"])
def test_names_of_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        schedule_of(text)


@pytest.mark.parametrize(
    ("text", "swapped", "around"),
    [
        ("0 6 * * Fri-Mon", "from Mon to Fri", "`Fri-6,0-Mon`"),
        ("0 6 * Nov-Feb *", "from Feb to Nov", "`Nov-12,1-Feb`"),
        ("0 22-6/2 * * *", "from 6 to 22", "`22-23/2,0-6/2`"),
    ],
)
def test_a_range_the_other_way_round_is_refused_with_the_reason(text: str, swapped: str, around: str) -> None:
    with pytest.raises(ValueError, match="swap") as refused:
        schedule_of(text)
    assert swapped in str(refused.value)
    assert around in str(refused.value)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("0 0 13 * *", 31 * 1440),
        ("0 0 * * 5", 7 * 1440),
        # Friday the 13th: the longest way between two is 14 months, from July 13 to September 13 a year later.
        ("0 0 13 * fri", 427 * 1440),
        # The 1st of January on a Monday: 2024 and 2029 within the nine years looked at.
        ("0 0 1 1 1", 1827 * 1440),
    ],
)
def test_both_days_must_fit(text: str, minutes: int) -> None:
    """Days of the month *and* of the week, where other crons run on either."""
    assert schedule_of(text).longest_gap == minutes


def test_days_that_fit_are_those_of_both() -> None:
    start = date(2023, 1, 1)
    found = [start + timedelta(days=number) for number in fitting_days(sets_of("0 0 13 * 5"))]
    assert found[:3] == [date(2023, 1, 13), date(2023, 10, 13), date(2024, 9, 13)]
    assert all(day.day == 13 and day.weekday() == 4 for day in found)
    either = [start + timedelta(days=number) for number in fitting_days(sets_of("0 0 * * 5"))]
    assert set(found) < set(either)
