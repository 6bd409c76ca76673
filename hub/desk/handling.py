"""What a receiver says of a delivery: received, refused, assigned, in hand, done, due later.

Mail replies, links, chat buttons, edXML statuses and the command line all call these. ``channel`` says
by which way it was said; ``token`` is the digest of the signed right that was used, which is spent in the
same transaction, so that a second use finds it gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub.books import accept_incoming, keeper_of
from hub.context import Hub
from hub.desk import rights
from hub.desk.refused import Refused
from hub.exchange.answering import plan_statuses
from hub.following import telling
from hub.following.turn import Turn
from hub.texts import N_, _, word
from hub.transitions import label, tell
from hub.webhooks import plan_handled
from rules.calendar import LAST_MOMENT
from rules.permission import Action
from rules.records.handling import way
from rules.text.gate import clean
from rules.vocabulary import Accept, DeliveryState, Handling
from storage import handling, journal, registers
from storage.journal import Event

LONGEST = 1000
NOT_YET = (DeliveryState.HELD, DeliveryState.CANCELLED)


def receive(
    hub: Hub, actor: str, *, delivery: int, channel: str = "console", token: str = "", note: str = ""
) -> dict[str, Any]:
    """03: taken into the incoming book; where a clerk accepts, the acceptance number is given now."""
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        spend(turn, token, "receive")
        rights.demand(hub, connection, actor, turn.row, Action.REGISTER)
        events, entry = _take_in(turn)
        moves = moved(turn, Handling.RECEIVED, clean(note, LONGEST), entry=entry)
        telling.submitted(turn, moves)
        journal.append(connection, actor, [*events, _event(turn, "received")], now)
    return finished(turn, Handling.RECEIVED)


def refuse(
    hub: Hub, actor: str, *, delivery: int, reason: str, channel: str = "console", token: str = ""
) -> dict[str, Any]:
    """02: not taken, with the reason that the sender is told. What others did stays as it is."""
    reason = clean(reason, LONGEST)
    if not reason:
        raise Refused(_("a refusal needs a reason"))
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        spend(turn, token, "refuse")
        rights.demand(hub, connection, actor, turn.row, Action.REGISTER)
        moved(turn, Handling.REFUSED, reason)
        events = void_entry(turn, reason)
        journal.append(connection, actor, [*events, _event(turn, "refused")], now)
    return finished(turn, Handling.REFUSED)


def assign(
    hub: Hub,
    actor: str,
    *,
    delivery: int,
    person: str,
    days: int | None = None,
    until: str = "",
    opinion: str = "",
    channel: str = "console",
    token: str = "",
) -> dict[str, Any]:
    """04: a person of the unit works on it, with the leader's opinion and a due date."""
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        rights.demand(hub, connection, actor, turn.row, Action.ASSIGN)
        who = rights.find_person(hub, turn.row.receiver, person)
        spend(turn, token, f"assign {who.email}")
        due = _due(turn, days, until) or turn.row.due_at
        events, entry = _take_in(turn)
        reason = clean(": ".join(part for part in (who.name, opinion) if part), LONGEST)
        again = turn.row.handling in (Handling.ASSIGNED, Handling.IN_HAND)
        earliest = {"due_at": due} if turn.row.due_at is None and due is not None else {}
        moved(
            turn, Handling(turn.row.handling) if again else Handling.ASSIGNED, reason, entry=entry, **earliest
        )
        handling.assign(connection, delivery, who.email, clean(opinion, LONGEST), due, actor, now)
        telling.assigned(turn, who, clean(opinion, LONGEST), due)
        journal.append(connection, actor, [*events, _event(turn, "assigned", person=who.email)], now)
    return {**finished(turn, Handling.ASSIGNED), "person": who.email, "due": due.isoformat() if due else None}


def begin(
    hub: Hub, actor: str, *, delivery: int, channel: str = "console", token: str = "", note: str = ""
) -> dict[str, Any]:
    """05: somebody works on it."""
    return _handle(hub, actor, delivery, Handling.IN_HAND, channel, token, note)


def done(
    hub: Hub, actor: str, *, delivery: int, channel: str = "console", token: str = "", note: str = ""
) -> dict[str, Any]:
    """06: handled. A specialist ends their own part; the last part ends the whole."""
    return _handle(hub, actor, delivery, Handling.DONE, channel, token, note)


def extend(
    hub: Hub,
    actor: str,
    *,
    delivery: int,
    days: int | None = None,
    until: str = "",
    reason: str = "",
    channel: str = "console",
    token: str = "",
) -> dict[str, Any]:
    """A later due date; only who may assign moves it, because a due date that moves itself is none."""
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        if not rights.allowed(hub, connection, actor, turn.row, Action.ASSIGN):
            rights.demand(hub, connection, actor, turn.row, Action.HANDLE)
            telling.wants_time(turn, days, until, clean(reason, LONGEST))
            hub.wake.ring()
            return {"delivery": delivery, "handling": turn.row.handling, "asked": True}
        due = _due(turn, days, until, start=turn.row.due_at)
        if due is None:
            raise Refused(_("say for how long: days, or a date as 2026-11-30"))
        spend(turn, token, f"extend {due.date().isoformat()}")
        handling.extend(connection, delivery, due)
        telling.moved(turn, due, clean(reason, LONGEST))
        journal.append(connection, actor, [_event(turn, "due-moved", due=due.isoformat())], now)
    hub.wake.ring()
    return {"delivery": delivery, "handling": turn.row.handling, "due": due.isoformat()}


