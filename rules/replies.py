"""What a person's reply says to do: words anyone would write, Vietnamese with or without accents, or English.

A reply is a few words above the quoted mail. Only its first words are looked at, and only words that
leave no doubt are taken; anything else is for a person to read.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.text.fold import fold

LONGEST = 4000  # characters of a reply that are looked at
MOST_WORDS = 60  # a longer text is a letter, not an answer
MOST_DAYS = 365


class Act(StrEnum):
    """What can be said about a delivery."""

    RECEIVE = "receive"
    REFUSE = "refuse"
    ASSIGN = "assign"
    BEGIN = "begin"
    DONE = "done"
    EXTEND = "extend"
    AGREE = "agree"  # to a recall, or to what was asked again
    DECLINE = "decline"


# What cannot be taken back by saying something else: it is asked a second time.
DANGEROUS = frozenset({Act.REFUSE, Act.AGREE})


@dataclass(frozen=True, slots=True)
class Said:
    """One act with what it needs."""

    act: Act
    person: str = ""  # as written: a mailbox name, an address or a name
    days: int | None = None
    until: date | None = None
    text: str = ""  # reason, opinion or result, as written


_QUOTE = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:original|forwarded|thu goc|tin nhan goc)|_{5,}|-- ?$|"
    r"(?:tu|from|nguoi gui|de)\s*:\s.*|vao .{4,80}\b(?:da viet|viet)\s*:?$|on .{4,120}\bwrote\s*:?$|"
    r".{4,120}@.{3,80}\b(?:da viet|wrote)\s*:?$|"
    r"(?:sent from my|gui tu|get outlook|tai outlook)\b.*)",
)
_GREETING = re.compile(
    r"^(?:(?:da|vang|ok|okay)\s*[,.:;!]+\s*|(?:kinh gui|kinh chao|kinh thua|than gui|xin chao|chao|thua|dear|"
    r"hello|hi|good (?:morning|afternoon))\b(?:[^,.:;!\n]{0,40}[,.:;!]+|\s*$)\s*)"
)
_CLOSING = re.compile(
    r"^(?:tran trong|xin cam on|cam on|tran trong cam on|kinh|than ai|best|kind)?\s*"
    r"(?:regards|thanks|thank you|cam on|kinh chao|tran trong)\b.*$"
)
_US = r"(?:(?:don vi|co quan|van thu|phong|so|chung toi|toi|em|anh|chi|we|i|our office)\s+)?"
_POLITE = r"(?:(?:xin|de nghi|vui long|please|kindly|xin phep)\s+)?"
_HAVE = r"(?:(?:da|vua|have|has|had|is|was|it is|it has been|co)\s+)*"
# Negation anywhere before the verb makes the sentence mean something else.
_NOT = re.compile(r"\b(?:chua|khong|ko|not|cannot|can't|haven't|don't|didn't|never|neither)\b")
_START = _US + _POLITE + _HAVE
_PATTERNS: tuple[tuple[Act, re.Pattern[str]], ...] = tuple(
    (act, re.compile(rf"^{_START}(?:{words})(?=$|[\s,.:;!()-])"))
    for act, words in (
        (Act.DECLINE, r"khong dong y|khong cho|do not agree|don't agree|disagree|decline|16(?=\s*$)"),
        (
            Act.REFUSE,
            r"tu choi(?: tiep)?(?: nhan)?|khong (?:tiep )?nhan|tra lai|tra ve|gui nham|nham dia chi|"
            r"refused?|rejected?|return(?:ed)?|wrong address|not (?:for us|ours)|02(?=\s*$)",
        ),
        (Act.AGREE, r"dong y|xac nhan|nhat tri|agreed?|confirm(?:ed)?|yes|15(?=\s*$)"),
        (Act.EXTEND, r"gia han(?: them)?|xin gia han|lui han|doi han|keo dai|extend(?:ed)?|prolong(?:ed)?"),
        (
            Act.ASSIGN,
            r"giao(?: cho)?|phan cong(?: cho)?|chuyen(?: cho)?(?= )|assign(?:ed)?(?: to)?|give to",
        ),
        (
            Act.DONE,
            r"xong(?: roi)?|hoan thanh|hoan tat|xu ly xong|giai quyet xong|da xong|"
            r"lam xong|ket thuc|done|finished|completed?|closed|06(?=\s*$)",
        ),
        (
            Act.BEGIN,
            r"dang (?:xu ly|giai quyet|lam|thuc hien|nghien cuu)|bat dau(?: xu ly| lam)?|"
            r"in (?:hand|progress)|working on (?:it|this)|started|05(?=\s*$)",
        ),
        (
            Act.RECEIVE,
            r"(?:tiep )?nhan(?: duoc)?|vao so|received?|accept(?:ed)?|got it|03(?=\s*$)",
        ),
    )
)
_DAYS = re.compile(
    r"\b(?:trong |them |within |by |for |in )?(\d{1,3})\s*(?:ngay(?: lam viec)?|n|days?|working days?)\b"
)
_DATE = re.compile(
    r"\b(?:(?:den|truoc|han|toi|ngay|until|by|due|before)\s*(?:het\s*)?(?:ngay\s*)?)?"
    r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?\b"
)
_ISO = re.compile(r"\b(?:(?:den|truoc|han|until|by|due)\s+)?(\d{4})-(\d{2})-(\d{2})\b")
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")
_SEPARATOR = re.compile(r"^[\s,.:;!-]+|[\s,;:-]+$")
_BECAUSE = re.compile(r"^(?:vi|do|ly do|boi vi|because|reason)\b\s*(?:la\b)?[\s:,-]*", re.IGNORECASE)


def own_words(body: str) -> str:
    """What the writer wrote above the mail that is answered, without greeting and signature."""
    lines: list[str] = []
    for line in body[:LONGEST].splitlines():
        folded = fold(line).strip()
        if _QUOTE.match(folded) or (lines and _CLOSING.match(folded)):
            break
        if folded:
            lines.append(line.strip())
    return "\n".join(lines)


def understand(body: str, today: date) -> Said | None:
    """The act that a reply asks for, or None when a person must read it."""
    words = own_words(body)
    if not words or len(words.split()) > MOST_WORDS:
        return None
    line, _newline, rest = words.partition("\n")
    line = without_greeting(line)
    if not line and rest:
        line, _newline, rest = rest.partition("\n")
    folded = fold(line).strip()
    for act, pattern in _PATTERNS:
        found = pattern.match(folded)
        if found is not None and not _denied(act, found.group()):
            return _with_details(act, line.strip(), folded, found.end(), rest, today)
    return None


def _denied(act: Act, said: str) -> bool:
    return act not in (Act.REFUSE, Act.DECLINE) and bool(_NOT.search(said))


def without_greeting(line: str) -> str:
    """The line without the words with which a letter begins; "" for a line of nothing else."""
    folded = fold(line)
    found = _GREETING.match(folded)
    return line[found.end() :] if found and len(folded) == len(line) else line


def _with_details(act: Act, line: str, folded: str, end: int, rest: str, today: date) -> Said | None:
    if len(folded) != len(line):  # because places in one must be places in the other
        line = folded
    tail = line[end:]
    if _NOT.match(_SEPARATOR.sub("", fold(tail))) and act is not Act.REFUSE:
        return None
    more = " ".join(part for part in (_SEPARATOR.sub("", tail), *rest.splitlines()) if part)
    if act is Act.ASSIGN:
        return _assignment(tail, rest, today)
    if act is Act.EXTEND:
        days, until, _left = _when(more, today)
        return Said(act, days=days, until=until, text=_reason(_left)) if days or until else None
    if "?" in line:
        return None  # a question is no answer
    return Said(act, text=_reason(more))


def _assignment(tail: str, rest: str, today: date) -> Said | None:
    """As in "giao annv 3 ngày: xem và trả lời": who, until when, and the leader's opinion."""
    head, _colon, opinion = tail.partition(":")
    days, until, left = _when(head, today)
    address = _ADDRESS.search(left)
    if address is not None:
        person = address.group()
        left = left.replace(person, " ")
    else:
        person, _comma, left = (part.strip() for part in left.partition(","))
        first, _blank, others = person.partition(" ")
        if first.isascii() and first == first.lower() and first.isalnum() and others:
            person, left = first, f"{others} {left}"  # a mailbox name, then words
    text = " ".join(part for part in (_SEPARATOR.sub("", left), opinion.strip(), *rest.splitlines()) if part)
    person = _SEPARATOR.sub("", person)
    return Said(Act.ASSIGN, person, days, until, text) if person else None


def _when(text: str, today: date) -> tuple[int | None, date | None, str]:
    """Days or a date in the text, and the text without them."""
    folded = fold(text)
    if len(folded) != len(text):
        text = folded
    if found := _ISO.search(folded):
        return None, _day(int(found[1]), int(found[2]), int(found[3])), _cut(text, found)
    if found := _DATE.search(folded):
        day = _in_time(int(found[1]), int(found[2]), found[3], today)
        return None, day, _cut(text, found)
    if found := _DAYS.search(folded):
        days = int(found[1])
        return (days if 0 < days <= MOST_DAYS else None), None, _cut(text, found)
    return None, None, text


def _in_time(day: int, month: int, year: str | None, today: date) -> date | None:
    """A date without a year is the next one."""
    if year:
        return _day(int(year), month, day)
    this = _day(today.year, month, day)
    return this if this is None or this >= today else _day(today.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()


def _reason(text: str) -> str:
    text = text.strip(" ()")
    folded = fold(text)
    found = _BECAUSE.match(folded)
    return text[found.end() :].strip() if found and len(folded) == len(text) else text
