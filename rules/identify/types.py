"""Types of documents: abbreviations, Vietnamese names, and which are normative on a day (DOMAIN 3.1, 3.2)."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from rules.text.fold import fold

LETTER = "Công văn"
_QUALIFIER = re.compile(r"\s*\(.*\)| (?:của|UBND|UBTVQH|Hội đồng|HĐND) ?.*")


@dataclass(frozen=True, slots=True)
class TypeRow:
    abbr: str
    name: str
    family: str
    valid_from: date | None
    valid_to: date | None

    def valid(self, day: date | None) -> bool:
        """Open ends and an unknown day are taken as valid."""
        if day is None:
            return True
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with files("rules.tables").joinpath(name).open(encoding="utf-8") as table:
        yield from csv.DictReader(table)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(name: str) -> str:
    """The type's own name: "Quyết định (cá biệt)" and "Quyết định UBND" are both "Quyết định"."""
    return _QUALIFIER.sub("", name).strip()


def _load() -> tuple[TypeRow, ...]:
    rows = [*_rows("doc_types.csv"), *_rows("type_habits.csv")]
    return tuple(
        TypeRow(
            row["abbr"],
            _plain(row["name_vi"]),
            row["family"],
            _day(row.get("valid_from")),
            _day(row.get("valid_to")),
        )
        for row in rows
    )


ROWS = _load()
ABBREVIATIONS = frozenset(row.abbr for row in ROWS if row.abbr)
_BY_ABBR: dict[str, list[TypeRow]] = {}
for _row in ROWS:
    _BY_ABBR.setdefault(_row.abbr, []).append(_row)
_FOLDED: dict[str, set[str]] = {}
for _abbr in ABBREVIATIONS:
    _FOLDED.setdefault(fold(_abbr), set()).add(_abbr)

# what a type line says, folded -> the name we show; long names first so that
# "quyết định" does not win over "nghị quyết liên tịch" and the like
_MORE_NAMES = (
    "Quy ước",
    "Điều lệ",
    "Thể lệ",
    "Danh sách",
    "Giấy ủy quyền",
    "Giấy xác nhận",
    "Giấy đề nghị",
    "Giấy triệu tập",
    "Giấy phép",
    "Kiến nghị",
    "Kháng nghị",
    "Nội quy",
    "Đề cương",
    "Phiếu trình",
    "Bộ luật",
)
_NO_TYPE_LINE = (LETTER, "Thư công", "Công văn (cách ghi cũ)")
NAMES: dict[str, str] = {}
for _name in (*(row.name for row in ROWS), *_MORE_NAMES):
    if _name not in _NO_TYPE_LINE:
        NAMES.setdefault(fold(_name), _name)
NAMES_LONGEST = tuple(sorted(NAMES, key=len, reverse=True))


def abbreviation(text: str) -> str:
    """The known abbreviation that ``text`` is (QD is QĐ, Ctr is CTr), or ""."""
    if text in ABBREVIATIONS:
        return text
    known = _FOLDED.get(fold(text), set())
    return next(iter(known)) if len(known) == 1 else ""


def name_of(abbr: str, day: date | None = None) -> str:
    """Vietnamese name of an abbreviation valid on the day, else of any day, or ""."""
    rows = _BY_ABBR.get(abbr, [])
    valid = [row for row in rows if row.valid(day)] or rows
    return _renamed(valid[0].name) if valid else ""


def _renamed(name: str) -> str:
    return LETTER if name.startswith(LETTER) else name


@dataclass(frozen=True, slots=True)
class _Normative:
    abbr: str
    bodies: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None


_NORMATIVE = tuple(
    _Normative(row["abbr"], tuple(row["bodies"].split()), _day(row["valid_from"]), _day(row["valid_to"]))
    for row in _rows("normative.csv")
)


def is_normative(abbr: str, body: str, day: date) -> bool:
    """Is a document of this type by this body, with the year in its number, normative on the day?"""
    return any(
        row.abbr == abbr
        and any(_fits(body, pattern) for pattern in row.bodies)
        and (row.valid_from is None or row.valid_from <= day)
        and (row.valid_to is None or day <= row.valid_to)
        for row in _NORMATIVE
    )


def _fits(body: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return body.startswith(pattern[:-1])
    return body == pattern or re.fullmatch(re.escape(pattern) + r"\d+", body) is not None
