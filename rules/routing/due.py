"""By when: working days, hours of the clock, or as people say it ("4 giờ", "3 ngày"); one for all or one for
each urgency.

In words hours are those in which offices are open, because "4 giờ" said at four in the afternoon means the
next morning; ``due_hours`` are hours of the clock, for what may not wait for the night to end.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rules.routing.positions import Path
from rules.routing.read_conditions import urgency
from rules.routing.reader import Source
from rules.text.fold import fold
from rules.vocabulary import Urgency

MOST_DAYS = 400  # working days
MOST_HOURS = 24 * 60
KEYS = ("due_days", "due_hours", "due")
_SAID = re.compile(r"(\d{1,4}) ?(?:(ngay|days?)|(gio|hours?))(?: lam viec)?")
Steps = tuple[tuple[Urgency, int], ...]  # from this urgency on, so many


@dataclass(frozen=True, slots=True)
class Due:
    """Nothing where both are empty. A level without a number of its own has that of the level below."""

    days: Steps = ()
    hours: Steps = ()
    open_hours: Steps = ()

    def within(self, level: Urgency) -> tuple[int | None, int | None, int | None]:
        """Working days, hours of the clock and hours of open offices for a document of this urgency."""
        return _at(self.days, level), _at(self.hours, level), _at(self.open_hours, level)

    def __bool__(self) -> bool:
        return bool(self.days or self.hours or self.open_hours)


NEVER = Due()


def due(source: Source, table: Mapping[str, object], path: Path) -> Due:
    """The ``due_days``, ``due_hours`` and ``due`` of a table."""

    def steps(key: str, most: int) -> Steps:
        return _steps(source, table[key], (*path, key), most) if key in table else ()

    days, hours = steps("due_days", MOST_DAYS), steps("due_hours", MOST_HOURS)
    said, open_hours = _in_words(source, table["due"], (*path, "due")) if "due" in table else ((), ())
    if said and days:
        source.fault("wrong_type", (*path, "due"), table["due"], "either due or due_days")
    return Due(days or said, hours, open_hours)


def _in_words(source: Source, value: object, path: Path) -> tuple[Steps, Steps]:
    """Working days and hours of open offices, as they are said for all documents or for each urgency."""
    table = value if isinstance(value, dict) else {"normal": value}
    found: dict[str, list[tuple[Urgency, int]]] = {"days": [], "hours": []}
    for key, text in table.items():
        place = (*path, key) if isinstance(value, dict) else path
        level = urgency(source, key, place)
        said = _SAID.fullmatch(" ".join(fold(text[:40]).split())) if isinstance(text, str) else None
        most = MOST_DAYS if said and said[2] else MOST_HOURS
        if said is None or int(said[1]) > most:
            source.fault("wrong_type", place, text, '"3 ngày" or "4 giờ"')
        elif level is not None:
            found["days" if said[2] else "hours"].append((level, int(said[1])))
    return tuple(sorted(found["days"])), tuple(sorted(found["hours"]))


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
