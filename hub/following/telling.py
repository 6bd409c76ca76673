"""Notices to people, as rows of the ledger: at once, or kept for the reader's digest.

Who is told what is decided here; the words are ``hub.following.wording`` and ``templates/mail``.
A notice has a key, so that planning it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub.addresses import address_of
from hub.chat import planning
from hub.context import Hub
from hub.following.turn import Turn
from rules.digest import next_digest
from rules.values.directory import Person
from rules.vocabulary import DeliveryRole, Direction, Handling, Role, Urgency
from storage import deliveries, handling, notices
from storage.engine import AnyRow

# What a sender is told by mail; everything stands in vanthu track.
WORTH_A_MAIL = frozenset({Handling.REFUSED, Handling.DONE, Handling.RECALL_AGREED, Handling.RECALL_REFUSED})


def notify(
    hub: Hub,
    connection: Connection,
    key: str,
    to: str,
    letter: dict[str, Any],
    now: datetime,
    *,
    document: int | None = None,
    urgent: bool = False,
) -> None:
    """One notice to one address: at once when it is urgent or wanted so, else in the next digest.

    Who is away gets nothing: the substitute does, and is told for whom.
    """
    stand_in = handling.substitutes(connection, hub.local(now).date()).get(to.casefold())
    if stand_in is not None and hub.directory.person(stand_in) is not None:
        letter, to = {**letter, "instead_of": to}, stand_in
    level = Urgency.EXPRESS if urgent else Urgency.NORMAL
    planning.plan(hub, connection, key, [to], letter, document, level, now)
    style = "at_once" if urgent else notices.style_of(connection, to)
    if style == "at_once":
        deliveries.plan(connection, [notices.to_person(key, to, letter, now, document)])
        return
    due = next_digest(style, hub.local(now), hub.calendar)
    notices.keep(connection, key=key, address=to, due_at=due, letter=letter, document=document)


# -- after an answer -----------------------------------------------------------------


def handled(turn: Turn, new: Handling, reason: str) -> None:
    """The sender learns of a refusal at once, of the end as they like; the rest stands in the track."""
    if new not in WORTH_A_MAIL or turn.row.direction != Direction.OUTGOING:
        return
    letter = {
        "notice": "handled",
        "delivery": turn.row.id,
        "handling": new.value,
        "reason": reason,
        "by": turn.actor,
        "at": turn.now.isoformat(),
    }
    urgent = new in (Handling.REFUSED, Handling.RECALL_REFUSED)
    _tell(turn, f"handled.{turn.row.id}.{new.value}.{_stamp(turn)}", [sender_of(turn)], letter, urgent)


def submitted(turn: Turn, moves: Sequence[Handling]) -> None:
    """The unit's leaders see what has come in and may assign it by a reply."""
    if Handling.RECEIVED not in moves or turn.row.role == DeliveryRole.INFORMATION:
        return
    leaders = _holding(turn.hub, turn.row.receiver, Role.LEADER)
    letter = {"notice": "submitted", "delivery": turn.row.id}
    _tell(turn, f"submitted.{turn.row.id}", leaders, letter, turn.row.urgency > Urgency.NORMAL)


def assigned(turn: Turn, who: Person, opinion: str, due: datetime | None) -> None:
    """The specialist gets the work with the leader's opinion."""
    letter = {
        "notice": "assigned",
        "delivery": turn.row.id,
        "opinion": opinion,
        "by": turn.actor,
        "due": due.isoformat() if due is not None else "",
    }
    key = f"assigned.{turn.row.id}.{_stamp(turn)}"
    _tell(turn, key, [who.email], letter, turn.row.urgency > Urgency.NORMAL)


def moved(turn: Turn, due: datetime, reason: str) -> None:
    """Whoever works on it learns the new date."""
    letter = {
        "notice": "due_moved",
        "delivery": turn.row.id,
        "due": due.isoformat(),
        "reason": reason,
        "by": turn.actor,
    }
    _tell(turn, f"due-moved.{turn.row.id}.{_stamp(turn)}", _workers(turn), letter, False)


