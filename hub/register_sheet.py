"""A book as the law wants it printed: the columns of ND30/2020 App. IV."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select

from hub.context import Hub
from hub.texts import _
from rules.vocabulary import Direction, MailKind
from storage import registers
from storage.engine import AnyRow
from storage.tables.deliveries import deliveries
from storage.tables.registers import books

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def lines(hub: Hub, connection: Connection, book: int) -> tuple[list[str], list[list[str]]]:
    """Headings and lines of one book, void entries included; no headings when there is no such book."""
    row = connection.execute(select(books).where(books.c.id == book)).first()
    if row is None:
        return [], []
    outgoing = row.direction == Direction.OUTGOING
    headings = _outgoing_headings() if outgoing else _incoming_headings()
    write = _outgoing if outgoing else _incoming
    found = registers.lines_of(connection, book)
    return headings, [[_cell(text) for text in write(hub, connection, line)] for line in found]


def _incoming_headings() -> list[str]:
    """App. IV.VI, at least ten columns."""
    return [
        "Ngày đến",
        "Số đến",
        "Tác giả",
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản",
        "Đơn vị hoặc người nhận",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    ]


def _outgoing_headings() -> list[str]:
    """App. IV.I, at least ten columns."""
    return [
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản",
        "Người ký",
        "Nơi nhận văn bản",
        "Đơn vị, người nhận bản lưu",
        "Số lượng bản",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    ]


def _incoming(hub: Hub, connection: Connection, line: AnyRow) -> list[str]:
    sent = _deliveries(connection, line)
    here = [item for item in sent if item.entry == line.id]
    return [
        _day(hub, line.registered_at),
        line.label,
        hub.directory.party_name(line.issuer, line.date) if line.issuer else line.issuer_text or "",
        line.symbol or "",
        f"{line.date:%d/%m/%Y}" if line.date else "",
        _what(line),
        "; ".join(hub.directory.party_name(item.receiver, _then(hub, item)) for item in here),
        _day(hub, here[0].finished_at) if here and here[0].finished_at else "",
        "; ".join(item.state for item in here),
        _note(line),
    ]


def _outgoing(hub: Hub, connection: Connection, line: AnyRow) -> list[str]:
    sent = _deliveries(connection, line)
    recipients = line.recipients or []
    kept = [item["text"] for item in recipients if item["kind"] == "archive"]
    return [
        line.label,
        f"{line.date:%d/%m/%Y}" if line.date else "",
        _what(line),
        line.signer or "",
        "; ".join(item["text"] for item in recipients if item["kind"] != "archive"),
        "; ".join(kept),
        str(len(sent)),
        _day(hub, line.registered_at),
        "; ".join(sorted({item.state for item in sent})),
        _note(line),
    ]


def _deliveries(connection: Connection, line: AnyRow) -> list[AnyRow]:
    statement = select(deliveries).where(
        deliveries.c.document == line.document, deliveries.c.kind == MailKind.DOCUMENT
    )
    return list(connection.execute(statement.order_by(deliveries.c.id)))


def _what(line: AnyRow) -> str:
    return ": ".join(part for part in (line.type, line.subject) if part)


def _note(line: AnyRow) -> str:
    if line.voided_at is not None:
        return _("void: {reason}").format(reason=line.void_reason)
    if line.document is None:
        return _("kept for a document to come")
    return _("entered late") if line.late else ""


def _then(hub: Hub, delivery: AnyRow) -> date:
    """When it was sent, because a book shows the names of its time."""
    return hub.local(delivery.created_at).date()


def _day(hub: Hub, moment: datetime | None) -> str:
    return f"{hub.local(moment):%d/%m/%Y}" if moment is not None else ""


def _cell(text: str) -> str:
    """Nothing in a sheet may become a formula (PROMISES S4)."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
