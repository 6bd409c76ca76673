"""Deliveries, parked steps and register entries, as an operator or a clerk handles them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from hub import books as books_of_hub
from hub.addresses import address_of
from hub.context import Hub
from hub.desk.refused import Refused
from hub.following import trouble
from hub.texts import _
from rules.mail_address import wire_address
from rules.text.gate import clean
from rules.vocabulary import BookMode, Direction
from storage import deliveries, handling, journal, registers, steps, suppressions, waiting
from storage.engine import AnyRow
from storage.journal import Event
from storage.tables.machinery import access_events
from storage.tables.registers import books

MOST_RESERVED = 100


def retry_delivery(hub: Hub, actor: str, *, delivery: int) -> dict[str, Any]:
    """Send a failed or deferred delivery at once."""
    now = hub.now()
    with hub.database.transaction() as connection:
        if not deliveries.reschedule(connection, delivery, now):
            raise Refused(_("delivery {delivery} is neither failed nor deferred").format(delivery=delivery))
        journal.append(connection, actor, [Event("retry", f"delivery:{delivery}")], now)
    hub.wake.ring()
    return {"delivery": delivery}


def fix_delivery(hub: Hub, actor: str, *, delivery: int, to: str = "") -> dict[str, Any]:
    """Send a delivery that did not arrive to another address, at once; its case is closed.

    Without an address the directory's present one is taken, where it is another.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        row = handling.get(connection, delivery)
        if row is None:
            raise Refused(_("there is no delivery {delivery} to a receiver").format(delivery=delivery))
        address = _new_address(hub, row, to)
        if not suppressions.readdress(connection, delivery, address, now):
            raise Refused(_("delivery {delivery} has arrived or is on its way").format(delivery=delivery))
        suppressions.lift(connection, address)
        for case in waiting.open_for(connection, document=row.document):
            if case.delivery == delivery:
                waiting.resolve(connection, case.id, actor, "sent again", now)
        journal.append(connection, actor, [Event("readdressed", f"delivery:{delivery}")], now)
    hub.wake.ring()
    return {"delivery": delivery, "address": address}


def _new_address(hub: Hub, row: AnyRow, to: str) -> str:
    if to:
        address = wire_address(to.strip())
        if address is None:
            raise Refused(_("{address} is no mail address").format(address=clean(to, 100)))
        return address
    near = trouble.suggestions(hub, row)
    present = address_of(hub, row.receiver)
    if present is not None and present.email.casefold() != row.address.casefold():
        return present.email
    raise Refused(
        _("say where to: --to ADDRESS; perhaps meant: {addresses}").format(addresses=", ".join(near) or "-")
    )


def lift_suppression(hub: Hub, actor: str, *, address: str) -> dict[str, Any]:
    """An address that was found not to exist is good again."""
    now = hub.now()
    with hub.database.transaction() as connection:
        if not suppressions.lift(connection, address):
            raise Refused(
                _("{address} is not suppressed; see: vanthu suppressions").format(address=clean(address, 100))
            )
        journal.append(connection, actor, [Event("lifted", "suppression")], now)
    return {"address": address}


def retry_step(hub: Hub, actor: str, *, step: int) -> dict[str, Any]:
    """Let a parked step try again."""
    now = hub.now()
    with hub.database.transaction() as connection:
        if not steps.revive(connection, step, now):
            raise Refused(_("step {step} is not parked; see: vanthu queue").format(step=step))
        journal.append(connection, actor, [Event("retry", f"step:{step}")], now)
    hub.wake.ring()
    return {"step": step}


def drop_step(hub: Hub, actor: str, *, step: int, reason: str) -> dict[str, Any]:
    """Give a parked step up, with a reason. What it was about stays stored."""
    now = hub.now()
    if not clean(reason, 500):
        raise Refused(_("dropping a step needs a reason"))
    with hub.database.transaction() as connection:
        if not steps.drop(connection, step):
            raise Refused(_("step {step} is not parked; see: vanthu queue").format(step=step))
        journal.append(connection, actor, [Event("dropped", f"step:{step}")], now)
    return {"step": step}


def void_entry(hub: Hub, actor: str, *, entry: int, reason: str) -> dict[str, Any]:
    """Void a register entry with its reason; the number is never used again (ND30 Art. 15)."""
    reason = clean(reason, 500)
    if not reason:
        raise Refused(_("voiding an entry needs a reason"))
    now = hub.now()
    with hub.database.transaction() as connection:
        if not registers.void(connection, entry, reason, actor, now):
            raise Refused(_("there is no valid entry {entry}").format(entry=entry))
        journal.append(connection, actor, [Event("voided", f"entry:{entry}")], now)
    return {"entry": entry}


def close_book(hub: Hub, actor: str, *, book: int) -> dict[str, Any]:
    """Close a book ("đóng sổ"): nothing is entered any more (ND30 Art. 16.2b).

    A running year's book stays open, because what comes tomorrow must have its line.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        row = connection.execute(select(books.c.year).where(books.c.id == book)).first()
        if row is None:
            raise Refused(_("there is no book {book}; see: vanthu registers list").format(book=book))
        if row.year >= hub.local(now).year:
            raise Refused(
                _("book {book} is that of {year}; a book is closed when its year is over").format(
                    book=book, year=row.year
                )
            )
        kept = registers.any_reserved(connection, book)
        if kept is not None:
            raise Refused(
                _("number {number} is kept for a document to come; use it or void its entry first").format(
                    number=kept
                )
            )
        connection.execute(update(books).where(books.c.id == book), {"closed_at": now})
        journal.append(connection, actor, [Event("book-closed", f"book:{book}")], now)
    return {"book": book}


def reserve(hub: Hub, actor: str, *, book: int, count: int = 1) -> dict[str, Any]:
    """Keep the next numbers of a book that the hub numbers for documents that will bear them."""
    if not 1 <= count <= MOST_RESERVED:
        raise Refused(_("between 1 and {most} numbers can be kept at once").format(most=MOST_RESERVED))
    now = hub.now()
    with hub.database.transaction() as connection:
        row = connection.execute(select(books).where(books.c.id == book)).first()
        if row is None:
            raise Refused(_("there is no book {book}; see: vanthu registers list").format(book=book))
        if row.mode != BookMode.HUB or row.direction != Direction.OUTGOING:
            raise Refused(
                _("book {book} enters the numbers that documents bear; there is nothing to keep").format(
                    book=book
                )
            )
        if row.closed_at is not None:
            raise Refused(_("the book {book} is closed").format(book=book))
        numbers, event = books_of_hub.reserve(connection, book, count, actor, now)
        journal.append(connection, actor, [event], now)
    return {"book": book, "numbers": numbers}


def count_access(
    hub: Hub, actor: str, *, action: str, subject: str = "", unit: str = "", scope: str = ""
) -> None:
    """Count a look-up; targets of the directive are about use. ``unit`` and ``scope``: whose things are
    looked at, where that takes a right (``hub.desk.gate``)."""
    subject = subject or unit or scope
    with hub.database.transaction() as connection:
        row = {"at": hub.now(), "actor": actor, "action": clean(action, 50), "subject": clean(subject, 200)}
        connection.execute(insert(access_events), row)
