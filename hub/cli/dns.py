"""Commands about the mail domains: what DNS should say, and the keys that sign."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.console import As, Data, Json, act, data_folder, fail, reading, say, show_json
from hub.cli.table import Column, show
from hub.cli.usage import Commands
from hub.texts import N_, _

dkim_app = typer.Typer(cls=Commands, no_args_is_help=True, help=N_("Keys that sign outgoing mails (DKIM)."))
Domain = Annotated[str, typer.Option("--domain", help=N_("The mail domain; empty: the hub's own."))]
Selector = Annotated[str, typer.Argument(help=N_("The key's selector."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command("dns", help=N_("What DNS should say about the mail domains."))(dns)
    app.add_typer(dkim_app, name="dkim")


def dns(
    data: Data = None,
    json: Json = False,
    zone: Annotated[bool, typer.Option("--zone", help=N_("As lines of a zone file."))] = False,
) -> None:
    """Nothing is asked here; ``vanthu doctor`` compares."""
    from hub.mailboxes.dns import wanted
    from rules.mailboxes.dns_records import zone_line

    with reading(data) as hub:
        try:
            found = wanted(hub)
        except (OSError, ValueError) as error:
            fail(_("the keys cannot be read: {error}").format(error=error))
    if zone and not json:
        for _domain, record in found:
            typer.echo(zone_line(record))
        return
    rows = [
        {"domain": domain, "purpose": r.purpose, "name": r.name, "type": r.kind, "value": r.value}
        for domain, r in found
    ]
    columns = (
        Column("name", _("Name")),
        Column("type", _("Kind"), whole=True),
        Column("value", _("Value")),
        Column("purpose", _("Purpose"), whole=True, room=100),
    )
    show(rows, columns, as_json=json)


@dkim_app.command("list", help=N_("The keys of the mail domains."))
def list_keys(data: Data = None, json: Json = False) -> None:
    """Without what is secret in them."""
    from connectors.writers.signing_keys import public_record, read_ring, ring_file

    folder = data_folder(data)
    rows = []
    with reading(data) as hub:
        domains = [domain.casefold() for domain in hub.config.organisation.domains]
    for domain in domains:
        try:
            ring = read_ring(ring_file(folder, domain))
        except (OSError, ValueError) as error:
            fail(_("the keys of {domain} cannot be read: {error}").format(domain=domain, error=error))
        rows += [
            {"domain": domain, "selector": name, "signs": name == ring.active, "record": public_record(pem)}
            for name, pem in ring.keys.items()
        ]
    columns = (
        Column("domain", _("Domain"), whole=True),
        Column("selector", _("Selector"), whole=True),
        Column("signs", _("Signs"), whole=True, words=lambda signs: _("yes") if signs else _("no")),
    )
    show(rows, columns, as_json=json)


@dkim_app.command("new", help=N_("Make a key; publish it (vanthu dns) before it is taken into use."))
def new(
    data: Data = None,
    by: As = "",
    json: Json = False,
    domain: Domain = "",
    selector: Annotated[str, typer.Option("--selector", help=N_("Its name; empty: by the month."))] = "",
) -> None:
    """The first one signs at once."""
    made = act(data, "dkim.make", by, domain=domain, selector=selector)
    if json:
        show_json(made)
    elif made["active"] == made["selector"]:
        say(_("{selector} signs mails of {domain}; publish it now: vanthu dns").format(**made))
    else:
        say(_("{selector} is made for {domain}; {active} signs until: vanthu dkim use").format(**made))


@dkim_app.command("use", help=N_("From now on this key signs."))
def use(selector: Selector, data: Data = None, by: As = "", domain: Domain = "") -> None:
    """The old one stays in DNS for some days."""
    done = act(data, "dkim.use", by, selector=selector, domain=domain)
    say(_("{selector} signs mails of {domain}").format(**done))


@dkim_app.command("remove", help=N_("Remove a key that signs no more."))
def remove(selector: Selector, data: Data = None, by: As = "", domain: Domain = "") -> None:
    """Its record may go from DNS a week after its last mail."""
    done = act(data, "dkim.remove", by, selector=selector, domain=domain)
    say(_("{selector} of {domain} is removed").format(**done))
