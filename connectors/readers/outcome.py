"""Readings made the same way by every reader."""

import re
from collections.abc import Sequence

from connectors.readers.charset import nfc
from connectors.readers.limits import ReadLimits
from rules.text.legacy import Converted, convert, convert_runs
from rules.values.reading import Page, Reading

_DROPPED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_ONLY_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")


def tidy(text: str) -> str:
    """NFC, one kind of line end, no control characters (rule 7)."""
    return nfc(_DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def text_reading(
    media_type: str,
    text: str,
    limits: ReadLimits,
    kinds: Sequence[str] | None = None,
    warnings: Sequence[str] = (),
) -> Reading:
    """One page of text without boxes. ``kinds`` says that legacy fonts were converted already."""
    notes = [*warnings, "text-cut"] if len(text) > limits.text_chars else list(warnings)
    text = text[: limits.text_chars]
    if kinds is None:
        converted = convert(text)
        text, kinds = converted.text, converted.kinds
    text = tidy(text)
    state = "read" if text.strip() else "no_text"
    page = Page(number=1, text=text)
    return Reading(media_type, state, text, (page,), 1, tuple(kinds), tuple(notes))


def by_fonts(runs: Sequence[tuple[str, str]]) -> Converted:
    """Unicode out of runs of (text, font). A run with letters that only Unicode has loses its font,

    because people typed Unicode into a legacy font, and it would shield its neighbours from conversion.
    """
    return convert_runs([(text, "" if _ONLY_UNICODE.search(text) else font) for text, font in runs])


def unreadable(media_type: str, *why: str) -> Reading:
    """The bytes are kept; nobody could read them, and ``why`` says so in codes."""
    return Reading(media_type, "unreadable", warnings=why)
