"""What receivers did with deliveries: moves, assignments, and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from rules.permission import EVERYTHING, View
from rules.vocabulary import DeliveryState, Handling, MailKind
from storage.access import visible
from storage.engine import AnyRow
from storage.tables.deliveries import attempts, deliveries, handling_events
from storage.tables.documents import documents
from storage.tables.following import absences, assignments, spent_tokens
from storage.tables.registers import register_entries
from storage.upsert import upsert

_ABOUT = (
    documents.c.symbol,
    documents.c.type,
    documents.c.subject,
    documents.c.unit.label("sender_unit"),
    documents.c.sender,
    documents.c.urgency,
    documents.c.date,
    documents.c.direction,
)


def get(connection: Connection, delivery: int) -> AnyRow | None:
    """A delivery of a document with what its document says, or None."""
    statement = select(deliveries, *_ABOUT).join(documents, documents.c.id == deliveries.c.document)
    found = statement.where(deliveries.c.id == delivery, deliveries.c.kind == MailKind.DOCUMENT)
    return connection.execute(found).first()


def ledger_row(connection: Connection, delivery: int) -> AnyRow | None:
    """Any row of the ledger."""
    return connection.execute(select(deliveries).where(deliveries.c.id == delivery)).first()


def move(
    connection: Connection,
    row: AnyRow,
    moves: Sequence[Handling],
    *,
    actor: str,
    channel: str,
    reason: str,
    now: datetime,
    columns: Mapping[str, Any],
) -> bool:
    """Take a delivery along ``moves``; False when somebody else moved it meanwhile."""
    code = deliveries.c.handling
    stands = code.is_(None) if row.handling is None else code == row.handling
    values = {"handling": moves[-1], **columns} if moves else columns
    if values:
        statement = update(deliveries).where(deliveries.c.id == row.id, stands)
        if connection.execute(statement, values).rowcount != 1:
            return False
    if moves:
        said = {"delivery": row.id, "at": now, "actor": actor, "channel": channel}
        rows = [{**said, "handling": code, "reason": reason if code is moves[-1] else ""} for code in moves]
        connection.execute(insert(handling_events), rows)
    return True


def events_of(connection: Connection, delivery_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Every move, oldest first."""
    query = select(handling_events).where(handling_events.c.delivery.in_(delivery_ids))
    return connection.execute(query.order_by(handling_events.c.id)).all()


def former(connection: Connection, delivery: int) -> Handling | None:
    """The handling that stood when a recall was last asked."""
    codes = [row.handling for row in events_of(connection, [delivery])]
    if Handling.RECALL_ASKED not in codes:
        return None
    before = codes[: len(codes) - 1 - codes[::-1].index(Handling.RECALL_ASKED)]
    recall = (Handling.RECALL_ASKED, Handling.RECALL_REFUSED)
    own = [code for code in before if code not in recall]
    return Handling(own[-1]) if own else None


