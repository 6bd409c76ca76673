"""Stage 2: a recorded arrival is read, identified and registered, or put before a person."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub import antivirus, arrived, file_rows, scanning
from hub.akin import known, looks_like
from hub.books import enter_outgoing
from hub.candidate import Candidate, prepare
from hub.context import Hub
from hub.deciding import asking
from hub.exchange.incoming import enveloped, exchange_of, take_status
from hub.receipts import plan_receipt
from hub.texts import N_
from hub.transitions import label, tell
from rules.records.admission import ACTING
from rules.records.bundle import bundles
from rules.records.twins import Question, Same, judge
from rules.values.arrival import Envelope
from rules.values.reading import ParcelReading
from rules.vocabulary import ArrivalState, Direction, DocumentStatus, Urgency, WaitingList
from storage import arrivals, deliveries, documents, journal, registers, search, steps, waiting
from storage.engine import AnyRow
from storage.journal import Event
from storage.registers import BookClosed, NumberTaken
from storage.steps import Claim

# A clerk's answer is needed; sending the same once more is none.
ASKED = frozenset(
    {"same-number-other-text", "number-used-before", "number-taken", "book-closed", "recalled-before"}
)
TOLD = {
    "registered": N_("arrival {arrival} from {sender}: document {document} is registered"),
    "review": N_("arrival {arrival} from {sender}: document {document} waits for a clerk"),
    "known": N_("arrival {arrival} from {sender}: document {document} is known already"),
    "added": N_("arrival {arrival} from {sender}: a further file of document {document}"),
}
WORST_FIRST = (ArrivalState.REVIEW, ArrivalState.REGISTERED, ArrivalState.KNOWN)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one document of an arrival; ``route`` is the payload of its next step."""

    document: int
    how: str  # registered | known | added | review
    state: ArrivalState
    events: tuple[Event, ...]
    route: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One arrival's turn in the registering transaction."""

    hub: Hub
    connection: Connection
    arrival: int
    actor: str
    now: datetime
    again: int = 0  # the document whose files a clerk wanted read again


