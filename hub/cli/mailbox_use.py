"""Commands that look at mailboxes: their use in a month, and reading one without a mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.console import As, Data, Json, Unit, act, fail, reading, say
from hub.cli.mailboxes import Address, mailbox_app
from hub.cli.table import Column, show
from hub.texts import N_, _

if TYPE_CHECKING:
    from rules.mailboxes.usage import Share


def add_to(_app: typer.Typer) -> None:
    """They belong to ``vanthu mailbox``, which is in the program already."""


@mailbox_app.command("usage", help=N_("Staff, mailboxes and active ones per unit in a month."))
def usage(
    data: Data = None,
    json: Json = False,
    month: Annotated[str, typer.Option("--month", help=N_("The month, as 2026-11."))] = "",
    unit: Unit = "",
    silent: Annotated[bool, typer.Option("--silent", help=N_("Name those who did not use theirs."))] = False,
    write: Annotated[
        bool, typer.Option("--write", help=N_("With --silent: a mail to each, once for a month."))
    ] = False,
    by: As = "",
) -> None:
    """Against the target of the configuration; whoever received only is silent."""
    from hub.mailboxes.use import shares_of

    if write and not silent:
        raise typer.BadParameter(_("--write goes with --silent"))
    with reading(data) as hub:
        wanted = month or f"{hub.today():%Y-%m}"
        try:
            found = shares_of(hub, wanted)
        except ValueError:
            fail(_("write a month as 2026-11"))
        target = hub.config.mailboxes.target
        names = {box: hub.directory.party_name(f"person:{box}") for line in found for box in line.silent}
    if unit:
        found = [line for line in found if line.unit == unit]
    if silent:
        _show_silent(
            [(line.unit, box, names[box]) for line in found if line.unit for box in line.silent], json
        )
        if write:
            _write(data, by, wanted, unit, json)
        return
    _show_shares(found, target, json)


def _show_shares(found: list[Share], target: float, json: bool) -> None:
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


def _show_silent(silent: list[tuple[str, str, str]], json: bool) -> None:
    columns = (
        Column("unit", _("Unit"), whole=True),
        Column("address", _("Address"), whole=True),
        Column("person", _("Name")),
    )
    rows = [{"unit": unit, "address": box, "person": name} for unit, box, name in silent]
    show(rows, columns, as_json=json)


def _write(data: Data, by: str, month: str, unit: str, json: bool) -> None:
    done = act(data, "mailbox.nudge", by, month=month, unit=unit)
    if not json:
        words = _(
            "{written} mails were written; {silent} are silent, and nobody is written to twice for a month"
        )
        say(words.format(**done))


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
