"""What belongs to a mailbox: further addresses, delegates, absence notes, passwords of programs, codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyotp
from sqlalchemy import Connection

from connectors.mailboxes.passwd_file import SLOTS
from hub.addresses import address_of
from hub.context import Hub
from hub.desk.mailboxes.issuing import first_password, permit, units_of
from hub.desk.mailboxes.life import box_of, changed, spread
from hub.desk.refused import Refused
from hub.passwords import hash_random
from hub.texts import _
from rules.directory import local_and_domain
from rules.mailboxes.book import BoxState
from rules.text.gate import clean
from rules.text.names import RESERVED
from storage import journal, mailboxes
from storage.engine import AnyRow
from storage.journal import Event

KINDS = ("alias", "role")
LONGEST_NOTE = 2000


def add_address(hub: Hub, actor: str, *, address: str, mailbox: str, kind: str = "alias") -> str:
    """A further address: an alias leads to one mailbox, a role address to all its members."""
    wanted = address.strip().casefold()
    local, domain = local_and_domain(wanted)
    if not local or domain not in hub.directory.domains or kind not in KINDS:
        raise Refused(_("{about} is no address of this organisation").format(about=address))
    with hub.database.transaction() as connection:
        row = box_of(hub, connection, mailbox)
        permit(hub, actor, [row.unit, *units_of(hub, row.address)])
        _free(hub, connection, wanted, kind)
        mailboxes.add_address(connection, wanted, row.address, kind, hub.now())
        facts = {"mailbox": row.address, "kind": kind}
        journal.append(connection, actor, [Event("address-added", f"address:{wanted}", facts)], hub.now())
    spread(hub)
    return wanted


def _free(hub: Hub, connection: Connection, address: str, kind: str) -> None:
    local, _domain = local_and_domain(address)
    standing = [row for row in mailboxes.further(connection) if row.address == address]
    if standing and (kind != "role" or standing[0].kind != "role"):
        raise Refused(_("{about} is in use").format(about=address))
    if not standing and (
        address in mailboxes.ever_given(connection) or hub.directory.intake(address) is not None
    ):
        raise Refused(
            _("{about} belonged to somebody before and is never given again; choose another address").format(
                about=address
            )
        )
    if local in RESERVED and kind != "role":
        raise Refused(_("{about} is kept for an office; choose another address").format(about=address))


def remove_address(hub: Hub, actor: str, *, address: str, mailbox: str) -> str:
    """It no longer leads there; nobody else gets it."""

    def act(connection: Connection, row: AnyRow) -> None:
        if not mailboxes.end_address(connection, address.strip().casefold(), row.address, hub.now()):
            raise Refused(
                _("{address} does not lead to {mailbox}").format(address=address, mailbox=row.address)
            )

    return changed(hub, actor, mailbox, "address-removed", act)


def delegate(hub: Hub, actor: str, *, mailbox: str, person: str, rights: str) -> str:
    """Somebody else opens this mailbox as a shared folder: read, write, or none any more.

    A unit's own mailbox, to which its documents come, is opened in no other way.
    """
    if rights not in ("read", "write", "none"):
        raise Refused(_("write read, write or none"))
    unit = hub.directory.intake(mailbox)
    if unit is not None:
        return _share_unit(hub, actor, unit, person, rights)

    def act(connection: Connection, row: AnyRow) -> None:
        other = box_of(hub, connection, person).address
        if other == row.address:
            raise Refused(_("the owner has every right already"))
        write = None if rights == "none" else rights == "write"
        mailboxes.set_delegate(connection, row.address, other, write, hub.now())

    return changed(hub, actor, mailbox, "mailbox-shared", act, own=True)


def _share_unit(hub: Hub, actor: str, unit: str, person: str, rights: str) -> str:
    permit(hub, actor, [unit])
    found = address_of(hub, unit)
    if found is None or found.mailbox is None:
        raise Refused(_("{unit} has no mailbox here").format(unit=hub.directory.party_name(unit)))
    box = found.email.casefold()
    with hub.database.transaction() as connection:
        other = box_of(hub, connection, person).address
        write = None if rights == "none" else rights == "write"
        mailboxes.set_delegate(connection, box, other, write, hub.now())
        facts = {"person": other, "rights": rights}
        journal.append(connection, actor, [Event("mailbox-shared", f"mailbox:{box}", facts)], hub.now())
    spread(hub)
    return box


def be_absent(hub: Hub, actor: str, *, mailbox: str, first: str = "", last: str = "", words: str = "") -> str:
    """An answer to people who write while the owner is away; without days: back again (RFC 3834)."""
    note: dict[str, Any] | None = None
    if first or last:
        try:
            note = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
        except ValueError as error:
            raise Refused(_("write days as 2026-02-20")) from error
        if note["last"] < note["first"] or note["last"] < hub.today():
            raise Refused(_("the last day lies before the first, or is over"))
        note["words"] = clean(words, LONGEST_NOTE)
        if not note["words"]:
            raise Refused(_("write what is to be answered"))

    def act(connection: Connection, row: AnyRow) -> None:
        mailboxes.set_absence(connection, row.address, note)

    return changed(hub, actor, mailbox, "mailbox-absence", act, own=True)


def add_program(hub: Hub, actor: str, *, mailbox: str, label: str) -> dict[str, Any]:
    """A password for one program or phone, told this once, withdrawn by itself."""
    password, made = first_password(), 0
    hash_ = hash_random(password)

    def act(connection: Connection, row: AnyRow) -> None:
        nonlocal made
        if row.state != BoxState.ACTIVE:
            raise Refused(_("{address} is {state}").format(address=row.address, state=row.state))
        used = {item.slot for item in mailboxes.app_password_rows(connection, row.address)}
        free = [slot for slot in range(1, SLOTS + 1) if slot not in used]
        if not free:
            raise Refused(_("{count} passwords of programs at most; withdraw one first").format(count=SLOTS))
        made = free[0]
        mailboxes.add_app_password(
            connection,
            {
                "mailbox": row.address,
                "slot": made,
                "label": clean(label, 80),
                "password_hash": hash_,
                "created_at": hub.now(),
            },
        )

    address = changed(hub, actor, mailbox, "program-password", act, own=True)
    return {"address": address, "number": made, "label": label, "password": password}


def remove_program(hub: Hub, actor: str, *, mailbox: str, number: int) -> str:
    """That program gets in no more."""

    def act(connection: Connection, row: AnyRow) -> None:
        if not mailboxes.revoke_app_passwords(connection, row.address, hub.now(), number):
            raise Refused(_("there is no password of a program with number {number}").format(number=number))

    return changed(hub, actor, mailbox, "program-password-withdrawn", act, own=True, kick=True)


def second_factor(hub: Hub, actor: str, *, mailbox: str, code: str = "", off: bool = False) -> dict[str, str]:
    """One-time codes (RFC 6238) for web pages: first the secret, then a code that shows it arrived."""
    told: dict[str, str] = {}

    def act(connection: Connection, row: AnyRow) -> None:
        if off:
            mailboxes.set_second_factor(connection, row.address, None, hub.now())
            return
        if not code:
            if mailboxes.confirmed_factor(connection, row.address) is not None:
                raise Refused(
                    _("{address} has codes already; end them first with --off").format(address=row.address)
                )
            secret = pyotp.random_base32()
            mailboxes.set_second_factor(connection, row.address, secret, hub.now())
            told["secret"] = secret
            told["uri"] = pyotp.TOTP(secret).provisioning_uri(name=row.address, issuer_name=hub.config.domain)
            return
        known = mailboxes.second_factor(connection, row.address)
        if known is None or not pyotp.TOTP(known).verify(code, for_time=hub.now(), valid_window=1):
            raise Refused(_("this code is not right; look at the clock of the phone"))
        mailboxes.confirm_second_factor(connection, row.address, hub.now())

    told["address"] = changed(hub, actor, mailbox, "second-factor", act, own=True)
    return told
