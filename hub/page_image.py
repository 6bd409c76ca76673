"""The part of a scan that a clerk must look at, as a picture."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk.refused import Refused
from hub.scanning import SEARCHABLE
from hub.texts import _
from rules.permission import EVERYTHING, View
from rules.vocabulary import WaitingList
from storage import documents, waiting


def of_case(
    hub: Hub, connection: Connection, case: int, view: View = EVERYTHING, *, whole: bool = False
) -> bytes:
    """PNG of number and date as they stand on the page, or of the whole first page. Raises Refused."""
    cases = waiting.listing(connection, WaitingList.REVIEW, None, view)
    found = next((row for row in cases if row.id == case), None)
    row = (
        documents.get(connection, found.document)
        if found is not None and found.document is not None
        else None
    )
    if row is None:
        raise Refused(_("there is no review case {case}; see: vanthu review").format(case=case))
    files = documents.files_of(connection, documents.latest_version(connection, row.id).id)
    copy = next((file for file in files if file.state == SEARCHABLE), None)
    if copy is None:
        raise Refused(
            _("case {case} has no scan that was read; its files are shown by: vanthu documents").format(
                case=case
            )
        )
    sides = () if whole else tuple(map(float, row.found_at.get("look_at", "").split()))
    from connectors.scans.picture import NoPicture
    from connectors.scans.region import cut_out  # late, because pikepdf and Pillow are large

    try:
        return cut_out(hub.blobs.read(copy.sha256), sides)
    except NoPicture as error:
        raise Refused(_("the page of case {case} cannot be drawn").format(case=case)) from error