def attempts_of(connection: Connection, delivery_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Every try, oldest first."""
    query = select(attempts).where(attempts.c.delivery.in_(delivery_ids))
    return connection.execute(query.order_by(attempts.c.id)).all()


def spend(connection: Connection, token: str, action: str, by: str, now: datetime) -> bool:
    """Use a token for an action; False when it was used for it already."""
    row = {"token": token, "action": action, "at": now, "by": by}
    statement = upsert(connection, spent_tokens).on_conflict_do_nothing(index_elements=["token", "action"])
    return connection.execute(statement.returning(spent_tokens.c.token), row).first() is not None


def is_spent(connection: Connection, token: str, action: str) -> bool:
    """Whether a token was used for an action."""
    query = select(spent_tokens.c.at).where(spent_tokens.c.token == token, spent_tokens.c.action == action)
    return connection.execute(query).first() is not None


# -- who works on it -------------------------------------------------------------


def assign(
    connection: Connection,
    delivery: int,
    person: str,
    opinion: str,
    due_at: datetime | None,
    by: str,
    now: datetime,
) -> None:
    """Give a document to a person; an open assignment of the same person is replaced."""
    end_assignments(connection, delivery, by, "withdrawn", now, person=person)
    row = {"delivery": delivery, "person": person, "opinion": opinion, "due_at": due_at}
    connection.execute(insert(assignments), {**row, "assigned_at": now, "assigned_by": by})


def end_assignments(
    connection: Connection, delivery: int, by: str, outcome: str, now: datetime, *, person: str | None = None
) -> int:
    """End the open assignments of a delivery, or only a person's; how many."""
    statement = update(assignments).where(
        assignments.c.delivery == delivery, assignments.c.ended_at.is_(None)
    )
    if person is not None:
        statement = statement.where(assignments.c.person == person)
    return connection.execute(statement, {"ended_at": now, "ended_by": by, "outcome": outcome}).rowcount


def extend(connection: Connection, delivery: int, due_at: datetime) -> None:
    """Move the due date of a delivery and of the open assignments that had no later one."""
    connection.execute(update(deliveries).where(deliveries.c.id == delivery), {"due_at": due_at})
    open_ones = update(assignments).where(
        assignments.c.delivery == delivery,
        assignments.c.ended_at.is_(None),
        or_(assignments.c.due_at.is_(None), assignments.c.due_at < due_at),
    )
    connection.execute(open_ones, {"due_at": due_at})


def assignments_of(connection: Connection, delivery_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Every assignment of these deliveries, oldest first."""
    query = select(assignments).where(assignments.c.delivery.in_(delivery_ids))
    return connection.execute(query.order_by(assignments.c.id)).all()


def all_assignments(
    connection: Connection,
    *,
    person: str | None = None,
    since: datetime | None = None,
    view: View = EVERYTHING,
) -> Sequence[AnyRow]:
    """Assignments with their documents: the open ones, and those that ended since."""
    columns = (deliveries.c.receiver, deliveries.c.document, deliveries.c.entry)
    query = (
        select(assignments, *columns, *_ABOUT, register_entries.c.label)
        .join(deliveries, deliveries.c.id == assignments.c.delivery)
        .join(documents, documents.c.id == deliveries.c.document)
        .outerjoin(register_entries, register_entries.c.id == deliveries.c.entry)
        .where(assignments.c.outcome != "withdrawn", visible(view, deliveries.c.document))
        .order_by(assignments.c.person, assignments.c.due_at, assignments.c.id)
    )
    if person is not None:
        query = query.where(assignments.c.person == person)
    if since is not None:
        query = query.where(or_(assignments.c.ended_at.is_(None), assignments.c.ended_at >= since))
    return connection.execute(query).all()


# -- what is due -----------------------------------------------------------------


def unfinished(
    connection: Connection, *, due_before: datetime | None = None, view: View = EVERYTHING
) -> Sequence[AnyRow]:
    """Deliveries to our units with a due date whose receivers are not done, the most urgent first."""
    over = (Handling.REFUSED, Handling.DONE, Handling.RECALL_AGREED)
    gone = (DeliveryState.CANCELLED, DeliveryState.HELD)
    query = (
        select(deliveries, *_ABOUT)
        .join(documents, documents.c.id == deliveries.c.document)
        .where(
            deliveries.c.kind == MailKind.DOCUMENT,
            deliveries.c.due_at.is_not(None),
            visible(view, deliveries.c.document),
            func.coalesce(deliveries.c.handling, "").not_in(over),
            deliveries.c.state.not_in(gone),
        )
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )
    if due_before is not None:
        query = query.where(deliveries.c.due_at < due_before)
    return connection.execute(query).all()


def not_received(connection: Connection, before: datetime, view: View = EVERYTHING) -> Sequence[AnyRow]:
    """Deliveries that arrived before a moment and that nobody received or refused."""
    query = (
        select(deliveries, *_ABOUT)
        .join(documents, documents.c.id == deliveries.c.document)
        .where(
            visible(view, deliveries.c.document),
            deliveries.c.kind == MailKind.DOCUMENT,
            deliveries.c.entry.is_(None),
            deliveries.c.handling == Handling.ARRIVED,
            deliveries.c.finished_at < before,
        )
        .order_by(deliveries.c.id)
    )
    return connection.execute(query).all()


def substitutes(connection: Connection, day: Any) -> dict[str, str]:
    """person -> who stands in for them on that day."""
    query = select(absences.c.person, absences.c.substitute).where(
        absences.c.first <= day, absences.c.last >= day
    )
    return {row.person: row.substitute for row in connection.execute(query.order_by(absences.c.id))}
