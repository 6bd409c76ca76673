"""What units are asked for and what they handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from hub.cli.console import Data, Json, console, reading, say_error, show_json
from hub.cli.report import report_app
from hub.cli.table import plain_table
from hub.texts import N_, _, current

if TYPE_CHECKING:
    from hub.context import Hub
    from hub.reporting.kinds import KnownKinds


def add_to(_app: typer.Typer) -> None:
    """These commands stand below ``vanthu report``, which is there by importing this module."""


@report_app.command("kinds", help=N_("Kinds of report: what units are asked for, how often, until when."))
def kinds(data: Data = None, as_json: Json = False) -> None:
    """Read only; a file that is no kind of report is named with its mistakes, exit code 1."""
    from hub.reporting.kinds import known

    with reading(data) as hub:
        found = known(hub)
        rows = [_kind_row(hub, found, code) for code in found.kinds]
    if as_json:
        show_json(rows)
    else:
        _show_kinds(rows)
    for file, sentences in found.broken.items():
        for sentence in sentences:
            say_error(f"{file}: {sentence}")
    if found.broken:
        raise typer.Exit(1)


def _kind_row(hub: Hub, found: KnownKinds, code: str) -> dict[str, Any]:
    from hub.reporting.asked import units_asked
    from rules.reporting.ladder import current as periods
    from rules.reporting.ladder import deadline
    from rules.reporting.period import after

    kind, today = found.kinds[code], hub.today()
    newest = periods(kind, today)[-1]
    period = newest if today < deadline(kind, newest, hub.calendar).limit else after(newest)
    return {
        "code": code,
        "name": kind.called(current()),
        "every": kind.every.value,
        "fields": len(kind.fields),
        "units": len(units_asked(hub, kind, today)),
        "collected": code in hub.config.reports.kinds,
        "period": period.name,
        "due": deadline(kind, period, hub.calendar).day.isoformat(),
        "file": str(found.files[code]),
    }


def _show_kinds(rows: list[dict[str, Any]]) -> None:
    table = plain_table("")
    for head in (_("Code"), _("Name"), _("Period"), _("Due"), _("Fields"), _("Units"), _("Collected")):
        table.add_column(head)
    for row in rows:
        collected = _("yes") if row["collected"] else _("no")
        cells = (row["code"], row["name"], row["period"], row["due"], row["fields"], row["units"], collected)
        table.add_row(*(escape(str(cell)) for cell in cells))
    console.print(table)
