"""What only a unit can say, as it stands in its return (DOMAIN 8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Asked(StrEnum):
    """Fields of the return that measures read, by the number they bear in the form."""

    ECONOMY = "2.1"  # socio-economic information system used
    PORTAL = "2.3"  # web pages for management used
    PUBLISHED = "4.3"  # normative documents that the gazette published
    DOSSIERS_OPEN = "6.1"
    DOSSIERS_IN_TIME = "6.2"
    DOSSIERS_LATE = "6.3"
    DRAFTS = "7.1"  # taken through to signature on the network
    OFFICER = "9.1"  # name of the IT officer
    DEGREE = "9.2"
    SCANNER = "9.3"
    LINE = "9.4"
    DIFFICULTIES = "10.1"


COLLEGE = frozenset({"cao đẳng", "đại học", "sau đại học", "thạc sĩ", "tiến sĩ"})  # cao đẳng trở lên
BROADBAND = frozenset({"adsl", "cáp quang", "truyền số liệu chuyên dùng"})


@dataclass(frozen=True, slots=True)
class Submission:
    """What the collection knows of a unit's return; without an answer a field is not in ``answers``."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    asked: bool = False  # a form went to this unit for this period
    received: date | None = None
    days_late: int = 0

    @property
    def in_time(self) -> bool:
        """Handed in, and not after the last day."""
        return self.received is not None and self.days_late <= 0

    def number(self, asked: Asked) -> float | None:
        """The answer as a number; None where there is none, or none that is a number."""
        answer = self.answers.get(asked)
        return float(answer) if isinstance(answer, int | float) and not isinstance(answer, bool) else None


UNASKED = Submission()
