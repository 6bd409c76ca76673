"""What is locked away, decided by an administrator: a false alarm released, a case closed, bytes purged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk.holds import decide, open_case
from hub.desk.refused import Refused
from hub.quarantine.purging import remove_bytes
from hub.texts import _
from rules.text.gate import clean
from rules.vocabulary import ArrivalState, WaitingList
from storage import arrivals, deliveries, journal, locked, steps, waiting
from storage.engine import AnyRow
from storage.journal import Event

LONGEST = 500
PURGED = "purged"


def close(hub: Hub, actor: str, *, case: int, reason: str) -> dict[str, Any]:
    """Close a case as refused; the bytes stay locked until they are purged."""
    reason = _reason(reason)
    now = hub.now()
    with hub.database.transaction() as connection:
        found = open_case(connection, case, WaitingList.QUARANTINE)
        decide(connection, case, actor, reason, now)
        if found.arrival is not None:
            arrivals.settle(connection, found.arrival, ArrivalState.REFUSED, outcome="quarantine")
        subject = f"arrival:{found.arrival}"
        journal.append(connection, actor, [Event("quarantine-closed", subject, {"case": case})], now)
    return {"case": case}


def release(hub: Hub, actor: str, *, case: int, reason: str) -> dict[str, Any]:
    """A false alarm: it goes its way as if it had just come, and is not stopped for this reason again."""
    from hub.following.incoming import stages_of  # late, because what comes in may be an answer to the desk

    reason = _reason(reason)
    now = hub.now()
    with hub.database.transaction() as connection:
        found = open_case(connection, case, WaitingList.QUARANTINE)
        row = _arrival(connection, found)
        decide(connection, case, actor, f"released: {reason}", now)
        arrivals.settle(connection, row.id, ArrivalState.RECEIVED, outcome="")
        deliveries.pass_on_after_all(connection, row.id, now)
        for stage in stages_of(hub, arrivals.envelope_of(row)):
            steps.enqueue(connection, stage, row.id, now, payload={"released": _released(connection, row.id)})
        event = Event("quarantine-released", f"arrival:{row.id}", {"case": case, "why": found.reason})
        journal.append(connection, actor, [event], now)
    hub.wake.ring()
    return {"case": case, "arrival": row.id}


def purge(hub: Hub, actor: str, *, case: int, reason: str) -> dict[str, Any]:
    """Remove the bytes for good, wherever the same bytes came in and were locked; hashes and times stay.

    Also after the case was closed, and again where a crash interrupted it.
    """
    reason = _reason(reason)
    now = hub.now()
    with hub.database.transaction() as connection:
        found = waiting.get(connection, case)
        if found is None or found.kind != WaitingList.QUARANTINE:
            raise Refused(_("there is no case {case} on this list").format(case=case))
        row = _arrival(connection, found)
        same = locked.same_bytes(connection, row.sha256)
        wanted = {row.sha256} | locked.hashes(connection, [item.id for item in same])
        _not_in_use(connection, same, wanted)
        locked.purge(connection, same, wanted, now)
        _close_all(connection, same, actor, f"{PURGED}: {reason}", now)
        facts = {"case": case, "sha256": sorted(wanted), "arrivals": [item.id for item in same]}
        journal.append(connection, actor, [Event(PURGED, f"arrival:{row.id}", facts)], now)
    removed = remove_bytes(hub, wanted, same)
    return {"case": case, "arrival": row.id, "files": len(wanted), "copies": removed}


def _reason(reason: str) -> str:
    reason = clean(reason, LONGEST)
    if not reason:
        raise Refused(_("a decision about quarantine needs a reason"))
    return reason


def _arrival(connection: Connection, found: AnyRow) -> AnyRow:
    if found.arrival is None:
        raise Refused(_("case {case} is about nothing that came in").format(case=found.id))
    return arrivals.get(connection, found.arrival)


def _released(connection: Connection, arrival: int) -> list[str]:
    """Every reason for which this arrival was released by now."""
    cases = waiting.of_arrival(connection, WaitingList.QUARANTINE, arrival)
    return sorted({case.reason for case in cases if case.answer.startswith("released: ")})


def _not_in_use(connection: Connection, same: Sequence[AnyRow], wanted: set[str]) -> None:
    free = [item.id for item in same if item.state not in locked.LOCKED]
    if free:
        raise Refused(
            _("arrival {arrival} has the same bytes and was let in; they cannot be purged").format(
                arrival=free[0]
            )
        )
    used = locked.in_use(connection, wanted)
    if used:
        raise Refused(
            _("document {document} has the same file; refuse or void it first").format(document=used[0])
        )


def _close_all(connection: Connection, same: Sequence[AnyRow], actor: str, answer: str, now: Any) -> None:
    for item in same:
        for case in waiting.of_arrival(connection, WaitingList.QUARANTINE, item.id):
            if case.resolved_at is None:
                waiting.resolve(connection, case.id, actor, answer, now)
