"""When a notice that is not urgent reaches a reader who wants digests."""

from datetime import datetime, time, timedelta

from rules.calendar import Calendar

STYLES = ("at_once", "hourly", "daily")
DAY_BEGINS = time(8, 0)
DAY_ENDS = time(17, 0)


def next_digest(style: str, moment: datetime, calendar: Calendar) -> datetime:
    """The next full hour of a working day, or the next working day's morning. ``moment`` is local.

    ValueError for a style that makes no digests.
    """
    if style == "hourly":
        hour = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if calendar.working_day(hour.date()) and DAY_BEGINS <= hour.time() <= DAY_ENDS:
            return hour
        if calendar.working_day(hour.date()) and hour.time() < DAY_BEGINS:
            return datetime.combine(hour.date(), DAY_BEGINS, moment.tzinfo)
    elif style != "daily":
        raise ValueError(f"no digest is {style!r}")
    today = moment.date()
    if calendar.working_day(today) and moment.time() < DAY_BEGINS:
        return datetime.combine(today, DAY_BEGINS, moment.tzinfo)
    return datetime.combine(calendar.add_working_days(today, 1), DAY_BEGINS, moment.tzinfo)
