"""MAIL and RCPT as written by strangers, turned into values or into the reply that refuses them."""

import re
from dataclasses import dataclass

# RFC 5321 4.1.2; the source route is read and dropped (appendix C), a path without <> is let pass.
_ROUTE = r"(?:@[^<>\s:,@]{1,255}(?:,@[^<>\s:,@]{1,255}){0,20}:)?"
_LOCAL = r'(?:"(?:[^"\\\x00-\x1f\x7f]|\\[ -~]){0,128}"|[^<>\s"@\\,;:()\[\]\x00-\x1f\x7f]{1,128})'
_DOMAIN = r"(?:\[[0-9A-Za-z.:]{1,60}\]|[^<>\s\"@\\,;:()\[\]\x00-\x1f\x7f]{1,255})"
_PATH = re.compile(
    rf"(?:<{_ROUTE}(?P<angle>{_LOCAL}@{_DOMAIN}|postmaster)?>|(?P<bare>{_LOCAL}@{_DOMAIN}))", re.I
)
_PARAMETER = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9-]{0,30})(?:=(?P<value>[!-<>-~]{1,500}))?")
_HELLO = re.compile(r"[!-~]{1,255}")

SYNTAX = "501 5.5.4 Syntax: {}"
BAD_ADDRESS = "553 5.1.3 The address is malformed"


@dataclass(frozen=True, slots=True)
class MailCommand:
    """MAIL FROM. ``address`` is "" for the null sender; ``size`` 0 when not told."""

    address: str
    size: int = 0
    utf8: bool = False


def hello_name(arg: str | None) -> str | None:
    """The name after HELO or EHLO, or None when it is none."""
    return arg if arg and _HELLO.fullmatch(arg) else None


def mail_command(arg: str | None) -> MailCommand | str:
    """MAIL's argument, or the reply that refuses it."""
    taken = _path(arg, "FROM:")
    if isinstance(taken, str):
        return taken
    address, parameters = taken
    size = parameters.pop("SIZE", "0")
    body = parameters.pop("BODY", "7BIT").upper()
    utf8 = parameters.pop("SMTPUTF8", None)
    parameters.pop("AUTH", None)  # RFC 4954 5: to be taken and not believed
    if parameters:
        return f"555 5.5.4 Unknown parameter {sorted(parameters)[0]}"
    if not (size.isascii() and size.isdigit()) or body not in ("7BIT", "8BITMIME") or utf8:
        return SYNTAX.format("MAIL FROM:<address> [SIZE=n] [BODY=7BIT|8BITMIME] [SMTPUTF8]")
    if not address.isascii() and utf8 is None:
        return "553 5.6.7 A non-ASCII address needs SMTPUTF8"
    return MailCommand(address, int(size[:18]), utf8 is not None)


def rcpt_command(arg: str | None, utf8: bool) -> tuple[str] | str:
    """RCPT's address as a tuple of one, or the reply that refuses it."""
    taken = _path(arg, "TO:")
    if isinstance(taken, str):
        return taken
    address, parameters = taken
    if parameters:
        return f"555 5.5.4 Unknown parameter {sorted(parameters)[0]}"
    if not address:
        return BAD_ADDRESS
    if not address.isascii() and not utf8:
        return "553 5.6.7 A non-ASCII address needs SMTPUTF8"
    return (address,)


def _path(arg: str | None, keyword: str) -> tuple[str, dict[str, str]] | str:
    if arg is None or arg[: len(keyword)].upper() != keyword:
        return SYNTAX.format(f"{keyword}<address>")
    rest = arg[len(keyword) :].lstrip(" ")
    path = _PATH.match(rest)
    if path is None or not _encodable(path[0]):
        return BAD_ADDRESS
    parameters = _parameters(rest[path.end() :])
    if parameters is None:
        return SYNTAX.format(f"{keyword}<address> [parameters]")
    return path["angle"] or path["bare"] or "", parameters


def _encodable(text: str) -> bool:
    """False for bytes that were no UTF-8 and for characters that do not show."""
    return text.isprintable()


def _parameters(text: str) -> dict[str, str] | None:
    """Name to value, "" for a bare name; None when one is malformed or stands twice."""
    found: dict[str, str] = {}
    if text and not text.startswith(" "):
        return None
    for word in text.split(" "):
        if not word:
            continue
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None or parameter["name"].upper() in found:
            return None
        found[parameter["name"].upper()] = parameter["value"] or ""
    return found
