"""When a delivery that did not succeed is tried again, and when it is given up.

Pure: attempts and age in, a delay out. The wait doubles up to a longest one, then stays;
a part of it, taken from the delivery's key, spreads deliveries that failed together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

_SCALE = 1 << 32


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Waits after the first attempt, which is at once.

    ``spread`` is the share of a wait that may be taken off, so that a schedule is never
    slower than it says. ``notice_after`` is the age at which the sender is told of the delay.
    ValueError for waits that are not positive or a spread outside 0 to 0.9.
    """

    first: timedelta = timedelta(minutes=7.5)
    longest: timedelta = timedelta(hours=4)
    give_up_after: timedelta = timedelta(days=5)
    notice_after: timedelta = timedelta(hours=4)
    spread: float = 0.3

    def __post_init__(self) -> None:
        if not timedelta(0) < self.first <= self.longest <= self.give_up_after:
            raise ValueError("waits must be positive and grow: first, longest, give_up_after")
        if not 0 <= self.spread <= 0.9:
            raise ValueError("spread must be from 0 to 0.9")

    def wait(self, attempts: int) -> timedelta:
        """The full wait after so many attempts; none before the first."""
        if attempts <= 0:
            return timedelta(0)
        wait = self.first
        for _ in range(attempts - 1):
            if wait >= self.longest:
                break
            wait *= 2
        return min(wait, self.longest)


def next_delay(schedule: RetrySchedule, attempts: int, age: timedelta, key: str) -> timedelta | None:
    """How long to wait after ``attempts`` attempts on a delivery of this age; None to give up.

    The last attempt falls on the end of the schedule. A negative age (a clock set back)
    counts as none. The same key and count give the same wait.
    """
    if attempts <= 0:
        return timedelta(0)
    left = schedule.give_up_after - max(age, timedelta(0))
    if left <= timedelta(0):
        return None
    share = 1 - schedule.spread * _draw(f"{key}/{attempts}")
    return min(schedule.wait(attempts) * share, left)


def notice_due(schedule: RetrySchedule, age: timedelta) -> bool:
    """Whether a delivery that still waits is old enough for the one notice of delay."""
    return age >= schedule.notice_after


@dataclass(frozen=True, slots=True)
class ScheduleOutline:
    """A schedule as a sentence needs it: at once, after these waits, then every ``every``
    until ``give_up_after``; the sender is told after ``notice_after``."""

    waits: tuple[timedelta, ...]
    every: timedelta
    notice_after: timedelta
    give_up_after: timedelta


def schedule_in_words(schedule: RetrySchedule) -> ScheduleOutline:
    """What a template needs to write the schedule out in any language."""
    return ScheduleOutline(
        tuple(_growing(schedule)), schedule.longest, schedule.notice_after, schedule.give_up_after
    )


def _growing(schedule: RetrySchedule) -> Iterator[timedelta]:
    attempts = 1
    while (wait := schedule.wait(attempts)) < schedule.longest:
        yield wait
        attempts += 1


def _draw(key: str) -> float:
    """A number from 0 to 1 that belongs to the key."""
    return int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") / _SCALE
