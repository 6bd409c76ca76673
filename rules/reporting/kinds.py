"""Kinds of report as values: what a form asks, who hands it in, until when, how it is reminded of.

A kind is data (``templates/reports/*.toml``, and an organisation's own files beside them), so that a
coordinator adds one without code. ``rules.reporting.kind_reader`` reads and checks such a file.
"""

from enum import StrEnum
from typing import Literal

import msgspec

from rules.reporting.period import Every


class Asked(StrEnum):
    """What a field of a form takes."""

    WHOLE = "whole"  # a count
    NUMBER = "number"
    SHARE = "share"  # percent
    YES = "yes"
    CHOICE = "choice"
    TEXT = "text"
    DIFFICULTY = "difficulty"  # text that becomes a support request


NUMERIC = frozenset({Asked.WHOLE, Asked.NUMBER, Asked.SHARE})


class Act(StrEnum):
    """What happens on a rung of the ladder."""

    FORM = "form"  # figures are frozen and the form goes out
    REMIND = "remind"
    REPORT = "report"  # to the board, with those missing by name
    SUPPLEMENT = "supplement"  # to the board: who came late, who is missing still
    MISSING = "missing"  # every working day, to those who have not handed in


class OffDay(StrEnum):
    """What becomes of a day on which offices are closed."""

    SAME = "same"
    BEFORE = "before"
    AFTER = "after"


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of a form. ``measure`` names the hub's own figure that fills it in."""

    code: str
    name: str
    kind: Asked = Asked.WHOLE
    unit: str = ""
    section: str = ""
    measure: str = ""
    required: bool = True
    choices: tuple[str, ...] = ()
    least: float | None = 0
    most: float | None = None
    name_en: str = ""
    words: tuple[str, ...] = ()  # what people may call it in a mail, beside code and name


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sum of some fields is no more than another."""

    sum: tuple[str, ...]
    at_most: str


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of the ladder: on a day of the due month, or so many working days before the limit."""

    code: str
    act: Act
    day: int = 0
    working_days_before: int = 0
    time: str = "08:00"
    to: tuple[Literal["clerks", "leaders"], ...] = ("clerks",)
    off_day: OffDay = OffDay.SAME


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``before``: strictly before this day, so the last working day before it ("trước ngày 25").
    ``on``: until the end of this day; ``off_day`` says what a day off does to it."""

    before: int = 0
    on: int = 0
    off_day: OffDay = OffDay.BEFORE


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of periodic report.

    ``who``: ``deployed`` (every unit that uses the hub and keeps books), unit codes, ``group:<code>``
    or ``kind:<kind of unit>``. ``collector`` is the unit that collects, ``issuer`` the one in whose
    book the report gets its number, ``recipients`` the parties that it goes to.
    """

    code: str
    name: str
    every: Every
    due: Due
    fields: tuple[Field, ...]
    name_en: str = ""
    basis: str = ""  # the decision that wants it
    who: tuple[str, ...] = ("deployed",)
    cut_off: int = 14
    ladder: tuple[Rung, ...] = ()
    checks: tuple[Check, ...] = ()
    template: str = "figures"
    collector: str = ""
    issuer: str = ""
    recipients: tuple[str, ...] = ()

    def field(self, code: str) -> Field | None:
        """The field with this code."""
        return next((item for item in self.fields if item.code == code), None)

    def called(self, language: str) -> str:
        """The kind's name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name


# DOMAIN 8.4: the second reminder is two working days before the 25th, the last call on the last one.
LADDER: tuple[Rung, ...] = (
    Rung("form", Act.FORM, day=15),
    Rung("reminder", Act.REMIND, day=20, off_day=OffDay.BEFORE),
    Rung("second", Act.REMIND, working_days_before=2, to=("clerks", "leaders")),
    Rung("last-call", Act.REMIND, working_days_before=1, time="12:00"),
    Rung("report", Act.REPORT, working_days_before=1, time="17:00"),
    Rung("supplement", Act.SUPPLEMENT, day=25),
    Rung("missing", Act.MISSING, day=26, to=("clerks", "leaders")),
)
