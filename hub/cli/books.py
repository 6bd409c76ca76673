"""Commands about the books: what there are, one as the law prints it, voiding and closing."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.console import As, Data, Json, Reason, Unit, act, fail, say, seeing, show_json
from hub.cli.table import Column, said, show
from hub.cli.usage import Commands
from hub.texts import N_, _
from rules.vocabulary import BookMode, Direction

registers_app = typer.Typer(cls=Commands, no_args_is_help=True, help=N_("Books and their entries."))
Book = Annotated[int, typer.Argument(help=N_("The book's number; see: vanthu registers list."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(registers_app, name="registers")


@registers_app.command("list", help=N_("All books with their next number."))
def list_books(
    data: Data = None,
    json: Json = False,
    by: As = "",
    unit: Unit = "",
    year: Annotated[int, typer.Option(help=N_("Only of this year."))] = 0,
) -> None:
    """What books there are."""
    from storage import registers

    with seeing(data, by, "registers.list", counted=False) as (_hub, connection, view):
        found = registers.book_rows(connection, unit or None, year or None, view)
        rows = [dict(row._mapping) for row in found]
    plain = [{**row, "closed_at": row["closed_at"].isoformat() if row["closed_at"] else None} for row in rows]
    columns = (
        Column("id", _("No."), whole=True, right=True),
        Column("keeper", _("Kept by"), whole=True),
        Column("issuer", _("Issuer"), whole=True, room=100),
        Column("direction", _("Direction"), whole=True, words=said(Direction)),
        Column("series", _("Series"), words=_series),
        Column("year", _("Year"), whole=True, right=True),
        Column("mode", _("Numbers"), words=said(BookMode), room=100),
        Column("next", _("Next"), whole=True, right=True),
        Column("closed_at", _("Closed"), whole=True, room=120),
    )
    given = [row if json else {**row, "next": _next_number(row)} for row in plain]
    show(given, columns, as_json=json)


def _series(code: str) -> str:
    """The series of a book (rules.records.numbering.series_of) in words."""
    family, _slash, type = code.partition("/")
    words = {"general": _("general"), "copies": _("copies"), "normative": _("normative"), "own": ""}
    return " ".join(part for part in (words.get(family, family), type) if part)


def _next_number(row: dict[str, Any]) -> int | None:
    """Only the hub's own numbers have a next one."""
    return row["next_number"] if row["mode"] == BookMode.HUB else None


@registers_app.command("export", help=N_("One book with the columns of Decree 30/2020, as CSV."))
def export_book(
    book: Book,
    data: Data = None,
    json: Json = False,
    by: As = "",
    out: Annotated[Path | None, typer.Option("--out", help=N_("Write into this file."))] = None,
) -> None:
    """To the standard output or into a file that Excel opens."""
    from hub import register_sheet
    from storage import registers

    with seeing(data, by, "registers.export") as (hub, connection, view):
        mine = any(row.id == book for row in registers.book_rows(connection, view=view))
        headings, lines = register_sheet.lines(hub, connection, book) if mine else ([], [])
    if not headings:
        fail(_("there is no book {book}; see: vanthu registers list").format(book=book))
    if json:
        show_json([dict(zip(headings, line, strict=True)) for line in lines])
        return
    sheet = io.StringIO()
    csv.writer(sheet).writerows([headings, *lines])
    if out is None:
        typer.echo(sheet.getvalue(), nl=False)
        return
    try:
        out.write_text(sheet.getvalue(), encoding="utf-8-sig")
    except OSError as error:
        fail(_("{file}: cannot be written: {error}").format(file=out, error=error.strerror))
    say(_("{count} lines in {file}").format(count=len(lines), file=out))


@registers_app.command("void", help=N_("Void an entry; its number is never used again."))
def void_entry(
    entry: Annotated[int, typer.Argument(help=N_("The entry's id."))],
    reason: Reason,
    data: Data = None,
    by: As = "",
) -> None:
    """With the reason that the book will show."""
    act(data, "registers.void", by, entry=entry, reason=reason)
    say(_("entry {entry} is void").format(entry=entry))


@registers_app.command("reserve", help=N_("Keep the next numbers for documents that will bear them."))
def reserve(
    book: Book,
    count: Annotated[int, typer.Option("--count", help=N_("How many."))] = 1,
    data: Data = None,
    json: Json = False,
    by: As = "",
) -> None:
    """Only in a book that the hub numbers; what is not needed is voided with its reason."""
    answer = act(data, "registers.reserve", by, book=book, count=count)
    if json:
        show_json(answer)
        return
    numbers = ", ".join(str(number) for number in answer["numbers"])
    say(_("kept in book {book}: {numbers}").format(book=book, numbers=numbers))


@registers_app.command("close", help=N_("Close a book for good."))
def close_book(
    book: Book,
    data: Data = None,
    by: As = "",
) -> None:
    """Nothing is entered any more."""
    act(data, "registers.close", by, book=book)
    say(_("book {book} is closed").format(book=book))
