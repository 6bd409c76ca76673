"""What a receiver gave back leaves the receiver's mailbox: a step, because mailboxes are no rows.

The register's line, the delivery and the recall stay (DOMAIN 2.7); a copy that somebody printed or passed on
is out of the hub's reach.
"""

from __future__ import annotations

from connectors.mailboxes.withdrawal import withdraw
from hub.addresses import addressed
from hub.context import Hub
from hub.letter import message_id
from storage import handling, journal, steps
from storage.journal import Event
from storage.steps import Claim

STAGE = "withdraw"


def run(hub: Hub, step: Claim, worker: str) -> None:
    """Remove the copies; repeating it finds none."""
    with hub.database.reading() as connection:
        row = handling.get(connection, step.subject)
    mailbox = addressed(hub, row.address).mailbox if row is not None else None
    removed = 0
    if row is not None and mailbox is not None:
        removed = withdraw(hub.data / "mail", mailbox, message_id(row.key, hub.config.domain))
    with hub.database.transaction() as connection:
        steps.finish(connection, step)
        if removed:
            event = Event("withdrawn", f"delivery:{step.subject}", {"copies": removed})
            journal.append(connection, "hub", [event], hub.now())
