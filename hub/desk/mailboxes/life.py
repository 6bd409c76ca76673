"""A mailbox after it was issued: suspended and resumed, new passwords, moved, left."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk.mailboxes.issuing import first_password, permit, units_of
from hub.desk.refused import Refused
from hub.mailboxes.accounts import publish
from hub.passwords import HASHER
from hub.texts import _
from rules.mailboxes.book import BoxState
from storage import journal, mailboxes
from storage.engine import AnyRow
from storage.journal import Event

log = logging.getLogger("vanthu.mailboxes")
LEAST_PASSWORD = 10
MOST_FORWARD_DAYS = 365


def box_of(hub: Hub, connection: Connection, address: str) -> AnyRow:
    """The mailbox of this address. Raises Refused."""
    row = mailboxes.get(connection, address.strip().casefold())
    if row is None:
        person = hub.directory.person(address)
        row = mailboxes.get(connection, person.email.casefold()) if person is not None else None
    if row is None:
        near = ", ".join(hub.directory.suggest(address)) or "-"
        raise Refused(_("there is no mailbox {address}; nearest: {near}").format(address=address, near=near))
    return row


def changed(
    hub: Hub,
    actor: str,
    address: str,
    event: str,
    act: Callable[[Connection, AnyRow], None],
    *,
    own: bool = False,
    kick: bool = False,
) -> str:
    """Do it in one transaction with its line in the journal; then the mail server learns of it.

    ``own``: the owner may do it too. ``kick``: open sessions end.
    """
    with hub.database.transaction() as connection:
        row = box_of(hub, connection, address)
        if not (own and actor.casefold() == row.address):
            permit(hub, actor, [row.unit, *units_of(hub, row.address)])
        act(connection, row)
        journal.append(connection, actor, [Event(event, f"mailbox:{row.address}")], hub.now())
    spread(hub, row.address if kick else "")
    return str(row.address)


def spread(hub: Hub, kicked: str = "") -> None:
    """The mail server learns what changed, and lets go of whoever was inside."""
    hub.refresh()
    publish(hub)
    if kicked and hub.kick is not None and not hub.kick(kicked):
        log.warning("open sessions of %s could not be ended; they end with their programs", kicked)


def suspend(hub: Hub, actor: str, *, address: str) -> str:
    """Nobody gets in any more, who is inside is put out; mail still arrives."""

    def act(connection: Connection, row: AnyRow) -> None:
        _expect(row, BoxState.ACTIVE)
        mailboxes.change(connection, row.address, state=BoxState.SUSPENDED)

    return changed(hub, actor, address, "mailbox-suspended", act, kick=True)


def resume(hub: Hub, actor: str, *, address: str) -> str:
    """The old passwords open it again."""

    def act(connection: Connection, row: AnyRow) -> None:
        _expect(row, BoxState.SUSPENDED)
        mailboxes.change(connection, row.address, state=BoxState.ACTIVE)

    return changed(hub, actor, address, "mailbox-resumed", act)


def reset(hub: Hub, actor: str, *, address: str) -> dict[str, str]:
    """A new first password, told this once; passwords of programs and open sessions end."""
    password = first_password()
    hash_ = HASHER.hash(password)

    def act(connection: Connection, row: AnyRow) -> None:
        _expect(row, BoxState.ACTIVE, BoxState.SUSPENDED)
        until = hub.now() + timedelta(hours=hub.config.mailboxes.first_password_hours)
        _set_password(hub, connection, row, hash_, until)
        mailboxes.revoke_app_passwords(connection, row.address, hub.now())

    done = changed(hub, actor, address, "mailbox-reset", act, kick=True)
    return {"address": done, "first_password": password}


def sound_password(password: str) -> None:
    """Raises Refused for one that is too short, or that some program cannot send."""
    if len(password) < LEAST_PASSWORD or not password.isascii() or not password.isprintable():
        raise Refused(_("a password needs {count} ASCII characters or more").format(count=LEAST_PASSWORD))


def set_password(hub: Hub, actor: str, *, address: str, password: str) -> str:
    """The owner's own password, which stays good until it is changed."""
    sound_password(password)
    hash_ = HASHER.hash(password)

    def act(connection: Connection, row: AnyRow) -> None:
        _set_password(hub, connection, row, hash_, None)

    return changed(hub, actor, address, "mailbox-password", act, own=True, kick=True)


def _set_password(hub: Hub, connection: Connection, row: AnyRow, hash_: str, until: Any) -> None:
    values = {"email": row.address, "hash": hash_, "now": hub.now(), "until": until}
    mailboxes.set_passwords(connection, [values])


def move(hub: Hub, actor: str, *, address: str, unit: str) -> str:
    """Another unit's administrators look after it; the address stays."""
    if not hub.directory.valid(unit, hub.today()):
        raise Refused(_("there is no unit {about}; see: vanthu units").format(about=unit))
    permit(hub, actor, [unit])

    def act(connection: Connection, row: AnyRow) -> None:
        mailboxes.change(connection, row.address, unit=unit)
        mailboxes.move_posts(connection, row.address, row.unit, unit, hub.today())

    return changed(hub, actor, address, "mailbox-moved", act)


def leave(hub: Hub, actor: str, *, address: str, to: str = "", days: int = 90) -> dict[str, Any]:
    """The owner goes: nobody gets in, mail goes to the successor for some days, then it is refused.

    The address is never given again. What the person had in hand goes to the successor.
    """
    if not 0 <= days <= MOST_FORWARD_DAYS:
        raise Refused(_("write 0 to {most} days").format(most=MOST_FORWARD_DAYS))
    handed = 0

    def act(connection: Connection, row: AnyRow) -> None:
        nonlocal handed
        _expect(row, BoxState.ACTIVE, BoxState.SUSPENDED)
        successor = box_of(hub, connection, to).address if to else ""
        if successor == row.address:
            raise Refused(_("nobody is their own successor"))
        now = hub.now()
        values = {"forward_to": successor, "forward_until": now + timedelta(days=days) if successor else None}
        mailboxes.change(connection, row.address, state=BoxState.LEFT, **values)
        mailboxes.revoke_app_passwords(connection, row.address, now)
        mailboxes.end_posts(connection, row.address, hub.today())
        if successor:
            handed = mailboxes.hand_over(connection, row.address, successor, now)
            mailboxes.set_delegate(connection, row.address, successor, True, now)

    done = changed(hub, actor, address, "mailbox-left", act, kick=True)
    return {"address": done, "forward_to": to, "days": days if to else 0, "handed_over": handed}


def set_quota(hub: Hub, actor: str, *, address: str, megabytes: int) -> str:
    """Room of this mailbox; 0: as for everybody."""
    if not 0 <= megabytes <= 1_000_000:
        raise Refused(_("write 0 to {most} MB").format(most=1_000_000))

    def act(connection: Connection, row: AnyRow) -> None:
        mailboxes.change(connection, row.address, quota_mb=megabytes)

    return changed(hub, actor, address, "mailbox-quota", act)


def _expect(row: AnyRow, *states: BoxState) -> None:
    if row.state not in states:
        raise Refused(_("{address} is {state}").format(address=row.address, state=row.state))
