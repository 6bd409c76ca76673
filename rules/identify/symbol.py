"""The grammar of số/ký hiệu: number and symbol of a document (DOMAIN 3.3, 3.4; ND30/2020 App. I II.3).

Tolerant of what extraction does to it: blanks around the marks, en dashes, a
year torn in two. A date, a ratio or a size is never a symbol.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rules.identify import types

_LONGEST = 80  # a longer text is not a symbol, and is not looked at


@dataclass(frozen=True, slots=True)
class Symbol:
    """The parts of a symbol. ``text`` is the normal form, blanks dropped.

    ``family``: norm, assembly, admin_typed, admin_slash, letter, party. ``type_abbr``
    is "" for letters; ``org`` holds all bodies ("BNV-VPCP"), ``unit`` a letter's drafting unit.
    """

    number: int
    suffix: str  # "a" of 01a
    year: int | None
    type_abbr: str
    org: str
    unit: str
    family: str
    text: str

    @property
    def body(self) -> str:
        """The first issuing body: UBND of UBND, BNV of BNV-VPCP."""
        return re.split(r"[-/.]", self.org, maxsplit=1)[0]


_UPPER = "A-ZĐÀ-ÖØ-ÞĂĨŨƠƯẠ-Ỹ"
_ABBR = rf"[{_UPPER}][^\W_]{{0,17}}(?:&[^\W_]{{1,9}}){{0,3}}"
_NUM = r"(?P<number>\d{1,6})(?P<suffix>[a-zđ]\d?|[A-Z](?=/))?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ORG = rf"(?P<org>{_ABBR}(?:[-/.]{_ABBR}){{0,4}}(?:/\d{{1,2}}(?!\d))?)"  # a school may be named after 20/10
_PATTERNS = (
    ("party", re.compile(rf"{_NUM}[- ](?P<type>{_ABBR})/{_ORG}")),
    ("assembly", re.compile(rf"{_NUM}/{_YEAR}/(?P<org>(?:UBTVQH|QH)\d{{1,2}})")),
    ("norm", re.compile(rf"{_NUM}/{_YEAR}/(?P<type>{_ABBR})[-/.]{_ORG}")),
    ("letter", re.compile(rf"{_NUM}/{_YEAR}/(?P<org>{_ABBR})(?P<unit>)")),
    ("admin_typed", re.compile(rf"{_NUM}/(?P<type>{_ABBR})-{_ORG}")),
    ("admin_slash", re.compile(rf"{_NUM}/(?P<type>{_ABBR})[/.]{_ORG}")),
    (
        "letter",
        re.compile(rf"{_NUM}-(?P<org>{_ABBR}(?:-{_ABBR}){{0,2}})/(?P<unit>{_ABBR}(?:-{_ABBR}){{0,2}})"),
    ),
    ("letter", re.compile(rf"{_NUM}/(?P<org>{_ABBR})(?:[-.](?P<unit>{_ABBR}(?:[-/.]{_ABBR}){{0,3}}))?")),
)
_TYPED = frozenset({"party", "norm", "admin_typed", "admin_slash"})
_AROUND = re.compile(r"\s*([/&])\s*|(?<=\w)\s*-\s*(?=\w)|(?<=\w)\s*\.(?=[A-ZĐ])")
_TORN_YEAR = re.compile(r"(?<=/)(1\s?9|2\s?0)\s?(\d)\s?(\d)(?=\s*/)")
_DASHES = "–—−‐‑"
_LABEL = re.compile(r"^\s*(?:Luật\s+|Lệnh\s+|Nghị quyết\s+)?s[ốôóo]\s*[:.;]?\s*", re.IGNORECASE)
_FINDER = re.compile(
    rf"(?<![\w/.,-])\d{{1,5}}(?:[a-zđ]\d?|[A-Z])?(?: ?[/-] ?(?:(?:19|20)\d\d|{_ABBR})){{1,2}}"
    rf"(?: ?[-–/.] ?{_ABBR}){{0,4}}(?![\w/])"
)
_CUE = re.compile(
    r"(?:số|văn|định|quyết|thị|tư|báo|hoạch|trình|luận|lệnh|dẫn|cáo)\s*[:.]?\s*$", re.IGNORECASE
)
_UNITS = frozenset({"KG", "KM", "HA", "CM", "MM", "GB", "MB", "KW", "KV", "USD", "VND", "VNĐ", "TP", "TW"})


def normal(text: str) -> str:
    """One line, NFC, blanks and dashes as the grammar wants them, label and closing marks gone."""
    line = _with_hyphens(unicodedata.normalize("NFC", text[:_LONGEST])).replace("\xad", "")
    line = _LABEL.sub("", line)
    line = " ".join(line.split())
    line = _TORN_YEAR.sub(lambda m: re.sub(r"\s", "", m.group()), _AROUND.sub(_tight, line))
    return line.strip(" .,;:()[]\"'“”-")


def _with_hyphens(text: str) -> str:
    """Five searches for what is hardly ever there cost a hundredth of one `str.translate`."""
    for dash in _DASHES:
        text = text.replace(dash, "-")
    return text


def _tight(match: re.Match[str]) -> str:
    return match.group().strip()


def parse(text: str) -> Symbol | None:
    """The symbol that the whole text is, or None; a label "Số:" in front is allowed."""
    return _parsed(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=256)  # because a document's own symbol is asked for half a dozen times
def _parsed(text: str) -> Symbol | None:
    line = normal(text)
    for family, pattern in _PATTERNS:
        match = pattern.fullmatch(line)
        if match is None:
            continue
        symbol = _symbol(family, match, line)
        if symbol is not None:
            return symbol
    return None


def _symbol(family: str, match: re.Match[str], line: str) -> Symbol | None:
    parts = match.groupdict()
    abbr, org, unit = "", parts["org"], parts.get("unit") or ""
    if family in _TYPED:
        abbr = types.abbreviation(parts["type"])
        if not abbr:
            if family != "norm":
                return None
            family, org, unit = "letter", parts["type"], org
    if family == "letter" and not _is_body(org):
        return None
    if family == "letter" and not unit and types.abbreviation(org) and org not in ("TW",):
        abbr, org, family = types.abbreviation(org), "", "admin_typed"
    year = int(parts["year"]) if parts.get("year") else None
    return Symbol(int(parts["number"]), (parts["suffix"] or "").lower(), year, abbr, org, unit, family, line)


def _is_body(org: str) -> bool:
    """At least two capitals: UBND, STTTT, but not a lone letter or a word."""
    return sum(char.isupper() for char in org) >= 2


def find_all(text: str) -> tuple[Symbol, ...]:
    """Symbols cited in running text, in order, each once."""
    found: dict[str, Symbol] = {}
    flat = _with_hyphens(text)
    for match in _FINDER.finditer(flat):
        symbol = parse(match.group())
        if symbol is None or symbol.text in found:
            continue
        if symbol.family == "letter" and not _plain_enough(symbol, flat, match.start()):
            continue
        found[symbol.text] = symbol
    return tuple(found.values())


def _plain_enough(symbol: Symbol, text: str, at: int) -> bool:
    """A letter's symbol in running text wants a word before it, or a unit after its body."""
    if symbol.org in _UNITS:
        return False
    return bool(symbol.unit) or _CUE.search(text, max(0, at - 16), at) is not None


