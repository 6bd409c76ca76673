"""The upper zone: number, place and date, issuers, stamps (DOMAIN 4.1, 4.2), in two passes: by line,
then joined for what extraction broke."""

import bisect
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.identify import columns, dated, organisations, stamps, symbol, types, words
from rules.identify.lines import Cell, Line, cell_below
from rules.secrecy import lines as secrecy
from rules.text.fold import squash
from rules.text.wrapped import unwrapped
from rules.values.reading import Found
from rules.vocabulary import Urgency

_TYPES = frozenset(squash(name) for name in types.NAMES.values())
ZONE = 60  # lines of the first pages in which a header may stand
_LABEL = re.compile(
    r"^\W{0,3}(?:luật\s+|lệnh\s+|nghị quyết\s+)?(?:số|sô|sớ|so|sồ)\s*(?:[:.;]|(?=[\d/_…])|$|(?=\s+[\d/]))",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"^SỐ \d{1,3}$")  # of a name that goes on in the next line: ĐỘI ... SỐ 3
_NAMED_SO = ("du an", "chuong trinh", "de an")  # types by which boards are named, too
_TOP = 14  # lines in which the motto stands
_MOTTO_LINES = 3  # below its first line; a subject may speak of the republic, too
_TITLE_NUMBER = re.compile(r"\bsố\s*:?\s+(\d{1,5}[^\s,;]{0,40}(?:\s?/\s?[^\s,;]{1,20})?)", re.IGNORECASE)
_ANNEXED = re.compile(
    r"\b(?:kèm|ban hành) theo\s+[^()]{0,40}$", re.IGNORECASE
)  # it names the document it is attached to
_BODY = re.compile(
    r"^(?:kinh g(?:u|o)i|can cu\b|dieu \d+\s*[.:]|xet de nghi|theo de nghi|thuc hien|tiep theo|"
    r"phan (?:i|thu)\b|chuong i\b|i\s?[./]\s|1\s?[./]\s)"
)
_TORN = re.compile(r"\d\S*[-/]$")


@dataclass
class Header:
    """What the first pass gathered; ``body`` is the line where the text proper begins."""

    lines: Sequence[Line]
    body: int
    number: Found[symbol.Symbol] | None = None
    number_at: int = -1
    blank_rest: str = ""
    day: Found[date] | None = None
    place: Found[str] | None = None
    date_at: int = -1
    issuer: Found[str] | None = None
    parent: Found[str] | None = None
    urgency: Found[Urgency] | None = None
    secrecy: Found[str] | None = None
    draft: bool = False
    taken: set[int] = field(default_factory=set)  # ids of cells that are number, date, motto or noise


def read(lines: Sequence[Line]) -> Header:
    """All of the header but type and subject."""
    lines = columns.parted(lines[:ZONE])
    header = Header(lines, _body_start(lines))
    _marks(header)
    _number(header)
    _date(header)
    _issuers(header)
    return header


def _body_start(lines: Sequence[Line]) -> int:
    for at, line in enumerate(lines):
        for cell in line.cells:
            if (_BODY.match(cell.folded[:40]) and at > 0) or len(cell.text) > 450:
                return at
    return len(lines)


# --- stamps and noise ---------------------------------------------------------------


def _marks(header: Header) -> None:
    first_page = header.lines[0].page if header.lines else 1
    motto = len(header.lines)  # the line where it begins
    for at, line in enumerate(header.lines):
        if line.page != first_page:
            break
        for cell in line.cells:
            broken = at < _TOP and _motto_begins(header, at, cell)
            if broken or (
                words.is_motto(cell.text) and (words.caps(cell.text) or at <= motto + _MOTTO_LINES)
            ):
                rest = cell_below(header.lines, at, cell) if cell.folded.endswith(" viet") else ()
                header.taken.update(map(id, (cell, *rest)))
                motto = min(motto, at)
            elif words.is_noise(cell.text) or words.is_footer(cell.text):
                header.taken.add(id(cell))
            elif len(cell.text) <= 60:
                _stamp(header, at, cell)
    _drop_signing_stamps(header)


def _motto_begins(header: Header, at: int, cell: Cell) -> bool:
    if cell.text[:1] not in "CĐcđ":  # because most lines begin otherwise, and are not looked at
        return False
    return words.is_motto_part(cell.text, _said(cell_below(header.lines, at, cell)))


