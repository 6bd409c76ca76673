"""Commands of coordinators: rules are checked, tested, tried, published, undone and explained."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding

from hub.cli.console import As, Data, Json, Unit, console, errors, fail, reading, say, seeing, show_json
from hub.cli.table import Column, said, show
from hub.cli.usage import Commands
from hub.texts import N_, _
from rules.text.gate import clean
from rules.vocabulary import DeliveryRole

if TYPE_CHECKING:
    from hub.context import Hub
    from rules.permission import View
    from rules.routing.errors import RuleError
    from rules.routing.language import RuleSet

rules_app = typer.Typer(cls=Commands, no_args_is_help=True, help=N_("Routing rules."))
Scope = Annotated[str, typer.Option("--unit", help=N_("The unit whose own rules these are."))]
RuleFile = Annotated[Path, typer.Argument(help=N_("The rule file."))]
Comment = Annotated[str, typer.Option("--comment", help=N_("What changed and why."))]
Document = Annotated[str, typer.Argument(help=N_("The document's number in the list, or its symbol."))]
_SPAN = re.compile(r"(\d{1,4})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}
MOST_ROWS = 30  # documents of a trial in the table; --json has more


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command("why", help=N_("Why each unit got a document, and which rules all but held."))(why)


@rules_app.command("check", help=N_("Every mistake in a rule file, with its line, and its tests."))
def check_rules(file: RuleFile, data: Data = None, unit: Scope = "", json: Json = False) -> None:
    """Exit code 1 when there is one; warnings alone are 0."""
    from hub.desk.rules import checked

    source = rule_source(file)
    with reading(data) as hub:
        found = checked(hub, source, file.name, unit)
    _report(found.rules, found.mistakes, found.warnings, json)
    if not json:
        count = len(found.rules.rules) if found.rules else 0
        say(_("{count} rules, no mistakes").format(count=count))


@rules_app.command("test", help=N_("Run the tests in a rule file."))
def test_rules(file: RuleFile, data: Data = None, unit: Scope = "", json: Json = False) -> None:
    """Exit code 1 when one fails."""
    from hub.desk.rules import tested

    source = rule_source(file)
    with reading(data) as hub:
        rules = _read(source, file.name, json)
        failed = tested(hub, rules, unit)
    _report(rules, failed, (), json)
    if not json:
        say(_("{count} tests pass").format(count=len(rules.tests)))


@rules_app.command("try", help=N_("Who would get more or less by these rules: stored documents, read only."))
def try_rules(
    file: RuleFile,
    data: Data = None,
    unit: Scope = "",
    json: Json = False,
    since: Annotated[str, typer.Option("--since", help=N_("How far back: 30d, 12h, 4w."))] = "30d",
    by: As = "",
) -> None:
    """Nothing is written and nobody is told."""
    from hub import trial
    from storage import documents

    span = _SPAN.fullmatch(since.strip())
    if span is None:
        raise typer.BadParameter(_("write 30d, 12h or 4w"), param_hint="--since")
    source = rule_source(file)
    with seeing(data, by, "rules.try", counted=False, scope=unit) as (hub, connection, view):
        rules = _read(source, file.name, json)
        start = hub.now() - timedelta(hours=int(span[1]) * _HOURS[span[2]])
        total = documents.count_since(connection, start, view)
        with _progress(json, total) as step:
            found = trial.try_rules(hub, connection, rules, unit, start, step, view)
        names = {code: hub.directory.party_name(code) for code in found.units}
    units = _unit_rows(found.units, names)
    if json:
        plain = {"documents": found.documents, "changed": found.changed, "units": units}
        show_json({**plain, "rules": dict(found.rules.most_common()), "changes": found.shown})
        return
    _show_trial(found, units)


@rules_app.command("why-not", help=N_("Why a unit did not get a document."))
def why_not(
    document: Document,
    unit: Annotated[str, typer.Argument(help=N_("The unit's code."))],
    data: Data = None,
    json: Json = False,
    by: As = "",
) -> None:
    """The rules that would send it and the condition that failed in each."""
    from hub import reasons

    with seeing(data, by, "why", counted=False) as (hub, connection, view):
        found = _document(hub, connection, document, view)
        if hub.directory.party_name(unit) == unit and unit not in hub.directory.units:
            near = ", ".join(hub.directory.suggest(unit)) or "-"
            fail(_("there is no party {code}; nearest: {near}").format(code=unit, near=near))
        answer = reasons.why_not_unit(hub, connection, found, unit)
        name = hub.directory.party_name(unit)
    if json:
        show_json(answer)
        return
    console.print(escape(_(STATES[answer["state"]]).format(unit=name)), markup=True)
    for line in answer["because"]:
        console.print(Padding(escape(clean(line, 400)), (0, 0, 0, 2)))
    for rule in answer["rules"]:
        _print_near(rule)


def why(document: Document, data: Data = None, json: Json = False, unit: Unit = "", by: As = "") -> None:
    """For each unit the rule or the words that sent it."""
    from hub import reasons

    with seeing(data, by, "why", counted=False) as (hub, connection, view):
        answer = reasons.why(hub, connection, _document(hub, connection, document, view), unit)
        names = {row["unit"]: hub.directory.party_name(row["unit"]) for row in answer["receivers"]}
    if json:
        show_json(answer)
        return
    if unit and not answer["receivers"]:
        fail(
            _("{unit} got no copy; ask: vanthu rules why-not {document} {unit}").format(
                unit=unit, document=document
            )
        )
    print_why(answer, names)


def print_why(answer: dict[str, Any], names: Mapping[str, str]) -> None:
    """An answer of ``hub.reasons.why`` for a person."""
    console.print(
        f"[bold]{escape(clean(answer['symbol'], 100))}[/bold] {escape(clean(answer['subject'], 300))}"
    )
    columns = (
        Column("unit", _("Receiver"), whole=True),
        Column("name", _("Name"), room=120),
        Column("role", _("Role"), words=said(DeliveryRole)),
        Column("because", _("Because")),
    )
    show([{**row, "name": names[row["unit"]]} for row in answer["receivers"]], columns, as_json=False)
    for item in answer["removed"]:
        line = _("{unit} gets nothing: {because}").format(**item)
        console.print(escape(clean(line, 400)), style="yellow")
    for item in answer["held"]:
        console.print(escape(clean(_("waits: {text}").format(text=item["text"]), 400)), style="yellow")
    if answer["near"]:
        console.print(_("Rules that all but held:"), style="bold")
    for rule in answer["near"]:
        _print_near(rule)


STATES = {
    "receives": N_("{unit} got it:"),
    "own": N_("{unit} has it already: it is its own document."),
    "removed": N_("{unit} was named, and a rule took it out:"),
    "held": N_("{unit} waits for a coordinator:"),
    "refused": N_("The document was refused, so nobody got it:"),
    "rules": N_("{unit} did not get it; these rules would send it and did not hold:"),
    "nothing": N_("{unit} did not get it: neither the recipient block nor any rule names it."),
}


def _print_near(rule: dict[str, Any]) -> None:
    title = f" ({rule['title']})" if rule["title"] else ""
    console.print(escape(clean(f"  {rule['rule']}@{rule['version']}{title}", 300)))
    if rule["state"] == "inactive":
        console.print("    " + escape(_("switched off, or not in its dates")))
    if rule["state"] == "stopped":
        console.print("    " + escape(_("the rule {rule} stopped before it").format(rule=rule["by"])))
    for miss in rule["misses"]:
        line = _("{key}: wanted {wanted}; the document has {found}").format(
            **{**miss, "found": miss["found"] or "-"}
        )
        console.print(Padding(escape(clean(line, 400)), (0, 0, 0, 4)))


def _document(hub: Hub, connection: Any, text: str, view: View) -> Any:
    from hub import reasons

    found = reasons.find_document(hub, connection, text, view)
    if found is None:
        fail(_("there is no registered document {found}").format(found=text))
    return found


def _read(source: str, name: str, json: bool) -> RuleSet:
    from rules.routing.language import RuleErrors, parse

    try:
        return parse(source, file=name)
    except RuleErrors as error:
        _report(None, error.errors, (), json)
        raise typer.Exit(1) from error


def _report(
    rules: RuleSet | None, mistakes: Sequence[RuleError], warnings: Sequence[RuleError], json: bool
) -> None:
    """What is wrong, what may be; ends with 1 when something is wrong."""
    if json:
        lines = {
            "errors": [error.words(_) for error in mistakes],
            "warnings": [error.words(_) for error in warnings],
        }
        show_json(
            {"rules": len(rules.rules) if rules else 0, "tests": len(rules.tests) if rules else 0, **lines}
        )
    else:
        for colour, sign, found in (("yellow", "!", warnings), ("red", "✗", mistakes)):
            for error in found:
                line = escape(clean(error.words(_), 2000))
                console.print(f"[{colour}]{sign}[/{colour}] {line}", soft_wrap=True)
    if mistakes or rules is None:
        raise typer.Exit(1)


def rule_source(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")  # because editors on Windows put a mark in front
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else _("not UTF-8")
        fail(_("{file}: cannot be read: {error}").format(file=file, error=what))


def _unit_rows(units: Any, names: dict[str, str]) -> list[dict[str, Any]]:
    rows = [
        {"unit": code, "name": names[code], **{kind: count[kind] for kind in ("more", "less", "role")}}
        for code, count in units.items()
        if code
    ]
    whole = dict(units[""]) if "" in units else {}
    rows.sort(key=lambda row: (-row["more"] - row["less"], row["unit"]))
    return rows + ([{"unit": "", "name": "", **whole}] if whole else [])


def _show_trial(found: Any, units: list[dict[str, Any]]) -> None:
    say(
        _("{changed} of {documents} documents would go otherwise").format(
            changed=found.changed, documents=found.documents
        )
    )
    if not found.changed:
        return
    columns = (
        Column("unit", _("Unit"), whole=True),
        Column("name", _("Name")),
        Column("more", _("More"), whole=True, right=True),
        Column("less", _("Less"), whole=True, right=True),
        Column("role", _("Other role"), whole=True, right=True),
    )
    show([row for row in units if row["unit"]], columns, as_json=False)
    lines = [
        {
            **{key: item[key] for key in ("document", "symbol")},
            "what": ", ".join(_change(change) for change in item["changes"]),
            "rules": sorted({rule for change in item["changes"] for rule in change["rules"]}),
        }
        for item in found.shown[:MOST_ROWS]
    ]
    about = (
        Column("document", _("No."), whole=True, right=True),
        Column("symbol", _("Number and symbol"), whole=True),
        Column("what", _("Change")),
        Column("rules", _("Rules")),
    )
    show(lines, about, as_json=False)


KINDS = {
    "hold": N_("held"),
    "release": N_("not held"),
    "refuse": N_("refused"),
    "allow": N_("not refused"),
}


def _change(change: dict[str, Any]) -> str:
    if change["kind"] == "role":
        return f"{change['party']}: {change['text']}"
    sign = {"more": "+", "less": "-"}.get(change["kind"])
    return f"{sign}{change['party']}" if sign else _(KINDS[change["kind"]])


class _progress:
    """A bar on a terminal, nothing anywhere else."""

    def __init__(self, quiet: bool, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        disable = quiet or not errors.is_terminal
        self._bar = Progress(*columns, console=errors, transient=True, disable=disable)
        self._task = self._bar.add_task(_("trying"), total=total)

    def __enter__(self) -> Any:
        self._bar.start()
        return lambda done: self._bar.update(self._task, completed=done)

    def __exit__(self, *_exception: object) -> None:
        self._bar.stop()
