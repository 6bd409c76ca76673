"""The page that tells coordinators how rules are written."""

from __future__ import annotations

from typing import Annotated

import typer

from hub import texts
from hub.cli.console import Json, console, show_json
from hub.cli.rules import rules_app
from hub.texts import N_, _

PAGES = {"vi": "rules.vi.md", "en": "rules.en.md"}
HELP = texts.CATALOGUES.parent / "web" / "help"
Language = Annotated[str, typer.Option("--lang", help=N_("vi or en instead of the terminal's language."))]


def add_to(_app: typer.Typer) -> None:
    """Put it beside the other commands about rules."""
    rules_app.command("help", help=N_("How rules are written: one page with ten examples."))(rules_help)


def rules_help(language: Language = "", json: Json = False) -> None:
    """On a terminal set out to be read; into a file as it is."""
    wanted = language or texts.current()
    if wanted not in PAGES:
        raise typer.BadParameter(
            _("write one of: {choices}").format(choices=", ".join(PAGES)), param_hint="--lang"
        )
    page = (HELP / PAGES[wanted]).read_text("utf-8")
    if json:
        show_json({"language": wanted, "text": page})
    elif console.is_terminal:
        from rich.markdown import Markdown

        console.print(Markdown(page, code_theme="bw"))
    else:
        typer.echo(page, nl=False)
