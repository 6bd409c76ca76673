"""Mail that is fetched from other people's servers: what is known of one mail, and where a folder stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Afterwards(StrEnum):
    """What becomes of a mail on its server once the hub's own copy is safe."""

    LEAVE = "leave"
    SEEN = "seen"  # marked as read
    MOVE = "move"  # into another folder
    DELETE = "delete"


class MailState(StrEnum):
    """One mail of a fetched folder."""

    TAKEN = "taken"  # its body is durable here, nothing was done to it there
    CLEARED = "cleared"  # and what is to be done to it there was done
    FAILED = "failed"  # its body did not come, it is tried again
    ASIDE = "aside"  # given up until a person wants another try


@dataclass(frozen=True, slots=True)
class Body:
    """A body that came: its hash, and the size that the server says the mail has."""

    sha256: str
    size: int
    came: datetime | None = None  # INTERNALDATE: when the server got it


@dataclass(frozen=True, slots=True)
class Uncleared:
    """A mail whose body is here and to which something is still to be done there."""

    uid: int
    sha256: str
    size: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a folder stands under one UIDVALIDITY (RFC 9051 2.3.1.1).

    Bodies up to ``uid`` came, or were set aside by name; ``beyond`` are UIDs above it of which
    something is known already, ``failed`` those to be tried again and from when on.
    """

    validity: int
    uid: int = 0
    beyond: frozenset[int] = frozenset()
    failed: Mapping[int, datetime] = field(default_factory=dict)
    uncleared: tuple[Uncleared, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one fetched account is, as of the last look at it."""

    name: str  # of the account
    folder: str
    last_success: datetime | None = None
    trouble: str = ""  # a code; "" while it works
    detail: str = ""  # what the other side said
    troubled_since: datetime | None = None
    waiting: int = 0  # mails seen there and not taken yet
    aside: int = 0  # mails that were given up
    lag: float | None = None  # seconds the last mail lay there before it was taken
    expires: str = ""  # day on which the secret ends, as 2026-12-31
    known_since: datetime | None = None  # when the schedule saw it in the configuration first
    differences: int | None = None  # mails the last whole comparison found that should have been here
