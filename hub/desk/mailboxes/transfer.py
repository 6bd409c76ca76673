"""Older mailboxes are taken over, and owners take their own mails away: who may, and how far it has come.

The mails themselves are carried by the command (``hub.mailboxes.importing``), because that takes hours.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk.mailboxes.issuing import permit, units_of
from hub.desk.mailboxes.life import box_of
from hub.desk.refused import Denied, Refused
from hub.mailboxes.room import room_left
from hub.texts import _
from rules.mailboxes.book import BoxState
from rules.text.gate import clean
from storage import journal, mailbox_imports
from storage.engine import AnyRow
from storage.journal import Event


def begin(hub: Hub, actor: str, *, mailbox: str, source: str) -> dict[str, Any]:
    """The mailbox's place and how far this source was taken over before."""
    with hub.database.transaction() as connection:
        row = _box(hub, connection, actor, mailbox)
        if row.state not in (BoxState.ACTIVE, BoxState.SUSPENDED):
            raise Refused(_("{address} is {state}").format(address=row.address, state=row.state))
        event = Event("mailbox-import-begun", f"mailbox:{row.address}", {"source": clean(source, 200)})
        journal.append(connection, actor, [event], hub.now())
        known = mailbox_imports.progress(connection, row.address, source)
    return {
        "address": row.address,
        "path": row.path,
        "room": room_left(hub, row.address),
        "folders": {
            item.folder: {"uidvalidity": item.uidvalidity, "last_uid": item.last_uid, "taken": item.taken}
            for item in known
        },
    }


def note(
    hub: Hub,
    actor: str,
    *,
    mailbox: str,
    source: str,
    folder: str,
    uidvalidity: int,
    last_uid: int,
    taken: int,
) -> None:
    """One folder has come so far."""
    with hub.database.transaction() as connection:
        row = _box(hub, connection, actor, mailbox)
        mailbox_imports.note(connection, row.address, source, folder, uidvalidity, last_uid, taken)


def end(hub: Hub, actor: str, *, mailbox: str, source: str, taken: int, lacking: int) -> None:
    """All folders were gone through."""
    with hub.database.transaction() as connection:
        row = _box(hub, connection, actor, mailbox)
        facts = {"source": clean(source, 200), "taken": taken, "lacking": lacking}
        event = Event("mailbox-imported", f"mailbox:{row.address}", facts)
        journal.append(connection, actor, [event], hub.now())


def export(hub: Hub, actor: str, *, mailbox: str) -> dict[str, str]:
    """Where the mailbox lies; for its owner and the operator, because it is about reading mail."""
    with hub.database.transaction() as connection:
        row = box_of(hub, connection, mailbox)
        if not actor.startswith("console:") and actor.casefold() != row.address:
            raise Denied(_("only the owner may take the mails of {address} away").format(address=row.address))
        event = Event("mailbox-exported", f"mailbox:{row.address}")
        journal.append(connection, actor, [event], hub.now())
    return {"address": row.address, "path": row.path}


def _box(hub: Hub, connection: Connection, actor: str, address: str) -> AnyRow:
    row = box_of(hub, connection, address)
    if actor.casefold() != row.address:
        permit(hub, actor, [row.unit, *units_of(hub, row.address)])
    return row
