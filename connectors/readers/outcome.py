"""Readings made the same way by every reader."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from connectors.readers.charset import nfc
from connectors.readers.limits import ReadLimits
from rules.text.eth import without_eth
from rules.text.legacy import Converted, convert, convert_runs
from rules.values.reading import Page, Reading

_DROPPED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_ONLY_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")


_BOLD_RUNS, _BOLD_LINES = 600, 90  # how far into a text bold is followed: a header is told by it, no body


class Run(NamedTuple):
    """A stretch of text in one font ("" where fonts do not matter)."""

    text: str
    font: str = ""
    bold: bool = False


def tidy(text: str) -> str:
    """NFC, one kind of line end, no control characters (rule 7), Đ where eth was typed."""
    return without_eth(nfc(_DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))))


def text_reading(
    media_type: str,
    text: str,
    limits: ReadLimits,
    kinds: Sequence[str] | None = None,
    warnings: Sequence[str] = (),
    bold: tuple[int, ...] = (),
) -> Reading:
    """One page of text without boxes. ``kinds`` says that legacy fonts were converted already."""
    notes = [*warnings, "text-cut"] if len(text) > limits.text_chars else list(warnings)
    text = text[: limits.text_chars]
    if kinds is None:
        converted = convert(text)
        text, kinds = converted.text, converted.kinds
    text = tidy(text)
    state = "read" if text.strip() else "no_text"
    page = Page(number=1, text=text, bold=bold)
    return Reading(media_type, state, text, (page,), 1, tuple(kinds), tuple(notes))


def runs_reading(
    media_type: str, runs: Sequence[Run], limits: ReadLimits, warnings: Sequence[str] = ()
) -> Reading:
    """One page of text out of runs, converted by their fonts where one of them has a font."""
    bold = bold_lines(runs)
    if not any(run.font for run in runs):
        text = "".join(run.text for run in runs)
        return text_reading(media_type, text, limits, warnings=warnings, bold=bold)
    converted = by_fonts([(run.text, run.font) for run in runs])
    return text_reading(media_type, converted.text, limits, converted.kinds, warnings, bold)


def bold_lines(runs: Sequence[Run]) -> tuple[int, ...]:
    """The numbers of the lines, near the beginning, whose letters are all bold."""
    bold: list[bool | None] = [None]  # of each line; None: no letters yet
    for run in islice(runs, _BOLD_RUNS):
        for number, part in enumerate(run.text.split("\n")):
            if number:
                bold.append(None)
            if part.strip():
                bold[-1] = run.bold and bold[-1] is not False
        if len(bold) > _BOLD_LINES:
            break
    return tuple(number for number, is_bold in enumerate(bold) if is_bold)


def by_fonts(runs: Sequence[tuple[str, str]]) -> Converted:
    """Unicode out of runs of (text, font). A run with letters that only Unicode has loses its font,

    because people typed Unicode into a legacy font, and it would shield its neighbours from conversion.
    """
    return convert_runs([(text, "" if _ONLY_UNICODE.search(text) else font) for text, font in runs])


def unreadable(media_type: str, *why: str) -> Reading:
    """The bytes are kept; nobody could read them, and ``why`` says so in codes."""
    return Reading(media_type, "unreadable", warnings=why)
