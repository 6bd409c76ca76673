"""The lower zone: "Nơi nhận" left, the signer's title and name right (DOMAIN 4.1 boxes 7 and 9b)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.identify import block, columns, words
from rules.identify.lines import Cell, Line
from rules.text.fold import fold
from rules.text.wrapped import unwrapped
from rules.values.reading import Found, RecipientEntry

ABOVE = 10  # lines above "Nơi nhận" in which titles may stand
_BELOW = 60
# Under reports, tables and requests whoever wrote them signs, folded; these words open sentences, too.
_WRITERS = frozenset(
    f"nguoi {done}"
    for done in ("bao cao", "lap", "lap bieu", "lap bao cao", "viet bao cao", "trinh", "de nghi", "lam don")
)
_TEXT_RIGHT = 28.0  # columns of indentation that put a lone cell of plain text on the right


@dataclass(frozen=True, slots=True)
class Signature:
    """What the lower zone says."""

    recipients: tuple[RecipientEntry, ...] = ()
    title: Found[str] | None = None
    name: Found[str] | None = None


def read(lines: Sequence[Line]) -> Signature:
    """Read the first recipient block among the lines, and the signature beside, above or below it."""
    lines = columns.signed_apart(lines)
    at = heading(lines)
    if at is None:
        return _without_block(lines)
    zone = list(lines[max(0, at - ABOVE) : at + _BELOW])
    start = at - max(0, at - ABOVE)
    gutter = _gutter(zone, start)
    left, used, ended = _left_column(zone, start, gutter)
    entries = block.recipients(left)
    title, name = _signer(zone, start, used, ended)
    return Signature(entries, title, name)


def heading(lines: Sequence[Line]) -> int | None:
    """The line with "Nơi nhận"; one with bullets or "Lưu" below it is preferred to a bare word."""
    found = [i for i, line in enumerate(lines) if any(block.HEADING.match(cell.text) for cell in line.cells)]
    for at in found:
        below = [cell.text for line in lines[at : at + 25] for cell in line.cells]
        if any(block.is_archive(text) or block.dashed(text) for text in below[1:]) or len(below[0]) > 20:
            return at
    return found[0] if found else None


def _heading_cell(line: Line) -> int:
    return next(i for i, cell in enumerate(line.cells) if block.HEADING.match(cell.text))


def _gutter(zone: Sequence[Line], start: int) -> float:
    """Where the signer's column begins."""
    line = zone[start]
    left = line.cells[_heading_cell(line)].x0
    least = left + (0.2 * line.width if line.boxed else 12.0)
    rights = [
        cell.x0
        for row in zone[start : start + 30]
        for cell in row.cells
        if cell.x0 > least
        and (_signers(cell) or (words.is_title(cell.text) and not cell.text.endswith((";", ","))))
    ]
    if rights:
        return min(rights) - 1
    return 0.5 * line.width if line.boxed else left + _TEXT_RIGHT


def _signers(cell: Cell) -> bool:
    return (
        (words.is_title(cell.text) and (words.caps(cell.text) or words.role_mark(cell.text)))
        or bool(words.SIGNED.match(cell.text))
        or (bool(words.person_name(cell.text)) and words.sure_name(words.person_name(cell.text)))
    )


def _left_column(zone: Sequence[Line], start: int, gutter: float) -> tuple[list[str], set[int], int]:
    """Texts of the block, the ids of its cells, and the line where it ends."""
    texts: list[str] = []
    used: set[int] = set()
    archived = False
    for at in range(start, len(zone)):
        line = zone[at]
        if archived and line.gap and at > start:
            return texts, used, at
        cells = [
            cell
            for cell in line.cells
            if cell.x0 < gutter or (at == start and block.HEADING.match(cell.text))
        ]
        cells = [cell for cell in cells if not (line.page != zone[start].page and cell.text.isdigit())]
        if not cells:
            continue
        text = " ".join(cell.text for cell in cells)
        if at == start:
            text = block.HEADING.sub("", text)
        if archived and (block.dashed(text) or len(text) > 60):
            return texts, used, at
        texts.append(text)
        used.update(id(cell) for cell in cells)
        archived = archived or block.is_archive(text)
    return texts, used, len(zone)


