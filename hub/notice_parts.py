"""The parts that the notices of ``hub.notices`` share: who speaks, of what, and how to answer."""

from dataclasses import dataclass
from datetime import date

from rules.vocabulary import DeliveryRole, Urgency


@dataclass(frozen=True, slots=True)
class Hub:
    """Who speaks: the organisation, and the address where a person answers questions."""

    organisation: str
    help_address: str


@dataclass(frozen=True, slots=True)
class About:
    """The document a mail is about, in the words of its register entry."""

    subject: str
    symbol: str = ""
    type: str = ""
    issuer: str = ""
    dated: date | None = None
    signer: str = ""
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class ListedFile:
    name: str
    octets: int


@dataclass(frozen=True, slots=True)
class SentTo:
    """One receiver in the sender's receipt. ``why`` is the because in one line."""

    name: str
    role: DeliveryRole
    due: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A recipient as written that waits for a coordinator, or an address that got nothing, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answers:
    """How a mail can be answered: by a reply, and by links that are each good for one thing."""

    reply: bool = False
    until: date | None = None
    receive: str = ""
    refuse: str = ""
    begin: str = ""
    done: str = ""
    confirm: str = ""


NO_ANSWERS = Answers()
