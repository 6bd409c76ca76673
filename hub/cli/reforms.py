"""Commands that close, merge, split and rename units from a day on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.console import As, Data, Json, act, say
from hub.cli.lists import units_app
from hub.cli.organisation import make_places, show_changes
from hub.cli.table import day
from hub.texts import N_, _

Code = Annotated[str, typer.Argument(help=N_("The unit's code."), metavar="UNIT")]
Since = Annotated[
    str, typer.Option("--from", help=N_("The first day of the new order, as 2025-07-01."), show_default=False)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Show what would change, write nothing."))]
Kind = Annotated[
    str,
    typer.Option("--kind", help=N_("The kind of a new unit: department, commune ..."), show_default=False),
]
Symbols = Annotated[
    list[str] | None,
    typer.Option("--symbol", help=N_("Its body in document symbols from then on; may be repeated.")),
]
Leave = Annotated[
    bool, typer.Option("--leave-people", help=N_("The people of a closed unit do not go to its successor."))
]
Below = Annotated[
    bool, typer.Option("--close-below", help=N_("The units below a closed unit are closed with it."))
]


def add_to(_app: typer.Typer) -> None:
    """These commands stand below ``vanthu units``."""


@units_app.command("close", help=N_("Close a unit; what still comes for it goes to its successor."))
def close(
    unit: Code,
    since: Since,
    successor: Annotated[
        str, typer.Option(help=N_("The unit that follows it."), metavar="UNIT", show_default=False)
    ] = "",
    leave: Leave = False,
    below: Below = False,
    data: Data = None,
    json: Json = False,
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """Its last day is the day before."""
    given = {"unit": unit, "successor": successor, "people": not leave, "below": below}
    _do(data, "units.close", by, since, given, json=json, dry_run=dry_run)


@units_app.command("merge", help=N_("Merge units into one: a new one, one of them, or another."))
def merge(
    units: Annotated[list[str], typer.Argument(help=N_("The units that are merged."), metavar="UNIT...")],
    into: Annotated[
        str,
        typer.Option(help=N_("The unit they become; CODE=NAME makes it or calls it so."), show_default=False),
    ],
    since: Since,
    kind: Kind = "",
    symbol: Symbols = None,
    leave: Leave = False,
    below: Below = False,
    data: Data = None,
    json: Json = False,
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """The merged ones are closed; their people, groups and mail go to the one they become."""
    given = {"units": units, "into": into, "kind": kind, "symbols": symbol or []}
    _do(
        data,
        "units.merge",
        by,
        since,
        {**given, "people": not leave, "below": below},
        json=json,
        dry_run=dry_run,
    )


@units_app.command("split", help=N_("Split a unit into several; it may be one of them."))
def split(
    unit: Code,
    into: Annotated[
        list[str],
        typer.Option(help=N_("A unit it becomes, CODE=NAME for a new one; repeat it."), show_default=False),
    ],
    since: Since,
    mail: Annotated[
        str,
        typer.Option(help=N_("Which of them gets its mail and people; the first."), show_default=False),
    ] = "",
    kind: Kind = "",
    leave: Leave = False,
    below: Below = False,
    data: Data = None,
    json: Json = False,
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """Unless it is one of them, it is closed."""
    given = {"unit": unit, "into": into, "mail": mail, "kind": kind}
    _do(
        data,
        "units.split",
        by,
        since,
        {**given, "people": not leave, "below": below},
        json=json,
        dry_run=dry_run,
    )


@units_app.command("rename", help=N_("Give a unit another name; older documents keep the old one."))
def rename(
    unit: Code,
    name: Annotated[str, typer.Argument(help=N_("The new name."))],
    since: Since,
    symbol: Symbols = None,
    data: Data = None,
    json: Json = False,
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """The old name stays known."""
    given = {"unit": unit, "name": name, "symbols": symbol or []}
    _do(data, "units.rename", by, since, given, json=json, dry_run=dry_run)


def _do(
    data: Path | None,
    command: str,
    by: str,
    since: str,
    given: dict[str, Any],
    *,
    json: bool,
    dry_run: bool,
) -> None:
    answer = act(data, command, by, since=since, dry_run=dry_run, **given)
    if not dry_run:
        make_places(data)
    show_changes(answer, as_json=json, dry_run=dry_run)
    if json:
        return
    for rule in answer["rules"]:
        say(_("a rule names it: {rule}").format(rule=rule))
    words = _("rows that change from {day}: {count}").format(
        count=len(answer["changes"]), day=day(answer["since"])
    )
    say(_("would be: {what}").format(what=words) if dry_run else words)
