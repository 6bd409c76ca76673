"""Readings made the same way by every reader."""

import re
from collections.abc import Sequence

from connectors.readers.charset import nfc
from connectors.readers.limits import ReadLimits
from rules.text.legacy import convert
from rules.values.reading import Page, Reading

_DROPPED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


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


def unreadable(media_type: str, *why: str) -> Reading:
    """The bytes are kept; nobody could read them, and ``why`` says so in codes."""
    return Reading(media_type, "unreadable", warnings=why)
