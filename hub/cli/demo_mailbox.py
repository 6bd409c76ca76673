"""The demo's look through a mail program: a clerk gets a mailbox and reads there what the unit received."""

from __future__ import annotations

import time
from typing import Any

from rich.markup import escape
from sqlalchemy import select

from connectors.mailboxes.dovecot import find_program, version_of
from connectors.mailboxes.opened import Opened, OpenedTrouble
from hub.cli.console import act, console
from hub.context import Hub
from hub.mailboxes.hosting import DOCUMENTS, VERSIONS
from hub.texts import _
from rules.vocabulary import DeliveryState, MailKind
from storage.tables.deliveries import deliveries

PATIENCE = 3.0


def can_be_shown() -> bool:
    """Whether a Dovecot is installed that the hub knows how to run."""
    program = find_program("")
    return program is not None and version_of(program) in VERSIONS


def show_mailbox(hub: Hub, imap: int) -> None:
    """Issue, share, log in, list: each as its command does it, and read over IMAP."""
    found = _reached(hub)
    if found is None:
        return
    unit, box, clerk = found
    began = time.monotonic()
    data, (made,) = hub.data, act(hub.data, "mailbox.issue", people=[clerk])
    act(data, "mailbox.delegate", mailbox=box, person=clerk, rights="write")
    folder = f"Hộp thư chung/{box}/{DOCUMENTS}"
    subject = _newest(imap, made, folder)
    if subject is None:
        words = _("the mailbox {address} was issued, but its folders did not show in time; see serve.log")
        console.print(f"[yellow]![/yellow] {escape(words.format(address=clerk))}", soft_wrap=True)
        return
    words = _(
        "{person} gets the mailbox {address}; {seconds} s later it shows in “{folder}” of {unit}: {subject}"
    )
    line = words.format(
        person=made["person"],
        address=clerk,
        seconds=f"{time.monotonic() - began:.1f}",
        folder=DOCUMENTS,
        unit=hub.directory.party_name(unit),
        subject=subject,
    )
    console.print(f"[green]✓[/green] {escape(line)}", soft_wrap=True)


def _reached(hub: Hub) -> tuple[str, str, str] | None:
    """A unit that got a document into its mailbox, the mailbox, and a clerk of the unit."""
    query = select(deliveries.c.receiver, deliveries.c.address).where(
        deliveries.c.kind == MailKind.DOCUMENT, deliveries.c.state == DeliveryState.DELIVERED
    )
    with hub.database.reading() as connection:
        rows = connection.execute(query.order_by(deliveries.c.id)).all()
    for row in rows:
        clerks = (
            hub.directory.clerks(row.receiver, hub.today()) if row.receiver in hub.directory.units else ()
        )
        if clerks:
            return row.receiver, row.address, clerks[0].email
    return None


def _newest(imap: int, made: dict[str, Any], folder: str) -> str | None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with Opened("127.0.0.1", imap, made["address"], made["first_password"]) as opened:
                return opened.newest_subject(folder)
        except OpenedTrouble:
            if time.monotonic() > end:
                return None
            time.sleep(0.1)
