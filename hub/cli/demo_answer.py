"""The demo's last word: one receiving unit answers a mail, and the sender sees it."""

from __future__ import annotations

import time
import tomllib

from rich.markup import escape
from sqlalchemy import select

from hub.cli.console import console
from hub.context import Hub
from hub.following import signing, telling
from hub.founding import sample_text
from hub.sending import send_files
from hub.texts import _, word
from hub.words import reason_text
from rules.identify import recipients
from rules.vocabulary import Handling, MailKind, WaitingList
from storage import handling, waiting
from storage.engine import AnyRow
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


def show_decisions(hub: Hub, smtp: int) -> None:
    """A clerk and a coordinator decide what waits by answering the mails that ask."""
    said = tomllib.loads(sample_text("demo.toml"))
    if (case := _first(hub, WaitingList.REVIEW, "sender-unverified")) is not None:
        to = signing.case_address(hub, case.id, case.opened_at)
        _answer(hub, smtp, case, to, telling.clerks_of(hub, case.unit)[0], said["asked"][0]["answer"])
    if (case := _first(hub, WaitingList.HOLD, recipients.UNKNOWN)) is not None:
        to = signing.hold_address(hub, case.document, case.opened_at)
        _answer(hub, smtp, case, to, telling.coordinators(hub, case.unit)[0], said["coordinator"]["answer"])


def _first(hub: Hub, kind: WaitingList, reason: str) -> AnyRow | None:
    with hub.database.reading() as connection:
        cases = waiting.listing(connection, kind, None)
    return next((row for row in cases if row.reason == reason), None)


def _answer(hub: Hub, smtp: int, case: AnyRow, to: str, author: str, words: str) -> None:
    began = time.monotonic()
    send_files([], [to], author, words, f"127.0.0.1:{smtp}")
    while time.monotonic() - began < PATIENCE:
        with hub.database.reading() as connection:
            seen = waiting.get(connection, case.id)
        if seen is not None and seen.resolved_at is not None:
            line = _(
                "{who} is asked by mail about {symbol}: {why}; "
                "{seconds} s after the answer “{words}” it goes on"
            )
            why = case.detail if case.kind == WaitingList.HOLD else reason_text(case.reason)
            seconds = f"{time.monotonic() - began:.2f}"
            said = line.format(who=author, symbol=case.symbol, why=why, seconds=seconds, words=words)
            console.print(f"[green]✓[/green] {escape(said)}", soft_wrap=True)
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
