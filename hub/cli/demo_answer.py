"""The demo's last word: one receiving unit answers a mail, and the sender sees it."""

from __future__ import annotations

import time

from rich.markup import escape
from sqlalchemy import select

from hub.cli.console import console
from hub.context import Hub
from hub.following import signing
from hub.sending import send_files
from hub.texts import _, word
from rules.vocabulary import Handling, MailKind
from storage import handling
from storage.tables.deliveries import deliveries

PATIENCE = 10.0
WORDS = "Đã nhận"


def show_answer(hub: Hub, smtp: int) -> None:
    """A clerk answers with two words; what is printed is what ``vanthu track`` shows the sender."""
    with hub.database.reading() as connection:
        row = connection.execute(
            select(deliveries)
            .where(deliveries.c.kind == MailKind.DOCUMENT, deliveries.c.handling == Handling.ARRIVED)
            .order_by(deliveries.c.id)
            .limit(1)
        ).first()
    if row is None:
        return
    began = time.monotonic()
    to = signing.reply_address(hub, row.id, row.created_at)
    send_files([], [to], row.address, WORDS, f"127.0.0.1:{smtp}")
    while time.monotonic() - began < PATIENCE:
        with hub.database.reading() as connection:
            seen = handling.get(connection, row.id)
        if seen is not None and seen.handling == Handling.RECEIVED:
            _print(hub, seen.receiver, seen.symbol, time.monotonic() - began)
            return
        time.sleep(0.02)


def _print(hub: Hub, receiver: str, symbol: str, seconds: float) -> None:
    words = _(
        "{unit} answers the mail with “{words}”; {seconds} s later the sender of {symbol} sees: {state}"
    )
    line = words.format(
        unit=hub.directory.party_name(receiver),
        words=WORDS,
        seconds=f"{seconds:.2f}",
        symbol=symbol,
        state=f"{Handling.RECEIVED.value} {word(Handling.RECEIVED)}",
    )
    console.print(f"[green]✓[/green] {escape(line)}", soft_wrap=True)
