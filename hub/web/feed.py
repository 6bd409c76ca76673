"""A person's calendar: what is assigned to them with its due day, behind a secret address."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException
from icalendar import Calendar, Event
from starlette.responses import Response

from hub import tracking
from hub.context import Hub
from hub.desk.wishes import FEED
from hub.texts import _, speaking
from rules.progress import Progress
from storage import notices

ENDED = (Progress.IN_TIME, Progress.LATE)


def router(hub: Hub) -> APIRouter:
    """One feed a person."""
    routes = APIRouter()

    @routes.get(FEED + "{name}")
    def feed(name: str) -> Response:
        secret, dot, kind = name.partition(".")
        with hub.database.reading() as connection:
            person = (
                notices.owner_of_feed(connection, secret) if kind == "ics" and len(secret) < 100 else None
            )
            if person is None or not dot or hub.shut_out(person):
                raise HTTPException(404, "no such calendar")
            rows = tracking.assignments(hub, connection, person=person, days=1)
        with speaking(hub.config.organisation.language):
            content = _calendar(hub, rows)
        return Response(content, media_type="text/calendar; charset=utf-8")

    return routes


def _calendar(hub: Hub, rows: list[dict[str, object]]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Vanthu//due dates//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Due dates"))
    for row in rows:
        if row["due"] is not None and row["progress"] not in ENDED:
            calendar.add_component(_event(hub, row))
    return bytes(calendar.to_ical())


def _event(hub: Hub, row: dict[str, object]) -> Event:
    """A whole day, because a due date is one; it moves in the reader's calendar when it moves here."""
    day = hub.local(datetime.fromisoformat(str(row["due"]))).date()
    event = Event()
    event.add("uid", f"delivery-{row['delivery']}-{row['person']}@{hub.config.domain}")
    event.add("dtstamp", hub.now())
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{row['symbol'] or '#' + str(row['document'])} {row['subject']}"[:200])
    if row["opinion"]:
        event.add("description", str(row["opinion"]))
    return event
