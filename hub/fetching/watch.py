"""Administrators are told when an account does not work: by mail and by chat.

Both by the hub's own delivery and never by that account, so that what fails is not what has to tell it.
Asked by the schedule and not by the thread that fetches, because a thread that hangs tells nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Connection

from hub import checkpoint
from hub.chat import planning
from hub.context import Hub
from hub.fetching.book import source_name
from hub.fetching.health import healths, trouble_text, troubles_of
from rules.values.fetching import SourceHealth
from rules.vocabulary import Urgency
from storage import deliveries, fetching, journal, notices
from storage.journal import Event

log = logging.getLogger("vanthu.fetch")


def propose(hub: Hub, connection: Connection, now: datetime) -> bool:
    """Plan what must be told now: once for each trouble, and anew each day while it lasts."""
    if not hub.config.fetch.accounts:
        return False
    _notice_new_ones(hub, connection, now)
    planned = 0
    for health in healths(hub, connection):
        for code in troubles_of(hub, health):
            planned += _tell(hub, connection, health, code, now)
    return planned > 0


def _notice_new_ones(hub: Hub, connection: Connection, now: datetime) -> None:
    """An account at which nothing ever looks, because no process has the part, is silent too."""
    known = {row.name: row.value for row in fetching.cursors(connection)}
    for account in hub.config.fetch.accounts:
        source = source_name(account.name, account.folder)
        if "seen" not in known.get(source, {}):
            fetching.note(connection, source, {"seen": now.isoformat()})


def _tell(hub: Hub, connection: Connection, health: SourceHealth, code: str, now: datetime) -> int:
    key = f"source-trouble.{health.name}.{code}.{_occasion(hub, health, code)}"
    letter = {
        "notice": "source_trouble",
        "account": health.name,
        "code": code,
        "detail": health.detail if code == health.trouble else "",
        "since": health.troubled_since.isoformat() if health.troubled_since else "",
        "last_success": health.last_success.isoformat() if health.last_success else "",
        "expires": health.expires if code == "secret-ends" else "",
    }
    to = receivers(hub, health.name)
    planned = deliveries.plan(
        connection, [notices.to_person(f"{key}.{address}", address, letter, now) for address in to]
    )
    if not planned:
        return 0
    everybody = checkpoint.administrators(hub)
    planning.plan(hub, connection, key, everybody, letter, None, Urgency.URGENT, now)
    facts = {"why": code, "told": len(planned)}
    journal.append(connection, "hub", [Event("source-trouble", f"source:{health.name}", facts)], now)
    log.critical("%s: %s %s", health.name, trouble_text(code), letter["detail"])
    return len(planned)


def _occasion(hub: Hub, health: SourceHealth, code: str) -> str:
    """What makes a trouble another one: the day, and of mails set aside their number."""
    return f"{hub.today().isoformat()}.{health.aside}" if code == "mails-aside" else hub.today().isoformat()


def receivers(hub: Hub, account: str) -> list[str]:
    """The administrators, without whom this very account belongs to; with them where there is nobody else,
    because people may look into a mailbox that the hub cannot open."""
    own = {item.user.casefold() for item in hub.config.fetch.accounts if item.name == account}
    everybody = checkpoint.administrators(hub)
    return [address for address in everybody if address.casefold() not in own] or everybody
