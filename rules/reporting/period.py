"""Reporting periods with the cut-offs of Decree 09/2019/NĐ-CP (DOMAIN 7.5).

A month runs from the 15th of the month before to the 14th; longer periods begin and
end on the same days: a quarter on the 15th of the month before it, a half-year, nine
months and a year on 15 December (the second half-year on 15 June).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Every(StrEnum):
    """How often a kind of report is due."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE_MONTHS = "nine-months"
    YEAR = "year"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF: 6, Every.NINE_MONTHS: 9, Every.YEAR: 12}
_NAMES: tuple[tuple[re.Pattern[str], Every], ...] = (
    (re.compile(r"(\d{4})-(\d{2})"), Every.MONTH),
    (re.compile(r"(\d{4})-Q([1-4])"), Every.QUARTER),
    (re.compile(r"(\d{4})-H([12])"), Every.HALF),
    (re.compile(r"(\d{4})-(9)M"), Every.NINE_MONTHS),
    (re.compile(r"(\d{4})()"), Every.YEAR),
)


@dataclass(frozen=True, slots=True)
class Period:
    """What one report covers: ``first`` and ``last`` day, both included, and the month in which it is due."""

    every: Every
    name: str
    first: date
    last: date

    @property
    def due_month(self) -> tuple[int, int]:
        """Year and month of the last day: the report is due in them."""
        return self.last.year, self.last.month

    @property
    def cut_off(self) -> date:
        """The first day that belongs to the period no more."""
        return self.last + timedelta(days=1)


def ending_in(every: Every, year: int, month: int, cut_off: int = 14) -> Period | None:
    """The period of this kind whose last month it is; None when none ends there."""
    length = _MONTHS[every]
    ends = month == 9 if every is Every.NINE_MONTHS else month % length == 0
    if not ends:
        return None
    year_before, month_before = _earlier(year, month, length)
    first = date(year_before, month_before, cut_off) + timedelta(days=1)
    return Period(every, _name(every, year, month), first, date(year, month, cut_off))


def named(name: str, cut_off: int = 14) -> Period | None:
    """The period with this name (2026-11, 2026-Q4, 2026-H2, 2026-9M, 2026); None when it is no name."""
    for pattern, every in _NAMES:
        found = pattern.fullmatch(name)
        if found and int(found[1]) >= 1900:
            month = int(found[2] or 1) * (_MONTHS[every] if every is not Every.NINE_MONTHS else 1)
            return ending_in(every, int(found[1]), month, cut_off) if 1 <= month <= 12 else None
    return None


def before(period: Period) -> Period:
    """The period of the same kind before this one."""
    year, month = period.due_month
    step = 12 if period.every is Every.NINE_MONTHS else _MONTHS[period.every]
    found = ending_in(period.every, *_earlier(year, month, step), period.last.day)
    assert found is not None  # because stepping by the period's own length lands on an end
    return found


def after(period: Period) -> Period:
    """The period of the same kind after this one."""
    year, month = period.due_month
    step = 12 if period.every is Every.NINE_MONTHS else _MONTHS[period.every]
    found = ending_in(period.every, *_earlier(year, month, -step), period.last.day)
    assert found is not None  # because stepping by the period's own length lands on an end
    return found


def _earlier(year: int, month: int, months: int) -> tuple[int, int]:
    count = year * 12 + month - 1 - months
    return count // 12, count % 12 + 1


def _name(every: Every, year: int, month: int) -> str:
    return {
        Every.MONTH: f"{year}-{month:02d}",
        Every.QUARTER: f"{year}-Q{month // 3}",
        Every.HALF: f"{year}-H{month // 6}",
        Every.NINE_MONTHS: f"{year}-9M",
        Every.YEAR: f"{year}",
    }[every]
