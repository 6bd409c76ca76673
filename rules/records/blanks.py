"""Where a final text leaves room for number and date, and what goes there (ND30/2020 App. I II.3, II.4)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rules.identify.symbol import parse
from rules.values.numbering import Mark

LONGEST = 20_000  # characters; the header stands before that
_GAP = r"[\s._…]"


def _word(text: str) -> str:
    """The word composed or decomposed: programs write both."""
    return f"(?:{unicodedata.normalize('NFC', text)}|{unicodedata.normalize('NFD', text)})"


_NUMBER = re.compile(
    rf"(?<!\w){_word('số')}\s{{0,3}}:?(?P<gap>{_GAP}{{0,80}})(?P<rest>/[^\s,;]{{1,60}})", re.IGNORECASE
)
_DATE = re.compile(
    rf"(?<!\w){_word('ngày')}(?P<day>{_GAP}{{2,40}}|[._…\t]){_word('tháng')}"
    rf"(?P<month>{_GAP}{{0,40}}[0-9]{{0,2}}{_GAP}{{0,40}}){_word('năm')}"
    rf"(?P<year>{_GAP}{{0,40}}(?:20[0-9]{{0,2}}(?:[._…]{{1,6}}|(?![0-9])))?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` becomes ``new``; ``blank`` when nothing but room was there."""

    start: int
    end: int
    new: str
    blank: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """What goes into one text; empty where it leaves no room."""

    number: tuple[Edit, ...] = ()
    date: tuple[Edit, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Left to right."""
        return tuple(sorted((*self.number, *self.date), key=lambda edit: edit.start))


def fill(text: str, mark: Mark) -> Filled:
    """The first blank number and the first blank date of a text, filled."""
    head = text[:LONGEST]
    number, date = _NUMBER.search(head), _DATE.search(head)
    return Filled(tuple(_number(number, mark)) if number else (), tuple(_date(date, mark)) if date else ())


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """The text with its edits."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def _number(found: re.Match[str], mark: Mark) -> Iterator[Edit]:
    """The number into its blank; where other signs are printed than the book has, the whole symbol."""
    start, end = found.span("gap")
    printed = parse(f"{mark.number}{found['rest']}")
    if printed is not None and printed.text == mark.symbol:
        yield Edit(start, end, f" {mark.number}", blank=True)
    else:
        yield Edit(start, found.end("rest"), f" {mark.symbol}", blank=False)


def _date(found: re.Match[str], mark: Mark) -> Iterator[Edit]:
    """Day, month and year; what is printed already and right stays as it is."""
    parts = (("day", f" {mark.day} "), ("month", f" {mark.month} "), ("year", f" {mark.year}"))
    for name, new in parts:
        there = found[name].strip(" \t\r\n\xa0._…")
        if not there.isdecimal() or int(there) != int(new):
            yield Edit(*found.span(name), new, blank=not there)
