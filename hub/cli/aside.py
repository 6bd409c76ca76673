"""Mail of programs that was set aside: what there is, and taking a letter out of it."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.console import As, Data, Json, Reason, act, say, seeing
from hub.cli.table import Column, day, show
from hub.cli.usage import Commands
from hub.texts import N_, _
from hub.words import reason_text

aside_app = typer.Typer(
    cls=Commands, invoke_without_command=True, help=N_("Mail of programs that was set aside, newest first.")
)
MOST = 200


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(aside_app, name="aside")


@aside_app.callback()
def list_aside(context: typer.Context, data: Data = None, json: Json = False, by: As = "") -> None:
    """Bounces and the hub's own mails that came back are not among it."""
    if context.invoked_subcommand is not None:
        return
    from hub import listing

    with seeing(data, by, "aside.list") as (_hub, connection, _view):
        rows = listing.aside(connection, MOST)
    columns = (
        Column("arrival", _("No."), whole=True, right=True),
        Column("received_at", _("Arrived"), whole=True, words=day),
        Column("sender", _("Sender")),
        Column("subject", _("Subject")),
        Column("why", _("Why"), words=reason_text),
    )
    show(rows, columns, as_json=json)


@aside_app.command("take", help=N_("It brings a document: let it go its way; nobody is answered."))
def take(
    arrival: Annotated[int, typer.Argument(help=N_("The arrival's number in the list."))],
    reason: Reason,
    data: Data = None,
    by: As = "",
) -> None:
    """As if a person had sent it."""
    act(data, "aside.take", by, arrival=arrival, reason=reason)
    say(_("arrival {arrival} is being read").format(arrival=arrival))
