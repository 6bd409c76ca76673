"""The subject of a mail without the marks that mail programs put before it."""

import re

_MARK = re.compile(
    r"^\s*(?:(?:re|tl|fw|fwd|tr|trả lời|chuyển tiếp|vb|vv)\s*(?:\[\d{1,3}\])?\s*:|\[[^\]]{1,40}\])\s*", re.I
)
_TAGS = r"^\s*(?:\[[^\]]{1,40}\]\s*){0,5}"  # "[NGOÀI CƠ QUAN]", as gateways put it before everything
_FORWARDED = re.compile(_TAGS + r"(?:fw|fwd|chuyển tiếp)\s*(?:\[\d{1,3}\])?\s*:", re.I)
_ANSWERED = re.compile(_TAGS + r"(?:re|tl|trả lời)\s*(?:\[\d{1,3}\])?\s*:", re.I)
_MOST_MARKS = 20


def bare_subject(subject: str) -> str:
    """ "Fwd: Re: [list] Về việc X" -> "Về việc X"; empty when nothing else stands there."""
    for _round in range(_MOST_MARKS):
        shorter = without_first_mark(subject)
        if shorter == subject:
            break
        subject = shorter
    return " ".join(subject.split())


def without_first_mark(subject: str) -> str:
    """Without one "Re:" or "[list]" at its head."""
    return _MARK.sub("", subject, count=1)


def forwarded(subject: str) -> bool:
    """ "Fwd: Công văn 12": somebody passes a mail on, and answers none."""
    return _FORWARDED.match(subject) is not None


def answered(subject: str) -> bool:
    """ "Trả lời: Công văn 12": an answer also where the program names no mail that it answers."""
    return _ANSWERED.match(subject) is not None
