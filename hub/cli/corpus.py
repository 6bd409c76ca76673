"""The command that measures how well real documents are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.console import Json, console, fail, show_json
from hub.cli.table import Column, show
from hub.texts import N_, _
from rules.text.gate import clean

if TYPE_CHECKING:
    from hub.corpus.tally import Tally

Folder = Annotated[Path, typer.Argument(metavar="DIR", help=N_("A folder with documents and truth files."))]
Labels = Annotated[
    list[Path],
    typer.Option("--labels", help=N_("More labels, in files of their own; may be given again.")),
]
Only = Annotated[list[str], typer.Option("--only", help=N_("Only this kind; may be given again."))]


def add_to(app: typer.Typer) -> None:
    """Put this command into the program."""
    app.command(
        "corpus", help=N_("How well documents and mails are read, against what people read in them.")
    )(corpus)


def corpus(folder: Folder, labels: Labels = [], only: Only = [], json: Json = False) -> None:  # noqa: B006
    """Figures per kind and field, what each rests on, and every miss."""
    from hub.corpus.run import measure
    from hub.corpus.tally import KINDS
    from hub.corpus.truth import BadTruth

    if not folder.is_dir():
        fail(_("{folder}: there is no such folder").format(folder=folder), 2)
    if strange := set(only) - set(KINDS):
        kinds = ", ".join(KINDS)
        fail(_("there is no kind {kind}; there are {kinds}").format(kind=strange.pop(), kinds=kinds), 2)
    try:
        tally = measure(folder, labels, frozenset(only or KINDS))
    except BadTruth as error:
        fail(_("a truth file cannot be read: {error}").format(error=error), 2)
    if json:
        show_json(tally.as_json())
    else:
        _show(tally)


def _show(tally: Tally) -> None:
    rows = [
        {"kind": kind, "field": name, "score": f"{share.value:.2%}", "rests_on": share.rests_on}
        for kind, shares in tally.shares.items()
        for name, share in shares.items()
    ]
    columns = (
        Column("kind", _("Kind"), whole=True),
        Column("field", _("Field"), whole=True),
        Column("score", _("Score"), whole=True, right=True),
        Column("rests_on", _("Documents"), whole=True, right=True),
    )
    show(rows, columns, as_json=False)
    for kind, pages in tally.pages.items():
        each = tally.seconds[kind] / pages
        console.print(
            _("{kind}: {each} s a page, {pages} pages").format(kind=kind, each=f"{each:.3f}", pages=pages)
        )
    for miss in tally.misses:
        line = f"{miss.kind} {miss.file}: {miss.name}: {miss.truth!r} / {miss.found!r} {miss.because}"
        console.print(clean(line, 600), markup=False, soft_wrap=True)
