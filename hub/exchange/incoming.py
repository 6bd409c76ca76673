"""A package or status message that came in: who sent it, to whom, what it says of a document of ours."""

from __future__ import annotations

import dataclasses
from typing import Any

from hub.context import Hub
from hub.desk import handling
from hub.desk.refused import Refused
from hub.exchange.organs import SOURCE, party_of
from rules.directory import local_and_domain
from rules.edxml import handling_of, split_document_id
from rules.identify.identity import folded_symbol
from rules.text.gate import clean
from rules.values.arrival import Envelope
from rules.values.directory import is_outside
from rules.values.edxml import Package, StatusMessage
from rules.values.reading import ParcelReading
from rules.vocabulary import SenderVerdict
from storage import deliveries, documents


def enveloped(hub: Hub, envelope: Envelope, reading: ParcelReading) -> Envelope:
    """The envelope of a gateway's drop, as the package says: the gateway vouches for known bodies only."""
    if envelope.source != SOURCE or reading.package is None:
        return envelope
    package = reading.package
    known = is_outside(party_of(hub, package.sender.id) or "")
    intakes = [address for organ in package.receivers if (address := _intake(hub, organ.id))]
    return dataclasses.replace(
        envelope,
        recipients=tuple(dict.fromkeys(intakes)),
        verdict=SenderVerdict.ALIGNED if known else SenderVerdict.UNVERIFIED,
        mail_from="",
        helo=package.sender.id,
    )


def exchange_of(package: Package | None) -> dict[str, Any]:
    """What is kept of a package, so that its sender can be told what became of it."""
    if package is None:
        return {}
    return {"organ": package.sender.id, "id": package.act.id, "symbol": package.act.symbol}


def take_status(hub: Hub, envelope: Envelope, status: StatusMessage) -> str:
    """Do what a status message says of a delivery of ours; the outcome in a word for the arrival."""
    party = party_of(hub, status.sender.id)
    if party is None or not _speaks_for(hub, envelope, party):
        return "edxml-unknown-sender"
    moved = handling_of(status.code)
    if moved is None:
        return "edxml-unknown-code"
    delivery = _delivery(hub, status, party)
    if delivery is None:
        return "edxml-unknown-document"
    try:
        said = {"reason": clean(status.description, 500), "channel": SOURCE}
        handling.told(hub, f"{SOURCE}:{status.sender.id}", delivery=delivery, new=moved, **said)
    except Refused:
        return "edxml-refused"
    return "edxml-status"


def _speaks_for(hub: Hub, envelope: Envelope, party: str) -> bool:
    """The gateway's folder vouches; a mail must come from the body's own domain, and prove it."""
    if envelope.source == SOURCE:
        return True
    _local, domain = local_and_domain(envelope.mail_from)
    return envelope.verdict is SenderVerdict.ALIGNED and hub.directory.domain_party(domain) == party


def _delivery(hub: Hub, status: StatusMessage, party: str) -> int | None:
    """The delivery to ``party`` of the document that the status is about."""
    act = status.about
    symbol = act.symbol or split_document_id(act.id)[2]
    with hub.database.reading() as connection:
        found = documents.listing(connection, symbol=folded_symbol(symbol)) if symbol else ()
        same = [row.id for row in found if act.date is None or row.date in (None, act.date)]
        rows = [row for row in deliveries.of_documents(connection, same) if row.receiver == party]
    return int(rows[-1].id) if rows else None


def _intake(hub: Hub, organ: str) -> str:
    party = party_of(hub, organ)
    unit = hub.directory.unit(party) if party is not None else None
    return (unit.email or f"vanthu.{unit.code}@{hub.config.domain}") if unit is not None else ""
