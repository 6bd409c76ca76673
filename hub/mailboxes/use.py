"""Mailboxes in use in a month: plain values for the command and for the monthly report."""

from __future__ import annotations

from hub.context import Hub
from hub.mailboxes.listing import month_bounds
from rules.mailboxes.usage import Share, shares
from storage import mailbox_use


def shares_of(hub: Hub, month: str) -> list[Share]:
    """A line for each unit that has staff, then one for all. ValueError for a month that is none."""
    begin, end = month_bounds(hub, month)
    directory, day = hub.directory, hub.today()
    staff: dict[str, list[str]] = {}
    for post in directory.posts:
        held = any(post is own for own in directory.posts_of(post.person, day))
        if held:
            staff.setdefault(post.unit, []).append(post.person.casefold())
    with hub.database.reading() as connection:
        uses = mailbox_use.uses(connection, month, begin, end)
    ordered = {code: staff[code] for code in directory.units if code in staff}
    return shares(ordered, (use.mailbox for use in uses), uses)
