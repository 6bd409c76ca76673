"""Commands for those who look after the hub: configuration, checks, backup."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from hub.cli.console import As, Data, Json, act, console, data_folder, fail, reading, say, show_json
from hub.cli.table import Column, show
from hub.cli.usage import Commands
from hub.texts import N_, _
from rules.text.gate import clean

if TYPE_CHECKING:
    from rich.progress import Progress

    from storage.journal import Head

config_app = typer.Typer(cls=Commands, no_args_is_help=True, help=N_("The configuration."))


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(config_app, name="config")
    app.command(
        "verify", help=N_("Check rows against files, numbers against gaps, the journal against tampering.")
    )(verify_all)
    app.command("doctor", help=N_("What this hub and this machine lack."))(doctor)
    app.command("backup", help=N_("A consistent copy while the hub runs."))(backup)
    app.command("restore", help=N_("Bring a copy back into an empty folder and verify it."))(restore)


@config_app.command(
    "example", help=N_("Print config.example.toml: every setting with its meaning and default.")
)
def example() -> None:
    """In the language of the terminal."""
    from hub import config as configuration

    typer.echo(configuration.example(), nl=False)


@config_app.command("check", help=N_("Read the configuration and say whether it is right."))
def check_config(data: Data = None) -> None:
    """Exit code 2 when it is not."""
    from hub import config as configuration

    configuration.load(data_folder(data) / "config.toml")
    say(_("the configuration is right"))


def verify_all(
    data: Data = None,
    json: Json = False,
    by: As = "",
    head: Annotated[str, typer.Option(help=N_("SEQUENCE:HASH from a mailed journal head."))] = "",
) -> None:
    """Exit code 1 when something is wrong; questions alone are 0."""
    from hub.findings import finding_text
    from storage.verify import verify

    known = _head(head)
    if by:
        act(data, "access.count", by, action="journal.verify")
    with reading(data) as hub, _progress(json) as progress:
        task = progress.add_task(_("verifying"), total=None)

        def step(done: int, total: int | None = None, what: str = "") -> None:
            progress.update(task, completed=done, total=total, description=what or _("verifying"))

        report = verify(hub.database, hub.blobs, checkpoint=known, progress=step)
    rows = [
        {"severity": item.severity, "kind": item.kind, "subject": item.subject, "text": finding_text(item)}
        for item in report.findings
    ]
    failed = any(row["severity"] == "error" for row in rows)
    if json:
        show_json({"ok": not failed, "counts": dict(report.counts), "findings": rows})
    else:
        _show_findings(rows, report.counts, failed=failed)
    if failed:
        raise typer.Exit(1)


def _show_findings(rows: list[dict[str, Any]], counts: Mapping[str, int], *, failed: bool) -> None:
    columns = (
        Column("severity", _("Finding"), whole=True),
        Column("kind", _("Kind"), room=100),
        Column("subject", _("Subject")),
        Column("text", _("What")),
    )
    if rows:
        show(rows, columns, as_json=False)
    words = _("verified: {counts}").format(counts=", ".join(f"{n} {count}" for n, count in counts.items()))
    if failed:
        _print_fault(words)
    else:
        say(words)


def doctor(data: Data = None, json: Json = False) -> None:
    """Exit code 1 when something does not work."""
    from hub.doctor import examine

    with reading(data) as hub:
        checks = examine(hub)
    rows = [{"state": c.state, "name": c.name, "text": c.text, "remedy": c.remedy} for c in checks]
    columns = (
        Column("state", _("State"), whole=True),
        Column("name", _("What")),
        Column("text", _("Seen")),
        Column("remedy", _("What to do")),
    )
    show(rows, columns, as_json=json)
    if any(row["state"] == "error" for row in rows):
        raise typer.Exit(1)


def backup(
    target: Annotated[Path, typer.Argument(help=N_("A new folder."))], data: Data = None, json: Json = False
) -> None:
    """Write a folder that holds everything, checked while it is copied."""
    from hub.backup import BackupRefused, backup_hub

    with reading(data) as hub, _progress(json) as progress:
        try:
            manifest = backup_hub(hub, target, progress=_advance(progress, _("copying")))
        except BackupRefused as error:
            fail(str(error))
    if json:
        show_json(manifest)
    else:
        say(_("backup in {target}").format(target=target))


def restore(
    source: Annotated[Path, typer.Argument(help=N_("The folder of a backup."))],
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring a backup back into a new data folder and verify it."""
    from hub.backup import BackupRefused, restore_hub

    with _progress(json) as progress:
        try:
            differences = restore_hub(source, data_folder(data), progress=_advance(progress, _("restoring")))
        except BackupRefused as error:
            fail(str(error))
    if json:
        show_json({"differences": differences})
    elif not differences:
        say(_("restored into {data}, no differences").format(data=data_folder(data)))
    for difference in differences if not json else ():
        _print_fault(difference)
    if differences:
        raise typer.Exit(1)


def _print_fault(words: str) -> None:
    console.print(f"[red]✗[/red] {escape(clean(words, 2000))}", soft_wrap=True)


def _head(text: str) -> Head | None:
    from storage.journal import Head

    if not text:
        return None
    sequence, colon, digest = text.partition(":")
    if not colon or not sequence.isdecimal() or len(digest) != 64:
        raise typer.BadParameter(_("write SEQUENCE:HASH as in the mail"))
    return Head(int(sequence), digest)


def _progress(quiet: bool) -> Progress:
    """A bar on a terminal, nothing anywhere else."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    disable = quiet or not console.is_terminal
    return Progress(*columns, console=console, transient=True, disable=disable)


def _advance(progress: Progress, what: str) -> Any:
    task = progress.add_task(what, total=None)

    def step(done: int, total: int | None = None, now: str = "") -> None:
        progress.update(task, completed=done, total=total, description=now or what)

    return step
