"""The monthly compliance report: on the screen, its rows, its files, and issuing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hub.cli.console import DENIED, As, Data, Json, Sight, act, console, fail, say, seeing, show_json
from hub.cli.table import Column, plain_table, show
from hub.texts import N_, _, speaking
from rules.reporting.period import Period, named

if TYPE_CHECKING:
    from hub.reporting.compliance import Compliance

report_app = typer.Typer(no_args_is_help=True, help=N_("The monthly compliance report."))
Month = Annotated[str, typer.Option("--month", help=N_("The month in which it is due, as 2026-11."))]
Language = Annotated[str, typer.Option("--language", help=N_("Language of the files: vi or en."))]
PARTS = {"report": N_("report"), "supplement": N_("supplement")}
DOTS = {
    "green": "[green]●[/]",
    "yellow": "[yellow]●[/]",
    "red": "[red]●[/]",
    "unknown": "?",
    "none": "[dim]·[/]",
}


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(report_app, name="report")


@report_app.command("show", help=N_("Every unit against the targets, as far as the hub can count."))
def show_figures(month: Month = "", data: Data = None, json: Json = False, by: As = "") -> None:
    """Read only; a person sees the units whose documents they see."""
    from hub.reporting import compliance, returned

    with seeing(data, by, "report.show") as sight:
        period = _period(sight, month)
        answers = returned.answers(sight.hub, sight.connection, period)
        made = compliance.compliance(sight.hub, sight.connection, period, answers)
        made = compliance.seen(made, sight.view.units)
        if json:
            show_json(compliance.rows(made))
        else:
            _print_figures(sight.hub.config.organisation.name, made)


def _print_figures(organisation: str, made: Compliance) -> None:
    from hub.reporting import words
    from rules.compliance.measures import BY_CODE

    table = plain_table(f"{organisation} · {words.period_words(made.period)}")
    table.add_column(_("Unit"), ratio=1)
    table.add_column(_("Targets reached"), justify="right")
    for code in BY_CODE:
        table.add_column(code[1:], justify="center")
    for line in made.units:
        dots = [DOTS[line.lights[code].value] for code in BY_CODE]
        table.add_row(escape(line.name), f"{line.score.met}/{line.score.applicable}", *dots)
    console.print(table)
    for code in BY_CODE:
        found = made.whole[code]
        figure = f"{words.percent(found.share)} ({words.out_of(found)}) / {words.target_words(code)}"
        console.print(f"[dim]{code}[/] {escape(_(words.MEASURES[code]))}: {figure}")


@report_app.command("rows", help=N_("The rows behind one figure of one unit."))
def rows(
    measure: Annotated[str, typer.Argument(help=N_("The measure, as O25."))],
    unit: Annotated[str, typer.Option("--unit", help=N_("Code of the unit."))],
    month: Month = "",
    data: Data = None,
    json: Json = False,
    by: As = "",
) -> None:
    """Read only; a person opens the figures of their own units."""
    from hub.reporting import history, opening, returned
    from hub.reporting.words import MEASURES, out_of
    from rules.compliance.answers import UNASKED
    from rules.compliance.measures import readings

    code = measure.upper()
    if code not in MEASURES:
        fail(
            _("there is no measure {code}; there are {known}").format(code=measure, known=" ".join(MEASURES)),
            2,
        )
    with seeing(data, by, "report.rows") as sight:
        period = _period(sight, month)
        facts = history.facts_for(sight.hub, sight.connection, period)
        if unit not in facts:
            near = ", ".join(sight.hub.directory.suggest(unit)) or "-"
            fail(
                _("no unit {unit} is measured in this month; nearest: {near}").format(unit=unit, near=near), 2
            )
        if sight.view.units is not None and unit not in sight.view.units:
            fail(_("the figures of {unit} are opened by its own people").format(unit=unit), DENIED)
        said = returned.answers(sight.hub, sight.connection, period).get(unit, UNASKED)
        found = opening.opened(sight.hub, sight.connection, period, unit, code, said)
        reading = readings(facts[unit], said)[code]
        title = f"{code} {_(MEASURES[code])} · {sight.hub.directory.party_name(unit)}: {out_of(reading)}"
    if not json:
        say(title)
    show(opening.plain(found), _row_columns(), as_json=json)


def _row_columns() -> list[Column]:
    return [
        Column("counted", _("Counts"), whole=True, words=lambda yes: "✓" if yes else "–"),
        Column("kind", _("What"), words=lambda text: _(text)),
        Column("id", _("No."), whole=True),
        Column("text", _("Text"), room=100),
        Column("why", _("Why"), words=lambda text: _(text) if text else ""),
        Column("at", _("When"), whole=True, words=lambda text: str(text or "")[:10]),
    ]


@report_app.command("run", help=N_("Issue the board's report, or with --preview write its files only."))
def run(
    month: Month = "",
    preview: Annotated[
        bool, typer.Option("--preview", help=N_("Write the files; nothing is registered or sent."))
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help=N_("Folder for the files."))] = None,
    supplement: Annotated[
        bool, typer.Option("--supplement", help=N_("The supplement, with the returns that came late."))
    ] = False,
    language: Language = "",
    data: Data = None,
    by: As = "",
) -> None:
    """PDF, office file, spreadsheet, plain figures, and a page for each unit."""
    if preview:
        if out is None:
            fail(_("say with --out where the files shall go"), 2)
        _preview(month, out, language, data, by)
        return
    if out is not None or language:
        fail(_("--out and --language belong to --preview; what is issued stands in the book"), 2)
    _issue(month, supplement, data, by)


def _issue(month: str, supplement: bool, data: Path | None, by: str) -> None:
    if not month:
        fail(_("say with --month which month's report shall be issued, as 2026-11"), 2)
    answer = act(data, "report.issue", by, month=month, supplement=supplement)
    if answer["ordered"]:
        say(_("the report of {month} is being issued; see: vanthu report list").format(month=month))
    else:
        known = answer["symbol"] or "-"
        say(_("the report of {month} was ordered before: {symbol}").format(month=month, symbol=known))


@report_app.command("list", help=N_("Reports that the hub has issued."))
def issued(data: Data = None, json: Json = False, by: As = "") -> None:
    """The newest first."""
    from storage import period_figures

    with seeing(data, by, "report.list", counted=False) as sight:
        rows = [row._asdict() for row in period_figures.issues(sight.connection)]
    shown = ("period", "part", "symbol", "dated", "late", "document")
    columns = [
        Column("period", _("Month"), whole=True),
        Column("part", _("What"), words=lambda part: _(PARTS[part])),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("dated", _("Date"), whole=True),
        Column("late", _("Late"), words=lambda late: _("yes") if late else ""),
        Column("document", _("Document"), whole=True, words=lambda number: str(number or "…")),
    ]
    show([{name: _plain(row[name]) for name in shown} for row in rows], columns, as_json=json)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _preview(month: str, out: Path, language: str, data: Path | None, by: str) -> None:
    with seeing(data, by, "report.run", counted=False) as sight:
        if sight.view.units is not None:
            fail(_("only those who see every unit may write the board's report"), DENIED)
        spoken = language or sight.hub.config.organisation.language
        if spoken not in ("vi", "en"):
            fail(_("the files are written in vi or en, not in {language}").format(language=language), 2)
        period = _period(sight, month)
        with _bar() as advance, speaking(spoken):
            written = _write(sight, period, out, advance)
    for file in written:
        say(_("written: {file}").format(file=file))


def _write(sight: Sight, period: Period, out: Path, advance: Callable[[str, int, int], None]) -> list[Path]:
    from hub.reporting.board import files, preview

    out.mkdir(parents=True, exist_ok=True)
    whole = preview.gathered(sight.hub, sight.connection, period, advance)
    written = []
    for made in preview.files_of(sight.hub, whole, advance):
        (out / made.name).write_bytes(made.content)
        written.append(out / made.name)
    folder = out / "don-vi"
    folder.mkdir(exist_ok=True)
    for _code, made in files.unit_pages(sight.hub, whole.report, advance):
        (folder / made.name).write_bytes(made.content)
    return [*written, folder]


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """Progress of each step, on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        tasks: dict[str, Any] = {}

        def advance(what: str, done: int, of: int) -> None:
            for task in tasks.values():
                shown.update(task, completed=shown.tasks[task].total)
            if what not in tasks:
                tasks[what] = shown.add_task(_(what), total=of)
            shown.update(tasks[what], completed=done, total=of)

        yield advance


def _period(sight: Sight, month: str) -> Period:
    """As asked, else the newest month that is over."""
    from hub.reporting.history import last_over

    found = named(month or last_over(sight.hub, sight.hub.now()))
    if found is None:
        fail(_("{text} is no month; write it as 2026-11").format(text=month), 2)
    return found
