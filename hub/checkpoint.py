"""The journal's head goes out once a day, because a cut tail shows only against a copy held elsewhere."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from hub.context import Hub
from rules.vocabulary import Role
from storage import deliveries, journal, notices, settings, steps
from storage.journal import Event
from storage.steps import Claim

STAGE = "checkpoint"
LAST = "journal_head_mailed"


def propose(hub: Hub, connection: Connection, now: datetime) -> bool:
    """Enqueue today's head once its time of day has come."""
    local = hub.local(now)
    hour, minute = (int(part) for part in hub.config.schedule.journal_head_at.split(":"))
    if (local.hour, local.minute) < (hour, minute):
        return False
    day = local.date().isoformat()
    return steps.enqueue_once(connection, STAGE, f"{STAGE}/{day}", now, payload={"day": day})


def run(hub: Hub, step: Claim, worker: str) -> None:
    """Plan the mails that carry the head of the journal."""
    now, day = hub.now(), date.fromisoformat(step.payload["day"])
    with hub.database.transaction() as connection:
        head = journal.append(connection, "hub", [Event("checkpoint", f"day:{day.isoformat()}")], now)
        before = int(settings.get(connection, LAST) or 0)
        letter = {
            "day": day.isoformat(),
            "size": head.sequence,
            "added": head.sequence - before,
            "head": head.hash,
        }
        rows = [
            notices.to_person(f"journal-head.{day.isoformat()}.{address}", address, letter, now)
            for address in _receivers(hub, day)
        ]
        deliveries.plan(connection, rows)
        settings.put(connection, LAST, str(head.sequence))
        steps.finish(connection, step)
    hub.wake.ring()


def _receivers(hub: Hub, day: date) -> list[str]:
    """As configured, else the administrators."""
    return list(hub.config.schedule.journal_head_to) or administrators(hub)


def administrators(hub: Hub) -> list[str]:
    """Who looks after the hub: the administrators of the central unit, else those of any unit."""
    held = [post for post in hub.directory.posts if post.role is Role.ADMINISTRATOR]
    central = [post.person for post in held if post.unit == hub.directory.central]
    return sorted(set(central or [post.person for post in held]))
