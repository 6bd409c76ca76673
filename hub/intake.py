"""Stage 1: accept fast and durably, then give every accepted parcel its row.

``Intake`` is the door that sources see. It answers from the directory's
snapshot, so it also accepts while the database is down; the spool is the proof,
the arrival's row follows.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from hub.context import Hub
from hub.following.incoming import stages_of, welcome
from hub.mailboxes import room
from hub.mailboxes.login import log_in
from hub.texts import _
from rules.directory import local_and_domain
from rules.values.arrival import Accepted, Busy, Login, Parcel, RecipientVerdict, Spooled, Stage
from storage import arrivals, journal, steps
from storage.engine import passes
from storage.journal import Event
from storage.spool import Spool, SpoolBroken, SpoolCorrupt, SpoolFull, SpoolWriter

log = logging.getLogger("vanthu.intake")
RESERVED = ("postmaster", "abuse", "hotro", "baocao")
BATCH = 128
QUIET = 0.05  # seconds without a new parcel that count as a pause in the flood
LONGEST_WAIT = 0.5  # seconds that rows wait for such a pause
Content = bytes | bytearray | memoryview


class Intake:
    """The door (connectors.ports.Door) and the thread that gives parcels their rows."""

    def __init__(self, hub: Hub, spool: Spool) -> None:
        self._hub = hub
        self._spool = spool
        self._waiting: queue.SimpleQueue[Spooled | None] = queue.SimpleQueue()
        self._accepted, self._ending = 0, False
        self._thread = threading.Thread(target=self._ingest_all, name="ingest", daemon=True)

    # -- the door ---------------------------------------------------------------

    def sender(self, address: str, person: str | None, trusted: bool) -> RecipientVerdict:
        """MAIL FROM or From: our own domains need a log-in or a trusted network (530).

        On a trusted network the session is authenticated as the one whom
        MAIL FROM names: a member of staff, or a unit by its own address.
        """
        directory = self._hub.directory
        _local, domain = local_and_domain(address)
        if not address or domain not in directory.domains:
            return RecipientVerdict(250)
        if self._hub.shut_out(person or address):  # logged in before, or believed without a log-in
            return RecipientVerdict(550, _("5.7.1 This mailbox is suspended and may not send"))
        if person is not None:
            return RecipientVerdict(250, person=person)
        if not trusted:
            return RecipientVerdict(530, _("5.7.0 Mail from our own domains needs a log-in"))
        known = directory.person(address)
        if known is None and directory.intake(address) is None:
            return RecipientVerdict(550, _("5.1.8 No such sender in this organisation"))
        return RecipientVerdict(250, person=known.email if known is not None else address.casefold())

    def recipient(self, address: str, person: str | None = None) -> RecipientVerdict:
        """RCPT: the general address, a unit's intake, a mailbox, a reserved name; for staff also outside."""
        directory = self._hub.directory
        local, domain = local_and_domain(address)
        if person is not None and not self._hub.guard.may_send(
            person, self._hub.now(), self._hub.config.mailboxes.sends_per_hour
        ):
            return RecipientVerdict(450, _("4.7.1 Too many recipients in an hour, try again later"))
        if domain not in directory.domains:
            if person is not None:
                return RecipientVerdict(250)
            return RecipientVerdict(550, _("5.7.1 We do not relay to other domains"))
        unit = directory.intake(address)
        if unit is not None:
            return RecipientVerdict(250, unit=unit)
        if local in RESERVED or welcome(self._hub, address):
            return RecipientVerdict(250)
        boxes = self._hub.snapshot().post.boxes_of(address, self._hub.now())
        if boxes:
            full = all(room.is_full(self._hub, box) for box in boxes)
            return RecipientVerdict(552, _("5.2.2 The mailbox is full")) if full else RecipientVerdict(250)
        return RecipientVerdict(550, _("5.1.1 No such intake address; write to vanthu.<unit>@ or congvan@"))

    def login(self, user: str, password: str, peer: str = "") -> Login | None:
        """The person with this address and password; the same time is spent on unknown ones."""
        return log_in(self._hub, user, password, peer)

    def stage(self) -> Stage:
        """Room on disk for content too big for memory."""
        return self._spool.open_writer(self._hub.now())

    def accept(self, parcel: Parcel) -> Accepted | Busy:
        """Durable in the spool, or a temporary refusal with its reason."""
        return self.accept_many([parcel])[0]

    def accept_many(self, parcels: Sequence[Parcel]) -> Sequence[Accepted | Busy]:
        """Small parcels with one fsync for all, big ones from the disk where they lie already."""
        if self._hub.disk_fault:
            return [Busy(self._hub.disk_fault)] * len(parcels)
        small = [(p.envelope, p.content) for p in parcels if isinstance(p.content, Content)]
        try:
            logged = iter(self._spool.put_many(small) if small else [])
        except (SpoolFull, SpoolBroken) as error:
            return [self._busy(error)] * len(parcels)
        return [
            self._kept(next(logged)) if isinstance(p.content, Content) else self._commit(p) for p in parcels
        ]

    def _commit(self, parcel: Parcel) -> Accepted | Busy:
        if not isinstance(parcel.content, SpoolWriter):
            raise TypeError("a stage must come from this door")
        try:
            return self._kept(self._spool.put(parcel.envelope, parcel.content))
        except (SpoolFull, SpoolBroken) as error:
            return self._busy(error)

    def _kept(self, spooled: Spooled) -> Accepted:
        self._accepted += 1
        self._waiting.put(spooled)
        return Accepted(spooled.id)

    def _busy(self, error: SpoolFull | SpoolBroken) -> Busy:
        log.error("not accepted: %s", error)
        self._hub.suspect(error)
        return Busy(error.strerror or str(error), full=isinstance(error, SpoolFull))

    # -- rows -------------------------------------------------------------------

    def start(self) -> None:
        """Take up what a former life left in the spool, then follow the door."""
        for spooled in self._spool.recover():
            self._waiting.put(spooled)
        self._thread.start()

    def stop(self) -> None:
        """Give rows to what was accepted, then end."""
        self._ending = True
        self._waiting.put(None)
        self._thread.join(timeout=10)

    def _ingest_all(self) -> None:
        going = True
        while going:
            batch, going = self._next_batch()
            self._make_way(len(batch))
            pause = 0.2
            while batch:
                try:
                    ingest(self._hub, self._spool, batch)
                    break
                except (DBAPIError, OSError, SpoolCorrupt) as error:
                    if self._hub.suspect(error):
                        return
                    if isinstance(error, DBAPIError) and not passes(error):
                        batch = self._without_poison(batch, error)
                        continue
                    # because the parcel is safe in the spool, the database may take its time
                    log.warning("rows must wait, the database does not answer: %s", error)
                    if not going:
                        return
                    time.sleep(pause)
                    pause = min(pause * 2, 5.0)

    def _without_poison(self, batch: list[Spooled], error: DBAPIError) -> list[Spooled]:
        """A row that no table takes must not hold up the others: one by one, and it stays in the spool."""
        if len(batch) > 1:
            self._waiting_again(batch[1:])
            return batch[:1]
        log.error("parcel %s stays in the spool, its row is refused: %s", batch[0].id, error.orig)
        return []

    def _waiting_again(self, parcels: Sequence[Spooled]) -> None:
        for spooled in parcels:
            self._waiting.put(spooled)

    def _make_way(self, waiting: int) -> None:
        """While mails pour in, their rows wait a moment: accepting fast is what senders feel.

        A single parcel gets its row at once; in a flood the rows come in larger
        batches, and never later than the longest wait.
        """
        began = time.monotonic()
        while waiting > 1 and not self._ending and time.monotonic() - began < LONGEST_WAIT:
            accepted = self._accepted
            time.sleep(QUIET)
            if self._accepted == accepted:
                return

    def _next_batch(self) -> tuple[list[Spooled], bool]:
        batch: list[Spooled] = []
        item = self._waiting.get()
        while item is not None:
            batch.append(item)
            if len(batch) >= BATCH or self._waiting.empty():
                return batch, True
            item = self._waiting.get()
        return batch, False


def ingest(hub: Hub, spool: Spool, batch: Sequence[Spooled]) -> None:
    """Bytes to the blob store, rows to the database, then out of the spool. Repeatable."""
    for spooled in batch:
        hub.blobs.put(spool.read(spooled), spooled.sha256)  # which the spool has compared
    now = hub.now()
    events = []
    with hub.database.transaction() as connection:
        for spooled in batch:
            arrival = arrivals.record(connection, spooled)
            if arrival is None:
                log.info("parcel %s came before, the source repeated it", spooled.id)
                continue
            for stage in stages_of(hub, spooled.envelope):
                steps.enqueue(connection, stage, arrival, now)
            facts = {"sha256": spooled.sha256, "source": spooled.envelope.source, "spool": spooled.id}
            events.append(Event("arrived", f"arrival:{arrival}", facts))
        journal.append(connection, "hub", events, now)
    for spooled in batch:
        spool.remove(spooled)
    hub.wake.ring(len(events))
