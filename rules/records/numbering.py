"""Numbers in books: series, year, how they are written, what is missing (ND30/2020 Art. 15, 22)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import pairwise

from rules.identify.types import ROWS
from rules.text.fold import fold
from rules.vocabulary import Direction

GENERAL = "general"
COPIES = "copies"
NORMATIVE = "normative"
OWN = "own"  # a book that rules name
JUMP = 50  # missing numbers in a row that look like a misread number rather than lost documents

_ABBREVIATIONS: dict[str, str] = {}
_COPY_TYPES = frozenset(fold(row.name) for row in ROWS if row.family == "copy")
for _row in ROWS:
    # the first row of a name counts: an official letter has no abbreviation, whatever old habit wrote
    _ABBREVIATIONS.setdefault(fold(_row.name), _row.abbr)


def series_of(type: str, normative: bool, direction: Direction) -> str:
    """The series within a book: each normative type its own ("normative/chi-thi"), all copies
    one, every other document the general one; incoming books have one (SEMANTICS, Direction,
    books, numbers; ND30/2020 Art. 15.1, App. I Part II.II.1c)."""
    if direction is Direction.INCOMING:
        return GENERAL
    key = fold(type.strip())
    if key in _COPY_TYPES:
        return COPIES
    return f"{NORMATIVE}/{'-'.join(key.split())}" if normative and key else GENERAL


def own_series(book: str) -> str:
    """The series of a book that a rule names ("own/khieu-nai"); the general one without a name."""
    return f"{OWN}/{book}" if book else GENERAL


def year_for(direction: Direction, document_date: date | None, accepted_at: datetime, zone: tzinfo) -> int:
    """The year of the book: outgoing that of the document's date, incoming (and an undated
    document) that of the moment of acceptance in the organisation's zone. ``accepted_at`` is aware."""
    if direction is Direction.OUTGOING and document_date is not None:
        return document_date.year
    return accepted_at.astimezone(zone).year


def format_number(number: int, suffix: str = "") -> str:
    """A number as books write it: 01 to 09 with a leading zero, 01a with its suffix
    (ND30/2020 App. I II.3c). ValueError below 1."""
    if number < 1:
        raise ValueError(f"{number} is no number of a document")
    return f"{number:02d}{suffix}"


def given_symbol(
    number: int, type: str, body: str, *, year: int | None = None, unit: str = "", suffix: str = ""
) -> str:
    """Number and symbol for a document that the hub numbers (DOMAIN 3.3).

    ``01/QĐ-UBND``, with ``year`` (normative) ``01/2026/QĐ-UBND``, an official letter
    ``12/UBND-VX``. ``body`` is the issuer as symbols write it, ``unit`` the drafting unit.
    ValueError for a type nobody knows: a symbol is never invented.
    """
    key = fold(type.strip())
    if key not in _ABBREVIATIONS:
        raise ValueError(f"no document type is called {type!r}")
    if not body.strip():
        raise ValueError("a symbol needs the issuer's body")
    signs = "-".join(sign for sign in (_ABBREVIATIONS[key], body.strip(), unit.strip()) if sign)
    parts = (format_number(number, suffix), str(year) if year else "", signs)
    return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that stand in no entry, both ends included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def jump(self) -> bool:
        """So many that the number after it was probably misread."""
        return self.size > JUMP


def gaps(numbers: Iterable[int], start: int = 1, voided: Iterable[int] = ()) -> tuple[Gap, ...]:
    """What is missing from ``start`` to the highest number of a book, in order.

    A voided number is there: it stands in the book with its reason. Numbers below
    ``start`` belong to an earlier, paper part of the book and are not looked at.
    """
    known = sorted({start - 1, *(n for n in (*numbers, *voided) if n >= start)})
    return tuple(Gap(before + 1, after - 1) for before, after in pairwise(known) if after - before > 1)


def borne_gaps(numbers: Mapping[str, Collection[int]]) -> tuple[Gap, ...]:
    """What seems to be missing from a book that keeps borne numbers, given by type of document.

    Such a book may begin anywhere, because the hub came in the middle of its year, and it does not say
    whether its office counts all types in one series or each in its own (DOMAIN 2.1): the reading with
    fewer missing numbers holds.
    """
    each = [_between(found) for found in numbers.values()]
    apart = tuple(sorted((gap for found in each for gap in found), key=lambda gap: gap.first))
    together = _between([number for found in numbers.values() for number in found])
    return min(together, apart, key=lambda found: sum(gap.size for gap in found))


def _between(numbers: Collection[int]) -> tuple[Gap, ...]:
    return gaps(numbers, min(numbers)) if numbers else ()
