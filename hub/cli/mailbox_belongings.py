"""Commands about what belongs to a mailbox: addresses, delegates, absence, passwords of programs, room."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.console import As, Data, Json, act, console, say, show_json
from hub.cli.mailboxes import Address, mailbox_app
from hub.texts import N_, _

Further = Annotated[str, typer.Argument(help=N_("The further address."))]
Remove = Annotated[bool, typer.Option("--remove", help=N_("Take it away again."))]


def add_to(_app: typer.Typer) -> None:
    """They belong to ``vanthu mailbox``, which is in the program already."""


@mailbox_app.command("alias", help=N_("A further address of one mailbox."))
def alias(address: Address, further: Further, remove: Remove = False, data: Data = None, by: As = "") -> None:
    """Never given to anybody else."""
    _address(data, by, further, address, "alias", remove)


@mailbox_app.command("role", help=N_("An address of an office that leads to several mailboxes."))
def role(further: Further, member: Address, remove: Remove = False, data: Data = None, by: As = "") -> None:
    """One member at a time."""
    _address(data, by, further, member, "role", remove)


def _address(data: Data, by: str, further: str, mailbox: str, kind: str, remove: bool) -> None:
    if remove:
        act(data, "mailbox.address-remove", by, address=further, mailbox=mailbox)
        say(_("{address} no longer leads to {mailbox}").format(address=further, mailbox=mailbox))
    else:
        act(data, "mailbox.address-add", by, address=further, mailbox=mailbox, kind=kind)
        say(_("{address} leads to {mailbox}").format(address=further, mailbox=mailbox))


@mailbox_app.command(
    "share", help=N_("Let somebody open this mailbox, also a unit's own, as a shared folder.")
)
def share(
    address: Address,
    person: Annotated[str, typer.Argument(help=N_("The other person's address."))],
    rights: Annotated[str, typer.Option(help=N_("read, write or none."))] = "read",
    data: Data = None,
    by: As = "",
) -> None:
    """Or no longer."""
    box = act(data, "mailbox.delegate", by, mailbox=address, person=person, rights=rights)
    say(_("{person}: {rights} at {mailbox}").format(person=person, rights=rights, mailbox=box))


@mailbox_app.command("absence", help=N_("What people are answered while the owner is away."))
def absence(
    address: Address,
    first: Annotated[str, typer.Option("--from", help=N_("First day, as 2026-11-23."))] = "",
    last: Annotated[str, typer.Option("--to", help=N_("Last day, as 2026-11-27."))] = "",
    words: Annotated[str, typer.Option("--words", help=N_("The answer."))] = "",
    data: Data = None,
    by: As = "",
) -> None:
    """Everybody is told once a week at most, robots never."""
    act(data, "mailbox.absence", by, mailbox=address, first=first, last=last, words=words)
    away = _("{address} answers from {first} to {last}").format(address=address, first=first, last=last)
    say(away if first else _("{address} answers nothing any more").format(address=address))


@mailbox_app.command("program", help=N_("A password for one program or phone, told this once."))
def program(
    address: Address,
    label: Annotated[str, typer.Option(help=N_("Which program or phone."))] = "",
    remove: Annotated[int, typer.Option("--remove", help=N_("Withdraw the password with this number."))] = 0,
    data: Data = None,
    by: As = "",
    json: Json = False,
) -> None:
    """Five at most."""
    if remove:
        act(data, "mailbox.program-remove", by, mailbox=address, number=remove)
        say(_("password {number} of {address} is withdrawn").format(number=remove, address=address))
        return
    made = act(data, "mailbox.program-add", by, mailbox=address, label=label)
    if json:
        show_json(made)
        return
    say(_("password {number} of {address}").format(number=made["number"], address=made["address"]))
    typer.echo(made["password"])


@mailbox_app.command("quota", help=N_("Room of one mailbox in MB; 0: as for everybody."))
def quota(
    address: Address,
    megabytes: Annotated[int, typer.Argument(help=N_("MB."))],
    data: Data = None,
    by: As = "",
) -> None:
    """Documents of the hub do not count."""
    act(data, "mailbox.quota", by, address=address, megabytes=megabytes)
    say(_("{address}: {count} MB").format(address=address, count=megabytes))


@mailbox_app.command("totp", help=N_("One-time codes of a phone, for changing the password on the web."))
def totp(
    address: Address,
    code: Annotated[
        str, typer.Option("--code", help=N_("A code that the phone shows: from now on it counts."))
    ] = "",
    off: Annotated[bool, typer.Option("--off", help=N_("No codes any more."))] = False,
    data: Data = None,
    by: As = "",
    json: Json = False,
) -> None:
    """First the secret, told this once; then a code that shows it arrived (RFC 6238)."""
    done = act(data, "mailbox.second-factor", by, mailbox=address, code=code, off=off)
    if json:
        show_json(done)
    elif off:
        say(_("{address} needs no codes any more").format(address=done["address"]))
    elif code:
        say(_("{address} uses codes from now on").format(address=done["address"]))
    else:
        _show_secret(done)


def _show_secret(made: dict[str, str]) -> None:
    """As a picture for the phone's camera, and as letters to type in."""
    import segno

    if console.is_terminal:
        segno.make(made["uri"], error="l").terminal(compact=True)
    typer.echo(made["secret"])
    say(
        _("read this into the phone, then: vanthu mailbox totp {address} --code CODE").format(
            address=made["address"]
        )
    )
