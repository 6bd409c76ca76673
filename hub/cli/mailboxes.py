"""Commands about mailboxes: issue, list, suspend, resume, new passwords, move, leave."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.console import As, Data, Json, Unit, act, console, fail, reading, say, show_json
from hub.cli.table import Column, day, show
from hub.cli.usage import Commands
from hub.texts import N_, _

mailbox_app = typer.Typer(cls=Commands, no_args_is_help=True, help=N_("Mailboxes of the staff."))
Address = Annotated[str, typer.Argument(help=N_("The mailbox's address."))]
LARGEST_SHEET = 32 << 20


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(mailbox_app, name="mailbox")


@mailbox_app.command("issue", help=N_("Issue mailboxes with a first password each, told this once."))
def issue(
    people: Annotated[
        list[str] | None, typer.Argument(help=N_("People by address or full name."), metavar="PERSON...")
    ] = None,
    data: Data = None,
    by: As = "",
    json: Json = False,
    unit: Annotated[str, typer.Option("--unit", help=N_("Everybody of this unit and below."))] = "",
    everybody: Annotated[bool, typer.Option("--all", help=N_("Everybody who has none."))] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--csv", help=N_("A CSV or XLSX sheet: name, unit, title, role, address.")),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Check and show, write nothing."))] = False,
    sheets: Annotated[
        Path | None, typer.Option("--sheets", help=N_("Write hand-over sheets (PDF) into this folder."))
    ] = None,
) -> None:
    """All of them or none."""
    if sum(map(bool, (people, unit, everybody, sheet))) != 1:
        raise typer.BadParameter(_("name people, or give one of --unit, --all and --csv"))
    rows = _rows(sheet) if sheet is not None else None
    with console.status(_("making mailboxes")) if console.is_terminal and not json else _quiet():
        made = act(
            data,
            "mailbox.issue",
            by,
            people=people or [],
            unit=unit,
            everybody=everybody,
            rows=rows,
            dry_run=dry_run,
        )
    if sheets is not None and not dry_run and made:
        _print_sheets(data, made, sheets)
    if json:
        show_json(made)
    else:
        _show_issued(made, dry_run)


def _show_issued(made: list[dict[str, Any]], dry_run: bool) -> None:
    columns = (
        Column("address", _("Address"), whole=True),
        Column("person", _("Name")),
        Column("unit", _("Unit"), whole=True),
        *(() if dry_run else (Column("first_password", _("First password"), whole=True),)),
    )
    show(made, columns, as_json=False)
    count = len(made)
    say(
        _("{count} mailboxes would be issued").format(count=count)
        if dry_run
        else _("{count} mailboxes are issued; the first passwords are not shown again").format(count=count)
    )


def _quiet() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def _rows(sheet: Path) -> list[list[str]]:
    """The cells of a sheet as text."""
    try:
        if sheet.stat().st_size > LARGEST_SHEET:
            fail(_("{file}: too large for a sheet of people").format(file=sheet))
        content = sheet.read_bytes()
    except OSError as error:
        fail(_("{file}: cannot be read: {error}").format(file=sheet, error=error.strerror))
    if content.startswith(b"PK"):
        return _workbook(sheet, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(_("{file}: not UTF-8; save it as CSV UTF-8 or as XLSX").format(file=sheet))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _workbook(sheet: Path, content: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError) as error:
        fail(_("{file}: cannot be read: {error}").format(file=sheet, error=error))
    return [[str(cell) for cell in row] for row in rows]


def _print_sheets(data: Path | None, made: list[dict[str, Any]], folder: Path) -> None:
    from hub.mailboxes.handover import write_sheets

    with reading(data) as hub:
        try:
            files = write_sheets(hub, made, folder)
        except OSError as error:
            fail(_("{file}: cannot be written: {error}").format(file=folder, error=error.strerror))
    for file in files:
        say(_("hand-over sheets in {file}").format(file=file))


@mailbox_app.command("list", help=N_("Mailboxes with their use this month."))
def list_mailboxes(data: Data = None, json: Json = False, unit: Unit = "") -> None:
    """All that were issued."""
    from hub.mailboxes.listing import mailbox_rows

    with reading(data) as hub:
        rows = mailbox_rows(hub, unit or None)
    columns = (
        Column("address", _("Address"), whole=True),
        Column("person", _("Name"), room=100),
        Column("unit", _("Unit"), whole=True),
        Column("state", _("State"), whole=True),
        Column("last_login", _("Last log-in"), whole=True, words=lambda text: day(text[:10])),
        Column("sent", _("Mails sent"), whole=True, right=True),
        Column("received", _("Mails received"), whole=True, right=True),
        Column("used", _("Used"), whole=True, right=True, room=120, words=_megabytes),
    )
    show(rows, columns, as_json=json)


def _megabytes(octets: Any) -> str:
    return f"{int(octets) / 1_000_000:.1f} MB"


@mailbox_app.command("suspend", help=N_("Let nobody in; mail still arrives."))
def suspend(address: Address, data: Data = None, by: As = "") -> None:
    """Until resumed."""
    done = act(data, "mailbox.suspend", by, address=address)
    say(_("{address} is suspended; open sessions are ended").format(address=done))


@mailbox_app.command("resume", help=N_("Let the owner in again."))
def resume(address: Address, data: Data = None, by: As = "") -> None:
    """With the passwords from before."""
    say(_("{address} is open again").format(address=act(data, "mailbox.resume", by, address=address)))


@mailbox_app.command("reset", help=N_("A new first password, told this once; old ones end."))
def reset(address: Address, data: Data = None, by: As = "", json: Json = False) -> None:
    """For an owner who lost it."""
    made = act(data, "mailbox.reset", by, address=address)
    if json:
        show_json(made)
        return
    say(_("{address} has a new first password").format(address=made["address"]))
    typer.echo(made["first_password"])


@mailbox_app.command("passwd", help=N_("The owner's own password; it is asked for."))
def passwd(address: Address, data: Data = None, by: As = "") -> None:
    """Ends the first one."""
    password = typer.prompt(_("New password"), hide_input=True, confirmation_prompt=True)
    done = act(data, "mailbox.passwd", by, address=address, password=password)
    say(_("the password of {email} is set").format(email=done))


@mailbox_app.command("move", help=N_("To another unit; the address stays."))
def move(
    address: Address,
    unit: Annotated[str, typer.Option("--unit", help=N_("The new unit's code."))],
    data: Data = None,
    by: As = "",
) -> None:
    """With the person's posts."""
    done = act(data, "mailbox.move", by, address=address, unit=unit)
    say(_("{address} belongs to {unit} now").format(address=done, unit=unit))


@mailbox_app.command("leave", help=N_("The owner goes: forward for some days, then archive."))
def leave(
    address: Address,
    to: Annotated[str, typer.Option("--to", help=N_("Who takes over: mail, work in hand, folders."))] = "",
    days: Annotated[int, typer.Option(help=N_("So many days mail is forwarded."))] = 90,
    data: Data = None,
    by: As = "",
) -> None:
    """The address is never given again."""
    done = act(data, "mailbox.leave", by, address=address, to=to, days=days)
    if done["forward_to"]:
        words = _("{address} is closed; mail goes to {to} for {days} days, {count} documents in hand too")
        said = words.format(
            address=done["address"], to=done["forward_to"], days=done["days"], count=done["handed_over"]
        )
    else:
        said = _("{address} is closed; mail to it is refused").format(address=done["address"])
    say(said)
