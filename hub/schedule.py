"""The clock proposes, the database disposes: a tick asks what is due, a slot's unique key says once."""

from __future__ import annotations

import logging

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from hub import checkpoint
from hub.context import Hub
from hub.fetching import watch
from hub.following import chasing
from hub.mailboxes import upkeep
from hub.reporting import history, proposing

log = logging.getLogger("vanthu.schedule")
TICK_SECONDS = 20
PROPOSALS = (
    checkpoint.propose,
    watch.propose,
    chasing.propose,
    history.propose,
    proposing.propose,
)


def tick(hub: Hub) -> None:
    """Enqueue every slot that is due. Missing a tick loses nothing: the next one catches up."""
    try:
        upkeep.look_after(hub)
        with hub.database.transaction() as connection:
            due = [propose(hub, connection, hub.now()) for propose in PROPOSALS]
    except DBAPIError as error:
        log.warning("the schedule waits for the database: %s", error)
        return
    if any(due):
        hub.wake.ring()


def start(hub: Hub) -> BackgroundScheduler:
    """A ticking scheduler that remembers nothing itself (memory job store)."""
    scheduler = BackgroundScheduler(timezone=hub.zone)
    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, args=[hub], coalesce=True, max_instances=1)
    scheduler.start()
    return scheduler
