"""Whether a mailbox has room for more mail of other people; documents of the hub always have."""

from __future__ import annotations

from hub.context import Hub
from hub.mailboxes.listing import MEGABYTE, used_bytes
from rules.directory import local_and_domain


def room_left(hub: Hub, address: str) -> int | None:
    """Octets that still fit into a mailbox; None where there is no limit."""
    box = hub.snapshot().post.boxes.get(address)
    most = (box.quota_mb if box is not None else 0) or hub.config.mailboxes.quota_mb
    if box is None or not most:
        return None
    local, domain = local_and_domain(address)
    return max(0, most * MEGABYTE - used_bytes(hub.data / "mail", f"{domain}/{local}"))


def is_full(hub: Hub, address: str) -> bool:
    """By the mailbox's own room, else by everybody's; an address elsewhere is never full here."""
    return room_left(hub, address) == 0
