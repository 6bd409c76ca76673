"""The ladder before the 25th: its days, its order over Tết, and one catch-up after an outage."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar import Calendar
from rules.reporting.kind_reader import read_kind
from rules.reporting.kinds import Act
from rules.reporting.ladder import answer_limit, closing, current, deadline, moves, planned
from rules.reporting.period import Period, named

VN = Calendar()
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
KIND = read_kind(
    (Path(__file__).parents[2] / "templates/reports/compliance.toml").read_text(encoding="utf-8")
)
CODES = ["form", "reminder", "second", "last-call", "report", "supplement"]


def at(day: str, clock: str = "08:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def month(name: str) -> Period:
    found = named(name)
    assert found is not None
    return found


def rungs(name: str) -> list[tuple[str, str]]:
    found = planned(KIND, month(name), VN, midnight)
    return [(item.rung.code, f"{item.at:%d.%m. %H:%M}") for item in found if item.rung.act is not Act.MISSING]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # an ordinary month: the 24th is a Thursday
        ("2026-09", ["15.09. 08:00", "18.09. 08:00", "23.09. 08:00", "24.09. 12:00", "24.09. 17:00"]),
        # the 24th is a Saturday
        ("2026-10", ["15.10. 08:00", "20.10. 08:00", "22.10. 08:00", "23.10. 12:00", "23.10. 17:00"]),
    ],
)
def test_the_days_of_a_month(name: str, expected: list[str]) -> None:
    assert rungs(name)[:-1] == list(zip(CODES[:-1], expected, strict=True))
    assert rungs(name)[-1] == ("supplement", f"25.{name[5:]}. 08:00")


def test_24_november_2026_is_a_holiday_and_two_reminders_of_one_morning_become_one() -> None:
    assert deadline(KIND, month("2026-11"), VN).day == date(2026, 11, 23)
    assert rungs("2026-11") == [
        ("form", "15.11. 08:00"),
        ("second", "20.11. 08:00"),
        ("last-call", "23.11. 12:00"),
        ("report", "23.11. 17:00"),
        ("supplement", "25.11. 08:00"),
    ]


def test_before_tet_the_end_of_the_ladder_pulls_the_rest_forward() -> None:
    tet = Calendar(days_off=frozenset(date(2023, 1, day) for day in range(20, 27)))
    found = planned(KIND, month("2023-01"), tet, midnight)
    said = [(item.rung.code, f"{item.at:%d. %H:%M}") for item in found][:4]
    assert said == [
        ("form", "15. 08:00"),
        ("second", "18. 08:00"),
        ("last-call", "19. 12:00"),
        ("report", "19. 17:00"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_a_rung_never_comes_before_the_one_above_it(day: date) -> None:
    period = month(f"{day:%Y-%m}")
    found = [item.at for item in planned(KIND, period, VN, midnight)]
    assert found == sorted(found) and found[0] >= midnight(period.cut_off)
    assert closing(KIND, period, VN, midnight) > found[-1]


def due(
    now: datetime, done: set[str], asked: datetime | None = None
) -> list[tuple[str, bool, tuple[str, ...]]]:
    found = moves(KIND, month("2026-09"), VN, now, done, asked)
    return [(move.step, move.late, move.skipped) for move in found]


FORM = at("2026-09-15")


def test_nothing_is_due_before_its_moment_and_nothing_twice() -> None:
    assert due(at("2026-09-15", "07:59"), set()) == []
    assert due(FORM, set()) == [("form", False, ())]
    assert due(at("2026-09-15", "09:00"), {"form"}, FORM) == []
    assert due(at("2026-09-12"), {"form"}, FORM) == []  # the clock was put back


def test_after_an_outage_one_reminder_stands_for_those_that_were_missed() -> None:
    assert due(at("2026-09-23", "15:00"), {"form"}, FORM) == [("second", True, ("reminder",))]


def test_down_across_the_25th_the_report_is_made_once_and_late() -> None:
    done = {"form", "reminder"}
    found = due(at("2026-09-26", "09:00"), done, FORM)
    assert found == [("report", True, ("second", "last-call", "supplement"))]
    done |= {"report", "second", "last-call", "supplement"}
    assert due(at("2026-09-26", "09:00"), done, FORM) == []  # a Saturday: nobody is reminded
    assert due(at("2026-09-28", "09:00"), done, FORM) == [("missing.2026-09-28", False, ())]
    assert due(at("2026-09-28", "09:00"), done | {"missing.2026-09-28"}, FORM) == []


def test_the_missing_are_told_daily_until_the_next_form() -> None:
    done = {*CODES}
    assert due(at("2026-10-14", "09:00"), done, FORM)[0][0] == "missing.2026-10-14"
    assert due(at("2026-10-15", "09:00"), done, FORM) == []


def test_who_was_asked_late_gets_time_before_the_report() -> None:
    asked = at("2026-09-28", "10:00")
    assert due(asked, set()) == [("form", True, ("reminder", "second", "last-call"))]
    done = {"form", "reminder", "second", "last-call"}
    assert due(at("2026-09-28", "18:00"), done, asked) == []
    assert due(at("2026-09-29", "17:00"), done, asked) == [("report", True, ("supplement",))]
    assert answer_limit(KIND, month("2026-09"), VN, asked) == date(2026, 9, 30)
    assert answer_limit(KIND, month("2026-09"), VN, FORM) == date(2026, 9, 25)


def test_who_is_asked_late_is_not_reminded_on_the_same_day() -> None:
    asked = at("2026-09-23", "07:00")
    done = {"form", "reminder"}
    assert due(at("2026-09-23", "09:00"), done, asked) == []
    assert due(at("2026-09-24", "12:00"), done, asked) == [("last-call", False, ("second",))]


def test_a_jump_of_forty_days_leaves_few_periods_to_catch_up_with() -> None:
    found = current(KIND, date(2026, 9, 10) + timedelta(days=40))
    assert [period.name for period in found] == ["2026-08", "2026-09", "2026-10"]
