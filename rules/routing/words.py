"""Comparing written words: whole syllables, either spelling of a tone, accents if wanted."""

import re
import unicodedata

from rules.text.fold import fold

LONGEST_TEXT = 400_000  # characters of a document that rules look at
_GAP = re.compile(r"[^\w ]|_")
_ASCII_GAPS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
# "hoà" and "hòa", "thuỷ" and "thủy" are one word; both places of the mark are in use.
_OLD = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_NEW = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_PLACES = dict(zip(_OLD, _NEW, strict=True))
_PLACE = re.compile("|".join(_OLD))


def plain(text: str) -> str:
    """Lower case, NFC, one place for the tone mark, words parted by single blanks,
    a blank on either side, so that ``" đất đai " in plain(text)`` asks for whole words."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT]).casefold().replace("ð", "đ")
    text = _PLACE.sub(lambda match: _PLACES[match.group()], text)
    return _spaced(text)


def bare(text: str) -> str:
    """As ``plain`` without accents and marks."""
    return _spaced(fold(text[:LONGEST_TEXT]))


def _spaced(text: str) -> str:
    """Words parted by single blanks; a table is three times as fast as an expression where it can be used."""
    text = text.translate(_ASCII_GAPS) if text.isascii() else _GAP.sub(" ", text)
    return f" {' '.join(text.split())} "


def symbol_key(symbol: str) -> str:
    """A number and symbol as compared: NFC, lower case, no blanks, one kind of dash."""
    text = unicodedata.normalize("NFC", symbol[:300]).casefold().replace("ð", "đ")
    return re.sub(r"[‐‑‒–—−]", "-", re.sub(r"\s+", "", text))
