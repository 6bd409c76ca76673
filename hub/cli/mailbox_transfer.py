"""Commands that bring an older mailbox in, and one's own mails out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.console import As, Data, Json, act, console, data_folder, fail, say, show_json
from hub.cli.mailboxes import Address, mailbox_app
from hub.cli.table import Column, show
from hub.texts import N_, _

if TYPE_CHECKING:
    from rich.progress import Progress

    from connectors.mailboxes.old_mailbox import OldMailbox, OldServer
    from hub.mailboxes.importing import Brought

MEGABYTE = 1_000_000
PORTS = {"tls": 993, "starttls": 143, "none": 143}


def add_to(_app: typer.Typer) -> None:
    """They belong to ``vanthu mailbox``, which is in the program already."""


@mailbox_app.command("import", help=N_("Take over an older mailbox over IMAP; goes on where it stopped."))
def import_mailbox(
    address: Address,
    host: Annotated[str, typer.Option("--host", help=N_("HOST or HOST:PORT of the old mail server."))],
    user: Annotated[str, typer.Option("--user", help=N_("User name at the old mail server."))],
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help=N_("File with the old password; else it is asked."))
    ] = None,
    tls: Annotated[str, typer.Option("--tls", help=N_("tls, starttls, or none on this machine."))] = "tls",
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help=N_("Further roots to trust (PEM)."))
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--folder", help=N_("Only these folders, by their old names."))
    ] = None,
    data: Data = None,
    by: As = "",
    json: Json = False,
) -> None:
    """Nothing is changed in the old one; nothing comes twice."""
    from connectors.mailboxes.old_mailbox import OldMailbox, OldMailboxTrouble

    server = _server(host, user, password_file, tls, ca_file)
    begun = act(data, "mailbox.import-begin", by, mailbox=address, source=server.name)
    try:
        with OldMailbox(server) as old, _progress(json) as progress:
            found = _bring(data, by, begun, old, server.name, only or [], progress)
    except OldMailboxTrouble as error:
        fail(
            _("{server}: {error}; what came is kept, give the command again to go on").format(
                server=server.name, error=error
            )
        )
    except OSError as error:
        fail(_("{file}: cannot be written: {error}").format(file=error.filename, error=error.strerror))
    lacking = sum(len(item.lacking) for item in found)
    taken = sum(item.taken for item in found)
    act(data, "mailbox.import-end", by, mailbox=address, source=server.name, taken=taken, lacking=lacking)
    _show_brought(begun["address"], found, json)
    if lacking:
        fail(_("{count} mails did not come; give the command again").format(count=lacking))


def _server(host: str, user: str, password_file: Path | None, tls: str, ca_file: Path | None) -> OldServer:
    from connectors.mailboxes.old_mailbox import OldServer

    if tls not in PORTS:
        raise typer.BadParameter(_("write tls, starttls or none"))
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdecimal() or host.endswith("]"):
        name, port = host, str(PORTS[tls])
    if password_file is not None:
        from hub.config import secret

        password = secret(password_file, "--password-file").decode("utf-8", "replace").strip()
    else:
        password = typer.prompt(
            _("Password of {user} at {host}").format(user=user, host=name), hide_input=True
        )
    return OldServer(name.strip("[]"), int(port), tls, user, password, str(ca_file or ""))  # type: ignore[arg-type]


def _bring(
    data: Data,
    by: str,
    begun: dict[str, Any],
    old: OldMailbox,
    source: str,
    only: list[str],
    progress: Progress,
) -> list[Brought]:
    from hub.mailboxes import importing

    known = {name: importing.Progress(**item) for name, item in begun["folders"].items()}
    folders = importing.chosen(old.folders(), only)
    count, size = importing.measure(old, folders, known)
    if begun["room"] is not None and size > begun["room"]:
        fail(_no_room(begun, size))
    task = progress.add_task(_("taking over"), total=count)

    def note(folder: str, at: importing.Progress) -> None:
        place = {"folder": folder, "uidvalidity": at.uidvalidity, "last_uid": at.last_uid, "taken": at.taken}
        act(data, "mailbox.import-note", by, mailbox=begun["address"], source=source, **place)

    def told(more: int, folder: str) -> None:
        progress.update(task, advance=more, description=folder)

    mail = data_folder(data) / "mail"
    return importing.bring(importing.Carrier(old, mail, begun["path"], note, told), folders, known)


def _no_room(begun: dict[str, Any], size: int) -> str:
    words = _("{address} has room for {room} MB, {size} MB are to come; give it more: vanthu mailbox quota")
    return words.format(address=begun["address"], room=begun["room"] // MEGABYTE, size=-(-size // MEGABYTE))


def _show_brought(address: str, found: list[Brought], json: bool) -> None:
    rows = [
        {
            "folder": item.folder,
            "target": item.target,
            "there": item.there,
            "taken": item.taken,
            "new": item.new,
            "lacking": item.lacking,
        }
        for item in found
    ]
    columns = (
        Column("folder", _("Old folder")),
        Column("target", _("Folder")),
        Column("there", _("There"), whole=True, right=True),
        Column("taken", _("Taken over"), whole=True, right=True),
        Column("new", _("Now"), whole=True, right=True),
        Column("lacking", _("Lacking"), whole=True, right=True, words=lambda uids: str(len(uids))),
    )
    show(rows, columns, as_json=json)
    if not json:
        count = sum(item.new for item in found)
        say(_("{count} mails came into {address}").format(count=count, address=address))


@mailbox_app.command("export", help=N_("One's own mails as one zip file: Maildirs, or mbox files."))
def export_mailbox(
    address: Address,
    target: Annotated[Path, typer.Argument(help=N_("The file to write; it must not exist."))],
    form: Annotated[str, typer.Option("--form", help=N_("maildir or mbox."))] = "maildir",
    data: Data = None,
    by: As = "",
    json: Json = False,
) -> None:
    """Readable by its owner only."""
    from hub.mailboxes.exporting import FORMS, export

    if form not in FORMS:
        raise typer.BadParameter(_("write maildir or mbox"))
    given = act(data, "mailbox.export", by, mailbox=address)
    with _progress(json) as progress:
        task = progress.add_task(_("copying"), total=None)

        def told(done: int, total: int, folder: str) -> None:
            progress.update(task, completed=done, total=total, description=folder)

        try:
            counts = export(data_folder(data) / "mail", given["path"], target, form, told)
        except FileExistsError:
            fail(_("{file} exists already; choose another name").format(file=target))
        except OSError as error:
            fail(_("{file}: cannot be written: {error}").format(file=target, error=error.strerror))
    if json:
        show_json({"address": given["address"], "file": str(target), "folders": counts})
    else:
        say(_("{count} mails in {file}").format(count=sum(counts.values()), file=target))


def _progress(quiet: bool) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
