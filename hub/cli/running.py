"""Commands that make a hub, run it, show it and send to it."""

from __future__ import annotations

import dataclasses
import logging
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from hub import founding
from hub.app import PARTS, AlreadyRunning, Service, open_hub, writing_lock
from hub.cli.console import Data, console, data_folder, fail, say
from hub.cli.demo import show_demo
from hub.sending import SendRefused, send_files
from hub.settings import Config
from hub.texts import N_, _
from storage.engine import DatabaseUnsafe
from storage.migrate import SchemaTooNew
from storage.spool import SpoolBroken


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
    """Make a hub: configuration, secrets, schema, mailboxes, scanner folders."""
    folder = data_folder(data)
    try:
        hub = founding.found(folder, sample=sample, domain=domain, name=name, storage_url=storage)
    except founding.FoundingRefused as error:
        fail(str(error))
    counts = {"units": len(hub.directory.units), "people": len(hub.directory.people)}
    hub.database.close()
    say(_("a hub in {folder}: {units} units, {people} people").format(folder=folder, **counts))
    console.print(_("Next: vanthu serve --data {folder}").format(folder=folder), highlight=False)


def serve(
    data: Data = None,
    smtp: Annotated[str, typer.Option(help=N_("HOST:PORT for mail instead of the configured one."))] = "",
    only: Annotated[
        list[str] | None, typer.Option(help=N_("Only these parts: smtp, fetch, work, schedule."))
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help=N_("Log for developers too."))] = False,
) -> None:
    """Run until SIGTERM or Ctrl-C."""
    logging.getLogger("vanthu").setLevel(logging.DEBUG if verbose else logging.INFO)
    folder = data_folder(data)
    hub = open_hub(folder)
    if smtp:
        hub.config = with_smtp(hub.config, smtp)
    service = Service(hub, _parts(only))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: stop.set())
    try:
        with writing_lock(hub):
            service.start()
            if not service.fault:
                address = f"{hub.config.smtp.host}:{hub.config.smtp.port}"
                say(_("serving {folder}, mail at {address}").format(folder=folder, address=address))
            while not stop.wait(0.5) and not service.stop_event.is_set():
                pass
            service.stop()
    except (AlreadyRunning, DatabaseUnsafe, SchemaTooNew, SpoolBroken) as error:
        service.stop()
        fail(str(error))
    except BaseException:
        service.stop()  # because threads that live on would keep a broken hub alive
        raise
    if service.fault:
        fail(service.fault)


def with_smtp(config: Config, address: str) -> Config:
    """The configuration with another listening address. Raises typer.BadParameter."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise typer.BadParameter(_("write HOST:PORT, as 127.0.0.1:2525"))
    return dataclasses.replace(config, smtp=dataclasses.replace(config.smtp, host=host, port=int(port)))


def _parts(only: list[str] | None) -> tuple[str, ...]:
    wanted = [part for item in only or [] for part in item.split(",") if part]
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        raise typer.BadParameter(
            _("{part} is no part; parts: {parts}").format(part=unknown[0], parts=", ".join(PARTS))
        )
    return tuple(part for part in PARTS if part in wanted) or PARTS


def demo(
    files: Annotated[
        list[Path] | None, typer.Argument(help=N_("Your own files instead of the samples."))
    ] = None,
    data: Data = None,
    keep: Annotated[bool, typer.Option("--keep", help=N_("Leave the hub running."))] = False,
) -> None:
    """A fresh hub with the sample province, documents sent to it, and a table of what happened."""
    missing = [file for file in files or [] if not file.is_file()]
    if missing:
        fail(_("{file}: there is no such file").format(file=missing[0]))
    raise typer.Exit(show_demo(files or [], data, keep=keep))


def send(
    files: list[Path],
    to: Annotated[list[str], typer.Option("--to", help=N_("Intake address."))],
    sender: Annotated[str, typer.Option("--from", help=N_("Your address."))],
    subject: str = "",
    smtp: Annotated[str, typer.Option(help=N_("HOST:PORT of the hub."))] = "127.0.0.1:2525",
) -> None:
    """Mail files into a hub."""
    try:
        answer = send_files(files, to, sender, subject, smtp)
    except SendRefused as error:
        fail(str(error))
    say(answer)
