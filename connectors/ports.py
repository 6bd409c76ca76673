"""The contracts between the hub and what speaks somebody else's protocol.

Plain synchronous functions; an unknown exception means *Deferred*; an Outcome
is a value, not an exception; no connector sees a session, a table or a rule set.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from threading import Event
from typing import Protocol, runtime_checkable

from rules.values.arrival import Accepted, Busy, Login, Parcel, RecipientVerdict, Stage
from rules.values.fetching import Body, Position
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


class BookUnavailable(Exception):
    """What is remembered of a fetched folder can be neither read nor written now."""


class FetchBook(Protocol):
    """What the hub remembers of one folder on somebody else's server; shared by its processes.

    Everything raises BookUnavailable while the database is away: mail stays where it is then.
    """

    def hold(self) -> bool:
        """The right to fetch from this folder, prolonged; False while another process has it."""

    def release(self) -> None:
        """Give that right back."""

    def open(self, validity: int) -> Position:
        """Where the folder stands; under another UIDVALIDITY than before it begins anew."""

    def known(self, validity: int) -> Collection[int]:
        """Every UID of which anything is known, for the comparison of all with all."""

    def taken(self, validity: int, uid: int, body: Body) -> None:
        """A body is durable (``door.accept`` said so)."""

    def failed(self, validity: int, uid: int, why: str) -> bool:
        """A body did not come, by a code; counted. True when it was set aside for a person."""

    def is_safe(self, body_sha256: str) -> bool:
        """Whether the registered copy was read back whole: only then may the original be touched."""

    def lost(self, validity: int, uid: int) -> None:
        """A body that was taken never became an arrival: it is fetched again."""

    def cleared(self, validity: int, uids: Iterable[int]) -> None:
        """What was to be done to these mails on their server was done."""

    def gone(self, validity: int, uids: Collection[int]) -> None:
        """These mails are no longer there; what waits for a person is kept."""

    def compared(self, differences: int) -> None:
        """All was compared with all; so many mails should have been here and were not."""

    def swept(self, waiting: int) -> None:
        """A look at the folder ended well; so many mails were left for later."""

    def trouble(self, why: str, detail: str) -> None:
        """It does not work now, by a code, and what the other side said."""

    def secret_ends(self, day: str) -> None:
        """The day on which the account's secret ends, as 2026-12-31; "" when nobody knows."""


class Transport(Protocol):
    """Takes one delivery out; must tolerate a repeat of the same key."""

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        """Deliver once more or for the first time; never raises for the peer's faults."""


@runtime_checkable
class PatientTransport(Transport, Protocol):
    """One whose peer takes its time: several deliveries may be under way."""

    def hand_over(self, key: str, to: Address, parcel: Outbound) -> Callable[[], Outcome]:
        """``deliver`` as far as it goes without waiting for the disk of the peer. The outcome must be
        asked for, once, in the same thread.
        """


class MailboxHost(Protocol):
    """Creates and measures mailboxes; idempotent by address."""

    def ensure(self, box: Mailbox) -> Outcome:
        """Make the mailbox exist."""


class Reader(Protocol):
    """Bytes to values; runs in a child process with time and memory limits."""

    def __call__(self, path: Path, name: str) -> Reading:
        """Read the file at ``path``; ``name`` is data about it, never a place."""
