"""Commands about what waits or travels: deliveries, review, holds, quarantine, the queue."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub import listing
from hub.cli.console import As, Data, Json, act, reading, say, show
from hub.texts import N_, _
from hub.words import reason_text
from rules.vocabulary import WaitingList
from storage import deliveries

deliveries_app = typer.Typer(invoke_without_command=True, help=N_("The delivery ledger."))
review_app = typer.Typer(invoke_without_command=True, help=N_("What waits for a unit's clerk."))
hold_app = typer.Typer(invoke_without_command=True, help=N_("What waits for a coordinator."))
quarantine_app = typer.Typer(invoke_without_command=True, help=N_("What waits for an administrator."))
queue_app = typer.Typer(invoke_without_command=True, help=N_("Steps that failed and wait for the operator."))
Reason = Annotated[str, typer.Option("--reason", help=N_("Why."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(deliveries_app, name="deliveries")
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
    state: Annotated[str, typer.Option(help=N_("Only in this state."))] = "",
    everything: Annotated[bool, typer.Option("--all", help=N_("Receipts and notices too."))] = False,
    limit: Annotated[int, typer.Option(help=N_("At most so many; 0: all."))] = 0,
) -> None:
    """Deliveries in the order they were planned."""
    if context.invoked_subcommand is not None:
        return
    with reading(data) as hub, hub.database.reading() as connection:
        rows = deliveries.listing(
            connection,
            kind=None if everything else "document",
            document=document or None,
            unit=unit or None,
            state=state or None,
            limit=limit or None,
        )
        found = listing.delivery_rows(rows)
    columns = {
        "id": _("No."),
        "symbol": _("Number and symbol"),
        "unit": _("Receiver"),
        "state": _("State"),
        "handling": _("Handling"),
        "channel": _("Channel"),
        "because": _("Because"),
        "attempts": _("Tries"),
    }
    show(found, columns, as_json=json)


@deliveries_app.command("retry")
def retry_delivery(delivery: int, data: Data = None, by: As = "") -> None:
    """Send a failed or deferred delivery at once."""
    act(data, "deliveries.retry", by, delivery=delivery)
    say(_("delivery {delivery} goes out again").format(delivery=delivery))


@review_app.callback()
def list_review(context: typer.Context, data: Data = None, json: Json = False, unit: str = "") -> None:
    """What waits for a unit's clerk."""
    if context.invoked_subcommand is None:
        _list(data, json, WaitingList.REVIEW, unit)


@review_app.command("accept")
def accept(
    case: int,
    data: Data = None,
    by: As = "",
    symbol: str = "",
    date: str = "",
    issuer: str = "",
    type: str = "",
    subject: str = "",
    signer: str = "",
    urgency: str = "",
    direction: str = "",
    unit: str = "",
) -> None:
    """Register what waits, with the clerk's corrections."""
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
    answer = act(data, "review.accept", by, case=case, fields=fields)
    say(_("document {document} {symbol} is registered").format(**answer))


@review_app.command("refuse")
def refuse(case: int, reason: Reason, data: Data = None, by: As = "") -> None:
    """Refuse what waits; the sender is told the reason."""
    act(data, "review.refuse", by, case=case, reason=reason)
    say(_("case {case} is refused").format(case=case))


@hold_app.callback()
def list_holds(context: typer.Context, data: Data = None, json: Json = False, unit: str = "") -> None:
    """Held documents, recipients that nobody could resolve, and failed deliveries."""
    if context.invoked_subcommand is None:
        _list(data, json, WaitingList.HOLD, unit)


@hold_app.command("release")
def release(case: int, data: Data = None, by: As = "") -> None:
    """Let a held document go on, or send a failed delivery again."""
    act(data, "hold.release", by, case=case)
    say(_("case {case} is released").format(case=case))


@hold_app.command("send")
def send_to(
    case: int,
    to: Annotated[str, typer.Option("--to", help=N_("Code of the unit or outside body."))],
    data: Data = None,
    by: As = "",
    role: str = "main",
) -> None:
    """Say who a held recipient is; the document goes there."""
    answer = act(data, "hold.send", by, case=case, to=to, role=role)
    say(_("document {document} goes to {party}").format(**answer))


@hold_app.command("drop")
def leave_out(case: int, reason: Reason, data: Data = None, by: As = "") -> None:
    """Decide that a held recipient gets nothing."""
    act(data, "hold.drop", by, case=case, reason=reason)
    say(_("case {case} is closed").format(case=case))


@quarantine_app.callback()
def list_quarantine(context: typer.Context, data: Data = None, json: Json = False) -> None:
    """Locked arrivals; their content is not shown."""
    if context.invoked_subcommand is None:
        _list(data, json, WaitingList.QUARANTINE, "")


@quarantine_app.command("close")
def close_quarantine(case: int, reason: Reason, data: Data = None, by: As = "") -> None:
    """Close a case as refused."""
    act(data, "quarantine.close", by, case=case, reason=reason)
    say(_("case {case} is closed").format(case=case))


@queue_app.callback()
def list_queue(context: typer.Context, data: Data = None, json: Json = False) -> None:
    """Parked steps."""
    if context.invoked_subcommand is None:
        with reading(data) as hub, hub.database.reading() as connection:
            rows = listing.parked(connection)
        columns = {
            "id": _("No."),
            "stage": _("Stage"),
            "subject": _("Subject"),
            "tries": _("Tries"),
            "error": _("Error"),
        }
        show(rows, columns, as_json=json)


@queue_app.command("retry")
def retry_step(step: int, data: Data = None, by: As = "") -> None:
    """Let a parked step try again."""
    act(data, "queue.retry", by, step=step)
    say(_("step {step} tries again").format(step=step))


@queue_app.command("drop")
def drop_step(step: int, reason: Reason, data: Data = None, by: As = "") -> None:
    """Give a parked step up; what it was about stays stored."""
    act(data, "queue.drop", by, step=step, reason=reason)
    say(_("step {step} is dropped").format(step=step))


def _list(data: Any, json: bool, kind: WaitingList, unit: str) -> None:
    with reading(data) as hub, hub.database.reading() as connection:
        rows = listing.cases(connection, kind, unit or None)
    shown = rows if json else [{**row, "why": _why(row)} for row in rows]
    columns = {
        "id": _("Case"),
        "unit": _("Unit"),
        "why": _("Why"),
        "symbol": _("Number and symbol"),
        "subject": _("Subject"),
        "sender": _("From"),
        "suggestions": _("Suggestions"),
    }
    show(shown, columns, as_json=json)


def _why(row: dict[str, Any]) -> str:
    words = [reason_text(code) for code in row["detail"].split()] if row["reason"] in row["detail"] else []
    return "; ".join(words) or f"{reason_text(row['reason'])}: {row['detail']}"
