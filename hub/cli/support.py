"""Requests for help: what is open, who takes care of it, what was answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from hub.cli.console import As, Data, Json, Unit, act, console, fail, reading, say, show_json
from hub.cli.table import plain_table
from hub.texts import N_, _

if TYPE_CHECKING:
    from hub.context import Hub
    from storage.engine import AnyRow

support_app = typer.Typer(no_args_is_help=True, help=N_("Requests for help: from hotro@ and from returns."))
STATES = {"open": N_("open"), "taken": N_("taken"), "closed": N_("closed")}
COLOURS = {"open": "red", "taken": "yellow", "closed": "green"}
Number = Annotated[int, typer.Argument(help=N_("Number of the request."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(support_app, name="support")


@support_app.command("list", help=N_("Open requests, the oldest first (--days 7: older than that; --all)."))
def list_requests(
    unit: Unit = "",
    days: Annotated[
        int, typer.Option("--days", help=N_("Only those open for longer than so many days."))
    ] = 0,
    everything: Annotated[bool, typer.Option("--all", help=N_("Closed ones, too."))] = False,
    data: Data = None,
    as_json: Json = False,
    by: As = "",
) -> None:
    """Read only."""
    from storage import support

    _ask(data, by)
    with reading(data) as hub, hub.database.reading() as connection:
        before = hub.now() - timedelta(days=days) if days else None
        found = support.listing(connection, unit=unit, open_only=not everything, before=before)
        rows = [_row(hub, item) for item in found]
    if as_json:
        show_json(rows)
        return
    table = plain_table("")
    for head in (_("Number"), _("State"), _("Since"), _("Unit"), _("By"), _("Owner"), _("About")):
        table.add_column(head)
    for row in rows:
        state = f"[{COLOURS[row['state']]}]{_(STATES[row['state']])}[/]"
        since = row["opened"][:10]
        cells = (row["name"], row["by"], row["owner"], (row["about"] or row["text"])[:60])
        table.add_row(str(row["number"]), state, since, *(escape(cell) for cell in cells))
    console.print(table)


@support_app.command("show", help=N_("A request in full."))
def show(number: Number, data: Data = None, as_json: Json = False, by: As = "") -> None:
    """Read only."""
    from storage import support

    _ask(data, by)
    with reading(data) as hub, hub.database.reading() as connection:
        found = support.get(connection, number)
        if found is None:
            fail(_("there is no request {number}").format(number=number))
        row = _row(hub, found)
    if as_json:
        show_json(row)
        return
    for name in ("number", "state", "opened", "name", "by", "owner", "about", "text", "answer", "closed"):
        if row[name]:
            console.print(f"[dim]{name:8}[/] {escape(str(row[name]))}", soft_wrap=True)


@support_app.command("take", help=N_("Take care of a request, or name who does."))
def take(
    number: Number,
    owner: Annotated[str, typer.Option("--owner", help=N_("Address of the person who takes it."))] = "",
    data: Data = None,
    by: As = "",
) -> None:
    """The one who acts takes it where nobody is named."""
    made = act(data, "support.take", by, number=number, owner=owner)
    say(_("request {number} is {owner}'s").format(**made))


@support_app.command("close", help=N_("Close a request with an answer; whoever asked is told."))
def close(
    number: Number,
    answer: Annotated[str, typer.Option("--answer", help=N_("What was done."))] = "",
    data: Data = None,
    by: As = "",
) -> None:
    """An answer is needed."""
    act(data, "support.close", by, number=number, answer=answer)
    say(_("request {number} is closed").format(number=number))


def _ask(data: Any, by: str) -> None:
    """As a person only the Centre's may look; the look is counted."""
    if by:
        act(data, "access.count", by, action="support.list")


def _row(hub: Hub, item: AnyRow) -> dict[str, Any]:
    return {
        "number": item.id,
        "state": item.state,
        "unit": item.unit,
        "name": hub.directory.party_name(item.unit) if item.unit else "",
        "by": item.asked_by,
        "owner": item.owner,
        "about": item.subject,
        "text": item.text,
        "answer": item.answer,
        "opened": hub.local(item.opened_at).isoformat(),
        "closed": hub.local(item.closed_at).isoformat() if item.closed_at is not None else None,
        "days": (hub.now() - item.opened_at).days,
    }
