"""Commands about what becomes of documents after they left: track, answers, assignments, what is late."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from hub.cli.console import As, Data, Json, Reason, Unit, act, console, fail, say, seeing, show_json
from hub.cli.table import COLOURS, Column, day, said, say_nothing, show
from hub.cli.usage import Commands
from hub.cli.waiting import deliveries_app
from hub.texts import N_, _, outcome, word
from rules.progress import Progress
from rules.text.gate import clean
from rules.vocabulary import DeliveryState, Handling

Delivery = Annotated[int, typer.Argument(help=N_("The delivery's number; see: vanthu track."))]
Days = Annotated[int, typer.Option("--days", help=N_("In so many working days."))]
Until = Annotated[str, typer.Option("--until", help=N_("Until this day, as 2026-11-30."))]
PROGRESS = {
    Progress.OPEN: N_("open"),
    Progress.DUE_SOON: N_("due soon"),
    Progress.OVERDUE: N_("overdue"),
    Progress.IN_TIME: N_("done in time"),
    Progress.LATE: N_("done late"),
}
WHY = {"due": N_("past its due date"), "not-received": N_("nobody has received it")}


suppressions_app = typer.Typer(
    cls=Commands, invoke_without_command=True, help=N_("Addresses that were found not to exist.")
)


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(suppressions_app, name="suppressions")
    app.command("track", help=N_("The whole life of a document: who has it and what they did."))(track)
    app.command("assignments", help=N_("Who works on what: open, due soon, overdue, done."))(assignments)
    app.command("overdue", help=N_("What is late, and what nobody has received."))(overdue)


@deliveries_app.command("fix", help=N_("Send what did not arrive to the right address, at once."))
def fix(
    delivery: Delivery,
    data: Data = None,
    by: As = "",
    to: Annotated[
        str, typer.Option("--to", help=N_("The address; empty: the directory's present one."))
    ] = "",
) -> None:
    """Correct the address and send again, in one step."""
    answer = act(data, "deliveries.fix", by, delivery=delivery, to=to)
    say(_("delivery {delivery} goes out to {address}").format(**answer))


@suppressions_app.callback()
def list_suppressions(context: typer.Context, data: Data = None, json: Json = False, by: As = "") -> None:
    """Addresses to which nothing is sent."""
    if context.invoked_subcommand is not None:
        return
    from storage import suppressions

    with seeing(data, by, "suppressions.list", counted=False) as (_hub, connection, _view):
        rows = [
            {
                "address": row.address,
                "since": row.since.isoformat(),
                "reason": row.reason,
                "delivery": row.delivery,
            }
            for row in suppressions.listing(connection)
        ]
    columns = (
        Column("address", _("Address"), whole=True),
        Column("since", _("Since"), whole=True, words=_date),
        Column("reason", _("Why"), words=outcome),
        Column("delivery", _("No."), whole=True, right=True),
    )
    show(rows, columns, as_json=json)


@suppressions_app.command("lift", help=N_("Say that an address is good."))
def lift(
    address: Annotated[str, typer.Argument(help=N_("The address."))], data: Data = None, by: As = ""
) -> None:
    """Mails go there again."""
    act(data, "suppressions.lift", by, address=address)
    say(_("mails go to {address} again").format(address=address))


@deliveries_app.command("receive", help=N_("Say that the receiver has taken it in."))
def receive(delivery: Delivery, data: Data = None, by: As = "") -> None:
    """Handling 03."""
    _said(act(data, "deliveries.receive", by, delivery=delivery))


@deliveries_app.command("refuse", help=N_("Say that the receiver does not take it."))
def refuse(delivery: Delivery, reason: Reason, data: Data = None, by: As = "") -> None:
    """Handling 02; the sender is told."""
    _said(act(data, "deliveries.refuse", by, delivery=delivery, reason=reason))


@deliveries_app.command("assign", help=N_("Give a received document to a person of the unit."))
def assign(
    delivery: Delivery,
    person: Annotated[str, typer.Option("--to", help=N_("Mailbox name, address or name."))],
    data: Data = None,
    by: As = "",
    days: Days = 0,
    until: Until = "",
    opinion: Annotated[str, typer.Option(help=N_("What the leader says about it."))] = "",
) -> None:
    """Handling 04."""
    more = {"person": person, "days": days or None, "until": until, "opinion": opinion}
    _said(act(data, "deliveries.assign", by, delivery=delivery, **more))


@deliveries_app.command("begin", help=N_("Say that somebody works on it."))
def begin(delivery: Delivery, data: Data = None, by: As = "") -> None:
    """Handling 05."""
    _said(act(data, "deliveries.begin", by, delivery=delivery))


@deliveries_app.command("done", help=N_("Say that it is done."))
def done(
    delivery: Delivery,
    data: Data = None,
    by: As = "",
    note: Annotated[str, typer.Option(help=N_("What came of it."))] = "",
) -> None:
    """Handling 06."""
    _said(act(data, "deliveries.done", by, delivery=delivery, note=note))


@deliveries_app.command("extend", help=N_("Move the due date."))
def extend(
    delivery: Delivery,
    data: Data = None,
    by: As = "",
    days: Days = 0,
    until: Until = "",
    reason: Annotated[str, typer.Option("--reason", help=N_("Why."))] = "",
) -> None:
    """By working days after the present date, or to a day; who may not, asks the leaders."""
    more = {"days": days or None, "until": until, "reason": reason}
    answer = act(data, "deliveries.extend", by, delivery=delivery, **more)
    if answer.get("asked"):
        say(_("the leaders are asked for more time"))
        return
    say(_("delivery {delivery} is due on {day}").format(delivery=delivery, day=day(answer["due"][:10])))


def _said(answer: dict[str, Any]) -> None:
    words = _("delivery {delivery}: {state}").format(
        delivery=answer["delivery"], state=word(Handling(answer["handling"]))
    )
    say(words)


def track(
    symbol: Annotated[str, typer.Argument(help=N_("Number and symbol, or #NO of the document."))],
    data: Data = None,
    json: Json = False,
    by: As = "",
) -> None:
    """One document, delivery by delivery, with every try and every answer."""
    from hub import tracking

    with seeing(data, by, "track") as (hub, connection, view):
        found = tracking.track(hub, connection, symbol, view)
        zone = hub.zone
    if json:
        show_json(found)
        return
    if not found:
        fail(_("there is no document {symbol}; see: vanthu documents").format(symbol=symbol))
    for life in found:
        _print_life(life, zone)


def _print_life(life: dict[str, Any], zone: Any) -> None:
    name = " ".join(part for part in (life["symbol"] or f"#{life['document']}", life["subject"]) if part)
    console.print(f"[bold]{escape(clean(name, 300))}[/bold]", soft_wrap=True)
    for label, moment in (
        (_("came in"), life["arrived"][0] if life["arrived"] else None),
        (_("registered"), life["registered"]),
        (_("routed"), life["routed"]),
    ):
        if moment:
            console.print(f"  [dim]{_moment(moment, zone)}[/dim]  {label}")
    for item in life["deliveries"]:
        _print_delivery(item, zone)
    console.print()


def _print_delivery(item: dict[str, Any], zone: Any) -> None:
    state, code = item["state"], item["handling"]
    now = said(Handling)(code) if code else said(DeliveryState)(state)
    number = f" ({escape(item['number'])})" if item["number"] else ""
    due = f"  [dim]{_('due')} {day(item['due'][:10])}[/dim]" if item["due"] else ""
    colour = COLOURS.get(state, "white")
    console.print(f"  [cyan]{item['id']:>5}[/cyan] {escape(item['name'])}{number}: [{colour}]{now}[/]{due}")
    for at, words in sorted([*_tries(item), *_moves(item)]):
        console.print(f"        [dim]{_moment(at, zone)}[/dim]  {escape(clean(words, 300))}", soft_wrap=True)


def _tries(item: dict[str, Any]) -> list[tuple[str, str]]:
    words = said(DeliveryState)
    lines = []
    for one in item["attempts"]:
        known = one["outcome"] in set(DeliveryState)
        what = words(one["outcome"]) if known else _(OTHER.get(one["outcome"], one["outcome"]))
        why = outcome(one["text"]) if one["outcome"] in ("failed", "deferred", "bounced") else ""
        lines.append((one["at"], f"{what}: {why}" if why else what))
    return lines


OTHER = {"read": N_("opened by the reader"), "bounced": N_("came back"), "relayed": N_("passed on")}


def _moves(item: dict[str, Any]) -> list[tuple[str, str]]:
    lines = []
    for event in item["events"]:
        who = f"{event['actor']} ({event['channel']})" if event["actor"] != "hub" else ""
        parts = (said(Handling)(event["handling"]), who, event["reason"])
        lines.append((event["at"], "; ".join(part for part in parts if part)))
    return lines


def _moment(iso: str, zone: Any) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(zone):%d/%m/%Y %H:%M:%S}"


def assignments(
    data: Data = None,
    json: Json = False,
    by: As = "",
    unit: Unit = "",
    person: Annotated[str, typer.Option(help=N_("Only of this person."))] = "",
    board: Annotated[
        bool, typer.Option("--board", help=N_("One line a person: how much stands where."))
    ] = False,
    days: Annotated[int, typer.Option(help=N_("Finished work of so many days."))] = 30,
) -> None:
    """Each specialist's work."""
    from hub import tracking

    with seeing(data, by, "assignments", counted=False) as (hub, connection, view):
        rows = tracking.assignments(hub, connection, unit=unit, person=person, days=days, view=view)
    if board:
        columns = [
            Column("name", _("Person")),
            *(Column(key.value, _(PROGRESS[key]), right=True) for key in Progress),
        ]
        show(tracking.counts(rows), columns, as_json=json)
        return
    columns = [
        Column("delivery", _("No."), whole=True, right=True),
        Column("name", _("Person")),
        Column("unit", _("Unit"), whole=True),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("subject", _("Subject"), room=120),
        Column("due", _("Due"), whole=True, words=_date),
        Column("progress", _("State"), words=lambda value: _(PROGRESS[Progress(value)])),
    ]
    show(rows, columns, as_json=json)


def overdue(data: Data = None, json: Json = False, by: As = "", unit: Unit = "") -> None:
    """The longest first."""
    from hub import tracking

    with seeing(data, by, "overdue", counted=False) as (hub, connection, view):
        rows = sorted(tracking.overdue(hub, connection, unit, view), key=lambda row: -row["days"])
    if not rows and not json:
        say_nothing()
        return
    columns = (
        Column("delivery", _("No."), whole=True, right=True),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("subject", _("Subject"), room=110),
        Column("unit", _("Unit"), whole=True),
        Column("handling", _("Handling"), words=said(Handling)),
        Column("why", _("Why"), words=lambda value: _(WHY[value])),
        Column("days", _("Days"), right=True),
    )
    show(rows, columns, as_json=json)


def _date(value: Any) -> str:
    return day(str(value)[:10]) if value else ""
