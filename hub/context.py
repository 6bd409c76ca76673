"""What every stage of the hub works with, built once in ``hub.app``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from hub.clock import Clock
from hub.following.pacing import Paces
from hub.mailboxes.guard import Guard
from hub.settings import Config
from rules.calendar import Calendar
from rules.directory import Directory
from rules.mailboxes.book import BoxState, PostBook
from rules.retry import RetrySchedule
from rules.routing.decide import PublishedSet
from rules.routing.language import RuleSet, parse
from storage import directory as directory_rows
from storage import mailboxes, rule_sets, settings
from storage.blobs import BlobStore
from storage.disk_fault import disk_fault
from storage.engine import Database

if TYPE_CHECKING:  # because a command that only reads has neither doors nor readers
    from connectors.checks.resolver import Resolver
    from connectors.ports import Transport
    from connectors.readers.pool import ReaderPool
    from connectors.scans.scanners import Scanners
    from storage.spool import Spool


MOST_RINGS = 64


class Bell:
    """Wakes one sleeping worker a ring, so that one document does not wake them all."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    def ring(self, times: int = 1) -> None:
        """Something is due; rings that nobody waits for are kept, up to a few."""
        with self._condition:
            self._rings = min(self._rings + times, MOST_RINGS)
            self._condition.notify(times)

    def wait(self, seconds: float) -> None:
        """Sleep until a ring, or for so long."""
        with self._condition:
            if not self._rings:
                self._condition.wait(seconds)
            self._rings = max(0, self._rings - 1)


@dataclass
class Snapshot:
    """The directory and the published rules as last read, with the revisions they had."""

    revisions: tuple[str, ...]
    directory: Directory
    rules: tuple[PublishedSet, ...]
    post: PostBook
    day: date  # on which the units have the names that they have here


@dataclass
class Hub:
    """The parts of a running hub. Stages take it as their first argument."""

    data: Path
    config: Config
    clock: Clock
    zone: tzinfo
    calendar: Calendar
    retries: RetrySchedule
    database: Database
    blobs: BlobStore
    hub_id: str
    secret: bytes
    instance: str
    transports: Mapping[str, Transport] = field(default_factory=dict)
    spool: Spool | None = None
    readers: ReaderPool | None = None
    scanners: Scanners | None = None
    dns: Resolver | None = None  # without one nobody outside is checked, and all of them wait for a clerk
    wake: Bell = field(default_factory=Bell)
    wake_scans: Bell = field(default_factory=Bell)  # the workers that read scans
    paces: Paces = field(default_factory=Paces)
    on_disk_fault: Callable[[str], None] | None = None
    guard: Guard = field(default_factory=Guard)
    kick: Callable[[str], bool] | None = None  # ends the open sessions of a mailbox
    disk_fault: str = ""  # why nothing is accepted or delivered any more
    _snapshot: Snapshot | None = None
    _refreshing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def directory(self) -> Directory:
        """The organisation as last read; also there while the database is down."""
        return self.snapshot().directory

    def snapshot(self) -> Snapshot:
        """The directory and rules as last read."""
        if self._snapshot is None:
            self.refresh()
        if self._snapshot is None:
            raise RuntimeError("the directory could not be read")
        return self._snapshot

    def shut_out(self, person: str) -> bool:
        """Whether this person's mailbox is suspended or closed: then no way leads in, whatever it is."""
        box = self.snapshot().post.boxes.get(person.casefold())
        return box is not None and box.state is not BoxState.ACTIVE

    def refresh(self) -> None:
        """Read directory and rules again if their revisions moved on."""
        with self.database.reading() as connection:
            self.refresh_from(connection)

    def refresh_from(self, connection: Connection) -> None:
        """The same, on a connection that is open already."""
        revisions, today, known = settings.revisions(connection), self.today(), self._snapshot
        if known is None or (known.revisions, known.day) != (revisions, today):
            with self._refreshing:
                self._snapshot = read_snapshot(connection, revisions, today)

    def suspect(self, error: BaseException) -> bool:
        """True when the disk itself failed: then everything ends, and a new start goes on (PROMISES R7)."""
        reason = disk_fault(error)
        if reason and not self.disk_fault:
            self.disk_fault = reason
            if self.on_disk_fault is not None:
                self.on_disk_fault(reason)
        return bool(self.disk_fault)

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.clock.now()

    def local(self, moment: datetime) -> datetime:
        """A moment as the organisation's clocks show it."""
        return moment.astimezone(self.zone)

    def today(self) -> date:
        """The day in the organisation's zone."""
        return self.local(self.now()).date()


def read_snapshot(connection: Connection, revisions: tuple[str, ...], day: date) -> Snapshot:
    """Directory and published rules, as they stand in the database."""
    published = tuple(
        PublishedSet(parsed(row.source, row.version), row.version, row.scope or None)
        for row in rule_sets.published(connection)
    )
    directory = directory_rows.load(connection).settled(day)
    return Snapshot(revisions, directory, published, mailboxes.load_book(connection), day)


@lru_cache(maxsize=32)
def parsed(source: str, version: int) -> RuleSet:
    """A stored rule set, read once, because a new directory or another unit's rules leave it as it is."""
    return parse(source, file=f"rules@{version}")