def run(hub: Hub, step: Claim, worker: str) -> Claim | None:
    """Register the documents of one arrival; the routing step, already claimed, if there is one."""
    with hub.database.reading() as connection:
        envelope = arrivals.envelope_of(row := arrivals.get(connection, step.subject))
    folder = Path(tempfile.mkdtemp(prefix=f"arrival-{step.subject}-", dir=hub.data / "work"))
    try:
        reading = arrived.read(hub, row.sha256, envelope, folder)
        released = step.payload.get("released", ())
        stopped = arrived.stop(reading, envelope, released)
        told: tuple[Event, ...] = ()
        if stopped is None:  # before OCR, because DNS may be silent and all of this is done again then
            envelope, told = arrived.proved(hub, step.subject, row.sha256, envelope)
        if stopped is None and scanning.due(hub, reading):
            if step.stage != scanning.STAGE:
                scanning.hand_over(hub, step, reading)
                return None
            reading = scanning.read(hub, step, reading, folder)
            stopped = arrived.stop(reading, envelope, released)
        if stopped is not None:
            arrived.stopped_on_its_way(hub, step, row.sha256, envelope, reading, stopped)
            return None
        if reading.status is not None:
            arrived.set_aside(
                hub, step, reading, ArrivalState.ANSWER, take_status(hub, envelope, reading.status)
            )
            return None
        envelope = enveloped(hub, envelope, reading)
        scans = antivirus.look(hub, reading, folder)
        if arrived.infected(hub, step, reading, envelope, scans):
            return None
        found = [prepare(hub, reading, bundle, envelope, folder, scans) for bundle in bundles(reading.files)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _register_all(hub, step, envelope, told, reading, found, worker)


def _register_all(
    hub: Hub,
    step: Claim,
    envelope: Envelope,
    told: tuple[Event, ...],
    reading: ParcelReading,
    found: list[Candidate],
    worker: str,
) -> Claim | None:
    now = hub.now()
    actor = envelope.person or envelope.mail_from or f"{envelope.source}:{envelope.account}"
    claims: list[Claim] = []
    with hub.database.transaction() as connection:
        turn = Turn(hub, connection, step.subject, actor, now, step.payload.get("again", 0))
        settled = [_settle(turn, candidate) for candidate in found]
        for item in settled:
            arrivals.link(connection, step.subject, item.document, item.how)
            if item.route is not None:
                mine = "" if claims else worker  # the first is this worker's own to go on with
                claims.append(
                    steps.enqueue(connection, "route", item.document, now, payload=item.route, worker=mine)
                )
        columns: dict[str, Any] = {
            "outcome": ", ".join(item.how for item in settled),
            **arrived.mail_columns(reading),
        }
        columns["verdict"] = envelope.verdict
        columns["exchange"] = exchange_of(reading.package)
        arrivals.settle(connection, step.subject, _overall(settled), **columns)
        steps.finish(connection, step)
        journal.append(connection, actor, [*told, *(event for item in settled for event in item.events)], now)
    for item, candidate in zip(settled, found, strict=True):
        known_as = label(item.document, candidate.columns["symbol"])
        tell(TOLD[item.how], arrival=step.subject, sender=actor, document=known_as)
    if len(claims) > 1:  # the first is this worker's own, and receipts go out with it
        hub.wake.ring(len(claims) - 1)
    return claims[0] if claims else None


def _settle(turn: Turn, candidate: Candidate) -> Settled:
    """One candidate against what is known, inside the transaction that decides."""
    trait = candidate.trait
    turn.hub.database.serialise(turn.connection, trait.number_key or trait.identity_key)
    verdict = judge(trait, known(turn.connection, candidate))
    if isinstance(verdict, Same):
        return _again(turn, candidate, verdict)
    asked = (verdict.reason,) if isinstance(verdict, Question) else ()
    twins = (verdict.id,) if isinstance(verdict, Question) else looks_like(turn.connection, candidate)
    try:
        with turn.hub.database.attempt(turn.connection):
            return _new(turn, candidate, (*candidate.admission.reasons, *asked), twins)
    except (NumberTaken, BookClosed) as error:
        why = "number-taken" if isinstance(error, NumberTaken) else "book-closed"
        return _new(turn, candidate, (*candidate.admission.reasons, *asked, why), twins)


def _new(turn: Turn, candidate: Candidate, reasons: tuple[str, ...], twins: tuple[int, ...]) -> Settled:
    admission, connection = candidate.admission, turn.connection
    status = DocumentStatus.REVIEW if reasons else DocumentStatus.REGISTERED
    columns = {
        **candidate.columns,
        "status": status,
        "direction": admission.direction,
        "unit": admission.unit,
        "registered_at": None if reasons else turn.now,
    }
    document, version = documents.add(connection, columns, turn.arrival, turn.now)
    file_rows.add(connection, candidate.files, version, turn.now)
    search.index(connection, document, columns["symbol"], columns["subject"], candidate.text)
    documents.refer(connection, document, candidate.citations)
    if reasons:
        return _ask(turn, candidate, document, reasons, twins)
    facts = {"arrival": turn.arrival, "sha256": candidate.trait.main_sha256}
    events = [Event("registered", f"document:{document}", facts)]
    if admission.direction is Direction.OUTGOING:
        events.append(
            enter_outgoing(
                turn.hub,
                connection,
                document,
                turn.actor,
                turn.now,
                give_number=admission.give_number,
                rest=candidate.symbol_rest,
            )
        )
    return Settled(
        document, "registered", ArrivalState.REGISTERED, tuple(events), _route_payload(turn, candidate)
    )


def _ask(
    turn: Turn, candidate: Candidate, document: int, reasons: tuple[str, ...], twins: tuple[int, ...]
) -> Settled:
    """The document waits in review for the unit's clerk, and the sender is told."""
    for unit in _asked_units(turn.hub, candidate):
        case = waiting.open_case(
            turn.connection,
            WaitingList.REVIEW,
            unit,
            reasons[0],
            turn.now,
            detail=" ".join(reasons),
            suggestions=[f"document:{twin}" for twin in twins],
            arrival=turn.arrival,
            document=document,
        )
        urgency = Urgency(candidate.columns["urgency"])
        asking.ask(turn.hub, turn.connection, case, unit, document, urgency, turn.now)
    _receipt(turn, candidate, "review", document, reasons=list(reasons))
    event = Event("review", f"document:{document}", {"arrival": turn.arrival, "reasons": list(reasons)})
    payload = {**_route_payload(turn, candidate), "symbol_rest": candidate.symbol_rest}
    documents.change(turn.connection, document, handed=payload)
    return Settled(document, "review", ArrivalState.REVIEW, (event,))


def _asked_units(hub: Hub, candidate: Candidate) -> list[str]:
    """The issuer's keeper; of a letter from outside every unit it was handed to, each for itself."""
    admission = candidate.admission
    if admission.direction is Direction.OUTGOING or len(admission.receivers) < 2:
        return [admission.unit]
    return list(dict.fromkeys(hub.directory.keeper(party) or party for party in admission.receivers))


def _again(turn: Turn, candidate: Candidate, same: Same) -> Settled:
    """A document that is known: one more arrival, no second entry, and perhaps a further file."""
    row = documents.get(turn.connection, same.id)
    if row is None:
        raise LookupError(f"document {same.id}")
    events: list[Event] = []
    how = "known"
    if _further_files(turn, candidate, same):
        how = "added"
        events.append(Event("file-added", f"document:{same.id}", {"arrival": turn.arrival}))
    entered = _take_up(turn, candidate, row)
    if turn.again == same.id and not entered and row.status == DocumentStatus.REVIEW:
        return _read_again(turn, candidate, same)
    events += [*entered, Event("known", f"document:{same.id}", {"arrival": turn.arrival})]
    if entered:
        route = _with_earlier(_route_payload(turn, candidate), row)
        return Settled(same.id, how, ArrivalState.REGISTERED, tuple(events), route)
    if row.status in (DocumentStatus.REVIEW, DocumentStatus.HELD):
        _wait_with(turn, candidate, row)
        return Settled(same.id, how, ArrivalState.KNOWN, tuple(events))
    further = _not_yet_reached(turn, candidate, same.id)
    if not further:
        _receipt(turn, candidate, "known", same.id)
        return Settled(same.id, how, ArrivalState.KNOWN, tuple(events))
    route = {**_route_payload(turn, candidate), "receivers": further, "addressed": [], "further": True}
    return Settled(same.id, how, ArrivalState.KNOWN, tuple(events), route)


def _read_again(turn: Turn, candidate: Candidate, same: Same) -> Settled:
    """It still waits, with what the new reading found, and with the reasons that are left."""
    documents.change(turn.connection, same.id, **candidate.columns)
    for case in waiting.open_for(turn.connection, document=same.id):
        waiting.ask_anew(turn.connection, case.id, " ".join(candidate.admission.reasons) or case.detail)
        urgency = Urgency(candidate.columns["urgency"])
        asking.ask(turn.hub, turn.connection, case.id, case.unit, same.id, urgency, turn.now)
    facts = {"arrival": turn.arrival, "reasons": list(candidate.admission.reasons)}
    return Settled(same.id, "review", ArrivalState.REVIEW, (Event("review", f"document:{same.id}", facts),))


def _further_files(turn: Turn, candidate: Candidate, same: Same) -> bool:
    """Files that the issuer's clerk sends later, or that reading a scan again has made."""
    again = turn.again == same.id
    if again:
        columns = candidate.columns
        search.read_anew(turn.connection, same.id, columns["symbol"], columns["subject"], candidate.text)
    if not (again or candidate.from_issuers_clerk):
        return False
    return file_rows.add_further(turn.connection, candidate.files, same, turn.now)


def _wait_with(turn: Turn, candidate: Candidate, row: AnyRow) -> None:
    """It waits for a person already: whom this mail addresses is kept, and the sender is told."""
    if candidate.acting:
        both = _with_earlier(row.handed, _route_payload(turn, candidate))
        documents.change(turn.connection, row.id, handed=both)
    if row.status == DocumentStatus.HELD:
        _receipt(turn, candidate, "known", row.id)
        return
    cases = waiting.open_for(turn.connection, document=row.id)
    _receipt(
        turn, candidate, "review", row.id, reasons=[code for case in cases for code in case.detail.split()]
    )


def _with_earlier(payload: dict[str, Any], other: AnyRow | dict[str, Any]) -> dict[str, Any]:
    """The payload, with the units that another mail with the same document addressed."""
    if not isinstance(other, dict):
        other = other.handed if other.sender_verdict in ACTING else {}
    lists = {
        name: list(dict.fromkeys((*payload.get(name, ()), *other.get(name, ()))))
        for name in ("receivers", "addressed")
    }
    return {**payload, **lists}


def _take_up(turn: Turn, candidate: Candidate, row: AnyRow) -> list[Event]:
    """What waited in review is sent again by somebody who may: that is the confirmation.

    So is an outgoing document that others handed in before its issuer's clerk did.
    """
    admission, connection = candidate.admission, turn.connection
    outgoing = admission.direction is Direction.OUTGOING
    entries = registers.entries_of(connection, [row.id])
    issued = any(entry.direction == Direction.OUTGOING for entry in entries)
    if admission.reasons or (issued if outgoing else row.status != DocumentStatus.REVIEW):
        return []
    cases = waiting.open_for(connection, document=row.id)
    if ASKED.intersection(code for case in cases for code in case.detail.split()):
        return []
    try:
        with turn.hub.database.attempt(connection):
            return _taken_up(turn, candidate, row.id, [case.id for case in cases])
    except (NumberTaken, BookClosed):  # because its line was voided, or its book closed: a person's matter
        return []


def _taken_up(turn: Turn, candidate: Candidate, document: int, cases: list[int]) -> list[Event]:
    admission, connection = candidate.admission, turn.connection
    for case in cases:
        waiting.resolve(connection, case, turn.actor, "sent again by somebody who may", turn.now)
    place = {"status": DocumentStatus.REGISTERED, "direction": admission.direction, "unit": admission.unit}
    documents.change(connection, document, **{**candidate.columns, **place, "registered_at": turn.now})
    taken = Event("taken-up", f"document:{document}", {"arrival": turn.arrival})
    if admission.direction is Direction.INCOMING:
        return [taken]
    give, rest = admission.give_number, candidate.symbol_rest
    entered = enter_outgoing(
        turn.hub, connection, document, turn.actor, turn.now, give_number=give, rest=rest
    )
    return [taken, entered]


def _not_yet_reached(turn: Turn, candidate: Candidate, document: int) -> list[str]:
    """Units that the known document was now handed to and that have it neither as receiver nor as issuer."""
    if candidate.admission.reasons:
        return []
    reached = {row.receiver for row in deliveries.of_documents(turn.connection, [document])}
    reached |= {entry.keeper for entry in registers.entries_of(turn.connection, [document])}
    wanted = (*candidate.admission.receivers, *candidate.admission.addressed)
    return [unit for unit in dict.fromkeys(wanted) if unit not in reached]


def _route_payload(turn: Turn, candidate: Candidate) -> dict[str, Any]:
    admission = candidate.admission
    return {
        "arrival": turn.arrival,
        "receivers": list(admission.receivers),
        "addressed": list(admission.addressed),
        "answer_to": candidate.answer_to,
    }


def _receipt(turn: Turn, candidate: Candidate, kind: str, document: int, **facts: Any) -> None:
    if candidate.answer_to:
        plan_receipt(
            turn.hub, turn.connection, kind, turn.arrival, document, candidate.answer_to, turn.now, **facts
        )


def _overall(settled: list[Settled]) -> ArrivalState:
    states = {item.state for item in settled}
    return next((state for state in WORST_FIRST if state in states), ArrivalState.REVIEW)
