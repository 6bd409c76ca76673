"""Commands about the versions of rule sets: shown, compared, published, withdrawn, gone back to."""

from __future__ import annotations

from contextlib import AbstractContextManager
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from hub.cli.console import As, Data, Json, Sight, act, console, fail, say, seeing, show_json
from hub.cli.rules import Comment, Scope, rule_source, rules_app
from hub.cli.table import Column, said, show
from hub.texts import N_, _
from rules.text.gate import clean
from rules.vocabulary import RuleSetState

Version = Annotated[int, typer.Option("--version", help=N_("This version instead of the published one."))]
Side = Annotated[str, typer.Argument(help=N_("A version's number, or a file."), show_default=False)]
MOST_NAMES = 12
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def add_to(app: typer.Typer) -> None:
    """Put these and the other commands about rules into the program."""
    app.add_typer(rules_app, name="rules")


@rules_app.command("show", help=N_("The published rules, or those of a version."))
def show_rules(
    data: Data = None, json: Json = False, unit: Scope = "", version: Version = 0, by: As = ""
) -> None:
    """As JSON: the versions there were."""
    from storage import rule_sets

    with _looking(data, by, unit) as (_hub, connection, _view):
        found = rule_sets.history(connection, unit)
    wanted = [row for row in found if (row.version == version if version else row.state == "published")]
    if json:
        show_json([_plain(row) for row in found])
        return
    if not wanted:
        fail(_("there is no such rule set"))
    typer.echo(wanted[0].source, nl=False)


@rules_app.command("history", help=N_("All versions: who published what, when and why."))
def history(data: Data = None, json: Json = False, unit: Scope = "", by: As = "") -> None:
    """The newest first."""
    from storage import rule_sets

    with _looking(data, by, unit) as (hub, connection, _view):
        rows = [
            {**_plain(row), "at": f"{hub.local(row.published_at or row.created_at):%d/%m/%Y %H:%M}"}
            for row in rule_sets.history(connection, unit)
        ]
    columns = (
        Column("version", _("Version"), whole=True, right=True),
        Column("state", _("State"), whole=True, words=said(RuleSetState)),
        Column("at", _("Time"), whole=True),
        Column("author", _("By")),
        Column("comment", _("Comment")),
    )
    show(rows, columns, as_json=json)


@rules_app.command(
    "diff", help=N_("What differs between two versions or files; by default what is in force.")
)
def diff(
    old: Side, new: Side = "", data: Data = None, json: Json = False, unit: Scope = "", by: As = ""
) -> None:
    """One side: against what is in force."""
    from rules.routing.versions import differences

    sides = (old, new) if new else ("", old)
    texts = [_side(data, by, unit, side) for side in sides]
    lines = list(
        unified_diff(
            texts[0].splitlines(), texts[1].splitlines(), sides[0] or _("in force"), sides[1], "", "", 2, ""
        )
    )
    if json:
        show_json({**differences(texts[0], texts[1]), "diff": lines})
        return
    for line in lines:
        console.print(Text(line, style=COLOURS.get(line[:1], "")), soft_wrap=True)
    if not lines:
        say(_("no difference"))


@rules_app.command("draft", help=N_("Keep a rule file as a version that is not in force yet."))
def draft_rules(
    file: Annotated[Path, typer.Argument(help=N_("The rule file."))],
    data: Data = None,
    by: As = "",
    unit: Scope = "",
    comment: Comment = "",
    json: Json = False,
) -> None:
    """It is published with: vanthu rules publish --draft VERSION."""
    arguments = {"source": rule_source(file), "file": file.name, "scope": unit, "comment": comment}
    _done(
        act(data, "rules.draft", by, **arguments), json, _("version {version} with {rules} rules is a draft")
    )


@rules_app.command("publish", help=N_("Put a rule file, or a draft, in force for the next document."))
def publish_rules(
    file: Annotated[Path | None, typer.Argument(help=N_("The rule file."), show_default=False)] = None,
    data: Data = None,
    by: As = "",
    unit: Scope = "",
    comment: Comment = "",
    draft: Annotated[int, typer.Option("--draft", help=N_("Publish this draft instead of a file."))] = 0,
    json: Json = False,
) -> None:
    """Only without mistakes and with all its tests passing."""
    if (file is None) is not bool(draft):
        raise typer.BadParameter(_("name a rule file, or a draft with --draft"))
    arguments: dict[str, Any] = {"scope": unit, "comment": comment, "draft": draft}
    if file is not None:
        arguments |= {"source": rule_source(file), "file": file.name}
    _done(
        act(data, "rules.publish", by, **arguments),
        json,
        _("version {version} with {rules} rules is in force"),
    )


@rules_app.command("rollback", help=N_("Back to the version before, or to this one."))
def rollback(
    data: Data = None,
    by: As = "",
    unit: Scope = "",
    version: Annotated[int, typer.Option("--to", help=N_("The version to go back to."))] = 0,
    comment: Comment = "",
    json: Json = False,
) -> None:
    """The earlier rules get a version of their own, so that every delivery's reason stays readable."""
    answer = act(data, "rules.rollback", by, scope=unit, version=version, comment=comment)
    _done(answer, json, _("the rules of version {of} are in force again, as version {version}"))


@rules_app.command("withdraw", help=N_("Take the rules out of force; only recipient blocks count then."))
def withdraw(
    data: Data = None, by: As = "", unit: Scope = "", comment: Comment = "", json: Json = False
) -> None:
    """Until others are published."""
    answer = act(data, "rules.withdraw", by, scope=unit, comment=comment)
    _done(answer, json, _("no rules are in force any more"))


CHANGES = {
    "added": N_("new: {names}"),
    "changed": N_("changed: {names}"),
    "moved": N_("moved: {names}"),
    "removed": N_("gone: {names}"),
}


def _done(answer: dict[str, Any], json: bool, sentence: str) -> None:
    if json:
        show_json(answer)
        return
    say(sentence.format(**answer))
    for kind, words in CHANGES.items():
        if names := answer.get("changes", {}).get(kind):
            more = f" ... (+{len(names) - MOST_NAMES})" if len(names) > MOST_NAMES else ""
            console.print("  " + _(words).format(names=", ".join(names[:MOST_NAMES]) + more), markup=False)
    for mistake in answer.get("mistakes", ()):
        console.print(Text(f"! {clean(mistake, 2000)}", style="yellow"), soft_wrap=True)


def _looking(data: Path | None, by: str, unit: str) -> AbstractContextManager[Sight]:
    """The organisation's rules are open to everybody who holds a post, a unit's to whom it concerns."""
    if unit:
        return seeing(data, by, "rules.read", counted=False, unit=unit)
    return seeing(data, by, "rules", counted=False)


def _side(data: Path | None, by: str, unit: str, side: str) -> str:
    """A version's text, a file's, or what is in force."""
    from storage import rule_sets

    if side and not side.isdecimal():
        return rule_source(Path(side))
    with _looking(data, by, unit) as (_hub, connection, _view):
        rows = rule_sets.history(connection, unit)
    wanted = [row for row in rows if (row.version == int(side) if side else row.state == "published")]
    if not wanted:
        fail(_("there is no version {version}; see: vanthu rules history").format(version=side or "-"))
    return str(wanted[0].source)


def _plain(row: Any) -> dict[str, Any]:
    return {
        "version": row.version,
        "state": row.state,
        "author": row.author,
        "comment": row.comment,
        "created_at": row.created_at.isoformat(),
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        "sha256": row.sha256,
    }
