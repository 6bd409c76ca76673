"""What people set for themselves: how they are told, who stands in for them, their calendar feed."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.following.signing import public_base
from hub.texts import _
from rules.digest import STYLES
from rules.values.directory import Person
from storage import journal, notices
from storage.journal import Event

FEED = "/lich/"


def set_notices(hub: Hub, actor: str, *, address: str, style: str) -> dict[str, Any]:
    """at_once, hourly or daily; what is urgent always comes at once."""
    if style not in STYLES:
        raise Refused(
            _("there is no way {style}; ways: {known}").format(style=style, known=", ".join(STYLES))
        )
    who = _mailbox(hub, address)
    with hub.database.transaction() as connection:
        notices.prefer(connection, who, notices=style)
    return {"address": who, "style": style}


def set_away(hub: Hub, actor: str, *, address: str, substitute: str, first: str, last: str) -> dict[str, Any]:
    """Somebody else gets a person's notices on these days; without a substitute the person is back."""
    who = _person(hub, address)
    begins, ends = _day(first), _day(last)
    if ends < begins:
        raise Refused(_("{last} is before {first}").format(first=first, last=last))
    now = hub.now()
    with hub.database.transaction() as connection:
        if substitute:
            other = _person(hub, substitute)
            if other.email == who.email:
                raise Refused(_("nobody stands in for themselves"))
            notices.be_away(connection, who.email, other.email, begins, ends, actor)
        else:
            notices.come_back(connection, who.email, begins, ends)
        journal.append(connection, actor, [Event("absence", "person", {"first": first, "last": last})], now)
    return {"address": who.email, "substitute": substitute, "first": first, "last": last}


def calendar_url(hub: Hub, actor: str, *, address: str, new: bool = False) -> dict[str, Any]:
    """The secret address of a person's calendar; ``new`` makes the old one worthless."""
    who = _person(hub, address)
    with hub.database.transaction() as connection:
        kept = notices.preference(connection, who.email)
        feed = kept.feed if kept is not None and kept.feed and not new else secrets.token_urlsafe(24)
        notices.prefer(connection, who.email, feed=feed)
    return {"address": who.email, "url": f"{public_base(hub)}{FEED}{feed}.ics"}


def _mailbox(hub: Hub, address: str) -> str:
    """A person, or a unit by its mailbox."""
    if hub.directory.intake(address) is not None:
        return address.casefold()
    return _person(hub, address).email


def _person(hub: Hub, address: str) -> Person:
    found = hub.directory.person(address)
    if found is None:
        near = ", ".join(hub.directory.suggest(address)) or "-"
        raise Refused(
            _("there is nobody with the address {address}; nearest: {near}").format(
                address=address, near=near
            )
        )
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("{text} is no date; write it as 2026-11-23").format(text=text)) from error