def wants_time(turn: Turn, days: int | None, until: str, reason: str) -> None:
    """A specialist asks for time: the leaders decide."""
    letter = {
        "notice": "time_asked",
        "delivery": turn.row.id,
        "days": days,
        "until": until,
        "reason": reason,
        "by": turn.actor,
    }
    leaders = _holding(turn.hub, turn.row.receiver, Role.LEADER) or clerks_of(turn.hub, turn.row.receiver)
    _tell(turn, f"time-asked.{turn.row.id}.{_stamp(turn)}", leaders, letter, True)


def recall_asked(turn: Turn, kind: str, reason: str) -> None:
    """The receiver's clerks are asked to agree, or told what is corrected."""
    letter = {"notice": "recall", "delivery": turn.row.id, "kind": kind, "reason": reason, "by": turn.actor}
    key = f"recall.{turn.row.id}.{kind}.{_stamp(turn)}"
    _tell(turn, key, clerks_of(turn.hub, turn.row.receiver), letter, True)


# -- who -----------------------------------------------------------------------------


def sender_of(turn: Turn) -> str:
    """Who is told of what becomes of a document: the member of staff who sent it, else the unit's mailbox."""
    return sender_address(turn.hub, turn.row.sender, turn.row.sender_unit)


def sender_address(hub: Hub, sender: str, unit: str) -> str:
    """The same, from the document's own columns."""
    person = hub.directory.person(sender) if sender else None
    if person is not None and hub.directory.posts_of(person.email, hub.today()):
        return person.email
    return mailbox_of(hub, unit)


def mailbox_of(hub: Hub, party: str) -> str:
    """The address of a unit or body; "" where none is known."""
    address = address_of(hub, party)
    return address.email if address is not None else ""


def clerks_of(hub: Hub, unit: str) -> list[str]:
    """The mailbox that a unit's clerks share; that of its successor when it was closed."""
    unit = hub.directory.successor(unit, hub.today()) or unit
    keeper = hub.directory.keeper(unit) if unit in hub.directory.units else None
    address = mailbox_of(hub, keeper or unit)
    return [address] if address else []


def _holding(hub: Hub, unit: str, role: Role) -> list[str]:
    """The people who are this in the unit, or else in the one that keeps its books."""
    keeper = hub.directory.keeper(unit)
    for code in dict.fromkeys((unit, keeper or unit)):
        found = hub.directory.holding(code, role, hub.today())
        if found:
            return [person.email for person in found]
    return []


def _workers(turn: Turn) -> list[str]:
    rows = handling.assignments_of(turn.connection, [turn.row.id])
    return list(dict.fromkeys(row.person for row in rows if row.ended_at is None))


def _tell(turn: Turn, key: str, to: Sequence[str], letter: dict[str, Any], urgent: bool) -> None:
    for address in to:
        if address:
            notify(
                turn.hub,
                turn.connection,
                f"{key}.{address}",
                address,
                letter,
                turn.now,
                document=turn.row.document,
                urgent=urgent,
            )


def _stamp(turn: Turn) -> int:
    return int(turn.now.timestamp())


def leaders_of(hub: Hub, unit: str) -> list[str]:
    """The leaders of a unit."""
    return _holding(hub, unit, Role.LEADER)


def coordinators(hub: Hub, unit: str = "") -> list[str]:
    """The coordinators of a unit, or where it has none, of the central unit."""
    today, central = hub.today(), hub.directory.central
    own = [person.email for person in hub.directory.holding(unit, Role.COORDINATOR, today)] if unit else []
    return own or (_holding(hub, central, Role.COORDINATOR) if central is not None else [])


def due_day(hub: Hub, row: AnyRow) -> date | None:
    """The due date as a day of the organisation."""
    return hub.local(row.due_at).date() if row.due_at is not None else None
