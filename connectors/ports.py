"""The contracts between the hub and what speaks somebody else's protocol.

Plain synchronous functions; an unknown exception means *Deferred*; an Outcome
is a value, not an exception; no connector sees a session, a table or a rule set.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Protocol

from rules.values.arrival import Accepted, Busy, Login, Parcel, RecipientVerdict, Stage
from rules.values.reading import Reading
from rules.values.sending import Address, Mailbox, Outbound, Outcome


class Door(Protocol):
    """What the hub gives to a source.

    It works from an in-memory snapshot of the directory, so also while the
    database is down.
    """

    def sender(self, address: str, person: str | None, trusted: bool) -> RecipientVerdict:
        """May ``address`` (MAIL FROM, or an address of the From header) stand here.

        530 for our domains without proof. On a trusted network ``verdict.person``
        names whom the session is authenticated as; without it the sender stays unverified.
        """

    def recipient(self, address: str, person: str | None = None) -> RecipientVerdict:
        """May ``address`` receive, and for which unit. Who logged in (``person``) may also write outside."""

    def login(self, user: str, password: str, peer: str = "") -> Login | None:
        """The person behind the credentials, or None. Takes tens of milliseconds. ``peer``: from where."""

    def stage(self) -> Stage:
        """Room on disk for content too big for memory; OSError when there is none."""

    def accept(self, parcel: Parcel) -> Accepted | Busy:
        """Make the parcel durable (bytes, envelope, directory). Blocks; thread-safe."""

    def accept_many(self, parcels: Sequence[Parcel]) -> Sequence[Accepted | Busy]:
        """``accept`` for several at once, one answer each in their order, with one fsync for all."""


class Source(Protocol):
    """Brings parcels in; acknowledges upstream only after ``door.accept`` returned Accepted."""

    def run(self, door: Door, stop: Event) -> None:
        """Serve until ``stop`` is set."""


class Transport(Protocol):
    """Takes one delivery out; must tolerate a repeat of the same key."""

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        """Deliver once more or for the first time; never raises for the peer's faults."""


class MailboxHost(Protocol):
    """Creates and measures mailboxes; idempotent by address."""

    def ensure(self, box: Mailbox) -> Outcome:
        """Make the mailbox exist."""


class Reader(Protocol):
    """Bytes to values; runs in a child process with time and memory limits."""

    def __call__(self, path: Path, name: str) -> Reading:
        """Read the file at ``path``; ``name`` is data about it, never a place."""
