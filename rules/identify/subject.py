"""Type and trích yếu: a type line with its subject, or the "V/v" of a letter (DOMAIN 4.1 boxes 5a, 5b)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.identify import block, opening, symbol, types, words
from rules.identify.header import Header
from rules.identify.lines import Cell, Line
from rules.text.fold import fold, squash
from rules.text.wrapped import unwrapped
from rules.values.reading import Found

_SQUASHED = {squash(name): name for name in types.NAMES.values()}
_OF = re.compile(r"^(?:của|cua)\b", re.IGNORECASE)
_ABOUT = re.compile(r"^\W{0,3}(?:v\s?/\s?v\b|về việc|ve viec|trích yếu\s*:|v/v)", re.IGNORECASE)
_ABBREVIATED = re.compile(r"^\W{0,3}v\s?/\s?v\b", re.IGNORECASE)
_MARKED = re.compile(r"^Về(?:\s*:|\s)\s*\S")  # without "việc": believed close below the number
_NEAR = 3  # lines
_COLUMN = 0.2  # share of the width: so far apart are middles of lines in one column at most
_CHARACTERS = 80  # the width of a page of plain text
_LEFT = 0.5  # share of the width where the left column of a letter's header ends
_TITLE_DATE = re.compile(
    r"^(?:của .{0,120}?)?\s*(?:số\s*:?\s*\S+(?:\s?/\s?\S+)?)\s*,?\s*"
    r"(?:ngày\s*\d{1,2}\s*(?:tháng|[/.-])\s*\d{1,2}\s*(?:năm|[/.-])\s*\d{4})?\s*,?\s*",
    re.IGNORECASE,
)
_QUALIFIERS = frozenset(
    {"thanh tra", "kiem tra", "giam sat", "kiem toan", "hop", "lam viec", "khan", "hoa toc"}
)  # KẾT LUẬN THANH TRA
_MOST_LINES = 12
_LONG = 700


@dataclass(frozen=True, slots=True)
class Heading:
    """Type and subject, and the line after them (-1 when not found)."""

    type: Found[str] | None = None
    subject: Found[str] | None = None
    end: int = -1
    of: str = ""  # "của Thủ tướng Chính phủ" of a type line


def read(header: Header, day: date | None) -> Heading:
    """Find type and subject; a type line in capitals wins over what the symbol tells."""
    told = _told(header, day)
    line = _type_line(header)
    if line is None or _inside_about(header, line[0]):
        return _letter(header, told)
    at, used, name, rest = line
    used, name = _joint(header, at, used, name)
    sure = _type_sureness(header, name, told, alone=not rest)
    subject, end, of = _typed_subject(header, at, used, rest)
    return Heading(Found(name, sure, "type line"), subject, end, of)


def _joint(header: Header, at: int, used: int, name: str) -> tuple[int, str]:
    """ "Thông tư / Liên tịch Bộ Tài chính - Công nghiệp": the type goes on below, with its issuers."""
    below = header.lines[at + used].text if at + used < len(header.lines) else ""
    longer = f"{name} liên tịch"
    goes_on = longer in types.NAMES.values() and fold(below[:20]).startswith("lien tich")
    return (used + 1, longer) if goes_on else (used, name)


def _type_sureness(header: Header, name: str, told: str, *, alone: bool) -> float:
    if name == told:
        return 0.97
    if header.number is None and not header.blank_rest and header.issuer is None:
        return 0.55  # some text with a word like BÁO CÁO on a line
    return 0.9 if alone and not told else 0.8


def _inside_about(header: Header, at: int) -> bool:
    """The name of a type in a letter's subject: "V/v góp ý dự thảo / Thông tư của Bộ Y tế"."""
    first, *others = header.lines[at].cells
    if any(words.caps(cell.text) for cell in (first, *others)):
        return False
    above = ((cell, line) for line in header.lines[max(0, header.number_at) : at] for cell in line.cells)
    return any(
        _ABBREVIATED.match(cell.text)
        and abs(cell.middle - first.middle) < _COLUMN * (line.width or _CHARACTERS)
        for cell, line in above
    )


