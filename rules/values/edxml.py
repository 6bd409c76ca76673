"""What travels between organisations' systems: a document with its papers, or word of what became of it.

edXML of QCVN 102:2016/BTTTT (Circular 10/2016/TT-BTTTT). Times in it have no zone: they are Vietnam's.
"""

import datetime
from dataclasses import dataclass
from enum import IntEnum

from rules.vocabulary import Urgency


class Business(IntEnum):
    """What the sender wants done (BussinessDocType)."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACEMENT = 3


@dataclass(frozen=True, slots=True)
class Organ:
    """One organisation. ``id`` is opaque, at most 35 characters."""

    id: str
    name: str = ""
    in_charge: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """The document that a message is about, as its issuer names it."""

    organ: str
    symbol: str = ""  # number and notation, "21/2005/CT-UBND"
    date: datetime.date | None = None
    id: str = ""  # DocumentId, "<organ>,2005/12/20,21/2005/CT-UBND"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file of a package."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """A document on its way, with its files."""

    sender: Organ
    receivers: tuple[Organ, ...]
    act: Act
    place: str = ""
    type: str = ""  # Vietnamese name
    subject: str = ""
    content: str = ""
    signer_competence: str = ""  # "TM. ỦY BAN NHÂN DÂN"
    signer_title: str = ""
    signer: str = ""
    urgency: Urgency = Urgency.NORMAL
    due: datetime.date | None = None
    places: tuple[str, ...] = ()  # the recipient block as printed
    answers: tuple[Act, ...] = ()
    business: Business = Business.NEW
    reason: str = ""
    paper_follows: bool = False
    replaces: tuple[str, ...] = ()  # DocumentIds
    staff: str = ""
    sent_at: datetime.datetime | None = None
    files: tuple[Enclosed, ...] = ()
    repaired: bool = False  # not well-formed as it came


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """What a receiver did with a document, or what its sender asks. ``code`` is as written."""

    sender: Organ
    about: Act
    code: str
    receivers: tuple[Organ, ...] = ()
    description: str = ""
    staff: str = ""
    at: datetime.datetime | None = None
    repaired: bool = False
