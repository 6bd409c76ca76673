"""The end of a ladder of a kind that is a table: its figures go to who collects them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.following import telling
from hub.reporting.kinds import kind_of
from hub.reporting.proposing import settle
from rules.reporting.kinds import Act, Kind
from rules.reporting.period import Period, named
from storage import journal, steps
from storage.journal import Event
from storage.steps import Claim

NOTICE = "figures_collected"


def run(hub: Hub, step: Claim, worker: str) -> None:
    """The figures, or what came since, once. LookupError for a kind that is gone: the step is parked."""
    now, payload = hub.now(), step.payload
    kind = kind_of(hub, payload["kind"])
    period = named(payload["period"], kind.cut_off) if kind is not None else None
    if kind is None or period is None:
        raise LookupError(f"no report {payload['kind']} {payload['period']}")
    with hub.database.transaction() as connection:
        if settle(connection, kind.code, payload, now):
            _send_figures(hub, connection, kind, period, payload)
            facts = {"step": payload["step"], "late": payload["late"]}
            event = Event("report-step", f"report:{kind.code}/{period.name}", facts)
            journal.append(connection, "hub", [event], now)
        steps.finish(connection, step)
    hub.wake.ring()


def _send_figures(
    hub: Hub, connection: Connection, kind: Kind, period: Period, payload: dict[str, Any]
) -> None:
    """To the clerks of the unit that collects and to the recipients; each address once."""
    letter = {
        "notice": NOTICE,
        "kind": kind.code,
        "period": period.name,
        "supplement": payload["act"] == Act.SUPPLEMENT.value,
        "late": payload["late"],
    }
    parties = dict.fromkeys((kind.collector or hub.directory.central or "", *kind.recipients))
    readers = dict.fromkeys(address for party in parties for address in telling.clerks_of(hub, party))
    for address in readers:
        key = f"figures.{kind.code}.{period.name}.{payload['step']}.{address}"
        telling.notify(hub, connection, key, address, letter, hub.now(), urgent=True)
