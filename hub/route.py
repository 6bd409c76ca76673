"""Stage 3: a registered document is decided upon; deliveries are planned, receivers' entries made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub import numbered_copy
from hub.books import keeper_of
from hub.context import Hub
from hub.deciding import asking
from hub.facts import entry_of, facts_of
from hub.following import by_rule
from hub.planning import plan_all
from hub.receipts import plan_receipt
from hub.texts import N_
from hub.transitions import label, tell
from rules.identify.recipients import resolve
from rules.routing.decide import decide
from rules.routing.place import Places
from rules.values.routing import Because, Decision, Facts, Held, Receiver, ResolvedEntry
from rules.vocabulary import (
    DeliveryRole,
    Direction,
    DocumentStatus,
    Urgency,
    WaitingList,
)
from storage import deliveries, documents, journal, labels, registers, search, steps, waiting
from storage.deliveries import Claimed
from storage.engine import AnyRow
from storage.journal import Event
from storage.steps import Claim


@dataclass(frozen=True, slots=True)
class Turn:
    """One document's turn in the routing transaction."""

    hub: Hub
    connection: Connection
    row: AnyRow
    payload: dict[str, Any]
    now: datetime


def run(hub: Hub, step: Claim, worker: str) -> Claimed:
    """Decide about one document and plan what follows, in one transaction that claims what is due then."""
    with hub.database.reading() as connection:
        row = documents.get(connection, step.subject)
        if row is None:
            raise LookupError(f"document {step.subject}")
        version = documents.latest_version(connection, row.id).id
        files = documents.files_of(connection, version)
        facts = _facts(hub, row, files, search.text_of(connection, row.id), step.payload)
    decision = decide_about(hub, row, facts, step.payload)
    copies = numbered_copy.make(hub, row, files)
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = Turn(hub, connection, row, step.payload, now)
        events = numbered_copy.keep(connection, row, version, copies, now)
        events += _carry_out(turn, decision, copies.problem)
        steps.finish(connection, step)
        journal.append(connection, "hub", events, now)
        claimed = deliveries.claim(connection, worker, now)
    _tell(row, decision, events)
    return claimed


def _tell(row: AnyRow, decision: Decision, events: Sequence[Event]) -> None:
    """What became of it: routed, held or refused."""
    name, tags = label(row.id, row.symbol), {event.name for event in events}
    if "held" in tags:
        tell(N_("document {document} is held for a coordinator"), document=name)
    elif "refused" in tags:
        tell(N_("document {document} is refused by a rule"), document=name)
    else:
        counts = {"units": len(decision.receivers), "held": len(decision.held)}
        tell(N_("document {document} goes to {units} receivers, {held} wait"), document=name, **counts)


def decide_about(hub: Hub, row: AnyRow, facts: Facts, payload: dict[str, Any]) -> Decision:
    """The decision on the day of sending.

    An incoming document goes to the units it was handed to; the block of an
    outside letter is not sent again, only each receiving unit's own rules run.
    """
    snapshot, today = hub.snapshot(), hub.today()
    if row.direction == Direction.OUTGOING and not payload.get("further"):
        block = [entry_of(item) for item in row.recipients if item["source"] == "block"]
        addressees = [entry_of(item) for item in row.recipients if item["source"] == "addressee"]
        named_on = row.date or today
        resolved = resolve(block, addressees, snapshot.directory, named_on, text=facts.text)
        return decide(facts, resolved, snapshot.rules, snapshot.directory, today)
    places = Places(snapshot.directory, today)
    handed = [_handed(places, unit) for unit in payload.get("receivers", ())]
    by_keeper: dict[str, list[Receiver | Held]] = {}
    for item in handed:
        party = item.party or ""
        by_keeper.setdefault(keeper_of(snapshot.directory, party) or party, []).append(item)
    decided: list[tuple[Sequence[Receiver | Held], Decision]] = [
        (items, decide(_at(facts, keeper), (), snapshot.rules, snapshot.directory, today))
        for keeper, items in by_keeper.items()
    ]
    if not payload.get("released") and (len(decided) > 1 or payload.get("further")):
        decided = [_held_here(items, decision) for items, decision in decided]
    return _joined(decided)


