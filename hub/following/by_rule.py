"""Whom the rules tell of a document without sending it, planned with the routing of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection

from hub.chat import planning
from hub.context import Hub
from hub.following import telling
from rules.values.routing import Because, Informed
from rules.vocabulary import Role, Urgency
from storage.engine import AnyRow

CHAT = "telegram"


def tell_all(
    hub: Hub, connection: Connection, row: AnyRow, told: Iterable[Informed], version: int, now: datetime
) -> list[str]:
    """One notice to each address, by the channel that the rule names; the addresses."""
    reached: dict[tuple[str, bool], list[Because]] = {}
    for item in told:
        for address in _addresses(hub, item):
            reached.setdefault((address, item.channel == CHAT), []).append(item.because)
    for (address, by_chat), why in reached.items():
        letter = {"notice": "by_rule", "rules": list(dict.fromkeys(reason.words() for reason in why))}
        key = f"by-rule.{version}.{address}"
        if by_chat:
            planning.plan(hub, connection, key, [address], letter, row.id, Urgency(row.urgency), now)
        else:
            urgent = row.urgency > Urgency.NORMAL
            telling.notify(hub, connection, key, address, letter, now, document=row.id, urgent=urgent)
    return list(dict.fromkeys(address for address, _by_chat in reached))


def _addresses(hub: Hub, item: Informed) -> Iterator[str]:
    """A person's own address; of a unit the mailbox that its clerks share, by chat each of its clerks."""
    if "@" in item.whom:
        yield item.whom
    elif item.channel == CHAT and item.whom in hub.directory.units:
        keeper = hub.directory.keeper(item.whom) or item.whom
        yield from (person.email for person in hub.directory.holding(keeper, Role.CLERK, hub.today()))
    else:
        yield from telling.clerks_of(hub, item.whom)
