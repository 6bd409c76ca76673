"""What the mails about a waiting document say, as values; their words are in templates/mail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub.notice_parts import About, Hub, ListedFile
from rules.records.case_words import CaseAct
from rules.records.hold_words import HoldAct


@dataclass(frozen=True, slots=True)
class Suspect:
    """A document that the waiting one may be; ``differs`` names the fields that do."""

    document: int
    title: str
    differs: tuple[str, ...]
    alike: float | None = None  # of the texts, 0..1


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """To a unit's clerks: the hub is unsure about this; what was read, and how to answer."""

    template: ClassVar[str] = "review_asked"
    hub: Hub
    document: About
    unit: str
    case: int
    source: str  # smtp, scanner, ...
    sender: str
    came: datetime
    reasons: tuple[str, ...]
    letters: str  # what is printed behind a number that could not be read: "/SYT-TCCB"
    files: tuple[ListedFile, ...]  # those that are enclosed
    left_out: tuple[ListedFile, ...]  # too large to be, or withheld
    withheld: str  # why none is enclosed: "forged" sender, "program" among them; "" else
    picture: bool
    suspects: tuple[Suspect, ...]
    until: date
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class ReviewAnswered:
    """To whoever answered: what was done, or why nothing was."""

    template: ClassVar[str] = "review_answered"
    hub: Hub
    document: About
    unit: str
    case: int
    done: CaseAct | None  # None when nothing was
    other: int  # the document that it is, or is a version of
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeldCase:
    """One case of a document that waits for a coordinator: what is written there, why it waits, what may

    be meant; ``who`` says that the question is who a recipient is.
    """

    case: int
    text: str
    why: str
    suggestions: tuple[str, ...]
    who: bool


@dataclass(frozen=True, slots=True)
class HoldAsked:
    """To the coordinators: recipients, or the whole document, wait for their word."""

    template: ClassVar[str] = "hold_asked"
    hub: Hub
    document: About
    unit: str
    cases: tuple[HeldCase, ...]
    until: date
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one line of an answer; ``why`` when nothing was done."""

    case: int
    text: str
    done: HoldAct | None
    to: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HoldAnswered:
    """To whoever answered: what was done with each case, or why nothing was."""

    template: ClassVar[str] = "hold_answered"
    hub: Hub
    document: About
    decided: tuple[Decided, ...]
    why: str = ""


DecidingNotice = ReviewAsked | ReviewAnswered | HoldAsked | HoldAnswered
