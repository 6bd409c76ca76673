"""What mails about mailboxes say, as values; their words are in templates/mail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub.notices import Hub


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first mail in a new mailbox."""

    template: ClassVar[str] = "welcome"
    hub: Hub
    person: str
    address: str
    until: datetime | None  # when the first password ends
    settings_url: str


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """To a member of staff: a mail of theirs did not reach somebody."""

    template: ClassVar[str] = "not_delivered"
    hub: Hub
    subject: str
    receiver: str
    why: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Nudge:
    """To somebody who has a mailbox and does not use it."""

    template: ClassVar[str] = "nudge"
    hub: Hub
    person: str
    address: str
    month: date
    settings_url: str


@dataclass(frozen=True, slots=True)
class Away:
    """To somebody who wrote to a person who is away (RFC 3834)."""

    template: ClassVar[str] = "away"
    hub: Hub
    person: str
    subject: str
    words: str
    until: date


MailboxNotice = Welcome | NotDelivered | Nudge | Away