def _told(header: Header, day: date | None) -> str:
    """The type that number and symbol tell, a blank number too."""
    if header.number is not None:
        return symbol.type_of(header.number.value, day)
    if header.blank_rest:
        parsed = symbol.parse("1" + header.blank_rest)
        return symbol.type_of(parsed, day) if parsed else ""
    return ""


# --- the type line -----------------------------------------------------------------------


def _type_line(header: Header) -> tuple[int, int, str, str] | None:
    """(line, lines used, type name, rest of the line) of the first line that is a type's name."""
    stop = min(header.body + 1, len(header.lines))
    ranges = (range(max(0, header.number_at), stop), range(max(0, header.number_at)))
    for lines in ranges:
        for at in lines:
            for cell in header.lines[at].cells:
                found = None if id(cell) in header.taken else _as_type(cell, header, at)
                if found is not None:
                    return (at, *found)
    return None


def _as_type(cell: Cell, header: Header, at: int) -> tuple[int, str, str] | None:
    text = cell.text
    if len(text) > 300 or text.rstrip().endswith(":") or not text[:1].isalpha():
        return None
    key = squash(text) if len(text) < 60 else ""
    if key in _SQUASHED and (words.caps(text) or _alone(cell, header.lines[at])):
        return 1, _SQUASHED[key], ""
    if len(text) < 14 and words.caps(text) and at + 1 < len(header.lines):
        below = header.lines[at + 1].cells[0].text
        if squash(text + below) in _SQUASHED and words.caps(below):
            return 2, _SQUASHED[squash(text + below)], ""
    return _leading_type(text)


def _alone(cell: Cell, line: Line) -> bool:
    return len(line.cells) == 1 and (cell.text[:1].isupper() or cell.text.islower())


def _leading_type(text: str) -> tuple[int, str, str] | None:
    """ "QUYẾT ĐỊNH CỦA BỘ TRƯỞNG ..." or "THÔNG BÁO Về việc ..." on one line."""
    folded = fold(text)
    for name in types.NAMES_LONGEST:
        if not folded.startswith(name + " "):
            continue
        head, rest = text[: len(name)], text[len(name) :].strip()
        if words.caps(head) and (_OF.match(rest) or _ABOUT.match(rest) or not words.caps(rest)):
            return 1, types.NAMES[name], rest
        if _OF.match(rest) and len(text) < 120:
            return 1, types.NAMES[name], rest
        if words.caps(text) and fold(rest) in _QUALIFIERS:
            return 1, types.NAMES[name], ""
        if words.caps(text) and not words.starts_org(text):
            return 1, types.NAMES[name], rest
    return None


def _typed_subject(header: Header, at: int, used: int, rest: str) -> tuple[Found[str] | None, int, str]:
    of = ""
    parts: list[str] = []
    if rest and _OF.match(rest) and not _TITLE_DATE.match(rest):
        of = rest
    elif rest:
        parts.append(rest)
    lines = header.lines
    index = at + used
    anchor = lines[at].cells[-1]
    while index < len(lines) and len(parts) < _MOST_LINES:
        if not _subject_goes_on(header, index, parts, anchor):
            break
        text = _own_text(header, lines[index], anchor)
        index += 1
        if not text or opening.is_rule(text):
            if parts and text:
                break
            continue
        if not parts and _OF.match(text) and len(text) < 120 and not _TITLE_NUMBER.search(text):
            of = of or text
            continue
        parts.append(text)
    joined = _cleared(unwrapped(parts))
    found = Found(joined, _sureness(joined, header), "below the type line") if joined else None
    of = of or (match.group(1) if (match := _OF_NUMBER.match(" ".join(parts))) else "")
    return found, index, of


_TITLE_NUMBER = re.compile(r"\bsố\s*:?\s*\d", re.IGNORECASE)
_OF_NUMBER = re.compile(r"^(của .{2,80}?)\s+số\s", re.IGNORECASE)


