"""The command that prints separator sheets for batches of scans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.console import Data, fail, reading, say
from hub.texts import N_, _

Units = Annotated[
    list[str], typer.Argument(metavar="UNIT...", help=N_("Codes of units; none: a sheet that only parts."))
]
Out = Annotated[Path, typer.Option("--out", help=N_("The PDF to write."))]


def add_to(app: typer.Typer) -> None:
    """Put this command into the program."""
    app.command("separators", help=N_("Print sheets that part the letters of a scanned batch."))(separators)


def separators(units: Units = [], out: Out = Path("separators.pdf"), data: Data = None) -> None:  # noqa: B006
    """With patch T, QR code and Code 128; the two codes name the unit."""
    with reading(data) as hub:
        for unit in units:
            if unit not in hub.directory.units:
                near = ", ".join(hub.directory.suggest(unit)) or "-"
                fail(_("there is no unit {unit}; nearest: {near}").format(unit=unit, near=near), 2)
        from hub.separators import sheets_pdf  # late, because WeasyPrint is large

        made = sheets_pdf(hub, units)
    try:
        out.write_bytes(made)
    except OSError as error:
        fail(_("{file} cannot be written: {error}").format(file=out, error=error.strerror))
    say(_("{count} sheets are in {file}").format(count=len(units) or 1, file=out))
