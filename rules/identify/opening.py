"""How a document's text begins, and what tells that a heading goes on, from the words of one line."""

import re

from rules.identify import words
from rules.text.fold import fold

_PARTS = (
    r"kinh g[uo]i|can cu\b|xet\b|theo de nghi|dieu \d|chuong [i1]|phan (?:i|thu|mot)\b|muc [i1]\b|"
    r"[ivx]{1,4}\s?[./)-]|\d{1,2}\s?[./)-]\s|a\s?[./)-]\s|(?:[+*]|[-–•])\s"
)
_PART = re.compile(rf"^(?:{_PARTS})")
_BODY = re.compile(
    rf"^(?:{_PARTS}|"
    r"(?:ngay|thuc hien|theo|de |nham|trong|qua |sau khi|tren co so|thoi gian qua|nam |hien nay|"
    r"duoc su|tiep theo|hom nay|"
    r"thuong truc|dong kinh gui|ho ten|toi |chung toi|thanh phan|bao gom|ban hanh kem theo|kem theo))"
)
_STRONG = re.compile(r"^(?:kinh g[uo]i|can cu\b|dieu 1|chuong i\b|xet de nghi|i\s?[./]\s|1\s?[./]\s)")
_ATTACHED = re.compile(r"^\(\s*(?:ban hanh )?kem theo\b")
_TABLE_BEGINS = frozenset({"tt", "stt", "so tt", "so thu tu"})  # the head of a first column
_RULE = re.compile(r"^[\W_]{3,}$|^[_=*\-–—o\s]+$")
_YEAR = re.compile(r"năm (?:học )?\d{4}(?:\s*[-–]\s*\d{4})?\W*", re.IGNORECASE)
_NAMES_NEXT = re.compile(
    r"\b(?:công trình|dự án|gói thầu|hạng mục|đề tài|nhiệm vụ|đề án|môn|chủ đề)\s*:$", re.IGNORECASE
)
_LEFT_OPEN = re.compile(r"(?:[,:]|\b(?:của|và|về|cho|các|những|tại|với|thuộc|theo))$", re.IGNORECASE)
_HEAD = 60  # characters of a line that are looked at


def of_text(text: str) -> bool:
    """Certainly the text: "Kính gửi", "Căn cứ", "Điều 1", "I."."""
    return _STRONG.match(fold(text[:_HEAD])) is not None


def of_sentence(text: str) -> bool:
    """A sentence or a part of the text; in capitals only a part, because no sentence is written so."""
    begins = _PART if words.caps(text) else _BODY
    whole = text[:1].isupper() or re.match(r"[-–•+*]\s|\d", text)
    return bool(whole and begins.match(fold(text[:_HEAD])))


def ends_heading(text: str) -> bool:
    """ "... như sau:", "(Ban hành kèm theo ...", the head of a table; "công trình:" goes on."""
    folded = fold(text[:_HEAD])
    if text.endswith(":") and not _NAMES_NEXT.search(text):
        return True
    return folded in _TABLE_BEGINS or _ATTACHED.match(folded) is not None


def left_open(text: str) -> bool:
    """The line cannot be the last of its heading."""
    return _LEFT_OPEN.search(text) is not None


def is_year(text: str) -> bool:
    """ "Năm học 2021 - 2022" on a line of its own."""
    return _YEAR.fullmatch(text) is not None


def is_rule(text: str) -> bool:
    """A line that is drawn."""
    return _RULE.match(text) is not None