def _own_text(header: Header, line: Line, anchor: Cell | None = None) -> str:
    """What is not the header's; with boxes only what stands below the type, and not a stamp beside it."""
    cells = _own_cells(header, line)
    if anchor is not None and line.boxed:
        below = [cell for cell in cells if cell.x0 < anchor.x1 and anchor.x0 < cell.x1]
        cells = below or cells
    return " ".join(cell.text for cell in cells)


def _cleared(text: str) -> str:
    if _TITLE_NUMBER.search(text[:140]) and (match := _TITLE_DATE.match(text)) and (match.end() < len(text)):
        rest = text[match.end() :]
        if not text[: match.end()].startswith(("Về", "V/v")):
            text = rest
    text = text.strip(" *_-–.;:/")
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    return text[:_LONG]


def _sureness(text: str, header: Header) -> float:
    if len(text) > 400 or len(text) < 8:
        return 0.5
    return 0.9 if header.number is not None or header.blank_rest else 0.6


def _subject_goes_on(header: Header, index: int, parts: Sequence[str], anchor: Cell) -> bool:
    """Is this line still part of the subject? Decided by words, by the white above it, and by centring."""
    line = header.lines[index]
    text = _own_text(header, line)
    if any(opening.of_text(cell.text) for cell in line.cells):
        return False
    if words.is_footer(text) or opening.ends_heading(text):
        return False
    if not parts:
        return len(text) < 450
    if parts[-1].endswith((".", "./.")) and not parts[-1].endswith(("TP.", "...")):
        return False
    if opening.is_year(text):
        return True
    if opening.of_sentence(text):
        return False
    if not opening.left_open(parts[-1]) and (
        _issuing_line(header, index, text, parts) or _after_capitals(text, parts)
    ):
        return False
    if line.boxed:
        return _same_block(header, index, anchor)
    return not (len(text) > 160 and sum(map(len, parts)) > 20 and line.gap) and not (len(text) > 240)


def _after_capitals(text: str, parts: Sequence[str]) -> bool:
    """A sentence below a subject that is all in capitals."""
    return text[:1].isupper() and not words.caps(text) and words.caps(" ".join(parts))


def _issuing_line(header: Header, index: int, text: str, parts: Sequence[str]) -> bool:
    """ "BỘ TRƯỞNG BỘ TÀI CHÍNH" above the grounds."""
    if words.caps(text) and (words.starts_org(text) or words.is_title(text)):
        return not words.caps(" ".join(parts)) or words.is_title(text) or _issuers_own(header, text)
    following = fold(header.lines[index + 1].text[:20]).lstrip("-– ") if index + 1 < len(header.lines) else ""
    office = words.starts_org(text) or words.is_title(text)
    if header.lines[index].boxed and not header.lines[index].gap:
        return False  # because white stands above who decides, and none inside a subject
    return office and len(text) < 70 and following.startswith(("can cu", "xet", "theo"))


def _issuers_own(header: Header, text: str) -> bool:
    """Is it the issuer? Another office may stand in a subject that is all in capitals."""
    names = [found.value for found in (header.issuer, header.parent) if found is not None]
    return not names or any(fold(name) in fold(text) or fold(text) in fold(name) for name in names)


def _same_block(header: Header, index: int, anchor: Cell) -> bool:
    """Boxes: the subject is centred below the type line and bold; the body is indented, or after white."""
    line, above = header.lines[index], header.lines[index - 1]
    cells = _own_cells(header, line)
    if not cells:
        return True
    middle = (cells[0].x0 + cells[-1].x1) / 2
    over = (above.cells[0].x0 + above.cells[-1].x1) / 2
    centred = abs(middle - anchor.middle) < 14 or abs(middle - over) < 8
    bold_before = all(cell.bold for cell in above.cells)
    bold = all(cell.bold for cell in cells)
    if bold_before and not bold:
        return False
    if line.gap and not bold:
        return False
    return centred or (bold and bold_before)


# --- letters -------------------------------------------------------------------------------


