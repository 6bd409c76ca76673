"""When deliveries are tried again (PROMISES R9)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.retry import RetrySchedule, next_delay, notice_due, schedule_in_words

PLAIN = RetrySchedule(spread=0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moments(schedule: RetrySchedule, key: str) -> list[timedelta]:
    """Ages at which a delivery that never succeeds is tried."""
    found, age, attempts = [timedelta(0)], timedelta(0), 1
    while (delay := next_delay(schedule, attempts, age, key)) is not None:
        age, attempts = age + delay, attempts + 1
        found.append(age)
    return found


def test_the_schedule_doubles_to_four_hours_and_ends_after_five_days() -> None:
    ages = [age / MINUTE for age in moments(PLAIN, "x")]
    assert ages[:9] == [0, 7.5, 22.5, 52.5, 112.5, 232.5, 472.5, 712.5, 952.5]
    assert ages[-1] == 5 * 24 * 60
    assert next_delay(PLAIN, 40, 5 * DAY, "x") is None
    assert next_delay(PLAIN, 0, timedelta(0), "x") == timedelta(0)


def test_three_days_of_silence_cost_25_to_60_attempts() -> None:
    for key in range(500):
        tried = [age for age in moments(RetrySchedule(), f"d.{key}") if age < 3 * DAY]
        assert 25 <= len(tried) + 1 <= 60  # one more succeeds when the peer is back


def test_deliveries_that_failed_together_come_back_apart() -> None:
    """100 deliveries to one domain in the long waits: at most 20 in any minute."""
    per_minute: dict[int, int] = {}
    for key in range(100):
        for age in moments(RetrySchedule(), f"d.{key}")[6:]:
            per_minute[age // MINUTE] = per_minute.get(age // MINUTE, 0) + 1
    assert max(count for minute, count in per_minute.items() if minute < 5 * DAY // MINUTE) <= 20


@given(st.integers(1, 10_000), st.timedeltas(-DAY, 6 * DAY), st.text(max_size=20))
def test_a_wait_is_the_same_each_time_and_never_longer_than_said(
    attempts: int, age: timedelta, key: str
) -> None:
    schedule = RetrySchedule()
    delay = next_delay(schedule, attempts, age, key)
    assert delay == next_delay(schedule, attempts, age, key)
    if age >= schedule.give_up_after:
        assert delay is None
    else:
        assert delay is not None and timedelta(0) < delay <= schedule.wait(attempts)
        assert delay >= schedule.wait(attempts) * 0.69 or age + delay == schedule.give_up_after


def test_the_notice_of_delay_comes_at_four_hours() -> None:
    assert not notice_due(PLAIN, 4 * HOUR - MINUTE)
    assert notice_due(PLAIN, 4 * HOUR)


def test_the_schedule_can_be_written_out() -> None:
    outline = schedule_in_words(PLAIN)
    assert [wait / MINUTE for wait in outline.waits] == [7.5, 15, 30, 60, 120]
    assert (outline.every, outline.give_up_after, outline.notice_after) == (4 * HOUR, 5 * DAY, 4 * HOUR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": timedelta(0)},
        {"longest": MINUTE},
        {"give_up_after": HOUR},
        {"spread": 1.0},
        {"spread": -0.1},
    ],
)
def test_schedules_that_cannot_be_are_refused(wrong: dict[str, timedelta]) -> None:
    with pytest.raises(ValueError, match="must"):
        RetrySchedule(**wrong)  # type: ignore[arg-type]
