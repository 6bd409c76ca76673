"""One case of the review queue: beside what it may be, its page looked at, settled as the same document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from hub.cli.console import As, Data, Json, act, console, fail, say, seeing, show_json
from hub.cli.table import cell, day, plain_table
from hub.texts import N_, _
from hub.words import reason_texts
from rules.vocabulary import Urgency

Case = Annotated[int, typer.Argument(help=N_("The case's number in the list."))]
Out = Annotated[Path, typer.Option("--out", help=N_("Write the picture (PNG) into this file."))]
Whole = Annotated[bool, typer.Option("--whole", help=N_("The whole first page."))]
Of = Annotated[int, typer.Option("--of", help=N_("The document's number; else the one suggested."))]


def add_to(review_app: typer.Typer) -> None:
    """Put these commands below ``vanthu review``."""
    review_app.command("show", help=N_("One case beside the documents that it may be."))(show_case)
    review_app.command("image", help=N_("The part of a scan where number and date stand, as a picture."))(
        image
    )
    review_app.command("same", help=N_("It is a document that is registered already: one more proof."))(same)


def show_case(case: Case, data: Data = None, json: Json = False, by: As = "") -> None:
    """Only what differs, where there is something to compare with; else everything that was read."""
    from hub.comparing import side_by_side
    from hub.desk.refused import Refused

    with seeing(data, by, "review.list", counted=False) as (_hub, connection, view):
        try:
            found = side_by_side(connection, case, view)
        except Refused as error:
            fail(str(error))
    if json:
        show_json(found)
        return
    _print(found)


def _print(found: dict[str, Any]) -> None:
    from hub.comparing import FIELD_WORDS

    console.print(f"[bold]#{found['case']}[/bold]  [cyan]{escape(found['unit'])}[/cyan]")
    console.print(escape(reason_texts(" ".join(found["reasons"]))), style="dim")
    suspects = found["suspects"]
    table = plain_table()
    table.add_column(_("Field"), no_wrap=True)
    table.add_column(_("What waits"), overflow="fold")
    for other in suspects:
        table.add_column(_("Document {document}").format(document=other["document"]), overflow="fold")
    differs = {name for other in suspects for name in other["differs"]}
    for name, heading in FIELD_WORDS.items():
        if name in differs or not suspects:
            waits = _waiting(name, found) + _sure(found["confidence"].get(name))
            table.add_row(_(heading), waits, *(_beside(name, other) for other in suspects))
    console.print(table)
    equal = [_(words) for name, words in FIELD_WORDS.items() if name not in differs]
    _print_rest(suspects, equal, found["case"])


def _print_rest(suspects: list[dict[str, Any]], equal: list[str], case: int) -> None:
    for other in suspects:
        if other["text_alike"] is not None:
            words = _("The text is {share} like that of document {document}.")
            console.print(words.format(share=f"{other['text_alike']:.0%}", document=other["document"]))
    if suspects:
        console.print(_("Equal: {fields}").format(fields=", ".join(equal)), style="dim")
        console.print(
            "→ " + _("vanthu review same {case}, or version {case}, or accept {case}").format(case=case),
            style="dim",
        )


def _beside(name: str, other: dict[str, Any]) -> str:
    """A value of another document; one that is equal is dim, because the eye shall find what differs."""
    text = cell(_said(name, other["fields"]))
    return text if name in other["differs"] else f"[dim]{text}[/dim]"


def _waiting(name: str, found: dict[str, Any]) -> str:
    """A value; of a number that nobody could read the letters behind it, because only the number is asked."""
    if name == "symbol" and found["letters"]:
        return f"[yellow]…[/yellow]{cell(found['letters'])}"
    return cell(_said(name, found["fields"]))


def _sure(confidence: float | None) -> str:
    return "" if confidence is None else f" [dim]{confidence:.0%}[/dim]"


def _said(name: str, fields: dict[str, Any]) -> Any:
    value = fields[name]
    if name == "date" and value:
        return day(value)
    if name == "urgency":
        from hub.texts import word

        return word(Urgency(value))
    if name == "text":
        return _("{count} characters").format(count=value)
    return value


def image(case: Case, out: Out, whole: Whole = False, data: Data = None, by: As = "") -> None:
    """From the upright page of the searchable copy; the original stays untouched."""
    from hub.desk.refused import Refused
    from hub.page_image import of_case

    with seeing(data, by, "review.list", counted=False) as (hub, connection, view):
        try:
            picture = of_case(hub, connection, case, view, whole=whole)
        except Refused as error:
            fail(str(error))
    try:
        out.write_bytes(picture)
    except OSError as error:
        fail(_("{file} cannot be written: {error}").format(file=out, error=error.strerror), 1)
    say(_("the picture is in {file}").format(file=out))


def same(case: Case, data: Data = None, by: As = "", of: Of = 0) -> None:
    """Nobody is sent anything again."""
    answer = act(data, "review.same", by, case=case, of=of)
    say(_("it is document {document} {symbol}; files added: {files}").format(**answer))