def _said(cells: Sequence[Cell]) -> str:
    return "".join(cell.text for cell in cells)


def _stamp(header: Header, at: int, cell: Cell) -> None:
    degree = stamps.urgency(cell.text)
    if degree is not None and header.urgency is None:
        header.urgency = Found(degree, 0.95 if words.caps(cell.text) else 0.8, "stamp")
        header.taken.add(id(cell))
    level = _secrecy(header, at, cell) if at < 25 and header.secrecy is None else None
    if level is not None:
        header.secrecy = Found(level, 0.95 if words.caps(cell.text) else 0.8, "stamp")
        header.taken.add(id(cell))
    if at < 25 and stamps.is_draft(cell.text):
        header.draft = True
        header.taken.add(id(cell))


def _secrecy(header: Header, at: int, cell: Cell) -> str | None:
    above = header.lines[at - 1].text if at else ""
    return secrecy.of_line(cell.text, above) or secrecy.framed(cell.text)


def _drop_signing_stamps(header: Header) -> None:
    """The lines in capitals just above a mail address or a time stamp belong to the signing program."""
    for at, line in enumerate(header.lines[:20]):
        if len(line.cells) == 1 and words.is_signing_stamp(line.text):
            for above in header.lines[max(0, at - 3) : at]:
                for cell in above.cells:
                    if abs(cell.x0 - line.cells[0].x0) < 60 and not _LABEL.match(cell.text):
                        header.taken.add(id(cell))


# --- number ---------------------------------------------------------------------------


def _number(header: Header) -> None:
    every = [(at, cell) for at, line in enumerate(header.lines[: header.body + 1]) for cell in line.cells]
    above = ["", *(cell.text[-60:] for _, cell in every)]
    flat = [entry for entry, last in zip(every, above, strict=False) if not _ANNEXED.search(last)]
    for index, (at, cell) in enumerate(flat):
        if len(cell.text) > 160 or not (label := _LABEL.match(cell.text)):
            continue
        coming = (next_cell for _, next_cell in flat[index + 1 : index + 5])
        following = [c.text for c in coming if id(c) not in header.taken][:2]
        if _ORDINAL.match(cell.text) and any(map(_LABEL.match, following)):
            continue
        torn = _goes_on_below(header, at, cell)
        rest = unwrapped(part.text for part in (cell, *torn))[label.end() :]
        if _labelled(header, at, rest, following):
            header.taken.update(map(id, (cell, *torn)))
            return
    if not (_bare_number(header, flat) or _title_number(header, flat)):
        _joined_number(header, flat)


def _goes_on_below(header: Header, at: int, cell: Cell) -> tuple[Cell, ...]:
    """The next line of its column, where a number ends in a hyphen or a slash."""
    return cell_below(header.lines, at, cell) if _TORN.search(cell.text) else ()


def _labelled(header: Header, at: int, rest: str, following: Sequence[str]) -> bool:
    """The text after "Số:", or the next cells when nothing stands there."""
    found = _leading_symbol(rest)
    if found is None and len(rest.strip(" ._…")) <= 6:
        joined = (f"{rest} {following[0]}" if rest.strip() else following[0]) if following else ""
        found = _leading_symbol(joined) or next((s for text in following if (s := symbol.parse(text))), None)
    if found is not None:
        header.number, header.number_at = Found(found, 0.97, "header"), at
        return True
    blank = _blank(rest) or (_blank(following[0]) if following and not rest.strip(" ._…") else None)
    if blank:
        header.blank_rest, header.number_at = blank, at
        return True
    return False


def _blank(text: str) -> str | None:
    """The rest of a number left blank, without a place and date behind it."""
    part = _symbol_part(text.lstrip())
    return symbol.blank_rest(part) or symbol.blank_rest(re.split(r"(?<=[^\W\d_])\s+(?=[^\W\d_])", part)[0])


def _leading_symbol(text: str) -> symbol.Symbol | None:
    """The symbol at the start of a text; what follows it (a place and date) is left."""
    part = _symbol_part(text)
    if found := symbol.parse(part):
        return found
    pieces = part.split()
    for size in range(min(len(pieces), 8), 0, -1):
        if found := symbol.parse(" ".join(pieces[:size])):
            return found
    return None


