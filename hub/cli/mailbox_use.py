"""Commands that look at mailboxes: their use in a month, and reading one without a mail server."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.console import Data, Json, fail, reading
from hub.cli.mailboxes import Address, mailbox_app
from hub.cli.table import Column, show
from hub.texts import N_, _


def add_to(_app: typer.Typer) -> None:
    """They belong to ``vanthu mailbox``, which is in the program already."""


@mailbox_app.command("usage", help=N_("Staff, mailboxes and active ones per unit in a month."))
def usage(
    data: Data = None,
    json: Json = False,
    month: Annotated[str, typer.Option("--month", help=N_("The month, as 2026-11."))] = "",
) -> None:
    """Against the target of the configuration; whoever received only is silent."""
    from hub.mailboxes.use import shares_of

    with reading(data) as hub:
        wanted = month or f"{hub.today():%Y-%m}"
        try:
            found = shares_of(hub, wanted)
        except ValueError:
            fail(_("write a month as 2026-11"))
        target = hub.config.mailboxes.target
    rows = [
        {
            "unit": line.unit,
            "staff": line.staff,
            "with_mailbox": line.with_mailbox,
            "active": line.active,
            "share": round(line.share, 4),
            "target": target,
            "silent": list(line.silent),
        }
        for line in found
    ]
    columns = (
        Column("unit", _("Unit"), whole=True, words=lambda code: code or _("all")),
        Column("staff", _("Staff"), whole=True, right=True),
        Column("with_mailbox", _("With mailbox"), whole=True, right=True),
        Column("active", _("Active"), whole=True, right=True),
        Column("share", _("Share"), whole=True, right=True, words=lambda part: f"{part:.0%}"),
    )
    show(rows, columns, as_json=json)


@mailbox_app.command("read", help=N_("What lies in a mailbox, newest first; no mail server is needed."))
def read(
    address: Address,
    data: Data = None,
    json: Json = False,
    limit: Annotated[int, typer.Option(help=N_("At most so many; 0: all."))] = 50,
) -> None:
    """Subjects and senders; for the owner of the data folder."""
    from hub.mailboxes.reading import mails_in

    with reading(data) as hub:
        rows = mails_in(hub, address)
    if rows is None:
        fail(_("there is no mailbox {address}; nearest: {near}").format(address=address, near="-"))
    columns = (
        Column("folder", _("Folder"), whole=True),
        Column("date", _("Date"), whole=True),
        Column("sender", _("From"), room=100),
        Column("subject", _("Subject")),
    )
    show(rows[: limit or None], columns, as_json=json)