_BLANK = re.compile(rf"[\s._…-]*(/\s*(?:{_YEAR}\s*/)?\s*{_ABBR}(?:\s*[-/.–&]\s*{_ABBR}){{0,4}})")


def blank_rest(text: str) -> str | None:
    """What follows a number left blank: "Số:      /QĐ-UBND" gives "/QĐ-UBND"; None when it is not blank."""
    after = _LABEL.sub("", _with_hyphens(unicodedata.normalize("NFC", text[:_LONGEST])), count=1)
    match = _BLANK.fullmatch(after.rstrip(" .,;"))
    return re.sub(r"\s", "", match.group(1)) if match else None


def type_of(symbol: Symbol, day: date | None = None) -> str:
    """Vietnamese type name that the symbol tells ("" where it tells none, e.g. 29/2018/QH14)."""
    if symbol.type_abbr:
        return types.name_of(symbol.type_abbr, day)
    return types.LETTER if symbol.family == "letter" else ""


def normative(symbol: Symbol | None, type_name: str, day: date | None) -> bool:
    """Normative: year inside the number, type and body on the list of the day (DOMAIN 3.2)."""
    if symbol is None or symbol.year is None or symbol.family == "party":
        return False
    if symbol.family == "assembly":
        return True
    if type_name and type_name != type_of(symbol, day):
        return False
    return types.is_normative(symbol.type_abbr, symbol.body, day or date(symbol.year, 12, 31))
