"""`identify`: what a document says of itself, from its pages (DOMAIN 4).

Nothing is invented; doubt lowers the confidence.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from rules.identify import block, header, signature, stamps, subject, symbol, types, words
from rules.identify.header import Header
from rules.identify.lines import Line, lines_from, lines_of
from rules.identify.subject import Heading
from rules.secrecy import lines as secrecy
from rules.text.fold import fold
from rules.values.reading import Fields, Found, Page, RecipientEntry

_RECIPIENTS = re.compile(r"N[ơo]i\s+nh[ậâấa]n", re.IGNORECASE)
_HEADER_LINES = 90
_BEFORE, _AFTER = 1_500, 8_000  # characters around "Nơi nhận" in a long text page
_TOP = 0.62  # share of the first page's height in which the header ends
_MOST_PAGES = 60
_MOST_MENTIONS = 200  # of "Nơi nhận" on one page
_SHORT_PAGE = 12_000
_ORDERS = re.compile(r"^(.{6,80}?)\s+(?:CHỈ THỊ|QUYẾT ĐỊNH|THÔNG BÁO|YÊU CẦU|NGHỊ QUYẾT)\s*:?$")


def identify(pages: Sequence[Page]) -> Fields:
    """The fields of the first document in the pages, plain or boxed; missing parts stay None."""
    pages = [page for page in pages[:_MOST_PAGES] if page.text or page.words]
    if not pages:
        return Fields()
    upper = _upper(pages)
    found = header.read(upper)
    day = found.day.value if found.day else None
    heading = subject.read(found, day)
    lower = signature.read(_lower(pages))
    return _fields(found, heading, lower, _addressees(found, heading))


def _upper(pages: Sequence[Page]) -> list[Line]:
    """The first lines; a first page that is almost empty (a stamp's text) is followed by the next."""
    lines = lines_of(_top(_cut(pages[0], 0, _SHORT_PAGE)), _HEADER_LINES)
    if len(lines) < 12 and len(pages) > 1:
        lines = [*lines, *lines_of(_cut(pages[1], 0, _SHORT_PAGE), _HEADER_LINES)]
    return lines


def _top(page: Page) -> Page:
    """The upper part of a boxed page: the header is there, and lines cost time."""
    if not page.height or len(page.words) < 150:
        return page
    reach = _TOP * page.height
    return replace(page, words=tuple(word for word in page.words if word.y0 < reach))


def _lower(pages: Sequence[Page]) -> list[Line]:
    """The lines around the first "Nơi nhận" that begins a line, else the last lines."""
    for index, page in enumerate(pages):
        for match in islice(_RECIPIENTS.finditer(page.text), _MOST_MENTIONS):
            if not _heads_line(page, match):
                continue
            around = _around(page, match)
            if index + 1 < len(pages):
                around += lines_of(_cut(pages[index + 1], 0, _BEFORE), 25)
            if index and match.start() < 300:
                around = [
                    *lines_of(_cut(pages[index - 1], len(pages[index - 1].text) - 600, 10**9))[-8:],
                    *around,
                ]
            return around
    last = pages[-1] if len(pages) < 4 else pages[2]
    return lines_of(_cut(last, len(last.text) - _AFTER, 10**9))[-60:]


def _around(page: Page, match: re.Match[str]) -> list[Line]:
    """The lines of the block that was found, and those above it that belong to it."""
    if page.words and page.width:
        lines = lines_from(page, block.HEADING_WORD, signature.ABOVE)
        if signature.heading(lines) is not None:
            return lines
    return lines_of(_cut(page, match.start() - _BEFORE, match.end() + _AFTER))


def _heads_line(page: Page, match: re.Match[str]) -> bool:
    """Capital N, a colon or nothing after it, and only blanks or another column before it."""
    if not match.group().startswith(("N", "n")) or match.group()[0] == "n":
        return False
    reach = max(0, match.start() - 60)
    start = page.text.rfind("\n", reach, match.start()) + 1
    before = page.text[max(start, reach) : match.start()]
    after = page.text[match.end() : match.end() + 3].strip(" \t")
    clear = not before.strip(" \t|*_-") or "\t" in before or before.endswith("   ")
    return clear and (not after or after[0] in ":;.\n\r-–" or after[0].isupper())


def _cut(page: Page, start: int, end: int) -> Page:
    """A window of a long page of plain text, on line ends; boxed pages stay whole."""
    if (page.words and page.width) or len(page.text) <= _SHORT_PAGE:
        return page
    start = page.text.rfind("\n", 0, max(0, start)) + 1
    bold = () if start else page.bold  # because its line numbers are counted from the beginning
    return Page(page.number, page.text[start:end], source=page.source, bold=bold)


# --- the fields together ---------------------------------------------------------------------


def _fields(
    found: Header, heading: Heading, lower: signature.Signature, to: tuple[RecipientEntry, ...]
) -> Fields:
    number = found.number
    day = found.day
    issuer = found.issuer or _other_issuer(found, heading)
    kind = heading.type
    return Fields(
        symbol=Found(number.value.text, number.confidence, number.where) if number else None,
        date=day,
        place=found.place,
        issuer=issuer,
        parent_issuer=found.parent,
        type=kind,
        subject=heading.subject,
        signer=lower.name,
        signer_title=lower.title,
        urgency=found.urgency,
        addressees=to,
        recipients=lower.recipients,
        secrecy=found.secrecy,
        draft=found.draft,
        blank_number=bool(found.blank_rest),
        symbol_rest=found.blank_rest,
        normative=symbol.normative(
            number.value if number else None, kind.value if kind else "", day.value if day else None
        ),
    )


def _other_issuer(found: Header, heading: Heading) -> Found[str] | None:
    """Without a header: "của Thủ tướng", a line above the grounds, or "ỦY BAN NHÂN DÂN TỈNH CHỈ THỊ:"."""
    for line in found.lines[max(0, heading.end) : found.body + 25] if heading.end >= 0 else ():
        text = line.text.strip(" :.,")
        if match := _ORDERS.match(text):
            if words.starts_org(match.group(1)):
                return Found(match.group(1), 0.5, "body")
        elif (
            len(text) < 70
            and words.starts_org(text)
            and (words.caps(text) or heading.of)
            and not words.is_title(text)
        ):
            return Found(text.upper(), 0.6, "above the grounds")
    if heading.of:
        name = re.sub(r"^của\s+", "", heading.of, flags=re.IGNORECASE).strip(" :.,")
        name = re.sub(r"^(?:bộ trưởng|chủ tịch|giám đốc)\s+(?=bộ|ủy|uỷ|sở)", "", name, flags=re.IGNORECASE)
        return Found(name.upper(), 0.6, "type line")
    return None


# How the text of a letter begins, folded; no office is called so.
_OPENINGS = (
    "can cu", "thuc hien", "theo ", "de ", "ngay ", "vua qua", "tiep theo", "qua ", "trong ", "nham ",
    "thua lenh", "duoc su", "hien nay", "ngay sau", "phuc dap", "tra loi", "xet ", "sau khi", "tren co so",
    "kinh gui",
)  # fmt: skip


def _addressees(found: Header, heading: Heading) -> tuple[RecipientEntry, ...]:
    """ "Kính gửi" and its list, wherever it stands near the head of the text."""
    for at, line in enumerate(found.lines):
        for cell in line.cells:
            match = block.TO_HEADING.match(cell.text)
            if match is not None and len(cell.text) < 1_500:
                rest = " ".join(
                    [cell.text[match.end() :], *(c.text for c in line.cells if c.x0 > cell.x0)]
                ).strip()
                return block.addressees([rest, *_below(found.lines, at, cell.x0, rest)])
    return ()


def _below(lines: Sequence[Line], at: int, left: float, rest: str) -> list[str]:
    """The lines of the list below "Kính gửi"."""
    texts: list[str] = []
    last = rest
    for line in filter(None, map(_without_stamp, lines[at + 1 : at + 40])):
        text = line.text
        if _body_begins(text, last, texts) or not _still_listed(line, text, left, last, bool(rest)):
            break
        texts.append(text)
        last = text
    return texts


def _without_stamp(line: Line) -> Line | None:
    """A stamp of urgency or secrecy stands beside the list and is no part of it."""
    cells = tuple(
        cell for cell in line.cells if not (stamps.urgency(cell.text) or secrecy.of_line(cell.text))
    )
    return line if len(cells) == len(line.cells) else replace(line, cells=cells) if cells else None


def _body_begins(text: str, last: str, texts: Sequence[str]) -> bool:
    """A list whose last entry ends in ";" too: no bullet where the others have one, or a sentence."""
    if not last.endswith(";") or block.dashed(text):
        return False
    bulleted = any(block.dashed(entry) for entry in texts)
    sentence = fold(text).startswith(_OPENINGS) or (len(text) > 70 and not words.starts_org(text))
    return sentence or (bulleted and not words.starts_org(text))


def _still_listed(line: Line, text: str, left: float, last: str, inline: bool) -> bool:
    if last.endswith((".", "./.")) and not last.endswith(("TP.", "P.")):
        return False
    if block.dashed(text):
        return not last or block.dashed(last) or last.endswith((";", ":", ",")) or not inline or line.boxed
    if line.boxed:
        return line.cells[0].x0 > left + 24 and len(text) < 110
    if not last:
        return len(text) < 160
    if line.gap and text[:1].isupper() and not last.endswith(";"):
        return False
    if last.endswith(";"):
        return len(text) < 160
    return (
        text[:1].islower() or (last.endswith((",", " và")) and len(text) < 120) or _wrapped(text, last, line)
    )


def _wrapped(text: str, last: str, line: Line) -> bool:
    """The rest of a name broken at the margin: short, right below a long line."""
    return (
        len(text) < 30
        and len(last) > 40
        and not line.gap
        and not fold(text).startswith(("can cu", "thuc hien"))
    )


def type_names() -> tuple[str, ...]:
    """All type names that can be found, for choices in forms."""
    return tuple(sorted({types.LETTER, *types.NAMES.values()}))
