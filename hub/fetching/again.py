"""A mail that was set aside is fetched once more, because a person said so (``vanthu queue retry``)."""

from __future__ import annotations

from hub.context import Hub
from storage import fetching, journal, steps
from storage.journal import Event
from storage.steps import Claim


def run(hub: Hub, step: Claim, worker: str) -> None:
    """Its tries begin anew at the next look at the folder; nothing is done where the folder was made anew."""
    source, validity, uid = (step.payload[name] for name in ("source", "validity", "uid"))
    now = hub.now()
    with hub.database.transaction() as connection:
        known = fetching.again(connection, source, validity, uid, now)
        facts = {"uid": uid, "validity": validity, "known": known}
        journal.append(connection, "hub", [Event("fetch-again", f"source:{source}", facts)], now)
        steps.finish(connection, step)
