"""Signed rights of this hub: addresses to answer to, links to press, calendars to follow.

The same row always gets the same token, because a mail that is sent again must be the same mail.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from hub.context import Hub
from rules.directory import local_and_domain
from rules.token import Purpose, Token, sign, verify

PREFIX = "cmd+"
LIFETIME = timedelta(days=60)
PATH = "/a/"


def reply_address(hub: Hub, row: int, since: datetime) -> str:
    """Where an answer about this row of the ledger goes."""
    return f"{PREFIX}{_token(hub, Purpose.REPLY, row, since)}@{hub.config.domain}"


def link(hub: Hub, purpose: Purpose, row: int, since: datetime) -> str:
    """The page on which this one thing can be said; "" where the hub has no pages."""
    base = public_base(hub)
    return f"{base}{PATH}{_token(hub, purpose, row, since)}" if base else ""


def public_base(hub: Hub) -> str:
    """How people reach the hub's pages, without a slash at the end."""
    web = hub.config.web
    if web.public_url or not web.host or not web.port:
        return web.public_url.rstrip("/")
    host = f"[{web.host}]" if ":" in web.host else web.host
    return f"http://{host}:{web.port}"


def right_of_address(hub: Hub, address: str) -> tuple[Token, str] | None:
    """The right to answer that an address carries, with the token's text; None when it is not ours."""
    local, domain = local_and_domain(address)
    if not local.startswith(PREFIX) or domain not in hub.directory.domains:
        return None
    text = local.removeprefix(PREFIX)
    found = verify(hub.secret, text, hub.now())
    return (found, text) if found is not None and found.purpose is Purpose.REPLY else None


def form_address(hub: Hub, form: int, since: datetime) -> str:
    """Where a unit's return about this form goes."""
    return f"{PREFIX}{_token(hub, Purpose.RETURN, form, since)}@{hub.config.domain}"


def form_of_address(hub: Hub, address: str) -> int:
    """The form that an address was made for; 0 when it is not ours or has run out."""
    return _row_of_address(hub, address, Purpose.RETURN)


def case_address(hub: Hub, case: int, since: datetime) -> str:
    """Where a clerk's answer about what waits goes."""
    return f"{PREFIX}{_token(hub, Purpose.REVIEW, case, since)}@{hub.config.domain}"


def case_of_address(hub: Hub, address: str) -> int:
    """The case that an address was made for; 0 when it is not ours or has run out."""
    return _row_of_address(hub, address, Purpose.REVIEW)


def hold_address(hub: Hub, document: int, since: datetime) -> str:
    """Where a coordinator's answer about what of a document waits goes."""
    return f"{PREFIX}{_token(hub, Purpose.HOLD, document, since)}@{hub.config.domain}"


def hold_of_address(hub: Hub, address: str) -> int:
    """The document that an address was made for; 0 when it is not ours or has run out."""
    return _row_of_address(hub, address, Purpose.HOLD)


def is_answer_address(address: str) -> bool:
    """Whether an address is of the kind that carries answers, valid or not."""
    return local_and_domain(address)[0].startswith(PREFIX)


def _row_of_address(hub: Hub, address: str, purpose: Purpose) -> int:
    local, domain = local_and_domain(address)
    if not local.startswith(PREFIX) or domain not in hub.directory.domains:
        return 0
    found = verify(hub.secret, local.removeprefix(PREFIX), hub.now())
    return found.row if found is not None and found.purpose is purpose else 0


def _token(hub: Hub, purpose: Purpose, row: int, since: datetime) -> str:
    seed = hmac.new(hub.secret, f"nonce {purpose} {row}".encode(), hashlib.sha256).digest()
    return sign(hub.secret, purpose, row, since + LIFETIME, seed[:6])
