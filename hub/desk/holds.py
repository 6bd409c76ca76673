"""What coordinators decide: held documents and held recipients."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk import rules as editing
from hub.desk.refused import Refused
from hub.planning import plan_one
from hub.texts import _
from hub.words import reason_text
from rules.directory_names import LONGEST_NAME
from rules.identify import block, recipients
from rules.kept_name import MeansAnother, kept_name
from rules.named_party import named_party
from rules.routing.place import Places
from rules.text.gate import clean
from rules.values.routing import Because, Receiver
from rules.vocabulary import DeliveryRole, DocumentStatus, WaitingList
from storage import deliveries, directory, documents, journal, steps, waiting
from storage.engine import AnyRow
from storage.journal import Event


def release(hub: Hub, actor: str, *, case: int) -> dict[str, Any]:
    """Let a held document go on, or send a failed delivery again."""
    now = hub.now()
    with hub.database.transaction() as connection:
        found = open_case(connection, case, WaitingList.HOLD)
        if found.delivery is not None:
            deliveries.reschedule(connection, found.delivery, now)
        else:
            _release_document(connection, found, now)
        decide(connection, case, actor, "released", now)
        subject = f"document:{found.document}"
        journal.append(connection, actor, [Event("released", subject, {"case": case})], now)
    hub.wake.ring()
    return {"case": case, "document": found.document}


def send(
    hub: Hub, actor: str, *, case: int, to: str, role: str = "main", keep: bool = False
) -> dict[str, Any]:
    """Answer who a held recipient is: the document goes to that party. ``keep``: what was written is
    another name of it from now on, so that it is not asked again."""
    known = hub.directory
    party = named_party(known, to, hub.today())
    if party is None:
        near = ", ".join(known.suggest(to)) or "-"
        raise Refused(_("there is no party {code}; nearest: {near}").format(code=to, near=near))
    if role not in set(DeliveryRole):
        raise Refused(
            _("there is no role {role}; roles: {known}").format(role=role, known=", ".join(DeliveryRole))
        )
    now = hub.now()
    with hub.database.transaction() as connection:
        found = open_case(connection, case, WaitingList.HOLD)
        row = documents.get(connection, found.document) if found.document is not None else None
        if row is None:
            raise Refused(_("case {case} has no document").format(case=case))
        because = Because("person", f"{found.detail} = {known.party_name(party)} ({actor})")
        placed = Places(known, hub.today()).place(party)
        if placed.reason:
            raise Refused(f"{known.party_name(party)}: {reason_text(placed.reason)}")
        receiver = Receiver(placed.party, DeliveryRole(role), (because, *placed.notes))
        events = plan_one(hub, connection, row, receiver, now)
        decide(connection, case, actor, f"sent to {placed.party}", now)
        events.append(Event("resolved", f"document:{row.id}", {"case": case, "party": placed.party}))
        if keep:
            editing.demand(hub, actor, "")  # because the name counts for everybody
            day = row.date or hub.today()
            # because a closed unit is what it was called in its days, and its successor what is written after
            named = party if party not in known.units or known.valid(party, day) else placed.party
            since = _keep_name(hub, connection, named, found, day)
            events.append(Event("name-kept", f"party:{named}", {"case": case, "since": since}))
        journal.append(connection, actor, events, now)
    hub.refresh()
    hub.wake.ring()
    return {"case": case, "document": row.id, "party": placed.party, "kept": keep}


def _keep_name(hub: Hub, connection: Connection, party: str, found: AnyRow, day: date) -> str | None:
    """Only a name that is nobody's on the document's day or later; since when it counts. Raises Refused."""
    name = clean(block.without_purpose(found.detail), LONGEST_NAME)
    if found.reason not in (recipients.UNKNOWN, recipients.NOT_THEN) or not name:
        raise Refused(_("{name} cannot be kept as another name").format(name=found.detail))
    try:
        kept = kept_name(hub.directory, party, name, day)
    except MeansAnother as error:
        owner = hub.directory.party_name(str(error))
        raise Refused(
            _("{name} cannot be kept as another name: it means {owner}").format(name=name, owner=owner)
        ) from error
    if kept is None:
        return None
    directory.add_name(connection, party, kept.text, kept.valid_from)
    return kept.valid_from.isoformat() if kept.valid_from is not None else None


def drop(hub: Hub, actor: str, *, case: int, reason: str) -> dict[str, Any]:
    """Decide that a held recipient gets nothing, with the reason."""
    reason = clean(reason, 500)
    if not reason:
        raise Refused(_("leaving a recipient out needs a reason"))
    now = hub.now()
    with hub.database.transaction() as connection:
        found = open_case(connection, case, WaitingList.HOLD)
        decide(connection, case, actor, f"left out: {reason}", now)
        subject = f"document:{found.document}"
        journal.append(connection, actor, [Event("left-out", subject, {"case": case})], now)
    return {"case": case}


def open_case(connection: Connection, case: int, kind: WaitingList) -> AnyRow:
    """A case of this list that nobody has decided yet. Raises Refused."""
    found = waiting.get(connection, case)
    if found is None or found.kind != kind:
        raise Refused(_("there is no case {case} on this list").format(case=case))
    if found.resolved_at is not None:
        raise Refused(_("{by} has decided case {case} already").format(by=found.resolved_by, case=case))
    return found


def _release_document(connection: Connection, found: AnyRow, now: Any) -> None:
    row = documents.get(connection, found.document) if found.document is not None else None
    if row is not None and row.status == DocumentStatus.ROUTED and found.reason == "rule":
        only = {"receivers": list(found.suggestions), "addressed": [], "further": True, "released": True}
        steps.enqueue(connection, "route", row.id, now, payload={"arrival": found.arrival, **only})
        return
    if row is None or row.status != DocumentStatus.HELD:
        raise Refused(
            _("this case asks who a recipient is; answer with: vanthu hold send {case} --to CODE").format(
                case=found.id
            )
        )
    documents.change(connection, row.id, status=DocumentStatus.REGISTERED)
    steps.enqueue(connection, "route", row.id, now, payload={**row.handed, "released": True})


def decide(connection: Connection, case: int, actor: str, answer: str, now: Any) -> None:
    """Close the case in this transaction, or undo all of it: the first to act decides."""
    if not waiting.resolve(connection, case, actor, answer, now):
        raise Refused(_("somebody else has just decided case {case}").format(case=case))