def _symbol_part(text: str) -> str:
    return re.split(r"\s{2,}[^\W\d]|,|\(|\bngày\b|V/v|v/v", text[:120], maxsplit=1)[0]


def _bare_number(header: Header, flat: Sequence[tuple[int, Cell]]) -> bool:
    """A cell that is a symbol and nothing else, without "Số"."""
    for at, cell in flat[:20]:
        found = symbol.parse(cell.text) if len(cell.text) < 60 else None
        if found is not None and (found.type_abbr or found.unit):
            header.number, header.number_at = Found(found, 0.8, "header"), at
            header.taken.add(id(cell))
            return True
    return False


def _title_number(header: Header, flat: Sequence[tuple[int, Cell]]) -> bool:
    """Gazette style: "Nghị định / của Chính phủ số 29/1998/NĐ-CP ngày 11 tháng 5 năm 1998"."""
    for at, cell in flat[:12]:
        match = (
            _TITLE_NUMBER.search(cell.text[:300])
            if cell.folded.startswith(("cua ", "so ", *_TYPE_STARTS))
            else None
        )
        found = symbol.parse(match.group(1)) if match else None
        if found is not None:
            header.number, header.number_at = Found(found, 0.85, "title"), at
            return True
    return False


_TYPE_STARTS = ("nghi dinh", "quyet dinh", "thong tu", "nghi quyet", "chi thi", "phap lenh", "luat", "lenh")


def _joined_number(header: Header, flat: Sequence[tuple[int, Cell]]) -> None:
    """Second pass: lines broken inside the number."""
    cells = [(at, cell.text) for at, cell in flat[:16] if len(cell.text) < 160]
    text = " ".join(text for _, text in cells)
    ends = list(itertools.accumulate(len(text) + 1 for _, text in cells))
    for match in re.finditer(r"\bsố\s*:\s*", text, re.IGNORECASE):
        if _ANNEXED.search(text[max(0, match.start() - 60) : match.start()]):
            return
        if found := _leading_symbol(text[match.end() : match.end() + 80]):
            at = cells[bisect.bisect_right(ends, match.start())][0]
            header.number, header.number_at = Found(found, 0.55, "header, joined"), at
            return


# --- place and date -------------------------------------------------------------------


def _date(header: Header) -> None:
    last = min(header.body + 1, len(header.lines))
    cells = [
        (at, cell)
        for at in range(last)
        for cell in header.lines[at].cells
        if (id(cell) not in header.taken or at == header.number_at) and not _BODY.match(cell.folded[:40])
    ]
    titled = header.number is not None and header.number.where == "title"
    found = dated.read(header.lines, cells, header.number_at, titled) or dated.joined(
        header.lines[: header.body]
    )
    header.day, header.place, header.date_at = found.day, found.place, found.at
    header.taken.update(map(id, found.cells))


# --- issuers ----------------------------------------------------------------------------


def _issuers(header: Header) -> None:
    """Organisation lines above the number, up to a type line."""
    places = (at for at in (header.number_at, header.date_at) if at >= 0)
    end = next(places, min(header.body, 6))
    lines = header.lines[: end + 1]
    cells = [
        cell
        for line in lines
        for cell in line.cells
        if id(cell) not in header.taken and _left(header, line, cell)
    ]
    above = list(itertools.takewhile(lambda cell: not _type_begins(header, cell, cells[0]), cells))
    numbered = header.number is not None or bool(header.blank_rest)
    boxed = any(line.boxed for line in lines)
    header.issuer, header.parent = organisations.issuers(above, boxed, numbered)


def _type_begins(header: Header, cell: Cell, first: Cell) -> bool:
    """A type line ends the issuers; above a known number a name may go on with such words (DỰ ÁN ...)."""
    if squash(cell.text) in _TYPES:
        return True
    typed = cell.folded.startswith(types.NAMES_LONGEST)
    return typed and (header.number_at < 0 or (cell is first and not cell.folded.startswith(_NAMED_SO)))


def _left(header: Header, line: Line, cell: Cell) -> bool:
    """Not in the motto's column."""
    if line.boxed:
        return cell.x0 < 0.45 * line.width and cell.middle < 0.52 * line.width
    return len(line.cells) == 1 or cell is line.cells[0]
