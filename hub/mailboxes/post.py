"""Mail between people is passed on as it is: to mailboxes, and from staff to addresses elsewhere."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from connectors.readers.pool import ReadFailed
from hub import antivirus, arrived
from hub.context import Hub
from rules.directory import local_and_domain
from rules.mail_glance import LOOK, glance
from rules.mailboxes.book import plain
from rules.text.gate import clean
from rules.values.arrival import Envelope
from rules.values.reading import ParcelReading
from rules.vocabulary import ArrivalState, DeliveryState, MailKind, SenderVerdict
from storage import arrivals, deliveries, journal, mailboxes, notices, steps
from storage.engine import AnyRow
from storage.journal import Event
from storage.steps import Claim

log = logging.getLogger("vanthu.post")
STAGE = "post"
UNREAD = ParcelReading(None, "", ())
LONGEST_SUBJECT = 300
TOLD_AGAIN = timedelta(days=7)  # RFC 3834 2, RFC 5230 4.6


def targets(hub: Hub, envelope: Envelope, now: datetime) -> tuple[str, ...]:
    """The addresses that this mail is passed on to: mailboxes of ours, and for staff addresses elsewhere."""
    found: dict[str, None] = {}
    for address in envelope.recipients:
        _local, domain = local_and_domain(address)
        if domain in hub.directory.domains:
            if hub.directory.intake(address) is None:
                found.update(dict.fromkeys(hub.snapshot().post.boxes_of(address, now)))
        elif envelope.person is not None and envelope.verdict is SenderVerdict.AUTHENTICATED:
            found[address] = None
    return tuple(found)


def is_only_post(hub: Hub, envelope: Envelope, now: datetime) -> bool:
    """Whether nobody among the recipients makes a document of it."""
    book = hub.snapshot().post
    return bool(envelope.recipients) and all(
        local_and_domain(address)[1] not in hub.directory.domains
        or (hub.directory.intake(address) is None and bool(book.boxes_of(address, now)))
        for address in envelope.recipients
    )


def run(hub: Hub, step: Claim, worker: str) -> None:
    """One delivery for each address; the ledger does the rest."""
    with hub.database.reading() as connection:
        row = arrivals.get(connection, step.subject)
    envelope, now = arrivals.envelope_of(row), hub.now()
    reading = _read(hub, row, envelope)
    stopped = arrived.stop(reading, envelope, step.payload.get("released", ())) if reading else None
    if reading is not None and stopped is not None and stopped[0] is ArrivalState.QUARANTINE:
        arrived.set_aside(hub, step, reading, *stopped)
        return
    scans = {"": antivirus.look_at_mail(hub, row.sha256)}
    if arrived.infected(hub, step, reading or UNREAD, envelope, scans):
        return
    addresses = targets(hub, envelope, now)
    away = _away(hub, reading, envelope, addresses)
    subject = _subject(hub, row) if away else ""
    with hub.database.transaction() as connection:
        planned = [_delivery(row.id, address, now) for address in addresses]
        if planned:
            deliveries.plan(connection, planned)
        for note in away:
            _answer(connection, row, subject, envelope, note, now)
        if is_only_post(hub, envelope, now):
            arrivals.settle(connection, row.id, ArrivalState.MAIL, outcome="passed-on")
        steps.finish(connection, step)
        event = Event("passed-on", f"arrival:{row.id}", {"receivers": len(addresses)})
        journal.append(connection, "hub", [event], now)
    hub.wake.ring()


def _read(hub: Hub, row: AnyRow, envelope: Envelope) -> ParcelReading | None:
    """The mail as a reading child sees it, for marks of secrecy; None where it cannot be read, because
    what people write to each other is passed on as it is, however odd."""
    folder = Path(tempfile.mkdtemp(prefix=f"post-{row.id}-", dir=hub.data / "work"))
    try:
        return arrived.read(hub, row.sha256, envelope, folder)
    except ReadFailed as error:
        if error.transient:
            raise
        log.warning("arrival %d between people is passed on unread: %s", row.id, error.reason)
        return None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _delivery(arrival: int, address: str, now: datetime) -> dict[str, Any]:
    mark = hashlib.sha256(plain(address).encode()).hexdigest()[:24]
    return {
        "key": f"post-{arrival}-{mark}",
        "kind": MailKind.POST,
        "arrival": arrival,
        "receiver": f"person:{address}",
        "state": DeliveryState.PLANNED,
        "address": address,
        "letter": {},
        "next_attempt": now,
        "created_at": now,
    }


def failed(hub: Hub, connection: Connection, row: AnyRow, why: str, now: datetime) -> None:
    """The member of staff who wrote it learns of it; nobody else, because a sender may be forged (S8)."""
    arrival = arrivals.get(connection, row.arrival)
    if arrival.person is None or arrival.verdict != SenderVerdict.AUTHENTICATED:
        return
    letter = {
        "notice": "not_delivered",
        "subject": _subject(hub, arrival),
        "receiver": row.address,
        "why": why,
        "sent": arrival.received_at.isoformat(),
    }
    key = f"not-delivered-{row.id}"
    deliveries.plan(connection, [notices.to_person(key, arrival.person, letter, now)])


# -- absence ----------------------------------------------------------------------------


def _away(
    hub: Hub, reading: ParcelReading | None, envelope: Envelope, addresses: tuple[str, ...]
) -> list[AnyRow]:
    """The absence notes to answer with: never to automatic mail, and only for who is named (RFC 3834 2)."""
    with hub.database.reading() as connection:
        notes = [note for box in addresses if (note := mailboxes.absence(connection, box)) is not None]
    today = hub.today()
    active = [note for note in notes if note.first <= today <= note.last]
    known = envelope.verdict in (SenderVerdict.AUTHENTICATED, SenderVerdict.ALIGNED)
    if not active or not envelope.mail_from or not known:
        return []
    headers = reading.headers if reading is not None else None
    return [] if headers is None or headers.automatic else active


def _subject(hub: Hub, arrival: AnyRow) -> str:
    """As it was written: mail between people has no document whose subject is known."""
    with hub.blobs.path(arrival.sha256).open("rb") as mail:
        return clean(glance(mail.read(LOOK)).subject, LONGEST_SUBJECT) or "-"


def _answer(
    connection: Connection, row: AnyRow, subject: str, envelope: Envelope, note: AnyRow, now: datetime
) -> None:
    sender = envelope.mail_from.casefold()
    if not mailboxes.tell_of_absence(connection, note.mailbox, sender, now, now - TOLD_AGAIN):
        return
    letter = {
        "notice": "away",
        "mailbox": note.mailbox,
        "subject": subject,
        "words": note.words,
        "until": note.last.isoformat(),
    }
    key = f"away-{row.id}-{hashlib.sha256(note.mailbox.encode()).hexdigest()[:16]}"
    deliveries.plan(connection, [notices.to_person(key, envelope.mail_from, letter, now)])
