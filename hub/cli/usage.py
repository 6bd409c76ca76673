"""The program's help and complaints in the user's language, and the nearest command for a mistyped one."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperGroup

from hub.cli.console import say_error
from hub.texts import N_, _

OWN_HELP = N_("Show this message and exit.")  # typer's words, here so that the catalogue has them
MISTYPED = 2  # exit code
_EXTRA = re.compile(r"Got unexpected extra argument\S* \((.*)\)", re.DOTALL)


class Commands(TyperGroup):
    """A group that names the nearest command when there is none of this name."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = get_close_matches(name, list(self.commands), n=1)
            hint = _("did you mean {name}?").format(name=near[0]) if near else ", ".join(self.commands)
            ctx.fail(_("there is no command {name}: {hint}").format(name=name, hint=hint))
        return super().resolve_command(ctx, args)


def translated(command: Any) -> Any:
    """The command tree with its help in the current language; the code holds English."""
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    _translate(command)
    return command


def _translate(command: Any) -> None:
    command.help = _(command.help) if command.help else None
    for parameter in parameters(command):
        if getattr(parameter, "help", None):
            parameter.help = _(parameter.help)
    for below in getattr(command, "commands", {}).values():
        _translate(below)


def parameters(command: Any) -> list[Any]:
    """A command's parameters, ``--help`` among them."""
    own = command.get_help_option(typer.Context(command))
    return [*command.params, *([own] if own is not None else [])]


def mistyped(error: Any) -> int:
    """One line about a wrong command line and where its help is; the exit code."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # because its help is printed by now
        return MISTYPED
    sentence = _sentence(error)
    if context is not None:
        sentence += _("; see: {command} --help").format(command=context.command_path)
    say_error(sentence)
    return int(getattr(error, "exit_code", MISTYPED))


def _sentence(error: Any) -> str:
    """By the name of the class, because typer keeps the classes to itself."""
    name, place = type(error).__name__, _place(error)
    if name == "NoSuchOption":
        near = _("did you mean {name}?").format(name=", ".join(error.possibilities or ()))
        hint = f" ({near})" if error.possibilities else ""
        return _("there is no option {name}").format(name=error.option_name) + hint
    if name == "MissingParameter":
        return _("{name} is missing").format(name=place)
    if name == "BadParameter" and place:
        return _("{name} cannot be this: {problem}").format(name=place, problem=error.message)
    extra = _EXTRA.fullmatch(error.message)
    return _("there is no place for {words}").format(words=extra[1]) if extra else str(error.message)


def _place(error: Any) -> str:
    """The option or argument that is meant, as it is written on the command line."""
    parameter = getattr(error, "param", None)
    if parameter is None:
        return str(getattr(error, "param_hint", None) or "")
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.name.upper())
