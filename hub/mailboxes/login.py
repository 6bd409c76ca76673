"""Log-in with the mailbox's passwords, for SMTP: as Dovecot decides it for IMAP."""

from __future__ import annotations

from sqlalchemy import select

from hub.context import Hub
from hub.passwords import fits, fits_random
from rules.mailboxes.book import BoxState
from rules.values.arrival import Login
from storage import mailboxes
from storage.engine import AnyRow
from storage.tables.parties import people


def log_in(hub: Hub, user: str, password: str, peer: str) -> Login | None:
    """The person with this address and one of its passwords; the same time is spent on unknown ones.

    Guessing from a place or at a mailbox is refused without a look at the password (PROMISES S9),
    after the time that a look takes.
    """
    person, now = hub.directory.person(user), hub.now()
    box = person.email.casefold() if person is not None else user.strip().casefold()
    if hub.guard.refuses(peer, box, now):
        fits(None, password)
        return None
    with hub.database.reading() as connection:
        row = connection.execute(
            select(people).where(people.c.email == (person.email if person is not None else ""))
        ).first()
        issued = mailboxes.get(connection, box)
        programs = mailboxes.app_password_rows(connection, box) if issued is not None else ()
    open_ = row is not None and not row.suspended and (issued is None or issued.state == BoxState.ACTIVE)
    right = _right(row, [item.password_hash for item in programs], password, hub)
    hub.guard.note(peer, box, right and open_, now)
    if not right or not open_ or person is None:
        return None
    own = hub.snapshot().post.addresses_of(box)
    return Login(person.email, person.name, (person.email, *person.addresses, *own))


def _right(row: AnyRow | None, programs: list[str], password: str, hub: Hub) -> bool:
    current = row is not None and (row.password_until is None or hub.now() < row.password_until)
    stored = row.password_hash if row is not None and current else None
    return fits(stored, password) or any(fits_random(hashed, password) for hashed in programs)
