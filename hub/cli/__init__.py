"""The command line: ``vanthu``. Commands that change something are handed to the running hub."""

from __future__ import annotations

import logging
import sys

import typer

from hub import texts
from hub.cli import care, lists, running, waiting
from hub.cli.console import say_error, use_data
from hub.config import ConfigError
from hub.texts import N_

app = typer.Typer(
    name="vanthu",
    help=N_("Correspondence hub: registers, routes and delivers official documents."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _options(data: str = typer.Option("", "--data", help=N_("Data folder; or VANTHU_DATA."))) -> None:
    if data:
        use_data(data)


for part in (running, lists, waiting, care):
    part.add_to(app)


def main() -> None:
    """Run one command; every expected fault is one line and an exit code."""
    texts.use(texts.from_environment() or "vi")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # because aiosmtpd logs every command
    try:
        app()
    except ConfigError as error:
        say_error(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # because "vanthu documents | head" is no fault
        sys.stderr.close()
        sys.exit(141)
