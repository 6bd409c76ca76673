"""Commands about what is asked back, and about paper that follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from hub.cli.console import As, Data, Json, Reason, act, say, seeing
from hub.cli.following import Delivery
from hub.cli.table import Column, day, show
from hub.cli.usage import Commands
from hub.cli.waiting import deliveries_app
from hub.texts import N_, _, word
from rules.vocabulary import Handling

paper_app = typer.Typer(
    cls=Commands, invoke_without_command=True, help=N_("Paper that follows what went over the network.")
)
Document = Annotated[int, typer.Argument(help=N_("The document's number; see: vanthu documents."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(paper_app, name="paper")
    app.command("recall", help=N_("Ask a sent document back, replace or correct it."))(recall)


def recall(
    document: Document,
    reason: Reason,
    data: Data = None,
    by: As = "",
    kind: Annotated[str, typer.Option(help=N_("recall, replace or correct."))] = "recall",
    replacement: Annotated[int, typer.Option("--by", help=N_("The document that replaces it."))] = 0,
) -> None:
    """The receivers are asked; the document is frozen."""
    more = {"kind": kind, "replacement": replacement or None}
    answer = act(data, "recall.ask", by, document=document, reason=reason, **more)
    say(_("{asked} receivers are asked").format(**answer))


@deliveries_app.command("agree", help=N_("Say that the receiver gives back what is asked back."))
def agree(delivery: Delivery, data: Data = None, by: As = "") -> None:
    """Handling 15."""
    _said(act(data, "recall.agree", by, delivery=delivery))


@deliveries_app.command("decline", help=N_("Say that the receiver keeps what is asked back."))
def decline(delivery: Delivery, reason: Reason, data: Data = None, by: As = "") -> None:
    """Handling 16."""
    _said(act(data, "recall.decline", by, delivery=delivery, reason=reason))


def _said(answer: dict[str, Any]) -> None:
    state = word(Handling(answer["handling"]))
    say(_("delivery {delivery}: {state}").format(delivery=answer["delivery"], state=state))


@paper_app.callback()
def list_papers(
    context: typer.Context,
    data: Data = None,
    json: Json = False,
    by: As = "",
    days: Annotated[int, typer.Option(help=N_("Only what has not come after so many days."))] = 0,
    everything: Annotated[bool, typer.Option("--all", help=N_("Also what has come."))] = False,
) -> None:
    """What has not come."""
    if context.invoked_subcommand is not None:
        return
    from storage import papers

    with seeing(data, by, "paper", counted=False) as (hub, connection, _view):
        found = papers.listing(connection, open_only=not everything)
        limit, own = hub.now() - timedelta(days=days), hub.directory.roles_by_unit(by, hub.today())
    rows = [
        {
            "document": row.document,
            "symbol": row.symbol or None,
            "date": row.date.isoformat() if row.date is not None else None,
            "subject": row.subject,
            "unit": row.unit,
            "expected": row.expected_at.isoformat(),
            "came": row.came_at.isoformat() if row.came_at is not None else None,
        }
        for row in found
        if row.expected_at <= limit and (not by or row.unit in own or row.sender_unit in own)
    ]
    columns = (
        Column("document", _("No."), whole=True, right=True),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("date", _("Date"), whole=True, words=day),
        Column("subject", _("Subject"), room=110),
        Column("unit", _("Unit"), whole=True),
        Column("expected", _("Since"), whole=True, words=lambda value: day(value[:10])),
        Column("came", _("Came"), whole=True, words=lambda value: day(value[:10])),
    )
    show(rows, columns, as_json=json)


@paper_app.command("expect", help=N_("Say that the paper of a document is sent after it."))
def expect(
    document: Document,
    data: Data = None,
    by: As = "",
    unit: Annotated[list[str] | None, typer.Option("--unit", help=N_("Only to these units."))] = None,
) -> None:
    """To all receivers, or to some."""
    answer = act(data, "paper.expect", by, document=document, units=unit or None)
    say(_("{papers} papers are expected").format(**answer))


@paper_app.command("came", help=N_("Say that a paper has come; it is matched by number and date."))
def came(
    symbol: Annotated[str, typer.Argument(help=N_("Number and symbol on the paper."))],
    unit: Annotated[str, typer.Option("--unit", help=N_("The unit that has it."))],
    data: Data = None,
    by: As = "",
    dated: Annotated[str, typer.Option("--date", help=N_("The date on the paper, as 2026-11-20."))] = "",
) -> None:
    """The document is marked."""
    answer = act(data, "paper.came", by, unit=unit, symbol=symbol, day=dated)
    words = (
        _("the paper of {symbol} is here") if answer["fresh"] else _("the paper of {symbol} was here already")
    )
    say(words.format(symbol=answer["symbol"]))
