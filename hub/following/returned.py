"""What comes back to a delivery's own bounce address: it failed, is late, arrived, was read."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import Connection

from connectors.transports.reasons import for_refusal, with_answer
from hub.addresses import delivery_of_bounce
from hub.context import Hub
from hub.following import signing, trouble
from hub.reporting import replying
from hub.texts import N_, outcome
from hub.transitions import label, tell
from rules.returned import Came, Returned, read_returned, signed_addresses
from rules.text.gate import clean
from rules.values.arrival import Envelope
from rules.vocabulary import Handling
from storage import deliveries, handling, journal, suppressions
from storage.engine import AnyRow
from storage.journal import Event

_MOST_ADDRESSES = 20  # that are looked at in one bounce


def delivery_of(hub: Hub, envelope: Envelope) -> int | None:
    """The delivery that a parcel is about, by the key in its address."""
    keys = (delivery_of_bounce(hub, address) for address in envelope.recipients)
    return next((key for key in keys if key is not None), None)


def take_back_quoted(hub: Hub, sha256: str, envelope: Envelope) -> str:
    """A bounce that came to no bounce address, because some systems send it to From or Reply-To: believed

    where it quotes an address that we signed for the delivery. The word for the arrival; "" without such.
    """
    quoted = signed_addresses(hub.blobs.path(sha256).read_bytes())
    addresses = islice((*envelope.recipients, *quoted), _MOST_ADDRESSES)
    delivery = next((found for address in addresses if (found := _delivery(hub, address))), None)
    return take_back(hub, delivery, sha256) if delivery is not None else ""


def _delivery(hub: Hub, address: str) -> int | None:
    right = signing.right_of_address(hub, address)
    return right[0].row if right is not None else delivery_of_bounce(hub, address)


def take_back(hub: Hub, delivery: int, sha256: str) -> str:
    """Read what came back and write down what it means for the delivery; the word for the arrival."""
    report = read_returned(hub.blobs.path(sha256).read_bytes())
    now = hub.now()
    with hub.database.transaction() as connection:
        row = handling.get(connection, delivery)
        if row is None:
            return _about_form(hub, connection, delivery, report)
        outcome_word = _write_down(hub, connection, row, report)
        event = Event("report", f"delivery:{row.id}", {"what": outcome_word, "status": report.status})
        journal.append(connection, "hub", [event], now)
    hub.wake.ring()
    _tell(row, report)
    return outcome_word


def _about_form(hub: Hub, connection: Connection, delivery: int, report: Returned) -> str:
    """A mail about a unit's form came back: those who collect are shown it."""
    row = handling.ledger_row(connection, delivery)
    if row is None or "form" not in row.letter:
        return "no-such-delivery"
    if report.came is not Came.FAILED:
        return report.came.value
    why = _why(report)
    suppressions.note(connection, row, "bounced", why, hub.now())
    suppressions.came_back(connection, row, why, hub.now())
    replying.came_back(hub, connection, row.letter["form"], row, why)
    return "bounced"


def _write_down(hub: Hub, connection: Connection, row: AnyRow, report: Returned) -> str:
    now = hub.now()
    why = _why(report)
    if report.came is Came.FAILED:
        suppressions.note(connection, row, "bounced", why, now)
        if not suppressions.came_back(connection, row, why, now):
            return "bounced-late"
        if report.no_such_address:
            suppressions.suppress(connection, row.address, why, row.id, now)
        trouble.failed(hub, connection, [(row, why)])
        return "bounced"
    suppressions.note(connection, row, report.came.value, report.words, now)
    if report.came is Came.DELIVERED and suppressions.arrived(connection, row, now) and not row.handling:
        deliveries.note_handling(connection, [(row.id, Handling.ARRIVED)], "hub", "report", now)
    return report.came.value


def _why(report: Returned) -> str:
    """Our words for the cause, and the other side's own."""
    words = for_refusal(550, f"{report.status} ") if report.status else for_refusal(550, "")
    return with_answer(words, 550, clean(f"{report.status} {report.words}".strip(), 300))


def _tell(row: AnyRow, report: Returned) -> None:
    if report.came is Came.FAILED:
        name = label(row.document, row.symbol)
        why = clean(outcome(_why(report)), 200)
        text = N_("document {document} came back from {receiver}: {why}")
        tell(text, document=name, receiver=row.receiver, why=why)
