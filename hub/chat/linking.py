"""A person's chat account, linked by a code that lives ten minutes and works once (PROMISES S15)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.texts import _
from storage import chats, journal
from storage.journal import Event

CODE_LIVES = timedelta(minutes=10)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
LENGTH = 10  # 50 bits


def make_code(hub: Hub, actor: str, *, person: str) -> dict[str, Any]:
    """A code for a member of staff; it is shown once and kept only as a digest. Raises Refused."""
    known = hub.directory.person(person)
    if known is None:
        raise Refused(_("nobody in the directory has the address {address}").format(address=person))
    code = "".join(secrets.choice(ALPHABET) for _number in range(LENGTH))
    now = hub.now()
    until = now + CODE_LIVES
    with hub.database.transaction() as connection:
        chats.keep_code(connection, _digest(code), known.email, until)
        event = Event("chat-code", f"person:{known.email}", {})
        journal.append(connection, actor, [event], now)
    return {"person": known.email, "code": code, "until": until.isoformat()}


def unlink(hub: Hub, actor: str, *, person: str) -> dict[str, Any]:
    """The person's chat gets nothing any more. Raises Refused."""
    now = hub.now()
    with hub.database.transaction() as connection:
        ended = chats.end(connection, now, person=person)
        if not ended:
            raise Refused(_("{person} has no linked chat").format(person=person))
        journal.append(connection, actor, [Event("chat-unlinked", f"person:{person}", {})], now)
    return {"person": person, "ended": ended}


def link(hub: Hub, chat: str, code: str) -> str | None:
    """Whose chat it is from now on; None when the code does nothing."""
    now = hub.now()
    with hub.database.transaction() as connection:
        person = chats.use_code(connection, _digest(code.strip().upper()), now)
        if person is None or hub.shut_out(person):
            return None
        chats.link(connection, chat, person, now)
        journal.append(connection, person, [Event("chat-linked", f"person:{person}", {})], now)
    return person


def _digest(code: str) -> str:
    return hashlib.sha256(f"chat {code}".encode()).hexdigest()
