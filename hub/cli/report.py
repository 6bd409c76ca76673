"""The month's compliance, computed from the traffic: on the screen, as PDF and spreadsheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from hub.cli.console import Data, Json, console, fail, reading, say, show_json
from hub.cli.table import plain_table
from hub.texts import N_, _
from rules.reporting.period import Period, named

report_app = typer.Typer(no_args_is_help=True, help=N_("The monthly compliance report, as a preview."))
Month = Annotated[str, typer.Option("--month", help=N_("The month in which it is due, as 2026-11."))]
Out = Annotated[Path, typer.Option("--out", help=N_("Folder for the files."))]
DOTS = {"green": "[green]●[/]", "yellow": "[yellow]●[/]", "red": "[red]●[/]", "none": "[dim]·[/]"}


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(report_app, name="report")


@report_app.command("show", help=N_("Every unit against the targets, as far as the hub can count."))
def show(month: Month = "", data: Data = None, as_json: Json = False) -> None:
    """Read only."""
    from hub.reporting import compliance, words
    from rules.compliance.measures import BY_CODE

    with reading(data) as hub, hub.database.reading() as connection:
        made = compliance.compliance(hub, connection, _period(month, hub.today()))
        if as_json:
            show_json(compliance.rows(made))
            return
        table = plain_table(f"{hub.config.organisation.name} · {words.period_words(made.period)}")
        table.add_column(_("Unit"), ratio=1)
        table.add_column(_("Targets reached"), justify="right")
        for code in BY_CODE:
            table.add_column(code[1:], justify="center")
        for line in made.units:
            dots = [DOTS[BY_CODE[code].light(line.readings[code]).value] for code in BY_CODE]
            table.add_row(escape(line.name), f"{line.score.met}/{line.score.applicable}", *dots)
        console.print(table)
        for code in BY_CODE:
            figure = words.reading_words(code, made.whole[code])
            console.print(
                f"[dim]{code}[/] {escape(_(words.MEASURES[code]))}: {figure} / {words.target_words(code)}"
            )


@report_app.command("run", help=N_("Write the board's files into a folder; nothing is sent."))
def run(out: Out, month: Month = "", data: Data = None) -> None:
    """PDF and spreadsheet."""
    from hub.reporting import compliance

    with reading(data) as hub, hub.database.reading() as connection:
        made = compliance.compliance(hub, connection, _period(month, hub.today()))
        out.mkdir(parents=True, exist_ok=True)
        for ending, content in (("pdf", compliance.pdf(hub, made)), ("xlsx", compliance.xlsx(made))):
            file = out / f"tuan-thu-{made.period.name}.{ending}"
            file.write_bytes(content)
            say(_("written: {file}").format(file=file))


def _period(month: str, today: date) -> Period:
    found = named(month or f"{today:%Y-%m}")
    if found is None:
        fail(_("{text} is no month; write it as 2026-11").format(text=month), 2)
    return found
