"""Number and date that a document gets from the hub, as they are written into its copy."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Mark:
    """``number`` as books write it ("05"), ``symbol`` whole ("05/QĐ-SKHCN"), and the day it was given."""

    number: str
    symbol: str
    date: date

    @property
    def day(self) -> str:
        """Two figures (ND30/2020 App. I II.4b)."""
        return f"{self.date.day:02d}"

    @property
    def month(self) -> str:
        """A zero before January and February only (ND30/2020 App. I II.4b)."""
        return f"{self.date.month:02d}" if self.date.month < 3 else str(self.date.month)

    @property
    def year(self) -> str:
        return str(self.date.year)