def _letter(header: Header, told: str) -> Heading:
    """ "V/v ..." in the left column, below the number."""
    start = max(0, header.number_at)
    for at in range(start, min(len(header.lines), max(header.body + 1, start + 8))):
        for cell in header.lines[at].cells:
            marked = _ABOUT.match(cell.text) or (at <= start + _NEAR and _MARKED.match(cell.text))
            if marked and id(cell) not in header.taken:
                subject, end = _about(header, at, cell)
                name = told or types.LETTER
                return Heading(Found(name, 0.95 if told else 0.7, "symbol" if told else "V/v"), subject, end)
    kind = Found(told, 0.8, "symbol") if told else None
    return _unmarked(header, kind) if told == types.LETTER else Heading(kind)


def _unmarked(header: Header, kind: Found[str] | None) -> Heading:
    """A letter without "V/v", or where a stamp hides it: what stands in the left column before "Kính gửi"."""
    parts: list[str] = []
    end = -1
    for index in range(header.number_at + 1, min(len(header.lines), header.number_at + 9)):
        line = header.lines[index]
        if any(block.TO_HEADING.match(cell.text) for cell in line.cells):
            joined = _joined(parts)
            found = Found(joined, 0.5, "below the number") if len(joined) > 12 else None
            return Heading(kind, found, end)
        if any(opening.of_text(cell.text) for cell in line.cells):
            break
        text = _below_number(header, line)
        if text and not line.boxed and index > max(end, header.number_at + 1):
            continue  # because without boxes only what follows at once is of the number's column
        if text and not opening.is_rule(text) and not words.caps(text):
            parts.append(text)
            end = index + 1
    return Heading(kind)


def _below_number(header: Header, line: Line) -> str:
    """What the left column says."""
    cells = _own_cells(header, line)
    if line.boxed:
        return " ".join(cell.text for cell in cells if cell.x1 < _LEFT * line.width)
    return cells[0].text if cells and cells[0] is line.cells[0] and len(cells[0].text) < 200 else ""


def _joined(parts: Sequence[str]) -> str:
    return unwrapped(parts).strip(" ;.*_-–/:")[:_LONG]


def _own_cells(header: Header, line: Line) -> list[Cell]:
    return [cell for cell in line.cells if id(cell) not in header.taken]


def _about(header: Header, at: int, first: Cell) -> tuple[Found[str], int]:
    """Follow the V/v down its column, to "Kính gửi" or the body."""
    parts = [first.text]
    sure = 0.93
    end = at + 1
    for index in range(at + 1, min(len(header.lines), at + 14)):
        line = header.lines[index]
        if block.TO_HEADING.match(line.text) or opening.of_text(line.text):
            break
        text = _column_text(header, line, first)
        if not text:
            continue
        if not _about_goes_on(header, line, text, first.text):
            break
        if index >= header.body:
            sure = 0.6
        parts.append(text)
        end = index + 1
    joined = _joined(parts)
    return Found(joined, sure if len(joined) > 12 else 0.5, "V/v"), end


def _column_text(header: Header, line: Line, first: Cell) -> str:
    """The cells of the V/v's column."""
    cells = _own_cells(header, line)
    if line.boxed:
        reach = max(first.x1, 0.45 * line.width) + 12
        cells = [cell for cell in cells if cell.middle < reach and cell.x0 < 0.5 * line.width]
    elif len(line.cells) > 1:
        cells = [cell for cell in cells if cell is line.cells[0]]
    return " ".join(cell.text for cell in cells)


def _about_goes_on(header: Header, line: Line, text: str, first: str) -> bool:
    if len(text) > 160 or words.is_footer(text) or opening.is_rule(text):
        return False
    if words.caps(text) and len(text) > 6 and (words.starts_org(text) or words.is_title(text)):
        return False
    if words.caps(text) and len(text.split()) > 2 and not words.caps(first) and not line.boxed:
        return False  # a type that no table knows
    if line.boxed and all(cell.x1 < _LEFT * line.width for cell in _own_cells(header, line)):
        return True  # because text runs over the whole width: "ngày 29/12/2017 của Bộ Y tế" opens none here
    return not opening.of_sentence(text)
