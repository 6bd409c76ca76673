"""How many mails a troubled mail domain is asked to take in a minute.

A domain is troubled from the first answer "later" until the next mail that it takes. Nobody may come with
all that waited at once; what is left for a later minute is spread over the next ones.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """One domain's minute: what was tried, and what was put off."""

    minute: datetime
    tried: int = 0
    put_off: int = 0
    troubled: bool = False


def begin(now: datetime) -> Pace:
    """A domain that nothing is known of."""
    return Pace(_minute(now))


def ask(pace: Pace, now: datetime, most: int) -> tuple[Pace, datetime | None]:
    """Whether a mail may be tried now (None), or from when."""
    minute = _minute(now)
    if minute != pace.minute:
        pace = Pace(minute, troubled=pace.troubled)
    if not pace.troubled or pace.tried < most:
        return Pace(minute, pace.tried + 1, pace.put_off, pace.troubled), None
    later = minute + MINUTE * (1 + pace.put_off // most)
    return replace(pace, put_off=pace.put_off + 1), later


def told(pace: Pace, *, later: bool) -> Pace:
    """What the domain answered."""
    return pace if pace.troubled == later else replace(pace, troubled=later)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
