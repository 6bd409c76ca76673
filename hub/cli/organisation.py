"""Commands about the organisation as a whole: brought in and written out as sheets, and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.console import As, Data, Json, act, fail, reading, say, seeing, show_json
from hub.cli.lists import staff_app, units_app
from hub.cli.table import Column, day, said, show
from hub.cli.usage import Commands
from hub.texts import N_, _, current
from rules.sheets.rows import SHAPES
from rules.vocabulary import UnitKind

groups_app = typer.Typer(
    cls=Commands, invoke_without_command=True, help=N_("Groups of units, as recipient blocks name them.")
)
MOST_SHOWN = 200  # changes on a screen; --json prints all
WHAT = {
    "added": N_("new"),
    "changed": N_("changed"),
    "closed": N_("ends"),
    "removed": N_("taken out"),
}
SHEETS = {
    "units": N_("unit"),
    "names": N_("name"),
    "parents": N_("place"),
    "groups": N_("group"),
    "members": N_("member"),
    "outside": N_("outside body"),
    "people": N_("person"),
    "posts": N_("post"),
}
OF_STAFF, OF_GROUPS = ("people", "posts"), ("groups", "members", "names")

Files = Annotated[
    list[Path], typer.Argument(help=N_("The sheets: CSV, a folder of them, or a workbook (.xlsx)."))
]
Out = Annotated[
    Path | None, typer.Option("--out", help=N_("Where to: a workbook (.xlsx), or a folder for CSV sheets."))
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Check and show, write nothing."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(groups_app, name="groups")


@units_app.command(
    "import",
    help=N_("Merge sheets: units, names, parents, groups, members, outside, people, posts (.csv or .xlsx)."),
)
def import_units(
    files: Files,
    data: Data = None,
    json: Json = False,
    by: As = "",
    replace: Annotated[
        bool, typer.Option("--replace", help=N_("The sheets are the whole organisation."))
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """All sheets or nothing; every fault with file, line and column."""
    _import(files, tuple(SHEETS), data, by, json=json, replace=replace, dry_run=dry_run)


@staff_app.command("import", help=N_("Merge the sheets people and posts (.csv or .xlsx)."))
def import_staff(
    files: Files, data: Data = None, json: Json = False, by: As = "", dry_run: DryRun = False
) -> None:
    """The posts of whoever stands in the sheet become those of the sheet."""
    _import(files, OF_STAFF, data, by, json=json, replace=False, dry_run=dry_run)


@groups_app.command("import", help=N_("Merge the sheets groups, members and names (.csv or .xlsx)."))
def import_groups(
    files: Files, data: Data = None, json: Json = False, by: As = "", dry_run: DryRun = False
) -> None:
    """The members of a group that stands in the sheet become those of the sheet."""
    _import(files, OF_GROUPS, data, by, json=json, replace=False, dry_run=dry_run)


@units_app.command("export", help=N_("Write the organisation as sheets."))
def export_units(
    folder: Annotated[Path | None, typer.Argument(help=N_("Where to."))] = None,
    data: Data = None,
    out: Out = None,
) -> None:
    """The sheets that import takes."""
    _export(folder or out, tuple(SHEETS), data)


@staff_app.command("export", help=N_("Write the sheets people and posts."))
def export_staff(data: Data = None, out: Out = None) -> None:
    """The sheets that import takes."""
    _export(out, OF_STAFF, data)


@groups_app.command("export", help=N_("Write the sheets groups, members and names."))
def export_groups(data: Data = None, out: Out = None) -> None:
    """The sheets that import takes."""
    _export(out, OF_GROUPS, data)


@groups_app.callback()
def list_groups(context: typer.Context, data: Data = None, json: Json = False) -> None:
    """All groups with their members of today."""
    if context.invoked_subcommand is not None:
        return
    from hub import listing

    with reading(data) as hub:
        rows = listing.groups(hub.directory, hub.today())
    columns = (
        Column("code", _("Code"), whole=True),
        Column("name", _("Name")),
        Column("count", _("Members"), whole=True, right=True),
        Column("kinds", _("Kinds"), words=said(UnitKind), room=120),
        Column("valid_from", _("Valid from"), whole=True, words=day, room=100),
        Column("valid_to", _("Valid to"), whole=True, words=day),
    )
    show(rows, columns, as_json=json)


@units_app.command("check", help=N_("What units lack: clerk, leader, IT officer, address, a way to them."))
def check(
    data: Data = None,
    json: Json = False,
    by: As = "",
    everything: Annotated[
        bool,
        typer.Option("--all", help=N_("Units too that only their own name reaches, by no rule or group.")),
    ] = False,
) -> None:
    """Exit code 1 when something is lacking."""
    from hub import coverage

    with seeing(data, by, "units.check") as (hub, _connection, _view):
        rows = coverage.rows(hub, everything=everything)
    if json:
        show_json(rows)
    elif rows:
        columns = (
            Column("unit", _("Unit"), whole=True),
            Column("name", _("Name")),
            Column("gaps", _("What is lacking"), words=coverage.words),
        )
        show(rows, columns, as_json=False)
    else:
        say(_("no unit lacks anything"))
    if any(set(row["gaps"]) - coverage.REMARKS for row in rows):
        raise typer.Exit(1)


def show_changes(answer: Mapping[str, Any], *, as_json: bool, dry_run: bool) -> None:
    """What changes row by row, field by field, and where the sheet says so."""
    changes = answer["changes"]
    if as_json:
        show_json({**answer, "dry_run": dry_run})
        return
    columns = (
        Column("what", "", whole=True, words=lambda code: _(WHAT[code])),
        Column("sheet", _("What"), whole=True, words=lambda code: _(SHEETS[code])),
        Column("row", _("Which")),
        Column("change", _("Change")),
        Column("place", _("Stands in"), whole=True),
    )
    rows = [_shown(change) for change in changes[:MOST_SHOWN]]
    if rows:
        placed = any(row["place"] for row in rows)
        show(rows, columns if placed else columns[:-1], as_json=False)
    if len(changes) > MOST_SHOWN:
        say(_("{count} more changes; --json prints all").format(count=len(changes) - MOST_SHOWN))


def _import(
    files: Sequence[Path],
    allowed: Sequence[str],
    data: Path | None,
    by: str,
    *,
    json: bool,
    replace: bool,
    dry_run: bool,
) -> None:
    from hub.sheets import SheetUnreadable, read_sheets

    try:
        sheets, origins = read_sheets(files, allowed)
    except SheetUnreadable as error:
        fail(str(error))
    given = {"sheets": sheets, "origins": origins, "replace": replace, "dry_run": dry_run}
    answer = act(data, "directory.import", by, **given)
    if answer["changes"] and not dry_run:
        make_places(data)
    show_changes(answer, as_json=json, dry_run=dry_run)
    if not json:
        words = _("{units} units, {groups} groups, {outside} outside bodies, {people} people").format(
            **answer
        )
        if not answer["changes"]:
            say(_("nothing to change: {what}").format(what=words))
        else:
            say(_("would be: {what}").format(what=words) if dry_run else words)


def make_places(data: Path | None) -> None:
    """Mailboxes and scanner folders of units and people that are new."""
    from hub.founding import make_places as make

    with reading(data) as hub:
        make(hub)


def _export(out: Path | None, wanted: Sequence[str], data: Path | None) -> None:
    from hub.sheets import SheetUnreadable, write_sheets

    if out is None:
        raise typer.BadParameter(_("say where to: --out FILE.xlsx or --out FOLDER"))
    with reading(data) as hub:
        directory = hub.directory
    try:
        count = write_sheets(directory, wanted, out)
    except SheetUnreadable as error:
        fail(str(error))
    say(_("{count} sheets in {folder}").format(count=count, folder=out))


def _shown(change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "what": change["what"],
        "sheet": change["sheet"],
        "row": " · ".join(part for part in change["key"] if part),
        "change": "; ".join(
            _field(change["sheet"], field, change["what"]) for field in change["fields"] if _told(field)
        ),
        "place": f"{change['file']}:{change['line']}" if change["line"] else None,
    }


def _told(field: Mapping[str, str]) -> bool:
    return bool(field["before"] or field["after"])


def _field(sheet: str, field: Mapping[str, str], what: str) -> str:
    """A column under the name that it has in the reader's language, and what becomes of its cell."""
    name = SHAPES[f"{sheet}.csv"].columns[field["name"]] if current() == "vi" else field["name"]
    if what == "added":
        return f"{name}: {field['after']}"
    if what == "removed":
        return f"{name}: {field['before']}"
    return f"{name}: {field['before'] or '-'} → {field['after'] or '-'}"
