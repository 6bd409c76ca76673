"""One thing that was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

MOST_NAMED = 8

State = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` says what was looked at, ``text`` what was seen, ``remedy`` what to do."""

    name: str
    state: State
    text: str
    remedy: str = ""


def some(names: Sequence[str]) -> str:
    """The first few of many names."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" ... (+{more})" if more > 0 else "")
