"""A clerk says that what waits is a document that is registered already: one record, one more proof."""

from __future__ import annotations

from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.desk.review import open_case, resolve_all, suggested
from hub.texts import _
from rules.vocabulary import ArrivalState, DocumentStatus
from storage import arrivals, documents, journal, registers
from storage.journal import Event

STANDING = (
    DocumentStatus.REGISTERED,
    DocumentStatus.ROUTED,
    DocumentStatus.HELD,
    DocumentStatus.RECALLED,
)


def same(hub: Hub, actor: str, *, case: int, of: int = 0) -> dict[str, Any]:
    """The files of what waits become further forms of the document ``of``, else of the one suggested.

    Nobody is sent anything: the receivers have the document. The waiting row stays, and says where it went.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        found, row = open_case(connection, case)
        if row.status != DocumentStatus.REVIEW:
            raise Refused(
                _("document {document} is registered already; accept it as it is").format(document=row.id)
            )
        wanted = of or suggested(found)
        if not wanted:
            raise Refused(_("say which document it is: --of NO"))
        standing = documents.get(connection, wanted)
        if standing is None or standing.id == row.id or standing.status not in STANDING:
            raise Refused(_("there is no registered document {document}").format(document=wanted))
        keepers = {entry.keeper for entry in registers.entries_of(connection, [standing.id])}
        if row.unit not in {standing.unit, *keepers}:
            raise Refused(_("document {document} is in another unit's book").format(document=wanted))
        added = documents.prove(connection, standing.id, row.id, now)
        resolve_all(connection, row, actor, f"document {standing.id} once more", now)
        documents.change(connection, row.id, status=DocumentStatus.SAME)
        documents.link(connection, row.id, "same", standing.id, by=actor)
        if found.arrival is not None:
            arrivals.settle(connection, found.arrival, ArrivalState.KNOWN, outcome="known")
            arrivals.link(connection, found.arrival, standing.id, "added" if added else "known")
        facts = {"case": case, "from": row.id, "files": added}
        journal.append(connection, actor, [Event("same-document", f"document:{standing.id}", facts)], now)
    return {"document": standing.id, "symbol": standing.symbol, "files": added}
