"""A document of the ledger as an edXML package, and a receiver's act as a status message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.writers import edxml
from hub.context import Hub
from hub.exchange.organs import organ_of
from hub.numbered_copy import going_out
from hub.texts import _, word
from rules.edxml import document_id
from rules.values.directory import is_outside
from rules.values.edxml import Act, Business, Enclosed, Package, StatusMessage
from rules.values.sending import Outbound
from rules.vocabulary import Handling, Urgency
from storage import documents, handling
from storage.engine import AnyRow

FILE_NAME = "document.edxml"
MEDIA_TYPE = "application/xml"


def outbound(hub: Hub, row: AnyRow) -> Outbound:
    """What goes to the gateway for one row of the ledger. Raises BlobDamaged."""
    if row.letter.get("notice") == "edxml_status":
        content = _status(hub, row)
    elif "hook" in row.letter:  # a copy for the software of a unit, beside its mail
        content = package_of(hub, _delivery(hub, row.letter["delivery"]))
    else:
        content = package_of(hub, row)
    return Outbound(b"", content, "", first_try=row.attempts <= 1)


def _delivery(hub: Hub, delivery: int) -> AnyRow:
    with hub.database.reading() as connection:
        row = handling.get(connection, delivery)
    if row is None:
        raise LookupError(f"delivery {delivery}")
    return row


def package_of(hub: Hub, row: AnyRow) -> bytes:
    """The document of a delivery, with its files, addressed to the delivery's receiver."""
    with hub.database.reading() as connection:
        document = documents.get(connection, row.document)
        files = going_out(documents.files_of(connection, row.version))
    if document is None:
        raise LookupError(f"document {row.document}")
    enclosed = tuple(Enclosed(file.name, file.media_type, hub.blobs.read(file.sha256)) for file in files)
    return edxml.package(_package(hub, row, document, enclosed))


def _package(hub: Hub, row: AnyRow, document: AnyRow, files: Sequence[Enclosed]) -> Package:
    sender = organ_of(hub, document.issuer or document.unit)
    named = document_id(sender.id, document.date, document.symbol)
    block = tuple(item["text"] for item in document.recipients if item["source"] == "block")
    return Package(
        sender,
        (organ_of(hub, row.receiver),),
        Act(sender.id, document.symbol, document.date, named),
        place=document.place,
        type=document.type,
        subject=document.subject,
        signer_title=document.signer_title,
        signer=document.signer,
        urgency=Urgency(document.urgency),
        due=hub.local(row.due_at).date() if row.due_at is not None else None,
        places=block,
        business=Business.NEW,
        reason=_("new electronic document"),
        sent_at=row.created_at,
        files=tuple(files),
    )


def _status(hub: Hub, row: AnyRow) -> bytes:
    said = row.letter
    about = Act(said["organ"], said["symbol"], None, said["id"])
    return edxml.status(
        StatusMessage(
            organ_of(hub, said["unit"]),
            about,
            said["handling"],
            receivers=(organ_of(hub, row.receiver),) if is_outside(row.receiver) else (),
            description=said["reason"] or word(Handling(said["handling"])),
            at=datetime.fromisoformat(said["at"]),
        )
    )
