"""When a kind of report is asked for, reminded of and made: moments of a period, and what is due now.

Moments are aware and in the organisation's zone (DOMAIN 8.4). What was done is told by the caller, so
that a clock which jumps, or a hub that was down, changes nothing but when a thing happens: each step
of a period happens once, late where it must, and what was passed over is never made up for in a burst.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from rules.calendar import Calendar
from rules.reporting.kinds import Act, Kind, OffDay, Rung
from rules.reporting.period import Period, after, before, ending_in

LATE_AFTER = timedelta(hours=1)  # because a tick, a restart or a busy minute is no outage
MOST_BACK = 3  # periods that are caught up with; more would be a burst


@dataclass(frozen=True, slots=True)
class Deadline:
    """``day`` is the last day, a working day; from 00:00 of ``limit`` on a return is late."""

    day: date
    limit: date


@dataclass(frozen=True, slots=True)
class Planned:
    """A rung with its moment; ``waits`` is a later one where the form went out late."""

    rung: Rung
    at: datetime
    waits: datetime | None = None

    @property
    def begins(self) -> datetime:
        """From when on it is done."""
        return self.waits or self.at


@dataclass(frozen=True, slots=True)
class Move:
    """What is to be done now. ``step`` is unique in the period; ``skipped`` are steps that it stands for."""

    step: str
    rung: Rung
    at: datetime  # when it was due
    late: bool
    skipped: tuple[str, ...] = ()


def deadline(kind: Kind, period: Period, calendar: Calendar) -> Deadline:
    """Until when returns of this period are in time."""
    year, month = period.due_month
    due = kind.due
    if due.before:
        limit = date(year, month, due.before)
        return Deadline(calendar.working_day_before(limit), limit)
    day = _moved(date(year, month, due.on), due.off_day, calendar)
    return Deadline(day, day + timedelta(days=1))


def closing(kind: Kind, period: Period, calendar: Calendar, midnight: Callable[[date], datetime]) -> datetime:
    """Until when a return may be corrected: until the next period's form goes out."""
    return planned(kind, after(period), calendar, midnight)[0].at


def planned(
    kind: Kind, period: Period, calendar: Calendar, midnight: Callable[[date], datetime]
) -> tuple[Planned, ...]:
    """Every rung with its moment, in their order. ``midnight`` gives the begin of a day, aware.

    A rung never comes after the next one: Tết may bring the end of the ladder before its middle. Of
    reminders at one moment only the last is kept, because one mail says enough.
    """
    limit = deadline(kind, period, calendar).limit
    found = [Planned(rung, _moment(rung, period, limit, calendar, midnight)) for rung in kind.ladder]
    first = found[0].at
    for index in range(len(found) - 2, -1, -1):
        found[index] = replace(found[index], at=max(first, min(found[index].at, found[index + 1].at)))
    kept = [
        item
        for index, item in enumerate(found)
        if item.rung.act is not Act.REMIND or not _said_by_another(found, index)
    ]
    return tuple(kept)


def moves(
    kind: Kind,
    period: Period,
    calendar: Calendar,
    now: datetime,
    done: Collection[str],
    asked: datetime | None = None,
) -> tuple[Move, ...]:
    """What is to be done now for this period, in its order. ``asked`` is when the form went out."""
    rungs = _with_time_to_answer(planned(kind, period, calendar, _midnight_of(now)), asked, calendar)
    open_ = [item for item in rungs if item.rung.code not in done]
    found = list(_once(deadline(kind, period, calendar), now, open_, asked))
    if asked is not None and not any(move.rung.act is Act.FORM for move in found):
        found += _missing(kind, period, calendar, now, rungs, done, asked)
    return tuple(found)


def current(kind: Kind, day: date) -> tuple[Period, ...]:
    """The last periods whose figures are complete on this day, the oldest first; a few at most."""
    newest = _ended(kind, day)
    found = [newest] if newest is not None else []
    while found and len(found) < MOST_BACK:
        found.append(before(found[-1]))
    return tuple(reversed(found))


