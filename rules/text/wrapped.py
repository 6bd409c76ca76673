"""Lines of one wrapped text put together again."""

import re
from collections.abc import Iterable

_TORN = re.compile(r"[^\W_][-/]$")


def unwrapped(lines: Iterable[str]) -> str:
    """One line; nothing comes between a word's own hyphen or slash and what stands on the next line.

    "776/CĐ-" above "TTg" is a number torn in two, "Tài chính -" above "Kế toán" is not.
    """
    text = ""
    for line in filter(None, map(str.strip, lines)):
        text += line if not text or _TORN.search(text) else f" {line}"
    return text
