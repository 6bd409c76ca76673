"""A kind of report that is a table: the figures of all units in one workbook."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from connectors.writers.sheet_xlsx import xlsx_of
from hub.context import Hub
from hub.texts import _, current
from rules.reporting.kinds import NUMERIC, Kind
from rules.reporting.period import Period
from storage import returns


def table(hub: Hub, connection: Connection, kind: Kind, period: Period) -> bytes:
    """Every unit that was asked with its figures, sums of the numbers below; the missing stand empty."""
    rows = returns.of_period(connection, kind.code, period.name)
    english = current() == "en"
    names = [field.name_en if english and field.name_en else field.name for field in kind.fields]
    units = [f"({field.unit})" if field.unit else "" for field in kind.fields]
    heads = [
        _("Unit"),
        _("Received"),
        *(f"{name} {unit}".strip() for name, unit in zip(names, units, strict=True)),
    ]
    lines = [
        [
            hub.directory.party_name(row.unit),
            f"{hub.local(row.first_at):%d/%m/%Y %H:%M}" if row.first_at is not None else _("missing"),
            *((row.answers or {}).get(field.code) for field in kind.fields),
        ]
        for row in rows
    ]
    sums: list[Any] = [_("Together"), ""]
    for number, field in enumerate(kind.fields, 2):
        values = [line[number] for line in lines if line[number] is not None]
        adds_up = field.kind in NUMERIC and field.unit != "%"  # because shares and indices do not
        sums.append(sum(values) if adds_up and values else None)
    return xlsx_of({kind.code: [heads, *lines, sums]})
