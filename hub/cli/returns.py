"""What units are asked for and what they handed in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from hub.cli.console import As, Data, Json, act, console, fail, reading, say, say_error, seeing, show_json
from hub.cli.report import report_app
from hub.cli.table import plain_table
from hub.texts import N_, _, current

if TYPE_CHECKING:
    from hub.cli.console import Sight
    from hub.context import Hub
    from hub.reporting.kinds import KnownKinds

LARGEST = 10 << 20  # bytes of a sheet
STATES = {"in_time": N_("in time"), "late": N_("late"), "missing": N_("missing")}
COLOURS = {"in_time": "green", "late": "yellow", "missing": "red"}
KindName = Annotated[str, typer.Option("--kind", help=N_("Which kind of report; see: vanthu report kinds."))]
PeriodName = Annotated[str, typer.Option("--period", help=N_("The period, as 2026-11; empty: the newest."))]


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


@report_app.command(
    "status", help=N_("Who has handed in, who is missing by name, what was sent and what comes.")
)
def status(period: PeriodName = "", data: Data = None, as_json: Json = False, by: As = "") -> None:
    """Read only; with --as only the units that this person's posts open, all for those who collect."""
    from hub.reporting.standing import standing

    with seeing(data, by, "report-status") as sight:
        rows = standing(sight.hub, sight.connection, period=period, units=_seen(sight, by))
    if period and not rows:
        fail(_("{text} is no period of a kind that is collected").format(text=period), 2)
    if as_json:
        show_json(rows)
        return
    for row in rows:
        _show_standing(row)


def _seen(sight: Sight, by: str) -> frozenset[str] | None:
    """Everything for the operator, an auditor, and the clerks and heads of the unit that collects."""
    from hub.reporting.kinds import collected
    from hub.reporting.rights import may_hand_in

    view = sight.view.units
    if view is None or any(
        k.collector and may_hand_in(sight.hub, by, k.collector) for k in collected(sight.hub)
    ):
        return None
    return view


def _show_standing(row: dict[str, Any]) -> None:
    head = _("{kind} {period}, due {due}: {asked} asked, {in_time} in time, {late} late, {missing} missing")
    console.print(escape(head.format(**row)), soft_wrap=True)
    table = plain_table("")
    for name in (_("Unit"), _("State"), _("Received"), _("Version"), _("By")):
        table.add_column(name)
    order = ("missing", "late", "in_time")
    for unit in sorted(row["units"], key=lambda item: (order.index(item["state"]), item["name"])):
        state = f"[{COLOURS[unit['state']]}]{_(STATES[unit['state']])}[/]"
        came = (unit["received"] or "")[:16].replace("T", " ")
        cells = (unit["name"], came, str(unit["version"] or ""), unit["by"] or "")
        name, received, version, who = (escape(cell) for cell in cells)
        table.add_row(name, state, received, version, who)
    console.print(table)
    steps = plain_table("")
    for name in (_("Step"), _("Due"), _("Done"), ""):
        steps.add_column(name)
    for step in row["steps"]:
        remark = _("late") if step["late"] else ""
        remark = _("stands in another") if step["outcome"] == "skipped" else remark
        times = ((step[name] or "")[:16].replace("T", " ") for name in ("at", "done"))
        steps.add_row(escape(step["step"]), *times, remark)
    console.print(steps)


@report_app.command(
    "hand-in", help=N_("Hand a return in for a unit: lines field=value, or the sheet filled in.")
)
def hand_in(
    unit: Annotated[str, typer.Argument(help=N_("Code of the unit."))],
    what: Annotated[list[str], typer.Argument(help=N_("A sheet, or field=value ..., or “đúng”."))],
    kind: KindName = "compliance",
    period: PeriodName = "",
    data: Data = None,
    by: As = "",
) -> None:
    """Checked like one that comes by mail; each thing to mend is a line, exit code 1."""
    pages = _grids(Path(what[0])) if len(what) == 1 and _is_file(what[0]) else []
    lines = [] if pages else what
    made = act(data, "returns.hand-in", by, unit=unit, kind=kind, period=period, lines=lines, grids=pages)
    say(_("{unit} {period}: received, version {version}").format(**made))
    if made["request"]:
        say(_("the difficulties are request {number} for help").format(number=made["request"]))


def _is_file(text: str) -> bool:
    return (
        "=" not in text
        and ":" not in text
        and Path(text).suffix.lower() in (".xlsx", ".xls", ".ods", ".xlsm")
    )


def _grids(file: Path) -> list[dict[str, Any]]:
    """Read here, in the console's own process and rights: the operator's file is no foreign mail."""
    import msgspec

    from connectors.readers.grid import NoWorkbook, read_grids

    try:
        if file.stat().st_size > LARGEST:
            fail(_("{file}: too large for a form").format(file=file))
        pages: list[dict[str, Any]] = msgspec.to_builtins(list(read_grids(file)))
        return pages
    except OSError as error:
        fail(_("{file}: cannot be read: {error}").format(file=file, error=error.strerror))
    except NoWorkbook as error:
        fail(_("{file}: cannot be read: {error}").format(file=file, error=error))