def _carry_out(turn: Turn, decision: Decision, no_copy: str) -> list[Event]:
    subject = f"document:{turn.row.id}"
    if decision.refuse is not None:
        return _refuse(turn, decision.refuse)
    if no_copy and not turn.payload.get("released"):
        _ask(turn, [_hold_document(turn, no_copy, numbered_copy.REASON)])
        return [Event("held", subject, {"why": no_copy})]
    if decision.hold is not None and not turn.payload.get("released"):
        _ask(turn, [_hold_document(turn, decision.hold, "rule")])
        return [Event("held", subject, {"rules": list(decision.trace)})]
    events = plan_all(turn.hub, turn.connection, turn.row, decision.receivers, turn.now)
    events += _tell_and_label(turn, decision)
    _ask(turn, [_hold_recipient(turn, item) for item in decision.held])
    recipients = _with_parties(turn.row.recipients, decision.entries)
    documents.change(
        turn.connection, turn.row.id, status=DocumentStatus.ROUTED, routed_at=turn.now, recipients=recipients
    )
    if turn.payload.get("answer_to"):
        plan_receipt(
            turn.hub,
            turn.connection,
            "registered",
            turn.payload["arrival"],
            turn.row.id,
            turn.payload["answer_to"],
            turn.now,
        )
    events.append(Event("routed", subject, {"rules": list(decision.trace), "held": len(decision.held)}))
    return events


def _tell_and_label(turn: Turn, decision: Decision) -> list[Event]:
    """What rules say besides who receives it: whom to tell, and the words to find it by."""
    labels.add(turn.connection, turn.row.id, decision.labels)
    if not decision.notify:
        return []
    version = documents.latest_version(turn.connection, turn.row.id).id
    told = by_rule.tell_all(turn.hub, turn.connection, turn.row, decision.notify, version, turn.now)
    return [Event("told-by-rule", f"document:{turn.row.id}", {"to": told})] if told else []


def _refuse(turn: Turn, why: str) -> list[Event]:
    """A rule refused it: its entry is void with the rule's text, nobody gets it, the sender is told.

    A known document that was only handed to one more unit stays as it is with the others.
    """
    if not (turn.payload.get("further") or turn.payload.get("version")):
        for entry in registers.entries_of(turn.connection, [turn.row.id]):
            registers.void_borne(turn.connection, entry.id, why, "hub", turn.now)
        documents.change(turn.connection, turn.row.id, status=DocumentStatus.REFUSED)
    if turn.payload.get("answer_to"):
        arrival, to = turn.payload["arrival"], turn.payload["answer_to"]
        plan_receipt(turn.hub, turn.connection, "refused", arrival, turn.row.id, to, turn.now, reason=why)
    return [Event("refused", f"document:{turn.row.id}", {})]


def _hold_document(turn: Turn, why: str, reason: str) -> tuple[int, str]:
    documents.change(turn.connection, turn.row.id, status=DocumentStatus.HELD, handed=turn.payload)
    return _hold(turn, reason, why, ())


def _hold_recipient(turn: Turn, item: Held) -> tuple[int, str]:
    if item.reason == "rule" and item.party is not None:  # the unit's own coordinator decides
        unit = keeper_of(turn.hub.directory, item.party) or item.party
        return _hold(turn, item.reason, item.text, (item.party,), unit)
    return _hold(turn, item.reason, item.text, item.suggestions)


def _hold(
    turn: Turn, reason: str, detail: str, suggestions: Sequence[str], unit: str = ""
) -> tuple[int, str]:
    """A case for a coordinator: its number, and the unit whose coordinator decides."""
    unit = unit or turn.row.unit
    case = waiting.open_case(
        turn.connection,
        WaitingList.HOLD,
        unit,
        reason,
        turn.now,
        detail=detail,
        suggestions=list(suggestions),
        document=turn.row.id,
        arrival=turn.payload.get("arrival"),
    )
    return case, unit


