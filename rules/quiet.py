"""Quiet hours: when a notice that is not urgent may ring on somebody's telephone."""

from datetime import datetime, time, timedelta

from rules.vocabulary import Urgency

WAKES = Urgency.EXPRESS  # hỏa tốc, and hỏa tốc hẹn giờ


def earliest(moment: datetime, begins: time, ends: time, urgency: Urgency) -> datetime:
    """The first moment from ``moment`` (local) on outside the quiet hours; at once for what is hỏa tốc.

    The hours may go over midnight; equal ends mean that there are none.
    """
    if urgency >= WAKES or begins == ends or not _quiet(moment.time(), begins, ends):
        return moment
    day = moment.date() if moment.time() < ends else moment.date() + timedelta(days=1)
    return datetime.combine(day, ends, moment.tzinfo)


def _quiet(at: time, begins: time, ends: time) -> bool:
    if begins < ends:
        return begins <= at < ends
    return at >= begins or at < ends
