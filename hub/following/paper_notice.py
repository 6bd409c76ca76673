"""What the mail about missing papers says, as values; its words are in templates/mail."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from hub.notices import Hub


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper that a unit waits for."""

    document: str
    unit: str
    since: date


@dataclass(frozen=True, slots=True)
class PapersMissing:
    """To the clerk of the unit that sent them."""

    template: ClassVar[str] = "papers"
    hub: Hub
    unit: str
    days: int
    lines: tuple[PaperLine, ...]
    more: int
