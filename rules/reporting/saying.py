"""What a unit says about its form, by mail, chat or sheet, as entries: a field's code and what was written.

Nothing is judged here but whether a line can be understood; values are read and checked in
``rules.reporting.checking``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from rules.replies import own_words
from rules.reporting.kinds import Asked, Field, Kind
from rules.text.fold import fold
from rules.values.grid import Cell

MOST_LINES = 300
LONGEST_NAME = 120  # characters before the colon
_LINE = re.compile(r"^\s*[-*•]?\s*([^:=\t]{1,120}?)\s*[:=\t]\s*(.*)$")
_CONFIRMED = re.compile(
    r"^(?:da|vang|ok|okay|chung toi|don vi|toi)?[\s,]*"
    r"(?:xac nhan\s+)?(?:(?:so lieu|bao cao)\s+)?(?:nhu tren|nhu mau|nhu so lieu he thong|dung|dung nhu tren|"
    r"dung roi|chinh xac|dong y|xac nhan|khong thay doi|as above|correct|confirmed?|ok|yes)"
    r"(?:\s+(?:a|roi|nhe|ca|het|so lieu))*\s*[.!]*$"
)
_DOUBT = re.compile(r"\b(?:nhung|tru|sai|khong|chua|sua|thieu|nham|tuy nhien|but|not|except|wrong)\b")
_GREETING = re.compile(r"^(?:kinh|than) (?:gui|chao|thua)\b|^(?:chao|dear|hello|xin chao)\b")
_ORDER = re.compile(r"^\s*\(?\d{1,2}[.)]\s+")
MOST_SIGNATURE_WORDS = 8


@dataclass(frozen=True, slots=True)
class SayFault:
    """A line that was not understood: a code for words, what was written, what may be meant."""

    code: str
    about: str = ""  # a field's code, or ""
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Entries by field code; ``confirmed``: what the hub has filled in is right."""

    entries: Mapping[str, Cell] = field(default_factory=dict)
    confirmed: bool = False
    faults: tuple[SayFault, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is neither an entry nor a word that confirms."""
        return not self.entries and not self.confirmed


def named(kind: Kind, text: str) -> Field | None:
    """The field that is called so: by its code, its name or another word for it."""
    return _names(kind).get(_key(text))


def by_words(kind: Kind, body: str) -> Said:
    """Lines of a reply above the quoted mail: ``như trên``, or ``field: value``."""
    return _by_lines(kind, own_words(body).splitlines()[:MOST_LINES])


def _by_lines(kind: Kind, lines: Sequence[str]) -> Said:
    entries: dict[str, Cell] = {}
    faults: list[SayFault] = []
    left: list[str] = []  # not understood since the last line that was
    confirmed, last = False, None
    for line in lines:
        if not line.strip():
            continue
        if _CONFIRMED.match(fold(line).strip()):
            confirmed, last = True, None
            faults += _not_understood(left)
            left = []
            continue
        found = _field_line(kind, line)
        if found is not None:
            asked, value = found
            if asked.code in entries:
                faults.append(SayFault("twice", asked.code, value[:80]))
            entries[asked.code], last = value, asked
            faults += _not_understood(left)
            left = []
        elif last is not None and last.kind is Asked.DIFFICULTY:
            entries[last.code] = f"{entries[last.code]}\n{line.strip()}"
        elif not _GREETING.match(fold(line).strip()):
            left.append(line)
    faults += _after_the_last(kind, left)
    return Said(entries, confirmed, tuple(faults))


def _field_line(kind: Kind, line: str) -> tuple[Field, str] | None:
    found = _LINE.match(line)
    asked = named(kind, found[1]) if found is not None else None
    return (asked, found[2].strip()) if found is not None and asked is not None else None


def _not_understood(lines: Sequence[str]) -> Iterator[SayFault]:
    for line in lines:
        yield SayFault("line", "", line.strip()[:120])


def _after_the_last(kind: Kind, lines: Sequence[str]) -> Iterator[SayFault]:
    """Below what was said stands a signature; a line that may say something else is asked about."""
    for line in lines:
        folded = fold(line)
        name = _LINE.match(line)
        like_a_field = name is not None and _nearest(kind, name[1])
        long = len(folded.split()) > MOST_SIGNATURE_WORDS
        if like_a_field:
            yield SayFault("no-field", "", line.strip()[:120], like_a_field or "")
        elif long or _DOUBT.search(folded) or (name is not None and any(c.isdigit() for c in name[2])):
            yield SayFault("line", "", line.strip()[:120])


def _nearest(kind: Kind, text: str) -> str:
    names = _names(kind)
    near = get_close_matches(_key(text), list(names), n=1, cutoff=0.7)
    return f"{names[near[0]].code}: {names[near[0]].name}" if near else ""


def _names(kind: Kind) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for asked in kind.fields:
        for name in (asked.code, asked.name, asked.name_en, *asked.words):
            if name:
                found.setdefault(_key(name), asked)
    return found


def _key(text: str) -> str:
    text = fold(text).strip(" .:-*•\t")
    return " ".join(text.split())
