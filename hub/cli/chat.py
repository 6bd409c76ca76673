"""Commands about the ways to people's chats and to units' own software."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.console import As, Data, Json, act, reading, say, show_json
from hub.cli.table import Column, day, show
from hub.texts import N_, _

chat_app = typer.Typer(no_args_is_help=True, help=N_("Telegram: link staff, see who is linked."))
COLUMNS = (
    Column("person", N_("Person")),
    Column("name", N_("Name")),
    Column("linked", N_("Linked"), words=day),
)
HOOKS = (Column("unit", N_("Unit")), Column("url", N_("Address")), Column("secret", N_("Secret")))
Person = Annotated[str, typer.Argument(help=N_("The person's e-mail address."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(chat_app, name="chat")
    app.command(
        "webhooks", help=N_("Units whose software listens, with the secret that signs what it gets.")
    )(hooks)


@chat_app.command("code", help=N_("A code by which a person links a chat; ten minutes, once."))
def code(person: Person, data: Data = None, by: As = "", as_json: Json = False) -> None:
    """Shown once and kept only as a digest."""
    made = act(data, "chat.code", by, person=person)
    if as_json:
        show_json(made)
        return
    say(_("Send this to the bot within ten minutes: {code}").format(code=made["code"]))


@chat_app.command("list", help=N_("Who has linked a chat."))
def listed(data: Data = None, as_json: Json = False) -> None:
    """Living links."""
    from storage import chats

    with reading(data) as hub, hub.database.reading() as connection:
        rows = [
            {
                "person": row.person,
                "name": hub.directory.party_name(f"person:{row.person}"),
                "linked": row.linked_at.isoformat(),
            }
            for row in chats.listing(connection)
        ]
    show(rows, COLUMNS, as_json=as_json)


@chat_app.command("unlink", help=N_("End a person's link; the chat gets nothing any more."))
def unlink(person: Person, data: Data = None, by: As = "") -> None:
    """The row stays as a proof."""
    act(data, "chat.unlink", by, person=person)
    say(_("{person} has no linked chat any more.").format(person=person))


def hooks(data: Data = None, as_json: Json = False) -> None:
    """Only for who can read the data folder: the secret is derived from the hub's own."""
    from hub.webhooks import addresses, secret_of

    with reading(data) as hub:
        rows = [
            {"unit": unit, "url": url, "secret": secret_of(hub.secret, unit)}
            for unit, url in addresses(hub.config).items()
        ]
    show(rows, HOOKS, as_json=as_json)
