"""What a coordinator's reply says to do with recipients that wait: each line one case.

``12: Sở Tư pháp`` sends it there, ``12: bỏ, lý do`` leaves the recipient out, ``12: cho đi`` lets it go on.
The number may be left out where one case is asked about. Every line must be understood.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.replies import own_words, without_greeting
from rules.text.fold import fold

MOST_LINES, LONGEST_LINE = 40, 300
_WHOLE = ("rule", "no-numbered-copy")  # reasons for which a document waits as a whole


class HoldAct(StrEnum):
    """What can be done with what waits for a coordinator."""

    SEND = "send"
    DROP = "drop"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class HoldSaid:
    """``to`` is a party as written; ``keep``: what was written in the document is its name from now on."""

    case: int
    act: HoldAct
    to: str = ""
    keep: bool = False
    text: str = ""


_CASE = re.compile(r"^(?:viec(?: so)?|case|#)?\s*#?(\d{1,12})\s*[:.)-]\s*")
# With its accent, because bỏ (leave out) and Bộ (ministry) fold to the same letters.
_DROP = re.compile(
    r"^(?:bỏ(?: qua)?|bo(?: qua)?(?=\s*(?:[:,;]|$))|không gửi|khong gui|leave out|drop)(?:\s*[:,;-]\s*|\s+|$)"
    r"(?:(?:vì|vi)\s+|(?:lý do|ly do)\s*:?\s*)?",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"^(?:cho di|cho gui|gui tiep|gui lai|dong y|release|go on)\s*[.!]?$")
_SEND = re.compile(r"^(?:gui(?: cho| den)?|la|chinh la|send to|it is)\s+")
_KEEP = re.compile(r"\s*[,;(-]+\s*(?:nho(?: ten)?|keep(?: the name)?)\s*\)?\s*[.!]?$")
_NO_NAME = re.compile(r"\?|\b(?:chua|khong|ko|not)\b")


def asks_who(reason: str, delivery: int | None) -> bool:
    """Whether a case asks who a recipient is; else the whole document or a failed delivery waits."""
    return delivery is None and reason not in _WHOLE


def understand_hold(body: str, cases: Sequence[int]) -> tuple[HoldSaid, ...] | None:
    """What is said of which case; None when a line is not understood or says nothing of these ``cases``."""
    lines = list(_lines(body))
    if not lines or len(lines) > MOST_LINES:
        return None
    said = [_said(line, cases) for line in lines]
    known = [item for item in said if item is not None]
    if len(known) < len(said) or len({item.case for item in known}) < len(known):
        return None
    return tuple(known)


def _lines(body: str) -> Iterator[str]:
    for line in own_words(body).splitlines():
        if text := without_greeting(line.strip()[:LONGEST_LINE]).strip(" .!"):
            yield text


def _said(line: str, cases: Sequence[int]) -> HoldSaid | None:
    folded = fold(line)
    if len(folded) != len(line):  # because places in one must be places in the other
        line = folded
    if found := _CASE.match(folded):
        case, line, folded = int(found[1]), line[found.end() :], folded[found.end() :]
    elif len(cases) == 1:
        case = cases[0]
    else:
        return None
    return _act(case, line.strip(), folded.strip()) if case in cases else None


def _act(case: int, line: str, folded: str) -> HoldSaid | None:
    if _RELEASE.match(folded):
        return HoldSaid(case, HoldAct.RELEASE)
    if found := _DROP.match(line):
        return HoldSaid(case, HoldAct.DROP, text=line[found.end() :].strip())
    start = found.end() if (found := _SEND.match(folded)) else 0
    end = found.start() if (found := _KEEP.search(folded)) else len(line)
    name = line[start:end].strip(" ,.;")
    if not name or _NO_NAME.search(folded[start:end]):
        return None
    return HoldSaid(case, HoldAct.SEND, name, keep=end < len(line))
