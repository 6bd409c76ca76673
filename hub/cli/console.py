"""What every command shares: where the data is, who acts, how a sentence is said.

A command imports what it works with when it runs, because ``vanthu --help`` and
a mistyped word should not wait for a database library.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from hub.texts import N_, _
from rules.text.gate import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from hub.context import Hub
    from hub.control import Reply, Request
    from rules.permission import View

Data = Annotated[
    Path | None, typer.Option("--data", help=N_("Data folder; or VANTHU_DATA."), show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help=N_("Print JSON."))]
Unit = Annotated[str, typer.Option("--unit", help=N_("Only of this unit."))]
Reason = Annotated[str, typer.Option("--reason", help=N_("Why."))]
As = Annotated[str, typer.Option("--as", help=N_("Who acts: a person's address."), show_default=False)]

PIPE_WIDTH = 160  # columns of a table that goes into a file or another program
LONGEST = 2000  # characters of one sentence
DENIED = 3  # exit code


def _console(error: bool) -> Console:
    """Words of documents are data: no emoji codes and no guessing of numbers in them."""
    terminal = (sys.stderr if error else sys.stdout).isatty() or "COLUMNS" in os.environ
    return Console(stderr=error, emoji=False, highlight=False, width=None if terminal else PIPE_WIDTH)


console = _console(error=False)
errors = _console(error=True)


def use_data(path: str) -> None:
    """The data folder for this command."""
    os.environ["VANTHU_DATA"] = path


def data_folder(given: Path | None) -> Path:
    """The data folder: as given, from VANTHU_DATA, or ./data."""
    return given or Path(os.environ.get("VANTHU_DATA") or "data")


@contextmanager
def seeing(data: Path | None, by: str, what: str, *, counted: bool = True, **about: str) -> Iterator[Sight]:
    """Somebody looks something up: as a person only what the posts of that person open.

    Look-ups are counted. As a person the count comes first, because it asks whether the person may;
    ``about`` says of what.
    """
    from hub.desk import gate

    if by:
        act(data, "access.count", by, action=what, **about)
    with reading(data) as hub, hub.database.reading() as connection:
        yield Sight(hub, connection, gate.view_of(hub, gate.who(hub, operator(), by)))
    if counted and not by:
        act(data, "access.count", action=what, **about)


def operator() -> str:
    """The one at this console."""
    return f"console:{getpass.getuser()}"


class Sight(NamedTuple):
    """A hub opened for reading, and what the viewer sees of it."""

    hub: Hub
    connection: Connection
    view: View


@contextmanager
def reading(data: Path | None) -> Iterator[Hub]:
    """A hub opened for reading only."""
    from sqlalchemy.exc import DBAPIError

    from hub.app import open_hub

    try:
        hub = open_hub(data_folder(data), read_only=True)
        try:
            yield hub
        finally:
            hub.database.close()
    except DBAPIError as error:
        fail(_("the database does not answer: {error}").format(error=error.orig))


def act(data: Path | None, command: str, by: str = "", **arguments: Any) -> Any:
    """Give a command to the running hub, or do it here when none runs."""
    from hub.control import NobodyListens, Request, hand_over
    from hub.texts import current

    folder = data_folder(data)
    request = Request(command, operator(), arguments, current(), by)
    try:
        reply = hand_over(folder, request)
    except NobodyListens:
        reply = _do_here(folder, request)
    if reply.error:
        fail(reply.error, DENIED if reply.denied else 1)
    return reply.result


def _do_here(folder: Path, request: Request) -> Reply:
    from hub.app import AlreadyRunning, open_hub, writing_lock
    from hub.control import perform

    hub = open_hub(folder)
    try:
        with writing_lock(hub):
            return perform(hub, request)
    except AlreadyRunning as error:
        fail(str(error))
    finally:
        hub.database.close()


def fail(sentence: str, code: int = 1) -> NoReturn:
    """Say why not, and end."""
    say_error(sentence)
    raise typer.Exit(code)


def say_error(sentence: str) -> None:
    """What was wrong, where, what to do; a mistake a line where there are many."""
    for line in sentence.splitlines() or [""]:
        errors.print(f"[red]✗[/red] {escape(clean(line, LONGEST))}", soft_wrap=True)


def say(sentence: str) -> None:
    """One good sentence."""
    console.print(f"[green]✓[/green] {escape(clean(sentence, LONGEST))}", soft_wrap=True)


def show_json(value: Any) -> None:
    """JSON as it is, for programs."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
