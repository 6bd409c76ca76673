"""How far the taking over of an older mailbox has come: rows in, rows out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from storage.engine import AnyRow
from storage.tables.mailboxes import mailbox_imports
from storage.upsert import upsert


def progress(connection: Connection, mailbox: str, source: str) -> Sequence[AnyRow]:
    """A row for each folder that was begun."""
    here = (mailbox_imports.c.mailbox == mailbox, mailbox_imports.c.source == source)
    return connection.execute(select(mailbox_imports).where(*here).order_by(mailbox_imports.c.folder)).all()


def note(
    connection: Connection,
    mailbox: str,
    source: str,
    folder: str,
    uidvalidity: int,
    last_uid: int,
    taken: int,
) -> None:
    """How far one folder has come."""
    values = {"uidvalidity": uidvalidity, "last_uid": last_uid, "taken": taken}
    statement = upsert(connection, mailbox_imports)
    keys = ["mailbox", "source", "folder"]
    row = {"mailbox": mailbox, "source": source, "folder": folder, **values}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values), row)