def _ended(kind: Kind, day: date) -> Period | None:
    year, month = day.year, day.month
    for _ in range(24):
        period = ending_in(kind.every, year, month, kind.cut_off)
        if period is not None and period.last < day:
            return period
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def _once(end: Deadline, now: datetime, open_: list[Planned], asked: datetime | None) -> Iterator[Move]:
    """The form, one reminder at most, the report and its supplement; reminders end with the limit."""
    form = _of(open_, Act.FORM)
    passed = [item.rung.code for item in _of(open_, Act.REMIND) if item.at <= now]
    if form:
        if form[0].begins <= now:
            yield _move(form[0], now, tuple(passed))
        return  # because whoever is asked now must get time to answer
    told = asked.date() if asked is not None else date.min  # the form said it, where it came that late
    reminders = [item for item in _of(open_, Act.REMIND) if item.at <= now and item.at.date() > told]
    over = now.date() >= end.limit
    if reminders and not over:
        yield _move(reminders[-1], now, tuple(passed[:-1]))
    reports = [*_of(open_, Act.REPORT), *_of(open_, Act.SUPPLEMENT)]
    if reports and reports[0].begins <= now:
        said = [item.rung.code for item in reports[1:] if item.at <= now]
        yield _move(reports[0], now, (*(passed if over else ()), *said))


def _of(open_: list[Planned], act: Act) -> list[Planned]:
    return [item for item in open_ if item.rung.act is act]


def _missing(
    kind: Kind,
    period: Period,
    calendar: Calendar,
    now: datetime,
    rungs: tuple[Planned, ...],
    done: Collection[str],
    asked: datetime,
) -> Iterator[Move]:
    """Today's word to the missing: on working days, once they are late."""
    for item in _of(list(rungs), Act.MISSING):
        if item.at > now:
            continue
        today = now.date()
        step = f"{item.rung.code}.{today.isoformat()}"
        at = datetime.combine(today, item.at.timetz())
        early = now < at or today < answer_limit(kind, period, calendar, asked)
        if (
            early
            or not calendar.working_day(today)
            or step in done
            or now >= closing(kind, period, calendar, _midnight_of(now))
        ):
            continue
        yield Move(step, item.rung, at, now - at > LATE_AFTER)


def _with_time_to_answer(
    rungs: tuple[Planned, ...], asked: datetime | None, calendar: Calendar
) -> tuple[Planned, ...]:
    """Where the form went out late, the report waits a working day for the answers (ND09/2019 Art. 8.5b)."""
    if asked is None or asked.date() <= rungs[0].at.date():
        return rungs
    first = calendar.add_working_days(asked.date(), 1)
    return tuple(
        replace(item, waits=max(item.at, datetime.combine(first, item.at.timetz())))
        if item.rung.act in (Act.REPORT, Act.SUPPLEMENT)
        else item
        for item in rungs
    )


def answer_limit(kind: Kind, period: Period, calendar: Calendar, asked: datetime) -> date:
    """From which day on a return is late: the limit; where the form came late, the day after the next
    working day."""
    limit = deadline(kind, period, calendar).limit
    form = planned(kind, period, calendar, _midnight_of(asked))[0]
    if asked.date() <= form.at.date():
        return limit
    return max(limit, calendar.add_working_days(asked.date(), 1) + timedelta(days=1))


def _move(item: Planned, now: datetime, skipped: tuple[str, ...]) -> Move:
    return Move(item.rung.code, item.rung, item.at, now - item.at > LATE_AFTER, skipped)


def _moment(
    rung: Rung, period: Period, limit: date, calendar: Calendar, midnight: Callable[[date], datetime]
) -> datetime:
    year, month = period.due_month
    if rung.day:
        day = _moved(date(year, month, rung.day), rung.off_day, calendar)
    else:
        day = limit
        for _ in range(rung.working_days_before):
            day = calendar.working_day_before(day)
    start = midnight(max(day, period.cut_off))
    return datetime.combine(start.date(), time.fromisoformat(rung.time), start.tzinfo)


def _moved(day: date, how: OffDay, calendar: Calendar) -> date:
    if how is OffDay.SAME or calendar.working_day(day):
        return day
    return calendar.working_day_before(day) if how is OffDay.BEFORE else calendar.add_working_days(day, 1)


def _said_by_another(found: list[Planned], index: int) -> bool:
    """Whether a later reminder, or the form, goes out at the same moment."""
    at = found[index].at
    later = any(item.at == at and item.rung.act is Act.REMIND for item in found[index + 1 :])
    return later or found[0].at == at


def _midnight_of(now: datetime) -> Callable[[date], datetime]:
    return lambda day: datetime.combine(day, time(), now.tzinfo)