def _ask(turn: Turn, cases: Iterable[tuple[int, str]]) -> None:
    """Those who decide are told by mail."""
    urgency = Urgency(turn.row.urgency)
    asking.ask_coordinators(turn.hub, turn.connection, turn.row.id, dict(cases), urgency, turn.now)


def _facts(hub: Hub, row: AnyRow, files: Sequence[AnyRow], text: str, payload: dict[str, Any]) -> Facts:
    names, size = [file.name for file in files], sum(file.size for file in files)
    return facts_of(hub, row, text, names, size, payload.get("addressed", ()), hub.local(hub.now()))


def _handed(places: Places, unit: str) -> Receiver | Held:
    """The unit it was handed to, or the one that follows a closed unit."""
    placed = places.place(unit)
    why = Because("intake", places.directory.party_name(unit))
    if placed.reason:
        return Held(why.text, placed.reason, party=unit)
    return Receiver(placed.party, DeliveryRole.MAIN, (why, *placed.notes))


def _at(facts: Facts, unit: str) -> Facts:
    """The document as one that comes in at this unit."""
    return replace(facts, unit=unit, direction=Direction.INCOMING)


def _held_here(
    items: Sequence[Receiver | Held], decision: Decision
) -> tuple[Sequence[Receiver | Held], Decision]:
    """A unit's rule holds for that unit only: each of its receivers waits, the other units get theirs."""
    if decision.hold is None or decision.refuse:
        return items, decision
    parties = [*items, *decision.receivers]
    waits = [Held(decision.hold, "rule", party=item.party) if isinstance(item, Receiver) else item
             for item in parties]  # fmt: skip
    return list(dict.fromkeys(waits)), replace(decision, receivers=(), hold=None)


def _joined(decided: Sequence[tuple[Sequence[Receiver | Held], Decision]]) -> Decision:
    """The handed units first, then what their own rules added; one party, one receiver.

    A unit's rule refuses for that unit only: the document is refused when nobody is left.
    """
    taken = [(items, decision) for items, decision in decided if not decision.refuse]
    receivers: dict[str, Receiver] = {}
    for item in (item for items, _decision in taken for item in items if isinstance(item, Receiver)):
        receivers[item.party] = item
    for item in (item for _items, decision in taken for item in decision.receivers):
        receivers[item.party] = _merged(receivers.get(item.party), item)
    held = [item for items, _decision in taken for item in items if isinstance(item, Held)]
    held += [item for _items, decision in taken for item in decision.held]
    refusals = [decision.refuse for _items, decision in decided if decision.refuse]
    return Decision(
        tuple(receivers.values()),
        held=tuple(held),
        hold="; ".join(decision.hold for _items, decision in taken if decision.hold) or None,
        refuse=None if taken else "; ".join(refusals) or None,
        notify=tuple(told for _items, decision in taken for told in decision.notify),
        labels=tuple(dict.fromkeys(word for _items, decision in taken for word in decision.labels)),
        trace=tuple(name for _items, decision in decided for name in decision.trace),
    )


def _merged(one: Receiver | None, other: Receiver) -> Receiver:
    """Two ways to one party: the heavier role (it was handed in, so main), every because."""
    if one is None:
        return other
    return replace(other, role=one.role, because=tuple(dict.fromkeys((*one.because, *other.because))))


def _with_parties(recipients: list[dict[str, Any]], entries: Sequence[ResolvedEntry]) -> list[dict[str, Any]]:
    """The block as written, each entry with the parties it was understood to be."""
    parties = {(entry.kind, entry.text): list(entry.parties) for entry in entries}
    return [
        {**item, "parties": parties.get((item["source"], item["text"]), item["parties"])}
        for item in recipients
    ]
