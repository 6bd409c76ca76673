"""The one clock. Tests move it; nothing else in the hub asks the machine what time it is."""

from datetime import UTC, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What time it is: aware, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands until somebody moves it, for tests and previews."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self.moment


def zone(name: str) -> tzinfo:
    """The organisation's zone by its IANA name."""
    return ZoneInfo(name)
