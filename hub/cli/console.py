"""What every command shares: where the data is, who acts, tables or JSON."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import OperationalError, ProgrammingError

from hub.app import AlreadyRunning, open_hub, writing_lock
from hub.context import Hub
from hub.control import NobodyListens, Request, hand_over, perform
from hub.texts import N_, _

Data = Annotated[
    Path | None, typer.Option("--data", help=N_("Data folder; or VANTHU_DATA."), show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help=N_("Print JSON."))]
As = Annotated[str, typer.Option("--as", help=N_("Who acts: a person's address."), show_default=False)]

COLOURS = {
    "delivered": "green",
    "sent": "green",
    "routed": "green",
    "registered": "green",
    "ok": "green",
    "planned": "cyan",
    "sending": "cyan",
    "deferred": "yellow",
    "held": "yellow",
    "review": "yellow",
    "warning": "yellow",
    "question": "yellow",
    "failed": "red",
    "refused": "red",
    "error": "red",
}

console = Console()
errors = Console(stderr=True)


def use_data(path: str) -> None:
    """The data folder for this command."""
    os.environ["VANTHU_DATA"] = path


def data_folder(given: Path | None) -> Path:
    """The data folder: as given, from VANTHU_DATA, or ./data."""
    return given or Path(os.environ.get("VANTHU_DATA") or "data")


def actor(name: str = "") -> str:
    """Who acts: a person, or the one at this console."""
    return name or f"console:{getpass.getuser()}"


@contextmanager
def reading(data: Path | None) -> Iterator[Hub]:
    """A hub opened for reading only."""
    hub = open_hub(data_folder(data), read_only=True)
    try:
        yield hub
    except (OperationalError, ProgrammingError) as error:
        fail(_("the database does not answer: {error}").format(error=error.orig))
    finally:
        hub.database.close()


def act(data: Path | None, command: str, by: str = "", **arguments: Any) -> Any:
    """Give a command to the running hub, or do it here when none runs."""
    folder = data_folder(data)
    request = Request(command, actor(by), arguments)
    try:
        reply = hand_over(folder, request)
    except NobodyListens:
        reply = _do_here(folder, request)
    if reply.error:
        fail(reply.error)
    return reply.result


def _do_here(folder: Path, request: Request) -> Any:
    hub = open_hub(folder)
    try:
        with writing_lock(hub):
            return perform(hub, request)
    except AlreadyRunning as error:
        fail(str(error))
    finally:
        hub.database.close()


def fail(sentence: str, code: int = 1) -> None:
    """Say why not, and end."""
    say_error(sentence)
    raise typer.Exit(code)


def say_error(sentence: str) -> None:
    """One clear sentence on the error output."""
    errors.print(f"[red]✗[/red] {escape(sentence)}", highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """One good sentence."""
    console.print(f"[green]✓[/green] {escape(sentence)}", highlight=False, soft_wrap=True)


def show_json(value: Any) -> None:
    """JSON as it is, for programs."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool, title: str = ""
) -> None:
    """Rows as JSON, or as a table with these columns (key -> heading)."""
    if as_json:
        show_json(rows)
        return
    if not rows:
        console.print(f"[dim]{escape(_('nothing here'))}[/dim]")
        return
    table = Table(title=title or None, header_style="bold", title_justify="left")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for key in columns))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "[dim]-[/dim]"
    if isinstance(value, (list, tuple)):
        return escape(", ".join(str(item) for item in value))
    text = escape(str(value))
    colour = COLOURS.get(str(value))
    return f"[{colour}]{text}[/{colour}]" if colour else text
