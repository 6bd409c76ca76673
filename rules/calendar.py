"""Working days and the deadlines the law counts in them (DOMAIN 1.5, 9.5).

Holidays, substitute days and the yearly swaps of working days come from the library
``holidays``; an organisation adds its own days off and working days, because next
year's swaps are decided late in the year. Moments are aware and in the organisation's
zone; every answer is in the zone of the question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

LAST_MOMENT = time(23, 59, 59)
NOON = time(12, 0)  # the end of "the morning of the next working day" (QD28/2018 Art. 6.2)
FRIDAY = 4
_DAY = timedelta(days=1)
_LONGEST_PAUSE = 60  # days without a working day; more is a mistake in the local days off


@lru_cache(maxsize=64)
def _days_off(country: str, year: int) -> frozenset[date]:
    """Every day of the year on which offices are closed, weekends included.

    One pass per year, because building a year's lunar holidays takes tens of milliseconds;
    imported here, because the library itself takes more and most commands ask for no day.
    """
    from holidays import country_holidays

    known = country_holidays(country, years=year)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return frozenset(day for day in days if day.year == year and not known.is_working_day(day))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of a country with an organisation's own exceptions.

    ``days_off`` and ``working_days`` overrule the library; a day in both is a day off.
    """

    country: str = "VN"
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    morning_ends: time = NOON
    hours: tuple[tuple[time, time], ...] = ()  # when offices are open; none: the whole working day

    def kind(self, day: date) -> str:
        """``working``, ``weekend`` or ``holiday``; a day off of the organisation's own is a holiday."""
        if self.working_day(day):
            return "working"
        return "weekend" if day.weekday() > FRIDAY and day not in self.days_off else "holiday"

    def open(self, moment: datetime) -> bool:
        """Whether offices are open at this moment, the end of a span not included."""
        if not self.working_day(moment.date()):
            return False
        return not self.hours or any(start <= moment.time() < end for start, end in self.hours)

    def working_day(self, day: date) -> bool:
        """Whether offices are open on this day."""
        if day in self.days_off:
            return False
        return day in self.working_days or day not in _days_off(self.country, day.year)

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; with 0 the day itself, or the next
        working day where it is none. ValueError for a negative count."""
        if count < 0:
            raise ValueError(f"cannot count {count} working days")
        if count == 0 and self.working_day(day):
            return day
        after = self._after(day)
        for _ in range(max(count, 1) - 1):
            next(after)
        return next(after)

    def working_day_before(self, day: date) -> date:
        """The last working day strictly before ``day``."""
        return next(self._walk(day, -_DAY))

    def due(self, moment: datetime, *, days: int | None = None, hours: float | None = None) -> datetime:
        """When something handed over at ``moment`` is due: the end of so many working days,
        or after so many hours of the clock (local rules for urgent documents; ND30/2020
        itself counts days). ValueError unless exactly one of the two is given."""
        if hours is not None and days is None:
            return moment + timedelta(hours=hours)
        if days is not None and hours is None:
            return self.end_of_working_day(moment, days)
        raise ValueError("either days or hours")

    def after_open_hours(self, moment: datetime, hours: int) -> datetime:
        """The moment at which offices will have been open for so many hours, counted from ``moment``."""
        left, day = timedelta(hours=hours), moment.date()
        while True:
            day = day if self.working_day(day) else self.add_working_days(day, 1)
            for start, end in self._spans(moment, day):
                begin = max(start, moment)
                if begin < end:
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
            day += _DAY

    def _spans(self, moment: datetime, day: date) -> Iterator[tuple[datetime, datetime]]:
        """When offices are open on a working day; the whole day where no hours are set."""
        if not self.hours:
            yield _at(moment, day, time()), _at(moment, day + _DAY, time())
        for start, end in self.hours:
            yield _at(moment, day, start), _at(moment, day, end)

    def end_of_working_day(self, moment: datetime, days: int) -> datetime:
        """The last second of the ``days``-th working day after the day of ``moment``."""
        return _at(moment, self.add_working_days(moment.date(), days), LAST_MOMENT)

    def register_due(self, received_at: datetime, *, urgent: bool = False) -> datetime:
        """An incoming document is registered the same day, at latest the next working day;
        an urgent one at once (ND30/2020 Art. 4.2c, 23.1)."""
        return received_at if urgent else self.end_of_working_day(received_at, 1)

    def electronic_send_due(self, signed_at: datetime, *, urgent: bool = False) -> datetime:
        """A signed document goes out the same day, at latest the morning of the next
        working day; an urgent one at once (QD28/2018 Art. 6.2)."""
        if urgent:
            return signed_at
        return _at(signed_at, self.add_working_days(signed_at.date(), 1), self.morning_ends)

    def report_due(self, year: int, month: int, before: int = 25) -> date:
        """The last working day before the ``before``-th of the month ("trước ngày 25");
        from 00:00 of that day on it is late, whatever kind of day it is."""
        return self.working_day_before(date(year, month, before))

    def _after(self, day: date) -> Iterator[date]:
        return self._walk(day, _DAY)

    def _walk(self, day: date, step: timedelta) -> Iterator[date]:
        """Working days one after the other, ``day`` itself left out."""
        pause = 0
        while pause < _LONGEST_PAUSE:
            day, pause = day + step, pause + 1
            if self.working_day(day):
                pause = 0
                yield day
        raise ValueError(f"no working day within {_LONGEST_PAUSE} days of {day}")


def _at(moment: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, moment.tzinfo)
