"""Mailboxes and what belongs to them: rows in, rows out, and the snapshot of where mail goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, union, update

from rules.mailboxes.book import Box, BoxState, PostBook
from storage import settings
from storage.directory import REVISION
from storage.engine import AnyRow
from storage.tables.following import assignments
from storage.tables.mailboxes import (
    absence_notes,
    absence_told,
    app_passwords,
    delegates,
    mail_addresses,
    second_factors,
)
from storage.tables.parties import mailboxes, parties, people, posts
from storage.upsert import upsert


def load_book(connection: Connection) -> PostBook:
    """The snapshot as it stands now."""
    further = select(mail_addresses).where(mail_addresses.c.until.is_(None)).order_by(mail_addresses.c.since)
    return PostBook.of(
        (
            Box(row.address, BoxState(row.state), row.quota_mb, row.forward_to, row.forward_until)
            for row in connection.execute(select(mailboxes))
        ),
        ((row.address, row.mailbox) for row in connection.execute(further)),
    )


def changed(connection: Connection) -> None:
    """Other processes look again."""
    settings.bump(connection, REVISION)


def ever_given(connection: Connection) -> set[str]:
    """Every address that anybody ever had: never given again."""
    queries = union(
        select(mailboxes.c.address), select(mail_addresses.c.address), select(people.c.email.label("address"))
    )
    known = {str(address) for address in connection.execute(queries).scalars()}
    more = connection.execute(select(people.c.addresses).where(people.c.addresses != "")).scalars()
    gone = select(parties.c.code).where(parties.c.code.startswith("person:"))
    known |= {code.removeprefix("person:") for code in connection.execute(gone).scalars()}
    return known | {address for text in more for address in text.split()}


def get(connection: Connection, address: str) -> AnyRow | None:
    """One mailbox."""
    return connection.execute(select(mailboxes).where(mailboxes.c.address == address)).first()


def listing(connection: Connection, unit: str | None = None, address: str | None = None) -> Sequence[AnyRow]:
    """Mailboxes with the name, password and dates of their owners, by unit and address."""
    query = select(
        mailboxes,
        people.c.name,
        people.c.password_hash,
        people.c.password_until,
        people.c.suspended,
    ).outerjoin(people, mailboxes.c.party == "person:" + people.c.email)
    if unit is not None:
        query = query.where(mailboxes.c.unit == unit)
    if address is not None:
        query = query.where(mailboxes.c.address == address)
    return connection.execute(query.order_by(mailboxes.c.unit, mailboxes.c.address)).all()


def counts_by_unit(connection: Connection) -> dict[str, int]:
    """How many mailboxes are in use in each unit."""
    query = select(mailboxes.c.unit, func.count()).where(
        mailboxes.c.state.in_((BoxState.ACTIVE, BoxState.SUSPENDED))
    )
    rows = connection.execute(query.group_by(mailboxes.c.unit))
    return {row[0]: row[1] for row in rows}


def add_people(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """New members of staff with one post each: email, name, unit, role, title."""
    if not rows:
        return
    named = [{"code": f"person:{row['email']}", "kind": "person", "name": row["name"]} for row in rows]
    connection.execute(insert(parties), named)
    connection.execute(insert(people), [{"email": r["email"], "name": r["name"]} for r in rows])
    held = [
        {
            "person": r["email"],
            "unit": r["unit"],
            "role": r["role"],
            "title": r["title"],
            "valid_from": r["day"],
        }
        for r in rows
    ]
    connection.execute(insert(posts), held)


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """New mailboxes."""
    if rows:
        connection.execute(insert(mailboxes), list(rows))
        changed(connection)


def set_passwords(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """email, hash, now, until: the passwords of people, one row each."""
    for row in rows:
        values = {
            "password_hash": row["hash"],
            "password_set_at": row["now"],
            "password_until": row["until"],
        }
        connection.execute(update(people).where(people.c.email == row["email"]), values)
    changed(connection)


def change(connection: Connection, address: str, **values: Any) -> None:
    """New values of one mailbox."""
    connection.execute(update(mailboxes).where(mailboxes.c.address == address), values)
    changed(connection)


# -- further addresses --------------------------------------------------------------


def further(connection: Connection, mailbox: str | None = None) -> Sequence[AnyRow]:
    """Aliases and role addresses in use."""
    query = select(mail_addresses).where(mail_addresses.c.until.is_(None))
    if mailbox is not None:
        query = query.where(mail_addresses.c.mailbox == mailbox)
    return connection.execute(query.order_by(mail_addresses.c.address, mail_addresses.c.mailbox)).all()


def add_address(connection: Connection, address: str, mailbox: str, kind: str, now: datetime) -> None:
    """A further address of a mailbox; one that was withdrawn from it comes back."""
    row = {"address": address, "mailbox": mailbox, "kind": kind, "since": now, "until": None}
    statement = upsert(connection, mail_addresses)
    again = {"kind": kind, "since": now, "until": None}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["address", "mailbox"], set_=again), row
    )
    changed(connection)


def end_address(connection: Connection, address: str, mailbox: str, now: datetime) -> bool:
    """The address no longer leads there; it stays known, so that nobody else gets it."""
    statement = update(mail_addresses).where(
        mail_addresses.c.address == address,
        mail_addresses.c.mailbox == mailbox,
        mail_addresses.c.until.is_(None),
    )
    done = connection.execute(statement, {"until": now}).rowcount == 1
    changed(connection)
    return done


# -- passwords of programs, delegates, absence ---------------------------------------


def app_password_rows(connection: Connection, mailbox: str | None = None) -> Sequence[AnyRow]:
    """Passwords of programs that are good."""
    query = select(app_passwords).where(app_passwords.c.revoked_at.is_(None))
    if mailbox is not None:
        query = query.where(app_passwords.c.mailbox == mailbox)
    return connection.execute(query.order_by(app_passwords.c.mailbox, app_passwords.c.slot)).all()


def add_app_password(connection: Connection, row: dict[str, Any]) -> None:
    """mailbox, slot, label, password_hash, created_at."""
    connection.execute(insert(app_passwords), row)
    changed(connection)


def revoke_app_passwords(connection: Connection, mailbox: str, now: datetime, slot: int | None = None) -> int:
    """Withdraw one, or all of a mailbox; how many."""
    statement = update(app_passwords).where(
        app_passwords.c.mailbox == mailbox, app_passwords.c.revoked_at.is_(None)
    )
    if slot is not None:
        statement = statement.where(app_passwords.c.slot == slot)
    count = connection.execute(statement, {"revoked_at": now}).rowcount
    changed(connection)
    return count


def set_delegate(
    connection: Connection, mailbox: str, person: str, may_write: bool | None, now: datetime
) -> None:
    """Let a person open this mailbox, or (None) no longer."""
    connection.execute(delete(delegates).where(delegates.c.mailbox == mailbox, delegates.c.person == person))
    if may_write is not None:
        row = {"mailbox": mailbox, "person": person, "may_write": may_write, "since": now}
        connection.execute(insert(delegates), row)
    changed(connection)


def delegate_rows(connection: Connection) -> Sequence[AnyRow]:
    """Who may open whose mailbox."""
    return connection.execute(select(delegates).order_by(delegates.c.mailbox, delegates.c.person)).all()


def absence(connection: Connection, mailbox: str) -> AnyRow | None:
    """What a mailbox answers while its owner is away."""
    return connection.execute(select(absence_notes).where(absence_notes.c.mailbox == mailbox)).first()


def set_absence(connection: Connection, mailbox: str, row: dict[str, Any] | None) -> None:
    """first, last, words; None: back again. Everybody may be told anew."""
    for table in (absence_notes, absence_told):
        connection.execute(delete(table).where(table.c.mailbox == mailbox))
    if row is not None:
        connection.execute(insert(absence_notes), {"mailbox": mailbox, **row})


def tell_of_absence(
    connection: Connection, mailbox: str, sender: str, now: datetime, before: datetime
) -> bool:
    """Note that this sender is told now; False when told after ``before`` already."""
    here = (absence_told.c.mailbox == mailbox, absence_told.c.sender == sender)
    told = connection.execute(select(absence_told.c.told_at).where(*here)).scalar()
    if told is not None and told > before:
        return False
    statement = upsert(connection, absence_told)
    row = {"mailbox": mailbox, "sender": sender, "told_at": now}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["mailbox", "sender"], set_={"told_at": now}), row
    )
    return True


# -- people who move or leave ---------------------------------------------------------


def move_posts(connection: Connection, person: str, old: str, new: str, day: date) -> None:
    """The posts in one unit end, the same begin in another."""
    here = (posts.c.person == person, posts.c.unit == old, posts.c.valid_to.is_(None))
    rows = connection.execute(select(posts).where(*here)).all()
    connection.execute(update(posts).where(*here), {"valid_to": day - timedelta(days=1)})
    if rows:
        values = [
            {"person": person, "unit": new, "role": row.role, "title": row.title, "valid_from": day}
            for row in rows
        ]
        connection.execute(insert(posts), values)


def end_posts(connection: Connection, person: str, day: date) -> None:
    """All posts end with this day."""
    still = or_(posts.c.valid_to.is_(None), posts.c.valid_to > day)
    connection.execute(update(posts).where(posts.c.person == person, still), {"valid_to": day})


def hand_over(connection: Connection, person: str, successor: str, now: datetime) -> int:
    """What a person has in hand goes to the successor; how many documents."""
    open_ = (assignments.c.person == person, assignments.c.ended_at.is_(None))
    rows = connection.execute(select(assignments).where(*open_)).all()
    connection.execute(
        update(assignments).where(*open_), {"ended_at": now, "ended_by": "hub", "outcome": "handed-over"}
    )
    if rows:
        values = [
            {
                "delivery": row.delivery,
                "person": successor,
                "opinion": row.opinion,
                "due_at": row.due_at,
                "assigned_at": now,
                "assigned_by": row.assigned_by,
                "ended_by": "",
                "outcome": "",
            }
            for row in rows
        ]
        connection.execute(insert(assignments), values)
    return len(rows)


def archive_left(connection: Connection, now: datetime) -> int:
    """Mailboxes of people who left, when nothing is forwarded any more; how many."""
    ended = or_(mailboxes.c.forward_until.is_(None), mailboxes.c.forward_until <= now)
    here = (mailboxes.c.state == BoxState.LEFT, ended)
    if connection.execute(select(mailboxes.c.address).where(*here).limit(1)).first() is None:
        return 0
    count = connection.execute(update(mailboxes).where(*here), {"state": BoxState.ARCHIVED}).rowcount
    changed(connection)
    return count


def set_second_factor(connection: Connection, person: str, secret: str | None, now: datetime) -> None:
    """A new secret, not yet confirmed; None: no codes any more."""
    connection.execute(delete(second_factors).where(second_factors.c.person == person))
    if secret is not None:
        connection.execute(insert(second_factors), {"person": person, "secret": secret, "since": now})


def second_factor(connection: Connection, person: str) -> str | None:
    """The secret of a person's codes."""
    query = select(second_factors.c.secret).where(second_factors.c.person == person)
    return connection.execute(query).scalar()


def confirmed_factor(connection: Connection, person: str) -> str | None:
    """The secret of codes that the person showed to have."""
    query = select(second_factors.c.secret).where(
        second_factors.c.person == person, second_factors.c.confirmed_at.is_not(None)
    )
    return connection.execute(query).scalar()


def confirm_second_factor(connection: Connection, person: str, now: datetime) -> None:
    """The person showed a code."""
    statement = update(second_factors).where(second_factors.c.person == person)
    connection.execute(statement, {"confirmed_at": now})
