"""Commands that show what is there: units, people, documents, and what a file says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.console import As, Data, Json, Unit, act, data_folder, fail, reading, say, seeing, show_json
from hub.cli.table import Column, day, said, say_nothing, show
from hub.cli.usage import Commands
from hub.texts import N_, _, word
from rules.vocabulary import DocumentStatus, Role, UnitKind, Urgency

MOST_ENTRIES = 3  # of a document, in a table

units_app = typer.Typer(cls=Commands, invoke_without_command=True, help=N_("Units of the organisation."))
staff_app = typer.Typer(cls=Commands, invoke_without_command=True, help=N_("People and their posts."))


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(units_app, name="units")
    app.add_typer(staff_app, name="staff")
    app.command("documents", help=N_("Documents, newest first."))(list_documents)
    app.command("search", help=N_("Find documents by words; accents and case do not matter."))(find)
    app.command("read", help=N_("Read a file and print what it says, without a hub."))(read)


@units_app.callback()
def list_units(context: typer.Context, data: Data = None, json: Json = False) -> None:
    """All units."""
    if context.invoked_subcommand is not None:
        return
    from hub import listing

    with reading(data) as hub:
        rows = listing.units(hub.directory, hub.config.domain)
    columns = (
        Column("code", _("Code"), whole=True),
        Column("name", _("Name")),
        Column("kind", _("Kind"), words=said(UnitKind), room=120),
        Column("parent", _("Above"), whole=True),
        Column("valid_to", _("Valid to"), whole=True, words=day, room=100),
        Column("intake", _("Intake"), whole=True, room=140),
    )
    show(rows, columns, as_json=json)


@staff_app.callback()
def list_staff(context: typer.Context, data: Data = None, json: Json = False, unit: Unit = "") -> None:
    """All people with their posts."""
    if context.invoked_subcommand is not None:
        return
    from hub import listing

    with reading(data) as hub:
        rows = [row for row in listing.staff(hub.directory) if unit in ("", row["unit"])]
    columns = (
        Column("name", _("Name")),
        Column("unit", _("Unit"), whole=True),
        Column("roles", _("Roles"), words=said(Role)),
        Column("email", _("Address"), whole=True),
    )
    show(rows, columns, as_json=json)


@staff_app.command(
    "password",
    help=N_("Give a person a new password: a random one, shown once, or one that is asked for."),
)
def set_password(
    address: Annotated[str, typer.Argument(help=N_("The person's address."))],
    data: Data = None,
    by: As = "",
    ask: Annotated[bool, typer.Option("--ask", help=N_("Ask for the password."))] = False,
) -> None:
    """The random one goes to the standard output alone."""
    password = typer.prompt(_("New password"), hide_input=True, confirmation_prompt=True) if ask else ""
    answer = act(data, "staff.password", by, address=address, password=password)
    say(_("the password of {email} is set").format(email=answer["email"]))
    if answer["password"]:
        typer.echo(answer["password"])


def list_documents(
    data: Data = None,
    json: Json = False,
    by: As = "",
    status: Annotated[
        str, typer.Option(help=N_("Only this status: review, registered, routed, held or refused."))
    ] = "",
    unit: Annotated[str, typer.Option(help=N_("Only documents in this unit's books."))] = "",
    symbol: Annotated[str, typer.Option(help=N_("Only this number and symbol."))] = "",
    label: Annotated[str, typer.Option(help=N_("Only documents with this label of a rule."))] = "",
    limit: Annotated[int, typer.Option(help=N_("At most so many; 0: all."))] = 0,
) -> None:
    """Documents with their entries."""
    if status and status not in set(DocumentStatus):
        known = ", ".join(DocumentStatus)
        raise typer.BadParameter(_("there is no status {status}: {known}").format(status=status, known=known))
    from hub import listing
    from rules.identify.identity import folded_symbol
    from storage import documents

    with seeing(data, by, "documents") as (_hub, connection, view):
        rows = documents.listing(
            connection,
            view=view,
            status=status or None,
            unit=unit or None,
            symbol=folded_symbol(symbol) if symbol else None,
            label=label or None,
            limit=limit or None,
        )
        _show_documents(listing.document_rows(connection, rows), json)


def find(
    query: Annotated[str, typer.Argument(help=N_("The words."))],
    data: Data = None,
    json: Json = False,
    by: As = "",
    limit: Annotated[int, typer.Option(help=N_("At most so many; 0: all."))] = 50,
) -> None:
    """Documents that hold all the words, best first."""
    from hub import listing
    from storage import documents, search

    with seeing(data, by, "search") as (_hub, connection, view):
        ids = list(search.find(connection, query, limit, view))
        rows = {row.id: row for row in documents.listing(connection, ids=ids)}
        found = listing.document_rows(connection, [rows[identity] for identity in ids if identity in rows])
    _show_documents(found, json)


def read(
    file: Annotated[Path, typer.Argument(help=N_("The file; a mail as .eml."))],
    json: Json = False,
    data: Data = None,
    text: Annotated[bool, typer.Option("--text", help=N_("Print the text only."))] = False,
) -> None:
    """What a file says: number, date, issuer, type, subject, signer, recipients, each with its confidence."""
    if not file.is_file():
        fail(_("{file}: there is no such file").format(file=file))
    found = _read(file, data)
    if text:
        typer.echo("\n".join(item["text"] for item in found))
        return
    plain = [{key: value for key, value in item.items() if key != "text"} for item in found]
    if json:
        show_json(plain[0] if len(plain) == 1 else plain)
        return
    for item in plain:
        _show_fields(item)


def _read(file: Path, data: Path | None) -> list[dict[str, Any]]:
    """With a hub its directory tells who is meant; without one the file alone speaks."""
    from connectors.readers.pool import ReadFailed
    from hub.read_file import read_file
    from hub.words import reason_text

    try:
        if not (data_folder(data) / "config.toml").exists():
            return read_file(file, None)
        with reading(data) as hub:
            return read_file(file, hub)
    except ReadFailed as error:
        fail(_("{file}: cannot be read: {error}").format(file=file, error=reason_text(error.reason)))


FIELDS = {
    "symbol": N_("Number and symbol"),
    "date": N_("Date"),
    "place": N_("Place"),
    "issuer": N_("Issuer"),
    "type": N_("Type"),
    "subject": N_("Subject"),
    "signer": N_("Signer"),
    "urgency": N_("Urgency"),
    "addressees": N_("Addressed to"),
    "recipients": N_("Recipients"),
    "units": N_("Units"),
    "files": N_("Files"),
}


def _show_fields(item: dict[str, Any]) -> None:
    rows = [
        {"field": _(words), "value": _one_line(_shown(key, item.get(key))), "sure": _sure(item, key)}
        for key, words in FIELDS.items()
    ]
    columns = (
        Column("field", _("Field"), whole=True),
        Column("value", _("Value")),
        Column("sure", _("Confidence"), whole=True, right=True),
    )
    show([row for row in rows if row["value"]], columns, as_json=False)


def _show_documents(rows: list[dict[str, Any]], json: bool) -> None:
    if json:
        show_json(rows)
        return
    if not rows:
        say_nothing()
        return
    columns = (
        Column("id", _("No."), whole=True, right=True),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("date", _("Date"), whole=True, words=day),
        Column("what", _("Subject")),
        Column("issuer", _("Issuer"), room=120),
        Column("status", _("Status"), words=said(DocumentStatus)),
        Column("numbers", _("Entries"), room=110),
    )
    show([{**row, "what": _what(row), "numbers": _numbers(row)} for row in rows], columns, as_json=False)


def _what(row: dict[str, Any]) -> str:
    return ": ".join(part for part in (row["type"], row["subject"]) if part)


def _numbers(row: dict[str, Any]) -> list[str]:
    """The first entries; a decision to all offices stands in dozens of books."""
    shown = [f"{entry['unit']} {entry['label']}" for entry in row["entries"][:MOST_ENTRIES]]
    more = len(row["entries"]) - len(shown)
    return [*shown, f"+{more}"] if more else shown


def _shown(key: str, value: Any) -> Any:
    if key == "date" and value:
        return day(value)
    return word(Urgency(value)) if key == "urgency" and value is not None else value


def _one_line(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_one(item) for item in value)
    return "" if value is None else str(value)


def _one(item: Any) -> str:
    return str(item.get("text", item.get("name", ""))) if isinstance(item, dict) else str(item)


def _sure(item: dict[str, Any], key: str) -> str:
    sure = item["confidence"].get(key)
    return "" if sure is None else f"{sure:.0%}"
