"""The program put together, and how it ends.

Exit codes: 0 done; 1 refused, or something is wrong with the data; 2 the command
line or the configuration is wrong; 3 the person named with --as may not do this; 130
interrupted; 141 nobody reads on.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import typer
from typer.main import get_command

from hub import texts
from hub.cli import (
    aside,
    books,
    care,
    chat,
    corpus,
    dns,
    following,
    lists,
    mailbox_belongings,
    mailbox_transfer,
    mailbox_use,
    mailboxes,
    organisation,
    papers,
    reforms,
    report,
    returns,
    rule_help,
    rule_versions,
    rules,
    running,
    separators,
    sources,
    support,
    waiting,
    wishes,
)
from hub.cli.console import say_error, use_data
from hub.cli.usage import Commands, mistyped, translated
from hub.config import ConfigError
from hub.texts import N_

app = typer.Typer(
    name="vanthu",
    cls=Commands,
    help=N_("Correspondence hub: registers, routes and delivers official documents."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _options(data: str = typer.Option("", "--data", help=N_("Data folder; or VANTHU_DATA."))) -> None:
    if data:
        use_data(data)


for part in (
    running,
    sources,
    lists,
    organisation,
    reforms,
    books,
    waiting,
    aside,
    following,
    wishes,
    papers,
    chat,
    care,
    corpus,
    rules,
    rule_help,
    rule_versions,
    mailboxes,
    mailbox_belongings,
    mailbox_use,
    mailbox_transfer,
    dns,
    report,
    returns,
    support,
    separators,
):
    part.add_to(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command; every expected fault is one line and an exit code."""
    texts.use_environment()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # because aiosmtpd logs every command
    try:
        program = translated(get_command(app))
        code = program.main(list(arguments), prog_name="vanthu", standalone_mode=False)
    except ConfigError as error:
        say_error(str(error))
        return 2
    except typer.Abort:  # because a question was answered by Ctrl-C or by the end of the input
        return 130
    except typer.TyperException as error:
        return mistyped(error)
    except BrokenPipeError:  # because "vanthu documents | head" is no fault
        sys.stderr.close()
        return 141
    return code if isinstance(code, int) else 0
