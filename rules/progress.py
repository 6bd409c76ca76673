"""Where a piece of work stands against its due date: the words of the leaders' board."""

from datetime import datetime, timedelta
from enum import StrEnum


class Progress(StrEnum):
    """Open work by its due date, finished work by whether it was in time."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    LATE = "late"


SOON = timedelta(days=1)


def progress(
    due_at: datetime | None, ended_at: datetime | None, now: datetime, soon: timedelta = SOON
) -> Progress:
    """Without a due date work is never late."""
    if ended_at is not None:
        return Progress.LATE if due_at is not None and ended_at > due_at else Progress.IN_TIME
    if due_at is None or due_at > now + soon:
        return Progress.OPEN
    return Progress.OVERDUE if due_at < now else Progress.DUE_SOON
