"""Commands by which people say how they are told, who stands in for them, and where their calendar is."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.console import As, Data, act, say
from hub.cli.lists import staff_app
from hub.texts import N_, _

Address = Annotated[str, typer.Argument(help=N_("The person's address."))]


def add_to(app: typer.Typer) -> None:
    """These commands stand below ``vanthu staff``."""


@staff_app.command("notices", help=N_("How a person or a unit's mailbox is told: at_once, hourly or daily."))
def set_notices(
    address: Address,
    style: Annotated[str, typer.Argument(help=N_("at_once, hourly or daily."))],
    data: Data = None,
    by: As = "",
) -> None:
    """What is urgent always comes at once."""
    answer = act(data, "staff.notices", by, address=address, style=style)
    say(_("{address} is told: {style}").format(**answer))


@staff_app.command("away", help=N_("Somebody stands in for a person on these days."))
def set_away(
    address: Address,
    first: Annotated[str, typer.Option("--from", help=N_("The first day, as 2026-11-30."))],
    last: Annotated[str, typer.Option("--to", help=N_("The last day."))],
    data: Data = None,
    by: As = "",
    substitute: Annotated[
        str, typer.Option(help=N_("Who gets the notices; empty: the person is back."))
    ] = "",
) -> None:
    """The substitute is told for whom."""
    answer = act(data, "staff.away", by, address=address, substitute=substitute, first=first, last=last)
    if substitute:
        say(_("{substitute} stands in for {address} from {first} to {last}").format(**answer))
    else:
        say(_("{address} is there from {first} to {last}").format(**answer))


@staff_app.command("calendar", help=N_("The secret address of a person's due dates, for a calendar program."))
def show_calendar(
    address: Address,
    data: Data = None,
    by: As = "",
    new: Annotated[bool, typer.Option("--new", help=N_("A new one; the old one is worth nothing."))] = False,
) -> None:
    """To the standard output alone."""
    typer.echo(act(data, "staff.calendar", by, address=address, new=new)["url"])
