"""Weekly, to a sender's clerk: the papers that have not come behind what went over the network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.context import Hub
from hub.following import telling
from hub.following.paper_notice import PaperLine, PapersMissing
from hub.notices import Hub as Us
from storage import deliveries, notices, papers, steps
from storage.engine import AnyRow
from storage.steps import Claim

STAGE, KIND = "papers", "papers"
MOST_LINES = 100  # in one mail; vanthu paper lists all of them


def missing(hub: Hub, connection: Connection, now: datetime) -> Mapping[str, Sequence[AnyRow]]:
    """Papers that have not come in time, by the unit that sent the document."""
    limit = now - timedelta(days=hub.config.schedule.paper_after_days)
    found: defaultdict[str, list[AnyRow]] = defaultdict(list)
    for row in papers.listing(connection):
        if row.expected_at <= limit:
            found[row.sender_unit].append(row)
    return found


def run(hub: Hub, step: Claim, worker: str) -> None:
    """A mail for each unit whose papers are late; none where all have come."""
    now = hub.now()
    with hub.database.transaction() as connection:
        rows = [
            notices.row(
                f"{step.slot}.{unit}.{to}".replace("/", "."), unit, to, {"notice": KIND, "unit": unit}, now
            )
            for unit in sorted(missing(hub, connection, now))
            for to in telling.clerks_of(hub, unit)
        ]
        if rows:
            deliveries.plan(connection, rows)
        steps.finish(connection, step)
    hub.wake.ring()


def notice_of(hub: Hub, connection: Connection, row: AnyRow) -> PapersMissing:
    """What is missing at the moment at which the mail is written."""
    unit = row.letter["unit"]
    late = missing(hub, connection, hub.now()).get(unit, ())
    lines = tuple(
        PaperLine(
            f"{item.symbol} {item.subject}".strip(),
            hub.directory.party_name(item.unit, hub.local(item.expected_at).date()),
            hub.local(item.expected_at).date(),
        )
        for item in late[:MOST_LINES]
    )
    organisation = hub.config.organisation
    us = Us(organisation.name, organisation.help_address or f"hotro@{hub.config.domain}")
    name = hub.directory.party_name(unit)
    return PapersMissing(
        us, name, hub.config.schedule.paper_after_days, lines, max(0, len(late) - MOST_LINES)
    )
