"""Commands about what waits or travels: deliveries, review, holds, quarantine, the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding

from hub.cli import review_case
from hub.cli.console import As, Data, Json, Reason, Unit, act, console, say, seeing, show_json
from hub.cli.table import Column, day, said, say_nothing, show
from hub.cli.usage import Commands
from hub.texts import N_, _, outcome
from hub.words import reason_text, reason_texts
from rules.permission import EVERYTHING
from rules.records.hold_words import asks_who
from rules.text.gate import clean
from rules.vocabulary import DeliveryRole, DeliveryState, Handling, SenderVerdict, WaitingList

if TYPE_CHECKING:
    from hub.context import Hub

deliveries_app = typer.Typer(cls=Commands, invoke_without_command=True, help=N_("The delivery ledger."))
review_app = typer.Typer(cls=Commands, invoke_without_command=True, help=N_("What waits for a unit's clerk."))
hold_app = typer.Typer(cls=Commands, invoke_without_command=True, help=N_("What waits for a coordinator."))
quarantine_app = typer.Typer(
    cls=Commands, invoke_without_command=True, help=N_("What waits for an administrator.")
)
queue_app = typer.Typer(
    cls=Commands, invoke_without_command=True, help=N_("Steps that failed and wait for the operator.")
)
Case = Annotated[int, typer.Argument(help=N_("The case's number in the list."))]
Step = Annotated[int, typer.Argument(help=N_("The step's number in the list."))]
NEXT = {
    WaitingList.REVIEW: N_("vanthu review show {case}, accept {case}, or refuse {case} --reason WHY"),
    WaitingList.HOLD: N_("vanthu hold send {case} --to CODE [--keep], or drop {case} --reason WHY"),
    WaitingList.QUARANTINE: N_("vanthu quarantine release, close or purge {case} --reason WHY"),
}
RELEASE = N_("vanthu hold release {case}, or drop {case} --reason WHY")


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(deliveries_app, name="deliveries")
    review_case.add_to(review_app)
    app.add_typer(review_app, name="review")
    app.add_typer(hold_app, name="hold")
    app.add_typer(quarantine_app, name="quarantine")
    app.add_typer(queue_app, name="queue")


@deliveries_app.callback()
def list_deliveries(
    context: typer.Context,
    data: Data = None,
    json: Json = False,
    document: Annotated[int, typer.Option(help=N_("Only of this document."))] = 0,
    unit: Annotated[str, typer.Option(help=N_("Only to this unit."))] = "",
    state: Annotated[
        str, typer.Option(help=N_("Only in this state: delivered, sent, deferred, failed ..."))
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help=N_("Receipts and notices too."))] = False,
    limit: Annotated[int, typer.Option(help=N_("At most so many; 0: all."))] = 0,
    by: As = "",
) -> None:
    """Deliveries in the order they were planned."""
    if context.invoked_subcommand is not None:
        return
    if state and state not in set(DeliveryState):
        known = ", ".join(DeliveryState)
        raise typer.BadParameter(_("there is no state {state}: {known}").format(state=state, known=known))
    from hub import listing
    from storage import deliveries

    with seeing(data, by, "deliveries", counted=False) as (_hub, connection, view):
        rows = deliveries.listing(
            connection,
            view=view,
            kind=None if everything else "document",
            document=document or None,
            unit=unit or None,
            state=state or None,
            limit=limit or None,
        )
        found = listing.delivery_rows(rows)
    columns = (
        Column("id", _("No."), whole=True, right=True),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("unit", _("Receiver"), whole=True),
        Column("state", _("State"), words=said(DeliveryState)),
        Column("role", _("Role"), words=said(DeliveryRole), room=140),
        Column("handling", _("Handling"), words=said(Handling), room=120),
        Column("why", _("Because")),
        Column("attempts", _("Tries"), whole=True, right=True, room=100),
    )
    show(found if json else [{**row, "why": _reason(row)} for row in found], columns, as_json=json)


def _reason(row: dict[str, Any]) -> str:
    """Why the receiver gets it; where it did not arrive, that first."""
    trouble = outcome(row["error"]) if row["error"] and row["state"] != DeliveryState.DELIVERED else ""
    return "; ".join(part for part in (trouble, row["because"]) if part)


@deliveries_app.command("retry", help=N_("Send a failed or deferred delivery at once."))
def retry_delivery(
    delivery: Annotated[int, typer.Argument(help=N_("The delivery's number in the list."))],
    data: Data = None,
    by: As = "",
) -> None:
    """Now, whatever the schedule says."""
    act(data, "deliveries.retry", by, delivery=delivery)
    say(_("delivery {delivery} goes out again").format(delivery=delivery))


@review_app.callback()
def list_review(
    context: typer.Context, data: Data = None, json: Json = False, by: As = "", unit: Unit = ""
) -> None:
    """What the hub was unsure about."""
    if context.invoked_subcommand is None:
        _list(data, json, WaitingList.REVIEW, by, unit)


@review_app.command("accept", help=N_("Register what waits, with the clerk's corrections."))
def accept(
    case: Case,
    data: Data = None,
    by: As = "",
    symbol: Annotated[str, typer.Option(help=N_("Number and symbol, as 12/QĐ-UBND."))] = "",
    date: Annotated[str, typer.Option(help=N_("Date, as 2026-11-23."))] = "",
    issuer: Annotated[str, typer.Option(help=N_("Code of the issuer."))] = "",
    type: Annotated[str, typer.Option(help=N_("Type, as Công văn."))] = "",
    subject: Annotated[str, typer.Option(help=N_("Subject."))] = "",
    signer: Annotated[str, typer.Option(help=N_("Signer."))] = "",
    urgency: Annotated[str, typer.Option(help=N_("Urgency from 0 to 4."))] = "",
    direction: Annotated[str, typer.Option(help=N_("outgoing or incoming."))] = "",
    unit: Annotated[str, typer.Option(help=N_("The unit in whose book it stands."))] = "",
    number: Annotated[str, typer.Option(help=N_("12 or 12a, where it left its number blank."))] = "",
    reason: Annotated[str, typer.Option(help=N_("Why its date goes back."))] = "",
) -> None:
    """What the clerk gives replaces what was read."""
    given = {
        "symbol": symbol,
        "date": date,
        "issuer": issuer,
        "type": type,
        "subject": subject,
        "signer": signer,
        "urgency": urgency,
        "direction": direction,
        "unit": unit,
    }
    fields = {name: value for name, value in given.items() if value}
    answer = act(data, "review.accept", by, case=case, fields=fields, number=number, reason=reason)
    say(_("document {document} {symbol} is registered").format(**answer))


@review_app.command("read", help=N_("Read the files again, e.g. scans after tesseract was installed."))
def read_again(case: Case, data: Data = None, by: As = "") -> None:
    """What the new reading leaves open is asked again."""
    act(data, "review.read", by, case=case)
    say(_("case {case} is being read again").format(case=case))


@review_app.command("version", help=N_("It is new content of a document that is registered already."))
def new_version(
    case: Case,
    data: Data = None,
    by: As = "",
    of: Annotated[int, typer.Option("--of", help=N_("The document's number; else the one suggested."))] = 0,
    reason: Annotated[str, typer.Option(help=N_("What is new in it."))] = "",
) -> None:
    """The old version stays; the receivers get the new one."""
    answer = act(data, "review.version", by, case=case, of=of, reason=reason)
    say(_("version {version} of document {document} {symbol}").format(**answer))


@review_app.command("refuse", help=N_("Refuse what waits; the sender is told the reason."))
def refuse(case: Case, reason: Reason, data: Data = None, by: As = "") -> None:
    """It never takes a number."""
    act(data, "review.refuse", by, case=case, reason=reason)
    say(_("case {case} is refused").format(case=case))


@hold_app.callback()
def list_holds(
    context: typer.Context, data: Data = None, json: Json = False, by: As = "", unit: Unit = ""
) -> None:
    """Held documents, recipients that nobody could resolve, and failed deliveries."""
    if context.invoked_subcommand is None:
        _list(data, json, WaitingList.HOLD, by, unit)


@hold_app.command("release", help=N_("Let a held document go on, or send a failed delivery again."))
def release(case: Case, data: Data = None, by: As = "") -> None:
    """The rule that held it does not hold it again."""
    act(data, "hold.release", by, case=case)
    say(_("case {case} is released").format(case=case))


@hold_app.command("send", help=N_("Say who a held recipient is; the document goes there."))
def send_to(
    case: Case,
    to: Annotated[str, typer.Option("--to", help=N_("Code of the unit or outside body."))],
    data: Data = None,
    by: As = "",
    role: Annotated[str, typer.Option(help=N_("main, coordinating or information."))] = "main",
    keep: Annotated[
        bool, typer.Option("--keep", help=N_("Understand what was written as another name from now on."))
    ] = False,
) -> None:
    """One party a case."""
    if role not in set(DeliveryRole):
        known = ", ".join(DeliveryRole)
        raise typer.BadParameter(_("there is no role {role}: {known}").format(role=role, known=known))
    answer = act(data, "hold.send", by, case=case, to=to, role=role, keep=keep)
    say(_("document {document} goes to {party}").format(**answer))


@hold_app.command("drop", help=N_("Decide that a held recipient gets nothing."))
def leave_out(case: Case, reason: Reason, data: Data = None, by: As = "") -> None:
    """With the reason that is kept."""
    act(data, "hold.drop", by, case=case, reason=reason)
    say(_("case {case} is closed").format(case=case))


@quarantine_app.callback()
def list_quarantine(context: typer.Context, data: Data = None, json: Json = False, by: As = "") -> None:
    """Locked arrivals; their content is not shown."""
    if context.invoked_subcommand is None:
        _list(data, json, WaitingList.QUARANTINE, by)


@quarantine_app.command("close", help=N_("Close a case as refused."))
def close_quarantine(case: Case, reason: Reason, data: Data = None, by: As = "") -> None:
    """The bytes stay locked until they are purged."""
    act(data, "quarantine.close", by, case=case, reason=reason)
    say(_("case {case} is closed").format(case=case))


@quarantine_app.command("release", help=N_("A false alarm: let it go its way."))
def release_quarantine(case: Case, reason: Reason, data: Data = None, by: As = "") -> None:
    """It is read and registered, or passed on, as if it had just come."""
    act(data, "quarantine.release", by, case=case, reason=reason)
    say(_("case {case} is released").format(case=case))


@quarantine_app.command("purge", help=N_("Remove the bytes for good; hashes and times stay."))
def purge_quarantine(case: Case, reason: Reason, data: Data = None, by: As = "") -> None:
    """Backups made before still hold them."""
    answer = act(data, "quarantine.purge", by, case=case, reason=reason)
    say(_("case {case} is purged: {copies} copies of {files} files are removed").format(**answer))
    say(_("Backups still hold them: run vanthu backup to the same folder again, and destroy other copies."))


@queue_app.callback()
def list_queue(context: typer.Context, data: Data = None, json: Json = False, by: As = "") -> None:
    """Parked steps."""
    if context.invoked_subcommand is not None:
        return
    from hub import listing

    with seeing(data, by, "queue.list", counted=False) as (_hub, connection, _view):
        rows = listing.parked(connection)
    columns = (
        Column("id", _("No."), whole=True, right=True),
        Column("stage", _("Stage"), whole=True),
        Column("subject", _("Subject"), whole=True, right=True),
        Column("tries", _("Tries"), whole=True, right=True),
        Column("error", _("Error"), words=_parked_words),
    )
    show(rows, columns, as_json=json)


@queue_app.command("health", help=N_("How deep and how old the queues are."))
def queue_health(data: Data = None, json: Json = False, by: As = "") -> None:
    """The same numbers as /metrics."""
    from hub import health

    with seeing(data, by, "queue.list", counted=False) as (hub, _connection, _view):
        rows = [
            {"what": gauge.name, "of": " ".join(labels), "value": value}
            for gauge in health.gauges(hub)
            for labels, value in gauge.values
        ]
    columns = (
        Column("what", _("What"), whole=True),
        Column("of", _("Of"), whole=True),
        Column("value", _("Value"), right=True, words=lambda value: f"{value:.0f}"),
    )
    show(rows, columns, as_json=json)


@queue_app.command("retry", help=N_("Let a parked step try again."))
def retry_step(step: Step, data: Data = None, by: As = "") -> None:
    """Its tries begin anew."""
    act(data, "queue.retry", by, step=step)
    say(_("step {step} tries again").format(step=step))


@queue_app.command("drop", help=N_("Give a parked step up; what it was about stays stored."))
def drop_step(step: Step, reason: Reason, data: Data = None, by: As = "") -> None:
    """With the reason that is kept."""
    act(data, "queue.drop", by, step=step, reason=reason)
    say(_("step {step} is dropped").format(step=step))


def _list(data: Any, json: bool, kind: WaitingList, by: str, unit: str = "") -> None:
    from hub import listing

    with seeing(data, by, f"{kind}.list", counted=False) as (hub, connection, view):
        rows = listing.cases(
            connection, kind, unit or None, EVERYTHING if kind is WaitingList.QUARANTINE else view
        )
        if kind is WaitingList.HOLD and not json:
            _with_codes(hub, rows)
    if json:
        show_json(rows)
        return
    if not rows:
        say_nothing()
    for row in rows:
        _print_case(row, kind)


def _with_codes(hub: Hub, rows: list[dict[str, Any]]) -> None:
    """Behind each suggested name the code that the answer needs."""
    for row in rows:
        if asks_who(row["reason"], row["delivery"]):
            known = ((name, hub.directory.by_name(name, hub.today())) for name in row["suggestions"] or ())
            row["suggestions"] = [
                f"{name} ({codes[0]})" if len(codes) == 1 and _receives(codes[0]) else name
                for name, codes in known
            ]


def _receives(code: str) -> bool:
    return not code.startswith(("group:", "person:"))


def _print_case(row: dict[str, Any], kind: WaitingList) -> None:
    """A case a paragraph: what it is about, why it waits, what may be meant, what to type."""
    about = " ".join(part for part in (row["symbol"], row["subject"]) if part)
    console.print(f"[bold]#{row['id']}[/bold]  [cyan]{escape(row['unit'])}[/cyan]  {_plain(about)}")
    facts = (
        (_("Why"), _why(row)),
        (_("From"), _sender(row)),
        (_("Came"), day(row["opened_at"][:10])),
        (_("Suggestions"), "; ".join(row["suggestions"] or ())),
    )
    lines = [f"[dim]{label}:[/dim] {_plain(words)}" for label, words in facts if words]
    whole = kind is WaitingList.HOLD and not asks_who(row["reason"], row["delivery"])
    pattern = RELEASE if whole else NEXT[kind]
    lines.append(f"[dim]→ {escape(_(pattern).format(case=row['id']))}[/dim]")
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 4)))
    console.print()


def _sender(row: dict[str, Any]) -> str:
    """The address that the envelope names, and how far it can be believed."""
    if not row["sender"]:
        return ""
    return f"{row['sender']} ({said(SenderVerdict)(row['verdict'])})" if row["verdict"] else row["sender"]


def _parked_words(error: str) -> str:
    """A code in words, also one that stands behind what it is about."""
    about, colon, code = error.rpartition(": ")
    return f"{about}{colon}{reason_text(code)}"


def _plain(text: str) -> str:
    return escape(clean(text, 400))


def _why(row: dict[str, Any]) -> str:
    if row["reason"] in row["detail"].split():
        return reason_texts(row["detail"])
    party, _colon, trouble = row["detail"].partition(": ") if row["delivery"] is not None else ("", "", "")
    detail = f"{party}: {outcome(trouble)}" if trouble else reason_text(row["detail"])
    return f"{reason_text(row['reason'])}: {detail}" if detail else reason_text(row["reason"])