def _signer(
    zone: Sequence[Line], start: int, used: set[int], ended: int
) -> tuple[Found[str] | None, Found[str] | None]:
    """Titles from some lines above the block to some lines below its end, then the first name after them."""
    first = _after_body(zone, start)
    titles: list[Cell] = []
    for line in zone[first : ended + 15]:
        cells = [
            cell
            for cell in map(_without_heading, line.cells)
            if id(cell) not in used or _debris_in_block(cell, bool(titles))
        ]
        if titles and (name := _name_below(cells, titles[-1], line.boxed)):
            return _title(titles), Found(name, 0.95 if words.sure_name(name) else 0.6, "signature")
        told = [cell for cell in cells if _title_line(cell, bool(titles))]
        titles += told[-1:]  # because who signs for the office stands on the right (ND30 App. I II.7)
    return (_title(titles) if titles else None), None


def _name_below(cells: Sequence[Cell], title: Cell, boxed: bool) -> str:
    """The name of the line that stands nearest below the title."""
    named = [
        cell
        for cell in cells
        if _name(cell.text) and not words.is_title(cell.text) and _under(cell, title, boxed)
    ]
    nearest = min(named, key=lambda cell: abs(cell.middle - title.middle), default=None)
    return _name(nearest.text) if nearest else ""


def _name(text: str) -> str:
    """A person's name; in capitals only where it begins with a family name, because titles go on so."""
    name = words.person_name(words.SIGNED.sub("", text))
    return name if name and (not words.caps(name) or words.sure_name(name)) else ""


def _without_heading(cell: Cell) -> Cell:
    """ "Nơi nhận: KT. GIÁM ĐỐC" in text whose columns ran together."""
    rest = block.HEADING.sub("", cell.text)
    return (
        replace(cell, text=rest) if rest != cell.text and words.caps(rest) and words.is_title(rest) else cell
    )


def _debris_in_block(cell: Cell, begun: bool) -> bool:
    """In text without columns the signer's lines run between the bullets."""
    if block.dashed(cell.text):
        return False
    return _signers(cell) or (begun and (block.bare_title(cell.text) or _signs_on(cell.text)))


def _signs_on(text: str) -> bool:
    """The rest of a title in capitals, or a name of three words; no entry that ends in a mark."""
    if text.endswith((";", ",", ".")):
        return False
    return words.caps(text) or (bool(words.person_name(text)) and len(text.split()) > 2)


def _after_body(zone: Sequence[Line], start: int) -> int:
    """The line after the last one of the body above the block."""
    for at in range(start - 1, -1, -1):
        text = zone[at].text
        if text.rstrip().endswith((".", ":", ";")) or len(text) > 90:
            return at + 1
    return 0


def _title_line(cell: Cell, begun: bool) -> bool:
    text = cell.text
    if _writer(text):
        return True
    if len(text) > 80 or text.endswith((";", ":")):
        return False
    if words.is_title(text):
        return words.caps(text) or words.role_mark(text) or (len(text) < 40 and not text.endswith((".", ",")))
    if words.SIGNED.match(text):
        return False
    return begun and words.caps(text) and not _name(text)


def _under(cell: Cell, title: Cell, boxed: bool) -> bool:
    """Does the name stand below the title, and not in the other column?"""
    return not boxed or title.x0 - 60 < cell.middle < title.x1 + 60


def _title(titles: Sequence[Cell]) -> Found[str]:
    text = unwrapped(cell.text.strip(" .,;") for cell in titles[:4])
    if words.caps(text):
        return Found(text, 0.95, "signature")
    if words.role_mark(text) or text[:1].islower():
        text = text.upper()  # capitals that lived in a TCVN3 font
    return Found(text, 0.7, "signature")


def _closing_title(cell: Cell) -> bool:
    text = cell.text
    return (len(text) < 70 and words.is_title(text) and words.caps(text)) or _writer(text)


def _writer(text: str) -> bool:
    """ "Người báo cáo" on a line of its own."""
    return fold(text).strip(" .:") in _WRITERS


def _without_block(lines: Sequence[Line]) -> Signature:
    """No "Nơi nhận": a signature is believed only below a role mark or a title in capitals, near the end."""
    for at, line in enumerate(lines):
        for cell in line.cells:
            if _closing_title(cell) and at > len(lines) // 3:
                title, name = _signer(lines[at : at + 25], 0, set(), 25)
                if name is not None and title is not None:
                    return Signature(
                        (), Found(title.value, 0.7, title.where), Found(name.value, 0.6, name.where)
                    )
    return Signature()
