"""By when: working days or hours of the clock, one number or one for each urgency."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.routing.positions import Path
from rules.routing.read_conditions import urgency
from rules.routing.reader import Source
from rules.vocabulary import Urgency

MOST_DAYS = 400  # working days
MOST_HOURS = 24 * 60
KEYS = ("due_days", "due_hours")
Steps = tuple[tuple[Urgency, int], ...]  # from this urgency on, so many


@dataclass(frozen=True, slots=True)
class Due:
    """Nothing where both are empty. A level without a number of its own has that of the level below."""

    days: Steps = ()
    hours: Steps = ()

    def within(self, level: Urgency) -> tuple[int | None, int | None]:
        """Working days and hours for a document of this urgency."""
        return _at(self.days, level), _at(self.hours, level)

    def __bool__(self) -> bool:
        return bool(self.days or self.hours)


NEVER = Due()


def due(source: Source, table: Mapping[str, object], path: Path) -> Due:
    """The ``due_days`` and ``due_hours`` of a table."""

    def steps(key: str, most: int) -> Steps:
        return _steps(source, table[key], (*path, key), most) if key in table else ()

    return Due(steps("due_days", MOST_DAYS), steps("due_hours", MOST_HOURS))


def _steps(source: Source, value: object, path: Path, most: int) -> Steps:
    if not isinstance(value, dict):
        count = source.whole(value, path, 0, most)
        return () if count is None else ((Urgency.NORMAL, count),)
    found = [
        (urgency(source, key, (*path, key)), source.whole(item, (*path, key), 0, most))
        for key, item in value.items()
    ]
    return tuple(sorted((level, count) for level, count in found if level is not None and count is not None))


def _at(steps: Steps, level: Urgency) -> int | None:
    return next((count for at, count in reversed(steps) if at <= level), None)
