"""Regular expressions of coordinators, by google-re2 only.

Linear in the text and bounded in memory, whatever somebody writes (PROMISES S13).
"""

from functools import lru_cache
from typing import Protocol

import re2

LONGEST_PATTERN = 500  # characters
MOST_PATTERNS = 200  # in one set, because each may take MOST_MEMORY
MOST_MEMORY = 8 << 20


class Pattern(Protocol):
    def search(self, text: bytes) -> object | None: ...


class NotAPattern(ValueError):
    """What re2 says of it."""


@lru_cache(maxsize=1_000)
def compiled(pattern: str) -> Pattern:
    """A pattern that finds its words anywhere, whatever their case. Raises NotAPattern."""
    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.case_sensitive = False
    options.log_errors = False
    try:
        made: Pattern = re2.compile(pattern.encode(), options)
    except re2.error as wrong:
        reason = wrong.args[0] if wrong.args else ""
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise NotAPattern(said.partition(": ")[0]) from None  # behind the colon stands the pattern once more
    return made
