"""What each mail of the hub must be told: one value per word file in ``templates/mail``.

``hub.render.notice`` turns one into a mail. Times are given in the
organisation's zone, because that is how they are shown.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub.notice_parts import NO_ANSWERS
from hub.notice_parts import About as About
from hub.notice_parts import Answers as Answers
from hub.notice_parts import HeldBack as HeldBack
from hub.notice_parts import Hub as Hub
from hub.notice_parts import ListedFile as ListedFile
from hub.notice_parts import SentTo as SentTo
from rules.vocabulary import DeliveryRole, Handling


@dataclass(frozen=True, slots=True)
class DeliveryNotice:
    """A document reached a unit. Without ``number`` the unit's clerk has still to accept it."""

    template: ClassVar[str] = "delivery"
    hub: Hub
    document: About
    unit: str
    files: tuple[ListedFile, ...]
    because: str
    role: DeliveryRole = DeliveryRole.MAIN
    number: int | None = None  # số đến
    accepted_on: date | None = None
    due: date | None = None
    assigned_to: str = ""  # a person named in the recipient block
    note: str = ""  # e.g. that the unit follows one that was closed
    answers: Answers = NO_ANSWERS


@dataclass(frozen=True, slots=True)
class Receipt:
    """To the sender: registered under ``number``, sent to these, these held."""

    template: ClassVar[str] = "receipt"
    hub: Hub
    document: About
    number: str
    book: str
    registered_at: datetime
    sent: tuple[SentTo, ...]
    held: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptReview:
    """To the sender: it arrived, has no number yet, and waits for the clerks of ``unit``."""

    template: ClassVar[str] = "receipt_review"
    hub: Hub
    document: About
    unit: str
    arrived_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptKnown:
    """To the sender: the document was already registered under ``number``."""

    template: ClassVar[str] = "receipt_known"
    hub: Hub
    document: About
    number: str
    book: str
    registered_at: datetime
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptRefused:
    """To the sender: a person or a rule refused it; it has no number and went nowhere."""

    template: ClassVar[str] = "receipt_refused"
    hub: Hub
    document: About
    unit: str
    refused_at: datetime
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class JournalHead:
    """To the administrators, daily: the head of the hash chain (rule 11). ``head`` is hex."""

    template: ClassVar[str] = "journal_head"
    hub: Hub
    day: date
    origin: str  # name of the hub in the checkpoint
    size: int  # entries in the chain
    added: int  # entries since the last head
    head: str


@dataclass(frozen=True, slots=True)
class DelayNotice:
    """To the sender's unit, once per delivery: it could not be handed over yet (R9)."""

    template: ClassVar[str] = "delay"
    hub: Hub
    document: About
    receivers: tuple[HeldBack, ...]
    first_tried: datetime
    gives_up: datetime


@dataclass(frozen=True, slots=True)
class FailureNotice:
    """To the sender's unit: these receivers will not get it from the hub."""

    template: ClassVar[str] = "failure"
    hub: Hub
    document: About
    receivers: tuple[HeldBack, ...]
    first_tried: datetime
    given_up: datetime


@dataclass(frozen=True, slots=True)
class Handled:
    """To the sender: what a receiver did with the document."""

    template: ClassVar[str] = "handled"
    hub: Hub
    document: About
    unit: str
    handling: Handling
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Submitted:
    """To the leaders of a unit: received, to be assigned."""

    template: ClassVar[str] = "submitted"
    hub: Hub
    document: About
    unit: str
    number: int | None
    due: date | None
    answers: Answers
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """To the person who shall work on it."""

    template: ClassVar[str] = "assigned"
    hub: Hub
    document: About
    unit: str
    number: int | None
    opinion: str
    by: str
    due: date | None
    answers: Answers
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class DueMoved:
    """To whoever works on it: another due date."""

    template: ClassVar[str] = "due_moved"
    hub: Hub
    document: About
    unit: str
    due: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """To the leaders: somebody who works on it asks for more time."""

    template: ClassVar[str] = "time_asked"
    hub: Hub
    document: About
    unit: str
    by: str
    days: int | None
    until: date | None
    reason: str
    due: date | None
    answers: Answers


@dataclass(frozen=True, slots=True)
class AnswerUnclear:
    """To the unit's clerk: somebody answered in words that the hub does not understand."""

    template: ClassVar[str] = "unclear"
    hub: Hub
    document: About
    unit: str
    by: str
    said: tuple[str, ...]
    why: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """To the one who answered: it was understood and cannot be done."""

    template: ClassVar[str] = "answer_refused"
    hub: Hub
    document: About
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """To the one who answered: this cannot be taken back, so say it once more."""

    template: ClassVar[str] = "confirm"
    hub: Hub
    document: About
    unit: str
    act: str
    reason: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class RecallAsked:
    """To the receiver's clerks: the sender wants it back, replaces or corrects it."""

    template: ClassVar[str] = "recall"
    hub: Hub
    document: About
    unit: str
    kind: str
    reason: str
    by: str
    number: int | None
    replacement: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Reminder:
    """To whoever works on it, the clerks, the leader or the coordinators: it is due, or late."""

    template: ClassVar[str] = "reminder"
    hub: Hub
    document: About
    unit: str
    level: str
    number: int | None
    due: date | None
    people: str
    answers: Answers
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One specialist's work in numbers."""

    name: str
    open: int
    due_soon: int
    overdue: int
    in_time: int
    late: int


@dataclass(frozen=True, slots=True)
class LateItem:
    document: str
    name: str
    due: date


@dataclass(frozen=True, slots=True)
class Board:
    """To the leaders of a unit, weekly."""

    template: ClassVar[str] = "board"
    hub: Hub
    unit: str
    day: date
    lines: tuple[BoardLine, ...]
    overdue: tuple[LateItem, ...]


@dataclass(frozen=True, slots=True)
class ByRule:
    """To whom a rule tells of a document, though they do not receive it. ``rules``: what the rules say."""

    template: ClassVar[str] = "by_rule"
    hub: Hub
    document: About
    rules: tuple[str, ...]
    receivers: tuple[str, ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One notice in a digest."""

    notice: str
    document: About
    unit: str
    handling: Handling | None
    reason: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Digest:
    """What was not urgent, in one mail."""

    template: ClassVar[str] = "digest"
    hub: Hub
    at: datetime
    lines: tuple[DigestLine, ...]


Notice = (
    DeliveryNotice
    | Handled
    | Submitted
    | Assigned
    | DueMoved
    | TimeAsked
    | AnswerUnclear
    | AnswerRefused
    | Confirm
    | Digest
    | ByRule
    | Reminder
    | RecallAsked
    | Board
    | Receipt
    | ReceiptReview
    | ReceiptKnown
    | ReceiptRefused
    | JournalHead
    | DelayNotice
    | FailureNotice
)
