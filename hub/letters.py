"""The mail for one row of the delivery ledger: notices in words, files encoded once for a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub import notices
from hub.addresses import bounce_address
from hub.context import Hub
from hub.deciding import wording as deciding_wording
from hub.deciding.asking import ASKED, HOLD_ASKED
from hub.exchange import packing
from hub.exchange.organs import wants_package
from hub.fetching import wording as fetching_wording
from hub.following import paper_mail, signing, wording
from hub.letter import Cover, Enclosure, MailFile, Thread, compose, enclose
from hub.mailboxes import wording as mailbox_wording
from hub.notices import About, DeliveryNotice, HeldBack, ListedFile, Notice, SentTo
from hub.numbered_copy import going_out
from hub.quarantine import notices as quarantine_notices
from hub.render import AnyNotice, notice
from hub.reporting import wording as return_wording
from hub.texts import speaking
from hub.transitions import label
from hub.words import because_words, book_name, reason_text
from rules.automatic import is_personal
from rules.token import Purpose
from rules.values.sending import Address, Outbound
from rules.vocabulary import DeliveryRole, Direction, MailKind, Urgency, WaitingList
from storage import arrivals, deliveries, documents, registers, waiting
from storage.engine import AnyRow

ASKING = frozenset({"submitted", "assigned", "time_asked", "unclear", "confirm", "recall", "reminder"})
MOST_ENCLOSURES = 8  # documents whose encoded files are kept while a batch goes out


@dataclass(frozen=True, slots=True)
class _Story:
    """A document with its entries."""

    document: AnyRow
    about: About
    entries: Sequence[AnyRow]


class Letters:
    """Writes the mails of one batch; documents that follow one another share their files."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._stories: dict[int, _Story] = {}
        self._enclosures: dict[tuple[int, str], tuple[Enclosure | None, tuple[ListedFile, ...]]] = {}

    def write(self, row: AnyRow, to: Address) -> Outbound:
        """The mail for one delivery. Raises BlobDamaged when a file is not what was stored."""
        hub = self._hub
        if row.kind == MailKind.POST:
            return self._passed_on(row)
        enclosure: Enclosure | None = None
        in_reply_to = ""
        story = self._story(row.document) if row.document is not None else None
        what: AnyNotice
        thread: Thread | None = None
        with speaking(hub.config.organisation.language):
            if "notice" in row.letter:
                with hub.database.reading() as connection:
                    what = self._notice(connection, row)
                    if row.letter["notice"] in deciding_wording.KINDS:
                        enclosure = enclose(deciding_wording.files(hub, connection, row), row.key)
                    elif row.letter["notice"] in return_wording.KINDS:
                        enclosure = enclose(return_wording.files(hub, connection, row), row.key)
                        thread = return_wording.thread(hub, connection, row)
            elif story is None:
                what = self._journal_head(row)
            elif row.kind == MailKind.DOCUMENT:
                enclosure, listed = self._files(row)
                what = self._delivery(row, story, listed)
            else:
                what, in_reply_to = self._receipt(row, story)
        rendered = notice(what, hub.config.organisation.language)
        cover = self._cover(row, to, story.document if story is not None else None, in_reply_to, thread)
        told = row.kind == MailKind.DOCUMENT or row.letter.get("notice") in return_wording.WITH_FORM
        mail_from = bounce_address(hub, row.id) if told else ""
        filed = row.kind == MailKind.DOCUMENT
        return compose(rendered, cover, mail_from, enclosure, first_try=row.attempts <= 1, filed=filed)

    def label(self, document: int) -> str:
        """What the log calls a document of this batch."""
        story = self._story(document)
        return label(document, story.document.symbol)

    def urgency(self, document: int) -> Urgency:
        """How urgent a document of this batch is."""
        return Urgency(self._story(document).document.urgency)

    # -- what each mail says ------------------------------------------------------

    def _story(self, document: int) -> _Story:
        """A document with its entries, read once a batch."""
        if document not in self._stories:
            with self._hub.database.reading() as connection:
                row = documents.get(connection, document)
                if row is None:
                    raise LookupError(f"document {document}")
                about = wording.about(self._hub, row)
                self._stories[document] = _Story(row, about, registers.entries_of(connection, [document]))
        return self._stories[document]

    def _delivery(self, row: AnyRow, story: _Story, listed: tuple[ListedFile, ...]) -> DeliveryNotice:
        entry = next((item for item in story.entries if item.id == row.entry), None)
        hub = self._hub
        person = hub.directory.person(row.person) if row.person else None
        return DeliveryNotice(
            hub=wording.us(self._hub),
            document=story.about,
            unit=hub.directory.party_name(row.receiver),
            files=listed,
            because=because_words(row.because),
            role=DeliveryRole(row.role),
            number=entry.number if entry is not None else None,
            accepted_on=self._day(row.created_at) if entry is not None else None,
            due=self._day(row.due_at) if row.due_at is not None else None,
            assigned_to=person.name if person is not None else "",
            note=successor_note(row.because),
            answers=wording.answers(hub, row, Purpose.RECEIVE, Purpose.REFUSE),
        )

    def _receipt(self, row: AnyRow, story: _Story) -> tuple[Notice, str]:
        """The receipt, and the Message-ID of the mail that it answers."""
        with self._hub.database.reading() as connection:
            arrival = arrivals.get(connection, row.arrival)
            reached = self._reached(connection, story.document)
        return self._receipt_of(row, story, arrival, reached), str(arrival.message_id)

    def _receipt_of(
        self,
        row: AnyRow,
        story: _Story,
        arrival: AnyRow,
        reached: tuple[tuple[SentTo, ...], tuple[HeldBack, ...]],
    ) -> Notice:
        kind, hub, document = row.letter["receipt"], self._hub, story.document
        about, unit = story.about, hub.directory.party_name(document.unit)
        if kind == "review":
            reasons = tuple(reason_text(reason) for reason in row.letter["reasons"])
            came = hub.local(arrival.received_at)
            return notices.ReceiptReview(wording.us(hub), about, unit, came, reasons)
        if kind == "refused":
            when = hub.local(row.created_at)
            return notices.ReceiptRefused(wording.us(hub), about, unit, when, row.letter["reason"])
        number, book = self._number(story)
        registered = hub.local(document.registered_at or document.created_at)
        if kind == "known":
            came = hub.local(arrival.received_at)
            return notices.ReceiptKnown(wording.us(hub), about, number, book, registered, came)
        return notices.Receipt(wording.us(hub), about, number, book, registered, *reached)

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

    def _number(self, story: _Story) -> tuple[str, str]:
        """Number and book of the entry that the sender cares for: outgoing before incoming."""
        if not story.entries:
            return story.document.symbol or "-", ""
        entry = story.entries[0]
        keeper = self._hub.directory.party_name(entry.keeper)
        return entry.label, book_name(Direction(entry.direction), keeper, entry.year)

    def _passed_on(self, row: AnyRow) -> Outbound:
        """Mail between people, octet by octet as it came."""
        with self._hub.database.reading() as connection:
            arrival = arrivals.get(connection, row.arrival)
        raw = self._hub.blobs.read(arrival.sha256)
        return Outbound(raw, b"", arrival.mail_from, first_try=row.attempts <= 1)

    def _notice(self, connection: Connection, row: AnyRow) -> AnyNotice:
        about_return = return_wording.KINDS.get(row.letter["notice"])
        if about_return is not None:
            return about_return(self._hub, connection, row)
        if row.letter["notice"] == paper_mail.KIND:
            return paper_mail.notice_of(self._hub, connection, row)
        about_waiting = deciding_wording.KINDS.get(row.letter["notice"])
        if about_waiting is not None:
            return about_waiting(self._hub, connection, row)
        about_locked = quarantine_notices.KINDS.get(row.letter["notice"])
        if about_locked is not None:
            return about_locked(self._hub, connection, row)
        about_mailbox = mailbox_wording.KINDS.get(row.letter["notice"])
        if about_mailbox is not None:
            return about_mailbox(self._hub, connection, row)
        about_source = fetching_wording.KINDS.get(row.letter["notice"])
        if about_source is not None:
            return about_source(self._hub, connection, row)
        return wording.notice_of(self._hub, connection, row)

    def _journal_head(self, row: AnyRow) -> notices.JournalHead:
        letter: Mapping[str, Any] = row.letter
        day = date.fromisoformat(letter["day"])
        return notices.JournalHead(
            wording.us(self._hub), day, self._hub.hub_id, letter["size"], letter["added"], letter["head"]
        )

    # -- parts --------------------------------------------------------------------

    def _files(self, row: AnyRow) -> tuple[Enclosure | None, tuple[ListedFile, ...]]:
        """The files of a version, verified and encoded once while they are asked for again and again.

        A receiver that wants the edXML package beside them gets an enclosure of its own.
        """
        packed = row.receiver if wants_package(self._hub, row.receiver) else ""
        key = (row.version, packed)
        if key not in self._enclosures:
            if len(self._enclosures) >= MOST_ENCLOSURES:
                self._enclosures.pop(next(iter(self._enclosures)))
            with self._hub.database.reading() as connection:
                rows = going_out(documents.files_of(connection, row.version))
            files = [MailFile(file.name, file.media_type, self._hub.blobs.read(file.sha256)) for file in rows]
            if packed:
                package = packing.package_of(self._hub, row)
                files.append(MailFile(packing.FILE_NAME, packing.MEDIA_TYPE, package))
            listed = tuple(ListedFile(file.name, len(file.content)) for file in files)
            self._enclosures[key] = (enclose(files, f"version {row.version} {packed}".rstrip()), listed)
        return self._enclosures[key]

    def _cover(
        self, row: AnyRow, to: Address, document: AnyRow | None, in_reply_to: str, thread: Thread | None
    ) -> Cover:
        hub = self._hub
        if document is not None:
            began = document.registered_at or document.created_at
            thread = Thread(f"doc.{document.id}", f"{document.symbol} {document.subject}".strip(), began)
        sender = Address(f"congvan@{hub.config.domain}", hub.config.organisation.name)
        when = hub.local(row.created_at)  # the same in every attempt, so that a repeat is the same mail
        reply_to = self._reply_to(row)
        return Cover(
            row.key, hub.hub_id, hub.config.domain, sender, to, when, thread, in_reply_to, reply_to,
            personal=is_personal(row.kind, row.receiver),
        )  # fmt: skip

    def _reply_to(self, row: AnyRow) -> str:
        """The signed address at which this mail can be answered; "" where it asks for nothing."""
        if row.letter.get("notice") in return_wording.WITH_FORM:
            return signing.form_address(self._hub, row.letter["form"], row.created_at)
        if row.letter.get("notice") == ASKED:
            return signing.case_address(self._hub, row.letter["case"], row.created_at)
        if row.letter.get("notice") == HOLD_ASKED:
            return signing.hold_address(self._hub, row.document, row.created_at)
        return signing.reply_address(self._hub, row.id, row.created_at) if _answerable(row) else ""

    def _day(self, moment: datetime) -> date:
        return self._hub.local(moment).date()


def _answerable(row: AnyRow) -> bool:
    """Documents, and the notices that ask for something."""
    return row.kind == MailKind.DOCUMENT or row.letter.get("notice") in ASKING


def successor_note(reasons: list[dict[str, Any]]) -> str:
    """Told to the unit that follows a closed one."""
    return "; ".join(reason["text"] for reason in reasons if reason["kind"] == "successor")
