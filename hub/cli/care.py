"""Commands for those who look after the hub: configuration, rules, checks, backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hub import config as configuration
from hub.backup import BackupRefused, backup_hub, restore_hub
from hub.cli.console import As, Data, Json, act, console, data_folder, fail, reading, say, show, show_json
from hub.desk.rules import checked
from hub.doctor import examine
from hub.texts import N_, _
from storage import rule_sets
from storage.journal import Head
from storage.verify import verify

config_app = typer.Typer(no_args_is_help=True, help=N_("The configuration."))
rules_app = typer.Typer(no_args_is_help=True, help=N_("Routing rules."))
Scope = Annotated[str, typer.Option("--unit", help=N_("The unit whose own rules these are."))]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.add_typer(config_app, name="config")
    app.add_typer(rules_app, name="rules")
    app.command(
        "verify", help=N_("Check rows against files, numbers against gaps, the journal against tampering.")
    )(verify_all)
    app.command("doctor", help=N_("What this hub and this machine lack."))(doctor)
    app.command("backup", help=N_("A consistent copy while the hub runs."))(backup)
    app.command("restore", help=N_("Bring a copy back into an empty folder and verify it."))(restore)


@config_app.command("example")
def example() -> None:
    """Print config.example.toml: every setting with its meaning and default."""
    typer.echo(configuration.example(), nl=False)


@config_app.command("check")
def check_config(data: Data = None) -> None:
    """Read the configuration and say whether it is right."""
    configuration.load(data_folder(data) / "config.toml")
    say(_("the configuration is right"))


@rules_app.command("check")
def check_rules(file: Path, data: Data = None, unit: Scope = "", json: Json = False) -> None:
    """Every mistake in a rule file, with its line. Exit code 1 when there is one."""
    with reading(data) as hub:
        rules, mistakes = checked(hub, _source(file), file.name, unit)
    if json:
        show_json({"rules": len(rules.rules) if rules else 0, "errors": mistakes})
    else:
        for mistake in mistakes:
            console.print(f"[red]✗[/red] {mistake}", highlight=False, markup=True, soft_wrap=True)
    if mistakes or rules is None:
        raise typer.Exit(1)
    if not json:
        say(_("{count} rules, no mistakes").format(count=len(rules.rules)))


@rules_app.command("show")
def show_rules(
    data: Data = None, json: Json = False, unit: Scope = "", version: Annotated[int, typer.Option()] = 0
) -> None:
    """The published rules, or those of a version."""
    with reading(data) as hub, hub.database.reading() as connection:
        found = rule_sets.history(connection, unit)
    wanted = [row for row in found if (row.version == version if version else row.state == "published")]
    if json:
        show_json([_version(row) for row in found])
        return
    if not wanted:
        fail(_("there is no such rule set"))
    typer.echo(wanted[0].source, nl=False)


@rules_app.command("publish")
def publish_rules(
    file: Path,
    data: Data = None,
    by: As = "",
    unit: Scope = "",
    comment: Annotated[str, typer.Option("--comment", help=N_("What changed and why."))] = "",
) -> None:
    """Put a rule file in force for the next document."""
    arguments = {"source": _source(file), "file": file.name, "scope": unit, "comment": comment}
    answer = act(data, "rules.publish", by, **arguments)
    say(_("version {version} with {rules} rules is in force").format(**answer))


def verify_all(
    data: Data = None,
    json: Json = False,
    head: Annotated[str, typer.Option(help=N_("SEQUENCE:HASH from a mailed journal head."))] = "",
) -> None:
    """Exit code 1 when something is wrong; questions alone are 0."""
    with reading(data) as hub, _progress(json) as progress:
        task = progress.add_task(_("verifying"), total=None)

        def step(done: int, total: int | None = None, what: str = "") -> None:
            progress.update(task, completed=done, total=total, description=what or _("verifying"))

        report = verify(hub.database, hub.blobs, checkpoint=_head(head), progress=step)
    rows = [
        {"severity": item.severity, "kind": item.kind, "subject": item.subject, "text": item.text}
        for item in report.findings
    ]
    failed = any(row["severity"] == "error" for row in rows)
    if json:
        show_json({"ok": not failed, "counts": dict(report.counts), "findings": rows})
    else:
        columns = {"severity": _("Finding"), "kind": _("Kind"), "subject": _("Subject"), "text": _("What")}
        if rows:
            show(rows, columns, as_json=False)
        counts = ", ".join(f"{name} {count}" for name, count in report.counts.items())
        (console.print if failed else say)(_("verified: {counts}").format(counts=counts))
    if failed:
        raise typer.Exit(1)


def doctor(data: Data = None, json: Json = False) -> None:
    """Exit code 1 when something does not work."""
    with reading(data) as hub:
        checks = examine(hub)
    rows = [{"state": c.state, "name": c.name, "text": c.text, "remedy": c.remedy} for c in checks]
    columns = {"state": _("State"), "name": _("What"), "text": _("Seen"), "remedy": _("What to do")}
    show(rows, columns, as_json=json)
    if any(row["state"] == "error" for row in rows):
        raise typer.Exit(1)


def backup(target: Path, data: Data = None, json: Json = False) -> None:
    """Write a folder that holds everything, checked while it is copied."""
    with reading(data) as hub, _progress(json) as progress:
        try:
            manifest = backup_hub(hub, target, progress=_advance(progress, _("copying")))
        except BackupRefused as error:
            fail(str(error))
    if json:
        show_json(manifest)
    else:
        say(_("backup in {target}").format(target=target))


def restore(source: Path, data: Data = None, json: Json = False) -> None:
    """Bring a backup back into a new data folder and verify it."""
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
        console.print(f"[red]✗[/red] {difference}", highlight=False)
    if differences:
        raise typer.Exit(1)


def _source(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(_("{file}: cannot be read: {error}").format(file=file, error=error))
        raise


def _version(row: Any) -> dict[str, Any]:
    return {
        "version": row.version,
        "state": row.state,
        "author": row.author,
        "comment": row.comment,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "sha256": row.sha256,
    }


def _head(text: str) -> Head | None:
    if not text:
        return None
    sequence, colon, digest = text.partition(":")
    if not colon or not sequence.isdecimal() or len(digest) != 64:
        raise typer.BadParameter(_("write SEQUENCE:HASH as in the mail"))
    return Head(int(sequence), digest)


def _progress(quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True, disable=quiet)


def _advance(progress: Progress, what: str) -> Any:
    task = progress.add_task(what, total=None)

    def step(done: int, total: int | None = None, now: str = "") -> None:
        progress.update(task, completed=done, total=total, description=now or what)

    return step
