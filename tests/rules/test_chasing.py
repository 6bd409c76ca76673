"""Reminders before, at and after a due date, over weekends and a holiday."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import Calendar
from rules.chasing import Chase, chase, not_received, office_hours

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "want"),
    [
        ("20T07:59", None),
        ("20T08:00", Chase.BEFORE),  # Friday before a Monday
        ("22T12:00", Chase.BEFORE),
        ("23T08:00", Chase.AT),
        ("24T12:00", Chase.AT),  # the 24th is a holiday
        ("25T08:00", Chase.AFTER),
        ("26T08:00", Chase.LEADER),
        ("27T17:00", Chase.LEADER),
        ("30T08:00", Chase.COORDINATOR),
    ],
)
def test_levels(now: str, want: Chase | None) -> None:
    assert chase(at("23T23:59"), at(now), CALENDAR) is want


@pytest.mark.parametrize(
    ("now", "want"),
    [("23T10:00", None), ("24T10:00", None), ("25T08:00", Chase.AT), ("27T08:00", Chase.LEADER)],
)
def test_what_nobody_received(now: str, want: Chase | None) -> None:
    assert not_received(at("23T09:00"), at(now), CALENDAR) is want


@pytest.mark.parametrize(
    ("now", "want"), [("23T07:59", False), ("23T08:00", True), ("23T17:00", False), ("24T10:00", False)]
)
def test_nobody_is_reminded_outside_office_hours(now: str, want: bool) -> None:
    assert office_hours(at(now), CALENDAR) is want
