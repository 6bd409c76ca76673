"""Who is reminded of a due date, and when: only in working hours of working days."""

from datetime import date, datetime
from enum import StrEnum

from rules.calendar import Calendar
from rules.digest import DAY_BEGINS, DAY_ENDS

LEADER_AFTER = 2  # working days past the due day
COORDINATOR_AFTER = 4


class Chase(StrEnum):
    """How far a matter has come; each level is told once."""

    BEFORE = "before"  # the working day before: whoever works on it
    AT = "at"  # the due day
    AFTER = "after"  # the first working day after it
    LEADER = "leader"  # the unit's leader
    COORDINATOR = "coordinator"


def office_hours(moment: datetime, calendar: Calendar) -> bool:
    """Whether people may be reminded now. ``moment`` is local."""
    return calendar.working_day(moment.date()) and DAY_BEGINS <= moment.time() < DAY_ENDS


def chase(due: datetime, now: datetime, calendar: Calendar) -> Chase | None:
    """The level that a matter due at ``due`` has reached, both local; None when it is too early."""
    day = due.date()
    begins = {
        Chase.COORDINATOR: calendar.add_working_days(day, COORDINATOR_AFTER),
        Chase.LEADER: calendar.add_working_days(day, LEADER_AFTER),
        Chase.AFTER: calendar.add_working_days(day, 1),
        Chase.AT: day,
        Chase.BEFORE: calendar.working_day_before(day),
    }
    return next((level for level, first in begins.items() if _reached(first, now)), None)


def not_received(since: datetime, now: datetime, calendar: Calendar) -> Chase | None:
    """The same for what arrived and nobody has received: the clerk after a working day, then the leader."""
    day = since.date()
    if _reached(calendar.add_working_days(day, LEADER_AFTER + 1), now):
        return Chase.LEADER
    return Chase.AT if _reached(calendar.add_working_days(day, 1), now) else None


def _reached(first: date, now: datetime) -> bool:
    return now >= datetime.combine(first, DAY_BEGINS, now.tzinfo)
