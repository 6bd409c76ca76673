"""Commands that make a hub, run it, show it and send to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.console import Data, console, data_folder, fail, say
from hub.texts import N_, _


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command("init", help=N_("Make a hub in a new data folder."))(init)
    app.command("serve", help=N_("Run the hub."))(serve)
    app.command("demo", help=N_("Show the hub at work on sample documents or your own."))(demo)
    app.command("send", help=N_("Mail files into a hub."))(send)


def init(
    data: Data = None,
    sample: Annotated[bool, typer.Option("--sample", help=N_("With a sample province."))] = False,
    domain: Annotated[str, typer.Option(help=N_("Mail domain of the organisation."))] = "",
    name: Annotated[str, typer.Option(help=N_("Name of the organisation."))] = "",
    storage: Annotated[str, typer.Option(help=N_("postgresql://user@host/name instead of SQLite."))] = "",
) -> None:
    """Configuration, secrets, schema, mailboxes, scanner folders."""
    from hub import founding
    from hub.desk.signing import first_keys

    folder = data_folder(data)
    try:
        hub = founding.found(folder, sample=sample, domain=domain, name=name, storage_url=storage)
    except founding.FoundingRefused as error:
        fail(str(error))
    first_keys(hub)
    counts = {"units": len(hub.directory.units), "people": len(hub.directory.people)}
    hub.database.close()
    say(_("a hub in {folder}: {units} units, {people} people").format(folder=folder, **counts))
    if not counts["units"]:
        hint = _(
            "Next: vanthu units export don-vi.xlsx --data {folder} writes the empty sheets; fill them in, "
            "and bring them in with vanthu units import don-vi.xlsx --data {folder}"
        )
        console.print(hint.format(folder=folder), markup=False, soft_wrap=True)
    console.print(_("Next: vanthu serve --data {folder}").format(folder=folder), markup=False, soft_wrap=True)


def serve(
    data: Data = None,
    smtp: Annotated[str, typer.Option(help=N_("HOST:PORT for mail instead of the configured one."))] = "",
    web: Annotated[
        str, typer.Option(help=N_("HOST:PORT for web pages instead of the configured one; off: none."))
    ] = "",
    imap: Annotated[str, typer.Option(help=N_("HOST:PORT where mail programs open mailboxes."))] = "",
    submission: Annotated[str, typer.Option(help=N_("HOST:PORT where mail programs hand in mail."))] = "",
    only: Annotated[
        list[str] | None, typer.Option(help=N_("Only these parts: smtp, fetch, work, schedule, web."))
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help=N_("Log for developers too."))] = False,
) -> None:
    """Run until SIGTERM or Ctrl-C."""
    from hub.cli.serving import serve_until_told

    places = {"smtp": smtp, "web": web, "imap": imap, "submission": submission}
    serve_until_told(data_folder(data), places, only or [], verbose=verbose)


def demo(
    files: Annotated[
        list[Path] | None, typer.Argument(help=N_("Your own files instead of the samples."))
    ] = None,
    data: Data = None,
    keep: Annotated[bool, typer.Option("--keep", help=N_("Leave the hub running."))] = False,
) -> None:
    """A fresh hub with the sample province, documents sent to it, and a table of what happened."""
    from hub.cli.demo import DemoFailed, show_demo
    from hub.founding import FoundingRefused

    missing = [file for file in files or [] if not file.is_file()]
    if missing:
        fail(_("{file}: there is no such file").format(file=missing[0]))
    try:
        raise typer.Exit(show_demo(files or [], data, keep=keep))
    except (DemoFailed, FoundingRefused) as error:
        fail(str(error))


def send(
    files: Annotated[list[Path], typer.Argument(help=N_("The files."))],
    to: Annotated[list[str], typer.Option("--to", help=N_("Intake address."))],
    sender: Annotated[str, typer.Option("--from", help=N_("Your address."))],
    subject: Annotated[str, typer.Option(help=N_("Subject of the mail."))] = "",
    smtp: Annotated[str, typer.Option(help=N_("HOST:PORT of the hub."))] = "127.0.0.1:2525",
    password_file: Annotated[
        Path | None, typer.Option(help=N_("Log in as the sender with the password in this file."))
    ] = None,
) -> None:
    """As a mail program would."""
    from hub.sending import SendRefused, send_files

    try:
        password = password_file.read_text("utf-8").strip() if password_file is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        fail(_("{file}: cannot be read: {error}").format(file=password_file, error=error), 2)
    try:
        answer = send_files(files, to, sender, subject, smtp, password)
    except SendRefused as error:
        fail(str(error))
    say(answer)