def _handle(
    hub: Hub, actor: str, delivery: int, new: Handling, channel: str, token: str, note: str
) -> dict[str, Any]:
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        rights.demand(hub, connection, actor, turn.row, Action.HANDLE)
        spend(turn, token, new.name.lower())
        events, entry = _take_in(turn)
        reached = _own_part(turn) if new is Handling.DONE else new
        moved(turn, reached, clean(note, LONGEST), entry=entry)
        journal.append(connection, actor, [*events, _event(turn, reached.name.lower())], now)
    return finished(turn, reached)


def _own_part(turn: Turn) -> Handling:
    """What "done" comes to: a specialist's part while others work on, else the whole."""
    parts = [
        item for item in handling.assignments_of(turn.connection, [turn.row.id]) if item.ended_at is None
    ]
    mine = [item for item in parts if item.person == turn.actor]
    others = len(parts) - len(mine)
    ends = turn.actor if mine else None
    handling.end_assignments(turn.connection, turn.row.id, turn.actor, "done", turn.now, person=ends)
    return Handling.IN_HAND if mine and others else Handling.DONE


def told(
    hub: Hub, actor: str, *, delivery: int, new: Handling, channel: str, reason: str = ""
) -> dict[str, Any]:
    """What a body outside says through its own system, which assigns and handles by itself."""
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        action = Action.REGISTER if new in (Handling.REFUSED, Handling.RECEIVED) else Action.HANDLE
        rights.demand(hub, connection, actor, turn.row, action)
        moved(turn, new, clean(reason, LONGEST))
        journal.append(connection, actor, [_event(turn, new.name.lower())], now)
    return finished(turn, new)


# -- shared ------------------------------------------------------------------------


def open_turn(
    hub: Hub, connection: Connection, actor: str, channel: str, delivery: int, now: datetime
) -> Turn:
    row = handling.get(connection, delivery)
    if row is None or row.state in NOT_YET:
        raise Refused(_("there is no delivery {delivery} to a receiver").format(delivery=delivery))
    return Turn(hub, connection, row, actor, channel, now)


def spend(turn: Turn, token: str, action: str) -> None:
    if token and not handling.spend(turn.connection, token, action, turn.actor, turn.now):
        raise Refused(_("this answer was given already"))


def moved(turn: Turn, new: Handling, reason: str, **columns: Any) -> Sequence[Handling]:
    """The moves to ``new``, written; the sender is told. Raises Refused when there is no way."""
    row = turn.row
    current = Handling(row.handling) if row.handling else None
    former = handling.former(turn.connection, row.id)
    moves = way(current, new, former)
    if moves is None:
        stands = word(current) if current is not None else _("not arrived")
        raise Refused(
            _("{document} is {stands} at {unit}; it cannot become {new}").format(
                document=label(row.document, row.symbol),
                stands=stands,
                unit=turn.hub.directory.party_name(row.receiver),
                new=word(new),
            )
        )
    kept = {name: value for name, value in columns.items() if value is not None}
    by = {"actor": turn.actor, "channel": turn.channel, "reason": reason}
    if not handling.move(turn.connection, row, moves, **by, now=turn.now, columns=kept):
        raise Refused(_("somebody else has just answered for {unit}").format(unit=row.receiver))
    if moves:
        telling.handled(turn, moves[-1], reason)
        plan_statuses(turn.hub, turn.connection, row, moves, reason, turn.now)
        plan_handled(turn.hub, turn.connection, row, moves, reason, turn.now)
    return moves


def _take_in(turn: Turn) -> tuple[list[Event], int | None]:
    """The line in the incoming book where a clerk accepts; what is there already stays."""
    keeper = keeper_of(turn.hub.directory, turn.row.receiver)
    unit = turn.hub.directory.unit(keeper) if keeper is not None else None
    if turn.row.entry is not None or keeper is None or unit is None or unit.accept is not Accept.CLERK:
        return [], None
    if way(Handling(turn.row.handling) if turn.row.handling else None, Handling.RECEIVED) is None:
        return [], None
    entries, events = accept_incoming(
        turn.hub, turn.connection, turn.row.document, [keeper], turn.actor, turn.now
    )
    return events, entries[keeper]


def void_entry(turn: Turn, reason: str) -> list[Event]:
    """A number that the hub took by itself is void with the reason; it is never used again."""
    entry = turn.row.entry
    if entry is None or not registers.void(turn.connection, entry, reason, turn.actor, turn.now):
        return []
    return [Event("voided", f"entry:{entry}")]


def _due(turn: Turn, days: int | None, until: str, start: datetime | None = None) -> datetime | None:
    """A due moment from working days (after ``start``, if that is still to come) or from a date."""
    hub = turn.hub
    if until:
        try:
            day = date.fromisoformat(until)
        except ValueError as error:
            raise Refused(_("{text} is no date; write it as 2026-11-23").format(text=until)) from error
        if day < hub.today():
            raise Refused(_("{text} is over already").format(text=until))
        return datetime.combine(day, LAST_MOMENT, hub.zone)
    if days is None:
        return None
    if not 0 < days <= 365:
        raise Refused(_("write 1 to 365 days"))
    begins = max(turn.now, start) if start is not None else turn.now
    return hub.calendar.due(hub.local(begins), days=days)


def _event(turn: Turn, name: str, **facts: Any) -> Event:
    return Event(name, f"delivery:{turn.row.id}", {"channel": turn.channel, **facts})


def finished(turn: Turn, new: Handling) -> dict[str, Any]:
    turn.hub.wake.ring()
    tell(
        N_("document {document}: {unit}: {state}, says {actor} ({channel})"),
        document=label(turn.row.document, turn.row.symbol),
        unit=turn.row.receiver,
        state=word(new),
        actor=turn.actor,
        channel=turn.channel,
    )
    return {"delivery": turn.row.id, "document": turn.row.document, "handling": new.value}
