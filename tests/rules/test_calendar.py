"""Working days and legal deadlines (DOMAIN 11.4)."""

import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VN = Calendar()


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 8, 22), True),  # a Saturday worked in exchange
        (date(2026, 8, 31), False),  # for this Monday
        (date(2026, 2, 16), False),  # Tết
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # Giỗ Tổ on a Sunday, the Monday instead
        (date(2026, 11, 24), False),  # Ngày Văn hóa Việt Nam
        (date(2025, 11, 24), True),
        (date(2026, 11, 21), False),
        (date(2028, 2, 29), True),
    ],
)
def test_working_days_of_the_country(day: date, working: bool) -> None:
    assert VN.working_day(day) is working


def test_tet_and_weekend_are_not_counted() -> None:
    received = at(2026, 2, 13, 16)
    assert VN.register_due(received) == at(2026, 2, 23, 23, 59, 59)
    assert VN.add_working_days(received.date(), 2) == date(2026, 2, 24)
    assert VN.due(received, days=2) == at(2026, 2, 24, 23, 59, 59)


def test_electronic_sending_is_due_in_the_morning_of_the_next_working_day() -> None:
    assert VN.electronic_send_due(at(2026, 4, 29, 17, 30)) == at(2026, 5, 4, 12)
    assert not VN.working_day(date(2026, 4, 30))
    assert Calendar(morning_ends=datetime(2000, 1, 1, 11, 30).time()).electronic_send_due(
        at(2026, 4, 29, 17, 30)
    ) == at(2026, 5, 4, 11, 30)


def test_urgent_is_at_once() -> None:
    moment = at(2026, 4, 29, 17, 30)
    assert VN.electronic_send_due(moment, urgent=True) == VN.register_due(moment, urgent=True) == moment


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        (at(2026, 11, 20, 8), 5, at(2026, 11, 20, 14)),  # Friday, over lunch
        (at(2026, 11, 20, 16), 4, at(2026, 11, 23, 10, 30)),  # over the weekend
        (at(2026, 11, 20, 22), 1, at(2026, 11, 23, 8, 30)),
        (at(2026, 11, 21, 9), 1, at(2026, 11, 23, 8, 30)),
        (at(2026, 11, 20, 7, 30), 8, at(2026, 11, 20, 16, 30)),
        (at(2026, 11, 20, 12), 0, at(2026, 11, 20, 13)),
        (at(2026, 2, 13, 16, 30), 1, at(2026, 2, 23, 8)),  # over Tết
    ],
)
def test_hours_of_open_offices(moment: datetime, hours: int, due: datetime) -> None:
    spans = ((clock(7, 30), clock(12)), (clock(13), clock(17)))
    assert Calendar(hours=spans).after_open_hours(moment, hours) == due


def test_without_office_hours_the_whole_working_day_counts() -> None:
    assert Calendar().after_open_hours(at(2026, 11, 20, 22), 4) == at(2026, 11, 23, 2)


def test_the_report_is_due_on_the_last_working_day_before_the_25th() -> None:
    assert VN.report_due(2026, 11) == date(2026, 11, 23)
    assert VN.report_due(2026, 10) == date(2026, 10, 23)
    assert VN.report_due(2026, 2) == date(2026, 2, 24)


def test_hours_are_hours_of_the_clock_and_one_measure_is_needed() -> None:
    assert VN.due(at(2026, 2, 13, 16), hours=4) == at(2026, 2, 13, 20)
    for wrong in ({}, {"days": 1, "hours": 1}):
        with pytest.raises(ValueError, match="either days or hours"):
            VN.due(at(2026, 2, 13), **wrong)


def test_local_days_overrule_the_country() -> None:
    ours = Calendar(days_off=frozenset({date(2026, 11, 23)}), working_days=frozenset({date(2026, 11, 21)}))
    assert ours.report_due(2026, 11) == date(2026, 11, 21)
    assert ours.add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 25)
    both = frozenset({date(2026, 11, 20)})
    assert not Calendar(days_off=both, working_days=both).working_day(date(2026, 11, 20))


def test_no_days_means_today_or_the_next_working_day() -> None:
    assert VN.add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert VN.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="cannot count"):
        VN.add_working_days(date(2026, 11, 20), -1)


def test_a_calendar_without_working_days_is_an_error_not_an_endless_loop() -> None:
    closed = Calendar(days_off=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(365)))
    with pytest.raises(ValueError, match="no working day"):
        closed.add_working_days(date(2026, 3, 1), 1)


@settings(deadline=None)  # a year is built within one of the examples
@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 40), st.integers(1, 40))
def test_counting_twice_is_counting_once(day: date, first: int, second: int) -> None:
    assert VN.add_working_days(VN.add_working_days(day, first), second) == VN.add_working_days(
        day, first + second
    )
    after = VN.add_working_days(day, first)
    assert after > day and VN.working_day(after)


def test_a_year_is_built_once() -> None:
    VN.working_day(date(2026, 5, 5))
    started = time.perf_counter()
    for _ in range(1_000):
        VN.add_working_days(date(2026, 5, 5), 10)
    assert time.perf_counter() - started < 1
