"""An arrival is locked away: its rows keep no content, a case waits, and the officers learn that one does."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.context import Hub
from rules.values.arrival import Envelope
from rules.vocabulary import ArrivalState, Role, WaitingList
from storage import arrivals, deliveries, locked, notices, waiting
from storage.engine import AnyRow

log = logging.getLogger("vanthu.quarantine")
BY_HUB = "hub"
MOST_ALERTS = 20  # an hour; whoever floods the hub must not flood the officers too


def lock(hub: Hub, connection: Connection, arrival: int, why: str, detail: str, now: datetime) -> int | None:
    """Lock it, in the caller's transaction; the case, or None where another stage was first.

    Documents that it brought before (a scan whose mark only a later reading found) lose their content too.
    """
    hub.database.serialise(connection, f"arrival:{arrival}")
    row = arrivals.get(connection, arrival)
    if row.state == ArrivalState.QUARANTINE:
        return None
    arrivals.settle(connection, arrival, ArrivalState.QUARANTINE, outcome=why, subject="", message_id="")
    for document in locked.waiting_documents(connection, arrival):
        locked.empty(connection, document)
        for case in waiting.open_for(connection, document=document):
            waiting.resolve(connection, case.id, BY_HUB, why, now)
    deliveries.stop_passing_on(connection, arrival, now)
    unit = hub.directory.central or ""
    case_id = waiting.open_case(
        connection, WaitingList.QUARANTINE, unit, why, now, detail=detail, arrival=arrival
    )
    _alert(hub, connection, row, case_id, why, now)
    return case_id


def officers(hub: Hub) -> list[str]:
    """Who is told: as configured, else today's administrators of the central unit, else those of any unit."""
    if hub.config.security.officers:
        return list(hub.config.security.officers)
    directory, today = hub.directory, hub.today()
    central = directory.holding(directory.central, Role.ADMINISTRATOR, today) if directory.central else ()
    if central:
        return [person.email for person in central]
    units = directory.units
    return sorted({p.email for unit in units for p in directory.holding(unit, Role.ADMINISTRATOR, today)})


def _alert(hub: Hub, connection: Connection, row: AnyRow, case: int, why: str, now: datetime) -> None:
    if waiting.opened_since(connection, WaitingList.QUARANTINE, now - timedelta(hours=1)) > MOST_ALERTS:
        log.warning("case %d: no mail to the officers, there were many within an hour", case)
        return
    envelope = arrivals.envelope_of(row)
    letter = {
        "notice": "locked",
        "case": case,
        "why": why,
        "source": envelope.source,
        "units": _units(hub, envelope),
        "came": row.received_at.isoformat(),
        "digest": row.sha256[:12],
    }
    rows = [notices.to_person(f"locked.{case}.{address}", address, letter, now) for address in officers(hub)]
    if not rows:
        log.error("case %d: nobody is told, the directory has no administrator; set security.officers", case)
        return
    deliveries.plan(connection, rows)


def tell_sender(connection: Connection, arrival: int, to: str, infection: str, now: datetime) -> None:
    """A mail of his brought malware; only for senders who proved who they are (PROMISES S8)."""
    received = arrivals.get(connection, arrival).received_at.isoformat()
    letter = {"notice": "infected", "infection": infection, "came": received}
    deliveries.plan(connection, [notices.to_person(f"infected.{arrival}", to, letter, now)])


def _units(hub: Hub, envelope: Envelope) -> list[str]:
    """The units whose doors it came through."""
    if envelope.source != "smtp" and "/" in envelope.account:
        unit = envelope.account.partition("/")[0]
        return [unit] if unit in hub.directory.units else []
    found = (hub.directory.intake(address) for address in envelope.recipients)
    return list(dict.fromkeys(unit for unit in found if unit is not None))[:20]
