"""The demo's answer to "why did we get this?": what ``vanthu why`` says of one delivery."""

from __future__ import annotations

from sqlalchemy import select

from hub import reasons
from hub.cases import case
from hub.cli.console import console
from hub.cli.rules import print_why
from hub.context import Hub
from rules.vocabulary import MailKind
from storage.tables.deliveries import deliveries


def show_why(hub: Hub) -> None:
    """Of the delivery with the most reasons, because it shows block, rules and successors together."""
    with hub.database.reading() as connection:
        rows = connection.execute(
            select(deliveries.c.document, deliveries.c.receiver, deliveries.c.because)
            .where(deliveries.c.kind == MailKind.DOCUMENT)
            .order_by(deliveries.c.id)
        ).all()
        row = max(rows, key=lambda row: len(row.because or ()), default=None)
        found = case(hub, connection, row.document) if row is not None else None
        if row is None or found is None:
            return
        answer = reasons.why(hub, connection, found, row.receiver)
    console.print(f"[bold]$ vanthu why {answer['symbol']} --unit {row.receiver}[/bold]", soft_wrap=True)
    print_why(answer, {row.receiver: hub.directory.party_name(row.receiver)})
    console.print()
