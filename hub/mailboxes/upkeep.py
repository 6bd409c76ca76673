"""What time changes about mailboxes: first passwords run out, forwarding ends, log-ins are written down."""

from __future__ import annotations

from hub.context import Hub
from hub.mailboxes import guard
from hub.mailboxes.accounts import publish
from storage import mailboxes


def look_after(hub: Hub) -> None:
    """At every tick of the schedule. Repeating it changes nothing."""
    hub.refresh()
    if not hub.snapshot().post.boxes:
        return
    guard.write_down(hub)
    with hub.database.transaction() as connection:
        closed = mailboxes.archive_left(connection, hub.now())
    if closed:
        hub.refresh()
    publish(hub)
