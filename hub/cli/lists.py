"""Commands that show what is there: organisation, documents, deliveries, registers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from hub import listing, register_sheet
from hub.cli.console import As, Data, Json, act, data_folder, fail, reading, say, show, show_json
from hub.founding import make_places
from hub.read_file import read_file
from hub.texts import N_, _
from rules.identify.identity import folded_symbol
from rules.sheets import to_sheets
from storage import documents, registers, search

units_app = typer.Typer(invoke_without_command=True, help=N_("Units of the organisation."))
staff_app = typer.Typer(invoke_without_command=True, help=N_("People and their posts."))
registers_app = typer.Typer(no_args_is_help=True, help=N_("Books and their entries."))


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(units_app, name="units")
    app.add_typer(staff_app, name="staff")
    app.add_typer(registers_app, name="registers")
    app.command("documents", help=N_("Documents, newest first."))(list_documents)
    app.command("search", help=N_("Find documents by words; accents and case do not matter."))(find)
    app.command("read", help=N_("Read a file and print what it says, without a hub."))(read)


@units_app.callback()
def list_units(context: typer.Context, data: Data = None, json: Json = False) -> None:
    """All units."""
    if context.invoked_subcommand is None:
        with reading(data) as hub:
            rows = listing.units(hub.directory, hub.config.domain)
        columns = {
            "code": _("Code"),
            "name": _("Name"),
            "kind": _("Kind"),
            "parent": _("Above"),
            "intake": _("Intake"),
        }
        show(rows, columns, as_json=json)


@units_app.command("import")
def import_sheets(
    files: list[Path],
    data: Data = None,
    by: As = "",
    replace: Annotated[
        bool, typer.Option("--replace", help=N_("The sheets are the whole organisation."))
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Check and count, write nothing."))] = False,
) -> None:
    """Merge CSV sheets: units, names, groups, members, outside, people and posts (.csv)."""
    try:
        sheets = {file.name: file.read_bytes().decode("utf-8", "surrogateescape") for file in files}
    except OSError as error:
        fail(_("{file}: cannot be read: {error}").format(file=error.filename, error=error.strerror))
    counts = act(data, "directory.import", by, sheets=sheets, replace=replace, dry_run=dry_run)
    if not dry_run:
        with reading(data) as hub:
            make_places(hub)
    words = _("{units} units, {groups} groups, {outside} outside bodies, {people} people").format(**counts)
    say(_("would be: {what}").format(what=words) if dry_run else words)


@units_app.command("export")
def export_sheets(folder: Path, data: Data = None) -> None:
    """Write the organisation as CSV sheets into a folder."""
    with reading(data) as hub:
        sheets = to_sheets(hub.directory)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sheets.items():
        (folder / name).write_text(text, encoding="utf-8-sig")  # because Excel needs the mark
    say(_("{count} sheets in {folder}").format(count=len(sheets), folder=folder))


@staff_app.callback()
def list_staff(context: typer.Context, data: Data = None, json: Json = False, unit: str = "") -> None:
    """All people with their posts."""
    if context.invoked_subcommand is None:
        with reading(data) as hub:
            rows = [row for row in listing.staff(hub.directory) if unit in ("", row["unit"])]
        columns = {"name": _("Name"), "unit": _("Unit"), "roles": _("Roles"), "email": _("Address")}
        show(rows, columns, as_json=json)


@staff_app.command("password")
def set_password(
    address: str, data: Data = None, by: As = "", ask: bool = typer.Option(False, "--ask")
) -> None:
    """Give a person a new password: a random one, shown once, or one that is asked for."""
    password = typer.prompt(_("New password"), hide_input=True, confirmation_prompt=True) if ask else ""
    answer = act(data, "staff.password", by, address=address, password=password)
    say(_("the password of {email} is set").format(email=answer["email"]))
    if answer["password"]:
        typer.echo(answer["password"])


def list_documents(
    data: Data = None,
    json: Json = False,
    status: Annotated[str, typer.Option(help=N_("Only this status."))] = "",
    unit: Annotated[str, typer.Option(help=N_("Only documents in this unit's books."))] = "",
    symbol: Annotated[str, typer.Option(help=N_("Only this number and symbol."))] = "",
    limit: Annotated[int, typer.Option(help=N_("At most so many; 0: all."))] = 0,
) -> None:
    """Documents with their entries."""
    with reading(data) as hub, hub.database.reading() as connection:
        rows = documents.listing(
            connection,
            status=status or None,
            unit=unit or None,
            symbol=folded_symbol(symbol) if symbol else None,
            limit=limit or None,
        )
        _show_documents(listing.document_rows(connection, rows), json)


def find(query: str, data: Data = None, json: Json = False, limit: int = 50) -> None:
    """Documents that hold all the words, best first."""
    with reading(data) as hub, hub.database.reading() as connection:
        ids = list(search.find(connection, query, limit))
        rows = {row.id: row for row in documents.listing(connection, ids=ids)}
        found = listing.document_rows(connection, [rows[identity] for identity in ids if identity in rows])
    _show_documents(found, json)
    act(data, "access.count", action="search")


def read(
    file: Path, json: Json = False, data: Data = None, text: Annotated[bool, typer.Option("--text")] = False
) -> None:
    """What a file says: number, date, issuer, type, subject, signer, recipients, each with its confidence."""
    if not file.is_file():
        fail(_("{file}: there is no such file").format(file=file))
    hub = None
    if (data_folder(data) / "config.toml").exists():
        with reading(data) as hub:
            found = read_file(file, hub)
    else:
        found = read_file(file, None)
    if text:
        typer.echo("\n".join(item["text"] for item in found))
        return
    plain = [{key: value for key, value in item.items() if key != "text"} for item in found]
    if json:
        show_json(plain[0] if len(plain) == 1 else plain)
        return
    for item in plain:
        rows = [
            {"field": key, "value": _one_line(value), "sure": _sure(item, key)} for key, value in item.items()
        ]
        columns = {"field": _("Field"), "value": _("Value"), "sure": _("Confidence")}
        show([row for row in rows if row["value"] and row["field"] != "confidence"], columns, as_json=False)


@registers_app.command("list")
def list_books(data: Data = None, json: Json = False, unit: str = "", year: int = 0) -> None:
    """All books with their next number."""
    with reading(data) as hub, hub.database.reading() as connection:
        rows = [dict(row._mapping) for row in registers.book_rows(connection, unit or None, year or None)]
    plain = [{**row, "closed_at": row["closed_at"].isoformat() if row["closed_at"] else None} for row in rows]
    columns = {
        "id": _("No."),
        "keeper": _("Kept by"),
        "issuer": _("Issuer"),
        "direction": _("Direction"),
        "series": _("Series"),
        "year": _("Year"),
        "mode": _("Numbers"),
        "next_number": _("Next"),
    }
    show(plain, columns, as_json=json)


@registers_app.command("export")
def export_book(
    book: int,
    data: Data = None,
    json: Json = False,
    out: Annotated[Path | None, typer.Option("--out")] = None,
) -> None:
    """One book with the columns of Decree 30/2020, as CSV."""
    with reading(data) as hub, hub.database.reading() as connection:
        headings, lines = register_sheet.lines(hub, connection, book)
    if not headings:
        fail(_("there is no book {book}; see: vanthu registers list").format(book=book))
    if json:
        show_json([dict(zip(headings, line, strict=True)) for line in lines])
        return
    sheet = io.StringIO()
    csv.writer(sheet).writerows([headings, *lines])
    if out is None:
        typer.echo(sheet.getvalue(), nl=False)
    else:
        out.write_text(sheet.getvalue(), encoding="utf-8-sig")
        say(_("{count} lines in {file}").format(count=len(lines), file=out))


@registers_app.command("void")
def void_entry(
    entry: int, reason: Annotated[str, typer.Option("--reason")], data: Data = None, by: As = ""
) -> None:
    """Void an entry; its number is never used again."""
    act(data, "registers.void", by, entry=entry, reason=reason)
    say(_("entry {entry} is void").format(entry=entry))


@registers_app.command("close")
def close_book(book: int, data: Data = None, by: As = "") -> None:
    """Close a book for good."""
    act(data, "registers.close", by, book=book)
    say(_("book {book} is closed").format(book=book))


def _show_documents(rows: list[dict[str, Any]], json: bool) -> None:
    if json:
        show_json(rows)
        return
    shown = [{**row, "numbers": [f"{e['unit']} {e['label']}" for e in row["entries"]]} for row in rows]
    columns = {
        "id": _("No."),
        "symbol": _("Number and symbol"),
        "date": _("Date"),
        "type": _("Type"),
        "subject": _("Subject"),
        "issuer": _("Issuer"),
        "status": _("Status"),
        "numbers": _("Entries"),
    }
    show(shown, columns, as_json=False)


def _one_line(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(item.get("text", item.get("name", item))) for item in value)
    return "" if value is None else str(value)


def _sure(item: dict[str, Any], key: str) -> str:
    sure = item["confidence"].get(key)
    return "" if sure is None else f"{sure:.0%}"
