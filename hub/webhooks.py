"""Events for units that have software of their own: a document came, a receiver did something."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection

from hub.context import Hub
from hub.numbered_copy import going_out
from hub.settings import Config
from rules.values.sending import Outbound
from rules.vocabulary import Handling
from storage import deliveries, documents, handling, notices, registers
from storage.engine import AnyRow

if TYPE_CHECKING:
    from connectors.transports.webhook import Hook

SCHEME = "webhook:"  # of an address in the ledger
FOLDER = "folder:"  # the unit's own folder, which gets packages
ARRIVED = "document.arrived"


def addresses(config: Config) -> dict[str, str]:
    """Unit code -> URL, as configured."""
    pairs = (text.split(maxsplit=1) for text in config.exchange.webhooks)
    return {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}


def secret_of(secret: bytes, unit: str) -> str:
    """What a unit's software checks signatures with; derived, so that nothing has to be kept."""
    return hmac.new(secret, f"webhook {unit}".encode(), hashlib.sha256).hexdigest()


def hooks(config: Config, secret: bytes) -> dict[str, Hook]:
    """The hooks for the transport."""
    from connectors.transports.webhook import Hook

    return {unit: Hook(url, secret_of(secret, unit).encode()) for unit, url in addresses(config).items()}


def plan_arrived(hub: Hub, connection: Connection, row: AnyRow, now: datetime) -> None:
    """A document reached a unit with software of its own."""
    _plan(hub, connection, row.receiver, f"hook.{row.id}.arrived", {"hook": ARRIVED}, row, now)


def plan_handled(
    hub: Hub, connection: Connection, row: AnyRow, moves: Sequence[Handling], reason: str, now: datetime
) -> None:
    """A receiver moved a delivery: the sending unit's software learns of it."""
    for move in moves:
        said = {"hook": "delivery.handled", "handling": move.value, "reason": reason, "at": now.isoformat()}
        _plan(hub, connection, row.sender_unit, f"hook.{row.id}.{move.value}", said, row, now)


def _plan(
    hub: Hub,
    connection: Connection,
    unit: str,
    key: str,
    letter: dict[str, Any],
    row: AnyRow,
    now: datetime,
) -> None:
    planned = [
        notices.row(
            f"{key}.{address}", unit, address, {**letter, "delivery": row.id}, now, document=row.document
        )
        for address in _listening(hub, unit, letter["hook"])
    ]
    if planned:
        deliveries.plan(connection, planned)


def _listening(hub: Hub, unit: str, event: str) -> list[str]:
    """The ways to the software of a unit, or of the one that keeps its books: a hook, a folder."""
    if unit not in hub.directory.units:
        return []
    codes = dict.fromkeys(code for code in (unit, hub.directory.keeper(unit)) if code)
    known = addresses(hub.config)
    found = [f"{SCHEME}{code}" for code in codes if code in known][:1]
    if event == ARRIVED:
        found += [f"{FOLDER}{code}" for code in codes if "folder" in hub.directory.units[code].channels][:1]
    return found


def outbound(hub: Hub, row: AnyRow) -> Outbound:
    """The JSON of one event. Raises BlobDamaged, and LookupError when its document is gone."""
    with hub.database.reading() as connection:
        about = handling.get(connection, row.letter["delivery"])
        document = documents.get(connection, row.document)
        if about is None or document is None:
            raise LookupError(f"event {row.id} is about nothing")
        entries = registers.entries_of(connection, [document.id])
        files = going_out(documents.files_of(connection, about.version))
    event = {"event": row.letter["hook"], "hub": hub.hub_id, "at": row.created_at.isoformat()}
    event |= {"document": _document(document), "delivery": _delivery(about, entries)}
    if row.letter["hook"] == ARRIVED:
        event["files"] = [_file(hub, file) for file in files]
    else:
        said = row.letter
        event |= {"handling": said["handling"], "reason": said["reason"] or None, "handled_at": said["at"]}
    return Outbound(b"", msgspec.json.encode(event), "")


def _document(row: AnyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "symbol": row.symbol or None,
        "date": row.date.isoformat() if row.date is not None else None,
        "issuer": row.issuer or row.issuer_text or None,
        "type": row.type or None,
        "subject": row.subject,
        "urgency": row.urgency,
    }


def _delivery(row: AnyRow, entries: Sequence[AnyRow]) -> dict[str, Any]:
    number = next((entry.number for entry in entries if entry.id == row.entry), None)
    due = row.due_at.isoformat() if row.due_at is not None else None
    return {"id": row.id, "unit": row.receiver, "role": row.role, "number": number, "due": due}


def _file(hub: Hub, row: AnyRow) -> dict[str, Any]:
    content = base64.b64encode(hub.blobs.read(row.sha256)).decode("ascii")
    return {"name": row.name, "media_type": row.media_type, "sha256": row.sha256, "content": content}
