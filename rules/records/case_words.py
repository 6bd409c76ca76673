"""What a clerk's reply says to do with a document that waits, in words anyone would write.

``đúng`` takes it as it was read; ``số 1979 ngày 16/10/2017`` and lines like ``trích yếu: ...`` fill in what
could not be read; ``trùng``, ``bản mới`` and ``từ chối: lý do`` do the rest. Every piece must be understood:
half an answer is for a person to read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules.identify import stamps, symbol
from rules.replies import own_words, without_greeting
from rules.text.fold import fold

MOST_LINES, LONGEST_LINE = 20, 600


class CaseAct(StrEnum):
    """What can be done with a document that waits for a clerk."""

    ACCEPT = "accept"
    SAME = "same"
    VERSION = "version"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class CaseSaid:
    """``fields`` are corrections as written, ``number`` what was left blank or unread, ``of`` a document's
    number in the list, ``text`` the reason."""

    act: CaseAct
    fields: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    of: int = 0
    text: str = ""


_REFUSE = re.compile(r"^(?:tu choi|khong (?:tiep )?nhan(?! duoc)|tra lai|refuse|reject)\b[\s,:;-]*")
_OF = r"(?:\s+(?:voi\s+)?(?:van ban|cua|cua van ban|document|of|of document)?\s*#?(\d{1,12}))?\s*[.!]?$"
_SAME = re.compile(rf"^(?:trung|van ban da co|da co|same)(?: voi)?{_OF}")
_VERSION = re.compile(rf"^(?:ban moi|ban sua|ban thay the|phien ban moi|new version|version)(?: cua)?{_OF}")
_ACCEPT = re.compile(
    r"^(?:da |vang |ok )?"
    r"(?:dung(?: roi)?|dong y|dang ky|vao so|chap nhan|nhan|ok|yes|correct|accept|register)"
    r"(?:\s+(?:nhu tren|roi a|a|roi))?$"
)
_NUMBER = re.compile(r"^(?:so(?: va ky hieu| ky hieu)?|number|no)\b\.?\s*[:.]?\s*")
_BARE = re.compile(r"0*[1-9]\d{0,4}[a-zđ]?", re.IGNORECASE)
_DATE = re.compile(
    r"(?:,?\s*\b(?:ngay(?: van ban)?|date)\b\s*:?\s*)?"
    r"\b(?:(\d{1,2})\s*(?:[/.-]|\s+thang\s+)\s*(\d{1,2})\s*(?:[/.-]|\s+nam\s+)\s*(\d{4})|(\d{4})-(\d{2})-(\d{2}))\b"
)
_LABELS: Mapping[str, str] = {
    "trich yeu": "subject", "subject": "subject",
    "loai": "type", "loai van ban": "type", "type": "type",
    "nguoi ky": "signer", "signer": "signer",
    "co quan": "issuer", "co quan ban hanh": "issuer", "noi ban hanh": "issuer", "issuer": "issuer",
    "do khan": "urgency", "urgency": "urgency",
}  # fmt: skip
_DIRECTIONS = {
    "van ban di": "outgoing",
    "van ban den": "incoming",
    "outgoing": "outgoing",
    "incoming": "incoming",
}


def understand_case(body: str) -> CaseSaid | None:
    """What a reply asks for, or None when a person must read it."""
    lines = list(_lines(body))
    if not lines or len(lines) > MOST_LINES:
        return None
    first = fold(lines[0])
    if found := _REFUSE.match(first):
        return CaseSaid(CaseAct.REFUSE, text=" ".join((lines[0][found.end() :], *lines[1:])).strip())
    for act, pattern in ((CaseAct.SAME, _SAME), (CaseAct.VERSION, _VERSION)):
        if len(lines) == 1 and (found := pattern.match(first)):
            return CaseSaid(act, of=int(found[1] or 0))
    return _accepted(lines)


def _lines(body: str) -> Iterator[str]:
    for line in own_words(body).splitlines():
        if text := without_greeting(line.strip()[:LONGEST_LINE]).strip(" .!"):
            yield text


def _accepted(lines: list[str]) -> CaseSaid | None:
    fields: dict[str, str] = {}
    number = ""
    for piece in (piece for line in lines for piece in _pieces(line)):
        said = _piece(piece)
        if said is None:
            return None
        number = said.pop("number", number)
        fields |= said
    return CaseSaid(CaseAct.ACCEPT, fields, number)


def _pieces(line: str) -> list[str]:
    """A labelled line is one piece, because a subject may hold commas; others may say several things."""
    label, colon, _value = line.partition(":")
    if colon and fold(label).strip() in _LABELS:
        return [line]
    return [piece.strip() for piece in re.split(r"[;,]\s+|\s+-\s+", line) if piece.strip()]


def _piece(text: str) -> dict[str, str] | None:
    """The fields that one piece gives; {} for mere agreement; None where it is not understood."""
    folded = fold(text)
    if _ACCEPT.match(folded):
        return {}
    if folded in _DIRECTIONS:
        return {"direction": _DIRECTIONS[folded]}
    label, colon, value = text.partition(":")
    name = _LABELS.get(fold(label).strip()) if colon else None
    if name is not None:
        return _labelled(name, value.strip())
    return _number_and_date(text, folded)


def _labelled(name: str, value: str) -> dict[str, str] | None:
    if name == "urgency":
        level = stamps.urgency(value)
        return None if level is None else {name: str(int(level))}
    return {name: value} if value else None


def _number_and_date(text: str, folded: str) -> dict[str, str] | None:
    """As in "số 1979 ngày 16/10/2017", "1979/SYT-TCCB", "16/10/2017"."""
    if len(folded) != len(text):  # because places in one must be places in the other
        return None
    found = _DATE.search(folded)
    said: dict[str, str] = {}
    if found is not None:
        day = _day(found)
        if day is None:
            return None
        said["date"] = day.isoformat()
        text, folded = (part[: found.start()] + part[found.end() :] for part in (text, folded))
    left = text[label.end() :] if (label := _NUMBER.match(folded)) else text
    left = left.strip(" ,.")
    if not left:
        return said or None
    if _BARE.fullmatch(left):
        return {**said, "number": left.lower()}
    written = symbol.parse(left)
    return {**said, "symbol": written.text} if written is not None else None


def _day(found: re.Match[str]) -> date | None:
    day, month, year = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
