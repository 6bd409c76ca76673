"""Which chat is whose, and the codes by which one becomes somebody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.engine import AnyRow
from storage.tables.chats import chat_codes, chat_links


def person_of(connection: Connection, chat: str) -> str | None:
    """Whose chat it is now."""
    return connection.execute(
        select(chat_links.c.person).where(chat_links.c.chat == chat, chat_links.c.ended_at.is_(None))
    ).scalar()


def chats_of(connection: Connection, people: Sequence[str]) -> dict[str, str]:
    """The linked chat of each of these people who has one."""
    rows = connection.execute(
        select(chat_links.c.person, chat_links.c.chat).where(
            chat_links.c.person.in_(people), chat_links.c.ended_at.is_(None)
        )
    )
    return {row.person: row.chat for row in rows}


def listing(connection: Connection) -> Sequence[AnyRow]:
    """Every living link, by person."""
    statement = select(chat_links).where(chat_links.c.ended_at.is_(None)).order_by(chat_links.c.person)
    return connection.execute(statement).all()


def keep_code(connection: Connection, digest: str, person: str, expires_at: datetime) -> None:
    """A new code; its person's earlier ones that were not used are worth nothing any more."""
    old = update(chat_codes).where(chat_codes.c.person == person, chat_codes.c.used_at.is_(None))
    connection.execute(old, {"used_at": expires_at})
    connection.execute(
        insert(chat_codes), {"digest": digest, "person": person, "expires_at": expires_at, "used_at": None}
    )


def use_code(connection: Connection, digest: str, now: datetime) -> str | None:
    """Whose code it is, used up; None when it is unknown, old or was used."""
    statement = (
        update(chat_codes)
        .where(chat_codes.c.digest == digest, chat_codes.c.used_at.is_(None), chat_codes.c.expires_at > now)
        .values(used_at=now)
        .returning(chat_codes.c.person)
    )
    return connection.execute(statement).scalar()


def link(connection: Connection, chat: str, person: str, now: datetime) -> None:
    """The chat is this person's and nobody else's; an earlier chat of the person ends."""
    end(connection, now, chat=chat)
    end(connection, now, person=person)
    connection.execute(
        insert(chat_links), {"chat": chat, "person": person, "linked_at": now, "ended_at": None}
    )


def end(connection: Connection, now: datetime, *, chat: str = "", person: str = "") -> int:
    """End the links of a chat or a person; how many."""
    column, value = (chat_links.c.chat, chat) if chat else (chat_links.c.person, person)
    statement = update(chat_links).where(column == value, chat_links.c.ended_at.is_(None))
    return connection.execute(statement, {"ended_at": now}).rowcount
