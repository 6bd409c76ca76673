"""The text of a mail without the marks that quoting puts before its lines."""

import re

_QUOTED = re.compile(r"^(?:>[ \t]?){1,20}", re.MULTILINE)


def unquoted(text: str) -> str:
    """ "> Số: 12/STC-NS" -> "Số: 12/STC-NS": a document may stand inside a mail that was passed on."""
    return _QUOTED.sub("", text)
