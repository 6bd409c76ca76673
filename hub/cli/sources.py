"""``vanthu sources``: the mailboxes on other servers from which mail is fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import typer

from hub.cli.console import As, Data, Json, seeing
from hub.cli.table import Column, show
from hub.texts import N_, _


def add_to(app: typer.Typer) -> None:
    """Put this command into the program."""
    app.command("sources", help=N_("Mailboxes on other servers: last success, what waits, what is wrong."))(
        list_sources
    )


def list_sources(data: Data = None, json: Json = False, by: As = "") -> None:
    """One line for each account."""
    from hub.fetching import health

    with seeing(data, by, "sources.list", counted=False) as (hub, connection, _view):
        rows = health.rows(hub, connection)
        local = hub.local

    def when(text: Any) -> str:
        return f"{local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else "-"

    def seconds(value: Any) -> str:
        return "-" if value is None else f"{value:.0f} s"

    columns = (
        Column("name", _("Mailbox"), whole=True),
        Column("unit", _("Unit"), whole=True, room=100, words=lambda code: code or "*"),
        Column(
            "afterwards", _("Afterwards"), whole=True, room=100, words=lambda code: _(health.AFTERWARDS[code])
        ),
        Column("last_success", _("Last success"), whole=True, words=when),
        Column("lag", _("Lag"), whole=True, right=True, room=100, words=seconds),
        Column("waiting", _("Waiting"), whole=True, right=True),
        Column("aside", _("Set aside"), whole=True, right=True, room=100),
        Column("wrong", _("What is wrong")),
    )
    said = [{**row, "wrong": _wrong(row, health.trouble_text)} for row in rows]
    show(rows if json else said, columns, as_json=json)


def _wrong(row: dict[str, Any], words: Any) -> str:
    codes = dict.fromkeys([*([row["trouble"]] if row["trouble"] else []), *row["alarms"]])
    return "; ".join(words(code) for code in codes) or "-"
