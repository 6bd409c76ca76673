"""Which units a kind of report is asked of."""

from __future__ import annotations

from datetime import date

from hub.context import Hub
from hub.reporting.counting import reporting_units
from rules.reporting.kinds import Kind

DEPLOYED = "deployed"


def units_asked(hub: Hub, kind: Kind, day: date) -> list[str]:
    """The units, each once, as they exist on this day; a name that nobody bears asks nobody."""
    found: dict[str, None] = {}
    for who in kind.who:
        found.update(dict.fromkeys(_of(hub, who, day)))
    return list(found)


def _of(hub: Hub, who: str, day: date) -> list[str]:
    directory = hub.directory
    deployed = reporting_units(hub, day)
    if who == DEPLOYED:
        return deployed
    prefix, _colon, rest = who.partition(":")
    if prefix == "kind":
        return [code for code in deployed if directory.units[code].kind.value == rest]
    if prefix == "group":
        return [party for party in directory.expand(rest, day) if party in directory.units]
    return [who] if directory.valid(who, day) else []
