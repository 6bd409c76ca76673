"""Who issues: the organisation lines at the top left (DOMAIN 4.1, 4.2)."""

import itertools
import re
from collections.abc import Sequence

from rules.identify import block, words
from rules.identify.lines import Cell
from rules.text.wrapped import unwrapped
from rules.values.reading import Found

_FAR = 30.0  # columns of plain text
_NO_NUMBER = 0.85  # of an issuer: a table's title may look like one where no number ends the header
_LOCALITY = re.compile(
    r"^(?:tinh|thanh pho|tp|huyen|quan|thi xa|thi tran|xa|phuong|dac khu|tx|va|viet nam|trung uong|cap)\b"
)

_COMPOUNDS = frozenset(
    {("moi", "truong"), ("thi", "truong"), ("cong", "doan"), ("cong", "an"), ("cong", "ty"), ("xa", "hoi")}
    | {
        ("quan", "doi"),
        ("tap", "doan"),
        ("trung", "tam"),
        ("kiem", "toan"),
        ("dai", "hoc"),
        ("hien", "truong"),
        ("uy", "ban"),
        ("quoc", "hoi"),
        ("bach", "khoa"),
        ("bien", "phong"),
    }
)

# with their accents, because a district is called Bá Thước
_LEFT_OPEN = re.compile(r"(?:,| -|&|\s(?:và|va|của|cua|thuộc|đại biểu))$", re.IGNORECASE)


def issuers(
    cells: Sequence[Cell], boxed: bool, numbered: bool
) -> tuple[Found[str] | None, Found[str] | None]:
    """The issuer and its parent out of the cells above the number: the last name issues, the one before it

    is its parent. ``numbered`` says that a number ends the header.
    """
    names = _names(_one_column([cell for cell in cells if _organisation(cell)], boxed))
    if not names:
        return None, None
    lost = not any(words.caps(name) for name in names)
    if lost and not words.starts_org(names[-1]):
        return None, None
    if lost:
        names = [name.upper() for name in names]  # TCVN3 capitals live in the font, plain text loses them
    sure = 0.7 if lost else (0.95 if numbered else _NO_NUMBER) if words.starts_org(names[-1]) else 0.6
    parent = Found(names[-2], sure, "header") if len(names) > 1 else None
    return Found(names[-1], sure, "header"), parent


def _one_column(cells: Sequence[Cell], boxed: bool) -> Sequence[Cell]:
    """In plain text, the title of a table stands far right of the office above it."""
    if boxed:
        return cells
    return list(itertools.takewhile(lambda cell: cell.x0 - cells[0].x0 < _FAR, cells))


def _organisation(cell: Cell) -> bool:
    text = cell.text
    if (
        len(text) > 90
        or text.endswith((":", ";", "."))
        or text.startswith("/")
        or block.dashed(text)
        or any(c.isdigit() for c in text[:3])
    ):
        return False
    return (
        words.caps(text) or (words.starts_org(text) and len(text) < 60) or bool(_LOCALITY.match(cell.folded))
    )


def _names(cells: Sequence[Cell]) -> list[str]:
    """Join lines of one name ("ỦY BAN NHÂN DÂN" / "TỈNH QUẢNG NGÃI")."""
    names: list[str] = []
    last: Cell | None = None
    for cell in cells:
        if last is not None and _continues(names, last, cell):
            names[-1] = unwrapped((names[-1], cell.text))
        elif words.starts_org(cell.text) or words.caps(cell.text):
            names.append(cell.text)
        last = cell
    return [name.strip(" -–*.,") for name in names]


def _compound(above: str, below: str) -> bool:
    """ "... VÀ MÔI" / "TRƯỜNG": one word broken over two lines, and no school."""
    pair = (above.rsplit(" ", 1)[-1], below.split(" ", 1)[0])
    return pair in _COMPOUNDS


def _continues(names: Sequence[str], last: Cell, cell: Cell) -> bool:
    if not names:
        return False
    if words.open_name(names[-1]) or _compound(last.folded, cell.folded) or _LEFT_OPEN.search(last.text):
        return True
    if _LOCALITY.match(cell.folded) and not words.starts_org(cell.text):
        return True
    if not words.starts_org(cell.text):
        return last.bold or not cell.bold  # because an issuer is bold and its parent is not (DOMAIN 4.1)
    office_of = ("uy ban", "ubnd", "hdnd", "hoi dong")
    return last.folded == "van phong" and len(names) == 1 and cell.folded.startswith(office_of)
