"""What comes in: an envelope, the bytes, and where they are once they are safe."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rules.vocabulary import SenderVerdict


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who handed it to whom, as the source knows it and not as the mail claims.

    ``source`` is ``smtp``, ``imap`` or ``scanner``; ``account`` names the door
    within it (listener, mailbox, or ``<unit>/incoming`` for a scanner folder).
    ``person`` is the address of the authenticated member of staff, or None.
    """

    source: str
    account: str
    received_at: datetime  # aware, UTC
    mail_from: str = ""
    recipients: tuple[str, ...] = ()
    peer: str = ""
    helo: str = ""
    person: str | None = None
    verdict: SenderVerdict = SenderVerdict.UNVERIFIED
    tls: bool = False
    file_name: str | None = None  # scanner drops: the name as dropped


class Stage(Protocol):
    """Content too big for memory, on its way to the disk (``Door.stage``).

    Used by one thread at a time. ``write`` raises OSError; what is not handed
    to ``Door.accept`` must be discarded. Discarding twice, or after ``accept``, is safe.
    """

    def write(self, chunk: bytes | bytearray | memoryview) -> None: ...

    def discard(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """An envelope with its bytes, on the way in. A ``Stage`` holds bytes already on disk."""

    envelope: Envelope
    content: bytes | bytearray | memoryview | Stage


@dataclass(frozen=True, slots=True)
class Spooled:
    """A parcel that is durable in the spool but has no row yet."""

    id: str
    envelope: Envelope
    sha256: str
    size: int
    path: Path
    offset: int = 0  # where the content starts in the file


@dataclass(frozen=True, slots=True)
class Accepted:
    """The bytes and the envelope are durable; the source may acknowledge."""

    id: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Nothing was kept; the source must answer a temporary error and say why."""

    why: str
    full: bool = False  # for want of room on the disk (SMTP 452 rather than 451)


@dataclass(frozen=True, slots=True)
class RecipientVerdict:
    """May this address stand here: ``code`` is an SMTP reply code (250, 4xx, 5xx).

    ``text`` may begin with an enhanced status code (RFC 3463); without one the
    usual one of the code is put before it.
    """

    code: int
    text: str = ""
    unit: str | None = None  # code of the unit the address stands for
    person: str | None = None  # of a sender: the member of staff whom the address names

    @property
    def ok(self) -> bool:
        return self.code == 250


@dataclass(frozen=True, slots=True)
class Login:
    """A member of staff who proved who they are."""

    person: str  # e-mail address, the stable name in envelopes
    name: str
    addresses: tuple[str, ...] = field(default=())  # what MAIL FROM may name
