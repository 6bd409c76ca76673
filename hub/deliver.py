"""Stage 4: due deliveries leave; what became of each is written down."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connectors.ports import PatientTransport
from hub import webhooks
from hub.addresses import addressed
from hub.chat import planning, wording
from hub.context import Hub
from hub.exchange import packing
from hub.exchange.answering import plan_statuses
from hub.exchange.organs import SCHEME, folder_of
from hub.following import trouble
from hub.letters import Letters
from hub.mailboxes import post
from hub.reporting import replying
from hub.texts import N_, outcome, word
from hub.transitions import listed, tell
from rules.retry import next_delay
from rules.text.gate import clean
from rules.values.sending import Address, Deferred, Delivered, Failed, Outcome, Sent
from rules.vocabulary import DeliveryState, Handling, MailKind
from storage import deliveries, journal, suppressions
from storage.blobs import BlobDamaged
from storage.deliveries import Claimed, Result
from storage.engine import AnyRow
from storage.journal import Event

log = logging.getLogger("vanthu.deliver")
SUPPRESSED = N_("the address was found not to exist")
UNDER_WAY = 3  # mails of one worker that mailboxes are syncing at once
UNWRITTEN = 8  # mails to the world that may have left before their outcome is on the disk
TROUBLE = (DeliveryState.FAILED, DeliveryState.DEFERRED)
Also = Callable[[Connection], None]


def run(hub: Hub, worker: str) -> bool:
    """Send what is due; False when nothing was. The attempt is counted before anybody talks."""
    return send(hub, deliveries.claim_due(hub.database, worker, hub.now()))


def send(hub: Hub, claimed: Claimed, also: Also | None = None) -> bool:
    """Send what this worker has claimed; False when that is nothing.

    ``also`` is done in the transaction that writes down the outcomes, where none waits for the world.
    """
    rows = claimed.rows
    if not rows:
        return False
    letters = Letters(hub)
    inside: list[AnyRow] = []
    outside: list[AnyRow] = []
    for row in rows:
        (inside if _is_local(hub, row.address) else outside).append(row)
    outcomes = _send_in(hub, letters, inside)
    _write_down(hub, letters, outcomes, None if outside else also)
    if not outside:
        return True
    with hub.database.reading() as connection:
        stopped = suppressions.suppressed(connection, [row.address for row in outside])
    _send_out(hub, letters, outside, stopped)
    return True


def _send_out(hub: Hub, letters: Letters, rows: Sequence[AnyRow], stopped: Mapping[str, str]) -> None:
    """To the world, a few at a time between two commits, because a mailbox knows its earlier copy and the
    world does not: what a kill repeats is no more than that (R4)."""
    told: list[tuple[AnyRow, Outcome]] = []
    try:
        for row in rows:
            why = stopped.get(row.address.casefold())
            if why is not None:
                told.append((row, Failed(f"{SUPPRESSED}: {why}")))
            elif (later := hub.paces.ask(row.address, hub.now())) is not None:
                _put_back(hub, row, later)
            else:
                told.append((row, _send(hub, letters, row)))
                hub.paces.told(row.address, told[-1][1], hub.now())
            if len(told) == UNWRITTEN:
                written, told = told, []
                _write_down(hub, letters, written)
    finally:  # because a fault at one mail must not make the world get the others again
        _write_down(hub, letters, told)


def _put_back(hub: Hub, row: AnyRow, later: datetime) -> None:
    """Not tried at all: the domain has had its mails for this minute, so this is no attempt."""
    with hub.database.transaction() as connection:
        deliveries.put_back(connection, row.id, later)


def _send_in(hub: Hub, letters: Letters, rows: Sequence[AnyRow]) -> list[tuple[AnyRow, Outcome]]:
    """Into mailboxes of the hub: a mail is written while those before it are synced."""
    told: list[tuple[AnyRow, Outcome]] = []
    under_way: deque[tuple[AnyRow, Callable[[], Outcome]]] = deque()
    transport = hub.transports["maildir"]
    patient = transport if isinstance(transport, PatientTransport) else None

    def settle() -> None:
        row, end = under_way.popleft()
        try:
            told.append((row, end()))
        except Exception as error:  # because an unknown fault of one delivery must not stop the others
            told.append((row, _hindered(hub, row, error)))

    for row in rows:
        to = addressed(hub, row.address, hub.directory.party_name(row.receiver))
        try:
            mail = row.key, to, letters.write(row, to)
            end = patient.hand_over(*mail) if patient is not None else partial(transport.deliver, *mail)
        except Exception as error:
            end = partial(_hindered, hub, row, error)
        under_way.append((row, end))
        if len(under_way) == UNDER_WAY:
            settle()
    while under_way:
        settle()
    return told


def _send(hub: Hub, letters: Letters, row: AnyRow) -> Outcome:
    to = addressed(hub, row.address, hub.directory.party_name(row.receiver))
    if not row.address:
        return Failed("no-address")
    try:
        if row.address.startswith(planning.SCHEME):
            return hub.transports["telegram"].deliver(row.key, to, wording.outbound(hub, row))
        if row.address.startswith(webhooks.SCHEME):
            return hub.transports["webhook"].deliver(row.key, to, webhooks.outbound(hub, row))
        if row.address.startswith(webhooks.FOLDER):
            return folder_of(hub, row.receiver).deliver(row.key, to, packing.outbound(hub, row))
        if row.address.startswith(SCHEME):
            return hub.transports["folder"].deliver(row.key, to, packing.outbound(hub, row))
        return hub.transports["smtp"].deliver(row.key, to, letters.write(row, to))
    except Exception as error:  # because an unknown fault of one delivery must not stop the others
        return _hindered(hub, row, error)


def _hindered(hub: Hub, row: AnyRow, error: Exception) -> Outcome:
    """What a fault means for the delivery at which it came; raised again where it is none of its own."""
    if isinstance(error, BlobDamaged):  # a person must bring the file back before it goes out (R18)
        return Failed(str(error))
    # because the database's fault is none of the delivery's, which is due at once (R8)
    if isinstance(error, DBAPIError) or hub.suspect(error):
        raise error
    log.error("delivery %s", row.id, exc_info=error)
    return Deferred(f"{type(error).__name__}: {error}")


def _write_down(
    hub: Hub, letters: Letters, outcomes: Sequence[tuple[AnyRow, Outcome]], also: Also | None = None
) -> None:
    if not outcomes:
        return
    now = hub.now()
    results = [_result(hub, row, outcome, now) for row, outcome in outcomes]
    arrived = [(result.delivery, result.handling) for result in results if result.handling is not None]
    events = [
        Event(result.state.value, f"delivery:{result.delivery}", {"attempt": result.number})
        for result in results
        if result.next_attempt is None
    ]
    with hub.database.transaction() as connection:
        deliveries.record(connection, results, now)
        deliveries.note_handling(connection, arrived, "hub", "mailbox", now)
        for row, _outcome in outcomes:
            if any(row.id == delivery for delivery, _code in arrived):
                plan_statuses(hub, connection, row, (Handling.ARRIVED,), "", now)
                planning.arrived(hub, connection, row, letters.urgency(row.document), now)
                webhooks.plan_arrived(hub, connection, row, now)
        done = [(row, result) for (row, _outcome), result in zip(outcomes, results, strict=True)]
        failures = [(row, result.text) for row, result in done if result.state is DeliveryState.FAILED]
        for row, why in failures:
            if row.kind == MailKind.POST:
                post.failed(hub, connection, row, why, now)
            elif "form" in row.letter:
                replying.came_back(hub, connection, row.letter["form"], row, why)
        trouble.failed(hub, connection, failures)
        late = [row for row, result in done if result.state is DeliveryState.DEFERRED]
        trouble.delayed(hub, connection, late)
        if also is not None:
            also(connection)
        journal.append(connection, "hub", events, now)
    _tell(letters, done)


def _tell(letters: Letters, done: Sequence[tuple[AnyRow, Result]]) -> None:
    """A line for each document and outcome; each delivery by itself in the debug log."""
    groups: dict[tuple[int, DeliveryState, str], list[str]] = defaultdict(list)
    for row, result in done:
        why = clean(result.text, 200)
        log.debug("delivery %s to %s: %s %s", row.id, row.receiver, result.state.value, why)
        if row.kind == MailKind.DOCUMENT:
            groups[row.document, result.state, outcome(why) if result.state in TROUBLE else ""].append(
                row.receiver
            )
    for (document, state, hindered), names in groups.items():
        what = f"{word(state)} ({hindered})" if hindered else word(state)
        text = N_("document {document}: {state}: {receivers}")
        tell(text, document=letters.label(document), state=what, receivers=listed(names))


def _result(hub: Hub, row: AnyRow, outcome: Outcome, now: datetime) -> Result:
    channel = "mailbox" if _is_local(hub, row.address) else "smtp"
    first = Handling.ARRIVED if row.kind == MailKind.DOCUMENT and row.handling is None else None
    match outcome:
        case Delivered(detail):
            return Result(row.id, row.attempts, channel, DeliveryState.DELIVERED, first, detail, None)
        case Sent(detail):
            return Result(row.id, row.attempts, channel, DeliveryState.SENT, None, detail, None)
        case Failed(why):
            return Result(row.id, row.attempts, channel, DeliveryState.FAILED, None, why, None)
        case Deferred(why, after):
            return _later(hub, row, channel, why, after, now)


def _later(hub: Hub, row: AnyRow, channel: str, why: str, after: float | None, now: datetime) -> Result:
    """Deferred until the schedule's next moment, or failed when the schedule has ended."""
    if channel == "mailbox" and after is not None:  # our own disk: no peer must be spared (R6)
        soon = now + timedelta(seconds=after)
        return Result(row.id, row.attempts, channel, DeliveryState.DEFERRED, None, why, soon)
    delay = next_delay(hub.retries, row.attempts, now - row.created_at, row.key)
    if delay is None:
        return Result(row.id, row.attempts, channel, DeliveryState.FAILED, None, why, None)
    wait = max(delay.total_seconds(), after or 0.0)
    return Result(
        row.id, row.attempts, channel, DeliveryState.DEFERRED, None, why, now + timedelta(seconds=wait)
    )


def _is_local(hub: Hub, email: str) -> bool:
    address: Address = addressed(hub, email)
    return address.mailbox is not None
