"""The report as it would go out now: read, written, and nothing registered or sent."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting import returned
from hub.reporting.board.files import FIGURES, Advance, Made, board_files, quietly
from hub.reporting.board.gathering import Request, Whole, gather
from hub.reporting.board.letter import Numbered, Parties
from rules.reporting.period import Period, before
from storage import support

ISSUER, BOARD, COPIES = "ttth", "bdh112", ("ubnd",)  # codes of the directive's bodies (SEMANTICS)


def gathered(hub: Hub, connection: Connection, period: Period, advance: Advance = quietly) -> Whole:
    """Everything the report says."""
    advance(FIGURES, 0, 1)
    now, earlier = (returned.answers(hub, connection, at) for at in (period, before(period)))
    return gather(hub, connection, period, now, earlier, open_requests(hub, connection))


def open_requests(hub: Hub, connection: Connection) -> list[Request]:
    """Requests for help that nobody has closed, the oldest first."""
    today, name = hub.today(), hub.directory.party_name
    return [
        Request(
            row.id,
            name(row.unit) if row.unit else row.asked_by,
            row.subject or row.text[:80],
            (today - hub.local(row.opened_at).date()).days,
            name(f"person:{row.owner}") if row.owner else "",
        )
        for row in support.listing(connection)
    ]


def files_of(hub: Hub, whole: Whole, advance: Advance = quietly) -> list[Made]:
    """The board's files without a number."""
    return board_files(hub, whole, parties(hub), Numbered("", hub.today()), advance)


def parties(hub: Hub) -> Parties:
    """Who issues and who gets it; an organisation without these bodies writes to its central unit."""
    directory, today = hub.directory, hub.today()
    central = directory.central or ""
    issuer = ISSUER if directory.valid(ISSUER, today) else central
    board = BOARD if directory.valid(BOARD, today) else central
    copies = [code for code in COPIES if directory.valid(code, today) and code != board]
    return Parties(issuer, (board,), tuple(copies))
