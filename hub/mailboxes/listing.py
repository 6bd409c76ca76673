"""Mailboxes as plain rows: state, room, last log-in, use of the month."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from connectors.mailboxes.maildir import place
from hub.context import Hub
from storage import mailbox_use, mailboxes

MEGABYTE = 1_000_000


def mailbox_rows(hub: Hub, unit: str | None = None) -> list[dict[str, Any]]:
    """Every mailbox that was issued."""
    month = f"{hub.today():%Y-%m}"
    begin, end = month_bounds(hub, month)
    with hub.database.reading() as connection:
        rows = mailboxes.listing(connection, unit)
        last = mailbox_use.last_logins(connection)
        uses = {use.mailbox: use for use in mailbox_use.uses(connection, month, begin, end)}
    return [
        {
            "address": row.address,
            "person": row.name or "",
            "unit": row.unit,
            "state": row.state,
            "quota": (row.quota_mb or hub.config.mailboxes.quota_mb) * MEGABYTE,
            "used": used_bytes(hub.data / "mail", row.path),
            "last_login": last[row.address].isoformat() if row.address in last else None,
            "sent": uses[row.address].sent,
            "received": uses[row.address].received,
        }
        for row in rows
    ]


def month_bounds(hub: Hub, month: str) -> tuple[datetime, datetime]:
    """From the first moment of a month in the organisation's zone to the first of the next. ValueError."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    begin, end = (datetime.combine(day, time(), hub.zone).astimezone(UTC) for day in (first, following))
    return begin, end


def used_bytes(root: Path, path: str) -> int:
    """What the mailbox holds: by the mail server's own count (Maildir++), else by its files."""
    home = place(root, path)
    counted = _counted(home / "maildirsize")
    return counted if counted is not None else _sum(home)


def _counted(path: Path) -> int | None:
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()[1:]
        return sum(int(line.split()[0]) for line in lines) if lines else None
    except (OSError, ValueError, IndexError):
        return None


def _sum(home: Path) -> int:
    folders = [home, *(entry for entry in home.glob(".*") if entry.is_dir())] if home.is_dir() else []
    total = 0
    for folder in folders:
        for name in ("new", "cur"):
            if (folder / name).is_dir():
                total += sum(entry.stat().st_size for entry in os.scandir(folder / name) if entry.is_file())
    return total
