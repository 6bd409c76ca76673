"""People change their own password on the web, and who lost it sets a new one with the codes of their phone.

Once somebody has confirmed codes (RFC 6238), no change is made without one. A code works once.
"""

from __future__ import annotations

from enum import StrEnum

import pyotp
from sqlalchemy import Connection

from hub.context import Hub
from hub.desk.mailboxes.life import sound_password
from hub.desk.refused import Refused
from hub.passwords import fits
from storage import handling, mailboxes
from storage.engine import AnyRow

STEP = 30  # seconds a code lives
AROUND = (-1, 0, 1)  # steps, because clocks of phones differ


class Trouble(StrEnum):
    """Why nothing was changed; never whether the mailbox exists."""

    TOO_MANY = "too-many"
    WRONG = "wrong"
    WEAK = "weak"


def change(hub: Hub, *, address: str, current: str, code: str, new: str, place: str) -> Trouble | None:
    """None: the new password is set, and everybody who was logged in with the old one is out."""
    from hub.desk.mailboxes.life import set_password

    box, now = address.strip().casefold(), hub.now()
    try:
        sound_password(new)
    except Refused:
        return Trouble.WEAK
    if hub.guard.refuses(place, box, now):
        fits(None, current)
        return Trouble.TOO_MANY
    with hub.database.transaction() as connection:
        row = next(iter(mailboxes.listing(connection, address=box)), None)
        right = _proved(hub, connection, box, row, current, code)
    if not right or hub.shut_out(box):
        hub.guard.note(place, box, False, now)
        return Trouble.WRONG
    set_password(hub, box, address=box, password=new)
    return None


def _proved(hub: Hub, connection: Connection, box: str, row: AnyRow | None, current: str, code: str) -> bool:
    """By the password, and by a code where codes are used; by a code alone where the password is lost."""
    if row is None or row.suspended:
        return fits(None, current)  # always asked, because it takes its time
    good = row.password_until is None or hub.now() < row.password_until
    knows = fits(row.password_hash if good else None, current)
    secret = mailboxes.confirmed_factor(connection, box)
    if secret is None:
        return knows
    return (knows or not current) and _use_code(hub, connection, box, secret, code)


def _use_code(hub: Hub, connection: Connection, box: str, secret: str, code: str) -> bool:
    codes, at = pyotp.TOTP(secret, interval=STEP), int(hub.now().timestamp()) // STEP
    for step in (at + around for around in AROUND):
        if pyotp.utils.strings_equal(codes.generate_otp(step), code.strip()):
            return handling.spend(connection, f"totp {box} {step}", "password", box, hub.now())
    return False
