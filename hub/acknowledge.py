"""Stage 5: what comes back about a delivery: answers by mail, bounces, receipts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hub import arrived
from hub.context import Hub
from hub.deciding import answering as reviewing
from hub.deciding import hold_answering
from hub.deciding.asking import Writer
from hub.desk.refused import Refused
from hub.following import answers, returned, signing
from hub.texts import N_, speaking
from hub.transitions import label, tell
from hub.words import reason_text
from rules.replies import understand
from rules.text.gate import clean
from rules.values.arrival import Envelope
from rules.values.reading import ParcelReading
from rules.vocabulary import ArrivalState, SenderVerdict
from storage import arrivals, journal, steps
from storage.engine import AnyRow
from storage.journal import Event
from storage.steps import Claim

STAGE = "acknowledge"
KNOWN = (SenderVerdict.AUTHENTICATED, SenderVerdict.ALIGNED)


def run(hub: Hub, step: Claim, worker: str) -> None:
    """Read one answer and do what it says."""
    with hub.database.reading() as connection:
        envelope = arrivals.envelope_of(row := arrivals.get(connection, step.subject))
    delivery = returned.delivery_of(hub, envelope)
    if delivery is not None:
        _settle(hub, step, None, ArrivalState.AUTOMATIC, returned.take_back(hub, delivery, row.sha256))
        return
    with tempfile.TemporaryDirectory(prefix=f"answer-{step.subject}-", dir=hub.data / "work") as folder:
        opened = arrived.opened(hub, step, row.sha256, envelope, Path(folder))
    if opened is None:
        return
    envelope, reading = opened
    with speaking(hub.config.organisation.language):
        state, outcome = _answer(hub, step, envelope, reading)
    _settle(hub, step, reading, state, outcome, verdict=envelope.verdict)


def _answer(hub: Hub, step: Claim, envelope: Envelope, reading: ParcelReading) -> tuple[ArrivalState, str]:
    """Do it, ask, or hand it to a person: (what the arrival became, why)."""
    for to in envelope.recipients:
        if case := signing.case_of_address(hub, to):
            return reviewing.answer(hub, _writer(envelope), case, reading.body, step.subject)
        if document := signing.hold_of_address(hub, to):
            return hold_answering.answer(hub, _writer(envelope), document, reading.body, step.subject)
    rights = [right for to in envelope.recipients if (right := signing.right_of_address(hub, to))]
    found = answers.subject_of(hub, rights[0][0].row) if rights else None
    if found is None:
        return ArrivalState.REFUSED, "answer-expired"
    named, delivery = found
    mark, token = f"{step.subject}.{delivery.id}", rights[0][1]
    actor = _actor(envelope)
    if not actor:
        answers.unclear(
            hub, clean(envelope.mail_from, 200), delivery, reading.body, "sender-unverified", mark
        )
        return ArrivalState.REFUSED, "sender-unverified"
    said = understand(reading.body, hub.today())
    if said is None:
        answers.unclear(hub, actor, delivery, reading.body, "", mark)
        _log(delivery, actor, "not-understood")
        return ArrivalState.ANSWER, "not-understood"
    try:
        answers.answer(hub, actor, named, delivery, said, channel="mail", token=token)
    except Refused as error:
        answers.told_why_not(hub, actor, delivery, str(error), mark)
        _log(delivery, actor, str(error))
        return ArrivalState.REFUSED, clean(str(error), 200)
    return ArrivalState.ANSWER, said.act.value


def _actor(envelope: Envelope) -> str:
    """Who proved to have written it: a member of staff, a unit's mailbox, or a known body outside."""
    if envelope.verdict not in KNOWN:
        return ""
    return envelope.person or envelope.mail_from


def _writer(envelope: Envelope) -> Writer:
    return Writer(_actor(envelope), clean(envelope.mail_from, 200))


def _log(delivery: AnyRow, actor: str, why: str) -> None:
    name = label(delivery.document, delivery.symbol)
    tell(N_("an answer of {actor} about {document} did nothing: {why}"), actor=actor, document=name, why=why)


def _settle(
    hub: Hub, step: Claim, reading: ParcelReading | None, state: ArrivalState, outcome: str, **more: Any
) -> None:
    now = hub.now()
    headers = reading.headers if reading is not None else None
    columns = {"subject": headers.subject, "message_id": headers.message_id} if headers is not None else {}
    with hub.database.transaction() as connection:
        arrivals.settle(connection, step.subject, state, outcome=outcome, **columns, **more)
        steps.finish(connection, step)
        event = Event(state.value, f"arrival:{step.subject}", {"why": outcome})
        journal.append(connection, "hub", [event], now)
    if state is ArrivalState.AUTOMATIC:
        why = reason_text(outcome)
        tell(N_("arrival {arrival} is automatic mail and set aside: {why}"), arrival=step.subject, why=why)
