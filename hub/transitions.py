"""One line in the log for each step of a document's life, for people, in the language of the process.

What developers want to know besides stands in the debug log, in English. Values
come from documents and mails: they pass the gate, so that nobody writes lines
of his own into the log (PROMISES S4).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from hub.texts import _
from rules.text.gate import clean

log = logging.getLogger("vanthu")
LONGEST = 200  # characters of one value
MOST_NAMED = 8


def tell(text: str, **values: Any) -> None:
    """Say one transition; ``text`` is marked by N_ where it is said."""
    if log.isEnabledFor(logging.INFO):
        log.info("%s", _(text).format(**{name: clean(str(value), LONGEST) for name, value in values.items()}))


def label(document: int, symbol: str) -> str:
    """What a document is called in the log: its id, and its number where it has one."""
    return f"{document} ({symbol})" if symbol else str(document)


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" +{more}" if more > 0 else "")
