"""The mail for one row of the delivery ledger: notices in words, files encoded once for a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub import notices
from hub.addresses import bounce_address
from hub.context import Hub
from hub.letter import Cover, Enclosure, MailFile, Thread, compose, enclose
from hub.notices import About, DeliveryNotice, HeldBack, ListedFile, Notice, SentTo
from hub.render import notice
from hub.texts import because, speaking
from hub.words import book_name, reason_text
from rules.values.routing import Because
from rules.values.sending import Address, Outbound
from rules.vocabulary import DeliveryRole, Direction, MailKind, Urgency, WaitingList
from storage import arrivals, deliveries, documents, registers, waiting
from storage.engine import AnyRow

MOST_ENCLOSURES = 8  # documents whose encoded files are kept while a batch goes out


class Letters:
    """Writes the mails of one batch; documents that follow one another share their files."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._enclosures: dict[int, tuple[Enclosure | None, tuple[ListedFile, ...]]] = {}

    def write(self, row: AnyRow, to: Address) -> Outbound:
        """The mail for one delivery. Raises BlobDamaged when a file is not what was stored."""
        hub = self._hub
        enclosure: Enclosure | None = None
        with hub.database.reading() as connection, speaking(hub.config.organisation.language):
            document = documents.get(connection, row.document) if row.document is not None else None
            if row.kind == MailKind.DOCUMENT and document is not None:
                enclosure, listed = self._files(connection, row.version)
                what: Notice = self._delivery(connection, row, document, listed)
            elif row.kind == MailKind.RECEIPT and document is not None:
                what = self._receipt(connection, row, document)
            else:
                what = self._journal_head(row)
            in_reply_to = self._answers(connection, row)
        rendered = notice(what, hub.config.organisation.language)
        cover = self._cover(row, to, document, in_reply_to)
        mail_from = bounce_address(hub, row.id) if row.kind == MailKind.DOCUMENT else ""
        return compose(rendered, cover, mail_from, enclosure, first_try=row.attempts <= 1)

    # -- what each mail says ------------------------------------------------------

    def _delivery(
        self, connection: Connection, row: AnyRow, document: AnyRow, listed: tuple[ListedFile, ...]
    ) -> DeliveryNotice:
        entry = None
        if row.entry is not None:
            entries = registers.entries_of(connection, [document.id])
            entry = next((item for item in entries if item.id == row.entry), None)
        hub = self._hub
        person = hub.directory.person(row.person) if row.person else None
        return DeliveryNotice(
            hub=self._us(),
            document=self._about(document),
            unit=hub.directory.party_name(row.receiver),
            files=listed,
            because=because_words(row.because),
            role=DeliveryRole(row.role),
            number=entry.number if entry is not None else None,
            accepted_on=self._day(row.created_at) if entry is not None else None,
            due=self._day(row.due_at) if row.due_at is not None else None,
            assigned_to=person.name if person is not None else "",
            note=successor_note(row.because),
        )

    def _receipt(self, connection: Connection, row: AnyRow, document: AnyRow) -> Notice:
        kind, hub = row.letter["receipt"], self._hub
        arrival = arrivals.get(connection, row.arrival)
        about, unit = self._about(document), hub.directory.party_name(document.unit)
        if kind == "review":
            reasons = tuple(reason_text(reason) for reason in row.letter["reasons"])
            came = hub.local(arrival.received_at)
            return notices.ReceiptReview(self._us(), about, unit, came, reasons)
        if kind == "refused":
            when = hub.local(row.created_at)
            return notices.ReceiptRefused(self._us(), about, unit, when, row.letter["reason"])
        number, book = self._number(connection, document)
        registered = hub.local(document.registered_at or document.created_at)
        if kind == "known":
            came = hub.local(arrival.received_at)
            return notices.ReceiptKnown(self._us(), about, number, book, registered, came)
        return notices.Receipt(
            self._us(), about, number, book, registered, *self._reached(connection, document)
        )

    def _reached(
        self, connection: Connection, document: AnyRow
    ) -> tuple[tuple[SentTo, ...], tuple[HeldBack, ...]]:
        hub = self._hub
        sent = tuple(
            SentTo(
                hub.directory.party_name(row.receiver),
                DeliveryRole(row.role),
                self._day(row.due_at) if row.due_at is not None else None,
                because_words(row.because),
            )
            for row in deliveries.of_documents(connection, [document.id])
        )
        held = tuple(
            HeldBack(case.detail, reason_text(case.reason))
            for case in waiting.open_for(connection, document=document.id)
            if case.kind == WaitingList.HOLD
        )
        return sent, held

    def _number(self, connection: Connection, document: AnyRow) -> tuple[str, str]:
        """Number and book of the entry that the sender cares for: outgoing before incoming."""
        entries = registers.entries_of(connection, [document.id])
        if not entries:
            return document.symbol or "-", ""
        entry = entries[0]
        keeper = self._hub.directory.party_name(entry.keeper)
        label = entry.label if entry.direction == Direction.OUTGOING else str(entry.label)
        return label, book_name(Direction(entry.direction), keeper, entry.year)

    def _journal_head(self, row: AnyRow) -> notices.JournalHead:
        letter: Mapping[str, Any] = row.letter
        day = date.fromisoformat(letter["day"])
        return notices.JournalHead(
            self._us(), day, self._hub.hub_id, letter["size"], letter["added"], letter["head"]
        )

    # -- parts --------------------------------------------------------------------

    def _files(self, connection: Connection, version: int) -> tuple[Enclosure | None, tuple[ListedFile, ...]]:
        """The files of a version, verified and encoded once while they are asked for again and again."""
        if version not in self._enclosures:
            if len(self._enclosures) >= MOST_ENCLOSURES:
                self._enclosures.pop(next(iter(self._enclosures)))
            rows = documents.files_of(connection, version)
            files = [MailFile(row.name, row.media_type, self._hub.blobs.read(row.sha256)) for row in rows]
            listed = tuple(ListedFile(row.name, row.size) for row in rows)
            self._enclosures[version] = (enclose(files, f"version {version}"), listed)
        return self._enclosures[version]

    def _cover(self, row: AnyRow, to: Address, document: AnyRow | None, in_reply_to: str) -> Cover:
        hub = self._hub
        thread = None
        if document is not None:
            began = document.registered_at or document.created_at
            thread = Thread(f"doc.{document.id}", f"{document.symbol} {document.subject}".strip(), began)
        sender = Address(f"congvan@{hub.config.domain}", hub.config.organisation.name)
        when = hub.local(row.created_at)  # the same in every attempt, so that a repeat is the same mail
        return Cover(row.key, hub.hub_id, hub.config.domain, sender, to, when, thread, in_reply_to)

    def _answers(self, connection: Connection, row: AnyRow) -> str:
        if row.kind != MailKind.RECEIPT or row.arrival is None:
            return ""
        return str(arrivals.get(connection, row.arrival).message_id)

    def _about(self, document: AnyRow) -> About:
        issuer = document.issuer_text
        if document.issuer is not None:
            issuer = self._hub.directory.party_name(document.issuer)
        return About(
            document.subject,
            document.symbol,
            document.type,
            issuer,
            document.date,
            document.signer,
            Urgency(document.urgency),
        )

    def _us(self) -> notices.Hub:
        organisation = self._hub.config.organisation
        return notices.Hub(organisation.name, organisation.help_address or f"hotro@{self._hub.config.domain}")

    def _day(self, moment: datetime) -> date:
        return self._hub.local(moment).date()


def because_words(reasons: list[dict[str, Any]]) -> str:
    """Every path by which a party became a receiver, in one line."""
    return "; ".join(because(Because(**reason)) for reason in reasons)


def successor_note(reasons: list[dict[str, Any]]) -> str:
    """Told to the unit that follows a closed one."""
    return "; ".join(reason["text"] for reason in reasons if reason["kind"] == "successor")
