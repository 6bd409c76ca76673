"""Eth (Ð, U+00D0) where Đ (U+0110) is meant: they look alike, and keyboards, fonts and OCR mix them up.

For text that is Unicode already: in TCVN3 and VNI the same code is another letter, so legacy text is
converted first. Icelandic words keep theirs, because no word begins with it there.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_OTHERS = frozenset("\u00de\u00fe\u00c6\u00e6\u00d6\u00f6")  # Þ, Æ, Ö: the word is Icelandic
_BESIDE = re.compile("Đ\u00d0|\u00d0Đ")  # OCR that could not decide
_LONGEST = 8  # letters of a syllable or an abbreviation


def without_eth(text: str) -> str:
    """``without_eth("QÐ-UBND") == "QĐ-UBND"``; nothing is touched where there is no eth."""
    if "\u00d0" not in text and "\u00f0" not in text:
        return text
    return _WORD.sub(lambda match: _word(match[0]), _BESIDE.sub("Đ", text))


def _word(word: str) -> str:
    begins = word[0] in "\u00d0\u00f0"
    if len(word) > _LONGEST or not _OTHERS.isdisjoint(word) or not (begins or word.isupper()):
        return word
    return word.replace("\u00d0", "Đ").replace("\u00f0", "đ")
