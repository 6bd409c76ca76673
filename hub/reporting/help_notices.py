"""Who hears of a request for help: the Centre when it comes, whoever asked when it is settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub.context import Hub
from hub.following import telling
from hub.reporting.counting import CENTRE
from storage.engine import AnyRow


def tell_centre(hub: Hub, connection: Connection, request: AnyRow, now: datetime) -> None:
    """The Centre's clerks hear of a new request, once."""
    letter = {"notice": "request_for_centre", "request": request.id}
    for address in telling.clerks_of(hub, CENTRE):
        key = f"request.{request.id}.centre.{address}"
        telling.notify(hub, connection, key, address, letter, now, urgent=True)


def tell_closed(hub: Hub, connection: Connection, request: AnyRow, actor: str, now: datetime) -> None:
    """Whoever asked learns the answer; strangers are never written to (S7)."""
    known = hub.directory.person(request.asked_by) is not None
    unit = telling.clerks_of(hub, request.unit) if request.unit else []
    readers = [request.asked_by] if known else unit
    letter = {"notice": "request_closed", "request": request.id, "by": actor}
    for address in readers:
        key = f"request.{request.id}.closed.{address}"
        telling.notify(hub, connection, key, address, letter, now, urgent=True)
