"""`identify_scan`: the fields of a page that OCR read, with doubt where letters were doubtful.

OCR tears the line of the number, and reads handwriting wrongly with some confidence. So the
line is put together again before the fields are looked for, and a number or a date of which
OCR was not sure is left out and named in ``Fields.unread``: a person is asked, nothing is guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from rules.identify import foot, signed, types, words
from rules.identify.foot_mended import mended
from rules.identify.header_words import header_words, text_words
from rules.identify.layout import identify
from rules.identify.lines import lines_of
from rules.identify.signed import Signed
from rules.text.fold import fold
from rules.values.reading import Fields, Found, Page, RecipientEntry, Word

SURE = 0.8  # of 1: below it digits are not taken
_REACH = 0.45  # share of the page's height in which number and date stand
_TOP = 0.25  # in which a header begins
_LEFT = 0.56  # share of its width where the number's column ends
_MOST_WORDS = 9
_CUE = re.compile(r"^[^\w/]{0,3}S[oóòỏõọôốồổỗộơớờởỡợỐ0ée][,.:;]?", re.IGNORECASE)
_AFTER_CUE = re.compile(r"^(?P<lead>.{0,16}?)/(?P<rest>[A-ZĐÐ][\w&Đ./\-–]{1,40})")
_WHOLE = re.compile(
    r"/\s?(?:(?:19|20)\d\d\s?/?\s?)?[A-ZĐÐ][^\s\-–/]+(?:\s?[-–/.&]\s?[A-ZĐÐ][^\s\-–/.&]*)+[\s\-–]*$"
)
_SUBJECT_MARK = re.compile(r"^\W?[VŸ]\s?[/#|][v\w#]?$")
_FRAME = re.compile(r"[\W_]*[|¦][\W_]*")  # of a stamp or a table
_YEAR_LETTERS = re.compile(r"/((?:19|20)\d\d)(?=[A-ZĐÐ])")  # "/2017TT-BYT"
_YEAR_ALONE = re.compile(r"/(?:19|20)\d\d$")
_NUMBER = re.compile(r"[\s.,_…]*(\d{1,5}[a-zđ]?)[\s.,_…]*(/(?:19|20)\d\d)?")
_SYMBOL_ALONE = re.compile(r"/[A-ZĐÐ][\wĐ&]{1,8}(?:[-–./][A-ZĐÐ][\wĐ&]{1,12}){1,3}$")
_PIECE = re.compile(r"[^\W_]+")
_DAY, _MONTH, _YEAR = (re.compile(p) for p in (r"ng[aàáâảãạ]y", r"th[aáàâảãạ]ng", r"n[aăáàâãạ]m"))
_KNOWN = {fold(abbr): abbr for abbr in (*types.ABBREVIATIONS, "UBND", "HĐND", "VPUBND", "TTHĐND")}
_HEADER = 0.3  # share of the page's height that the header takes
_DEBRIS = 0.1  # what OCR itself does not believe: stamps, signatures, folds
_TEXT_AT_MOST = 0.85  # because a wrong accent in a name or a subject shows in no figure of OCR's
_ROOM = 1.5  # in letter sizes: what is left around the lines that a person shall look at
_PLACE_WORDS = 4
_EDGES = re.compile(
    r"^[^\w(\"“]+|[\s:;.,_~¬`]+$"
)  # of an addressee, which ends with ";" that OCR reads as ":"
_BULLET = re.compile(r"[-–—~¬•·*+=°_]{1,3}")
_BEHIND = re.compile(r"(?:[^\w)]|[\u02b0-\u02ff])+$")
_ENTRY = 3  # letters that one has at least
_MOTTO = 0.3  # share of the width where the column of motto and date may begin
_LOW = 0.4  # confidence of what a person should look at


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a page that stand on one line beside each other, by their place in the page's list."""

    at: tuple[int, ...]
    text: str
    sure: float


def identify_scan(pages: Sequence[Page]) -> Fields:
    """The fields of the first document in the pages of a scan."""
    written = [page for page in pages if page.words]
    if not written:
        return Fields()
    spelled = _spelled(written[0])
    first, unread = _mended(spelled)
    own, said = _feet((first, *_before_next(written[1:])))
    fields = _doubted(_signed(identify(own), said), own, unread)
    return replace(fields, look_at=_look_at(spelled)) if fields.unread else fields


# --- words that every header has ------------------------------------------------------------


def _feet(pages: Sequence[Page]) -> tuple[list[Page], Signed | None]:
    """The pages with their lower zones put right, and who signed beside the first recipient block."""
    found = [mended(page) for page in pages]
    signatures = (said for _, said in found if said is not None)
    return [page for page, _ in found], next(signatures, None)


def _before_next(pages: Sequence[Page]) -> list[Page]:
    """The pages up to the next document in the file: a motto at the head of a page begins one."""
    return list(takewhile(lambda page: not _headed(page), pages))


def _headed(page: Page) -> bool:
    top = replace(page, words=tuple(word for word in page.words if word.y0 < _TOP * page.height))
    return any(words.is_motto(cell.text) for line in lines_of(top) for cell in line.cells)


def _spelled(page: Page) -> Page:
    """Accents of a header's words in capitals put right, and the sign before a letter's subject."""
    spelled = list(page.words)
    for run in foot.runs(page.words):
        texts = [spelled[at].text for at in run.at]
        if run.y0 < _HEADER * page.height:
            texts = ["V/v" if _SUBJECT_MARK.match(text) else text for text in header_words(texts)]
        for at, text in zip(run.at, text_words(texts), strict=True):
            spelled[at] = spelled[at]._replace(text=text)
    doubled = _bulleted(spelled)
    kept = [
        at
        for at, sure in enumerate(page.sure)
        if at not in doubled
        and (sure >= _DEBRIS or spelled[at].text.isalnum())
        and not _FRAME.fullmatch(spelled[at].text)
    ]
    return replace(page, words=tuple(spelled[at] for at in kept), sure=tuple(page.sure[at] for at in kept))


def _bulleted(words: list[Word]) -> set[int]:
    """What OCR makes of a dash before an entry becomes one; the places of what stands between both."""
    doubled: set[int] = set()
    for run in foot.runs(words):
        bullets = list(takewhile(lambda at: _BULLET.fullmatch(words[at].text), run.at[:-1]))
        if bullets:
            words[bullets[-1]] = words[bullets[-1]]._replace(text="-")
            doubled.update(bullets[:-1])
    return doubled


# --- the number's line ---------------------------------------------------------------------


def _mended(page: Page) -> tuple[Page, tuple[str, ...]]:
    """The page with its number in one word, or without it where it is not sure; what was unreadable."""
    run = _number_run(page)
    if run is None:
        return page, ()
    text = _YEAR_LETTERS.sub(r"/\1/", re.sub(r"\s+", "", _CUE.sub("", run.text)))
    match = _AFTER_CUE.match(text)
    if match is None:
        return page, ("symbol",) if text else ()
    rest = symbol_letters(match["rest"])
    number = _NUMBER.fullmatch(match["lead"])
    sure = number is not None and run.sure >= SURE
    year = _YEAR_ALONE.search(match["lead"])
    head = f"{number[1]}{number[2] or ''}" if number is not None and sure else year[0] if year else ""
    return _written(page, run, f"{head}/{rest}"), () if sure else ("symbol",)


def symbol_letters(text: str) -> str:
    """The letters of a symbol as the lists write them: "QÐ-UBNĐ" gives "QĐ-UBND"."""
    text = text.replace("Ð", "Đ").replace("–", "-").rstrip(".,:;-/")
    text = re.sub(r"ĐĐ+", "Đ", text)
    return _PIECE.sub(lambda piece: _KNOWN.get(fold(piece.group()), piece.group()), text)


def _number_run(page: Page) -> _Run | None:
    """The words from "Số:" on, as far as the column goes; else a symbol that stands alone."""
    upper = [at for at, word in enumerate(page.words) if word.y0 < _REACH * page.height]
    left = [at for at in upper if page.words[at].x0 < _LEFT * page.width]
    for at in left:
        if _CUE.match(page.words[at].text) and not _inside_text(page, at):
            run = _beside(page, at, left)
            if "/" in run.text:
                return run
    for at in left[:60]:
        if _SYMBOL_ALONE.search(page.words[at].text):
            return _beside(page, at, left, before=True)
    return None


def _inside_text(page: Page, at: int) -> bool:
    """A word stands close before it on its line: "Nghị quyết số"."""
    word = page.words[at]
    return any(
        _level(other, word) and 0 <= word.x0 - other.x1 < word.size and other.text[-1:].isalpha()
        for other in page.words[max(0, at - 3) : at]
    )


def _level(one: Word, other: Word) -> bool:
    return abs((one.y0 + one.y1) - (other.y0 + other.y1)) < 1.1 * max(one.size, other.size)


def _beside(page: Page, start: int, among: Sequence[int], *, before: bool = False) -> _Run:
    word = page.words[start]
    line = sorted((at for at in among if _level(page.words[at], word)), key=lambda at: page.words[at].x0)
    begin = 0 if before else line.index(start)
    taken = [line[begin]]
    for at in line[begin + 1 : begin + _MOST_WORDS]:
        if page.words[at].x0 - page.words[taken[-1]].x1 > 4.5 * word.size:
            break
        text = " ".join(page.words[at].text for at in taken)
        if _WHOLE.search(text) and not _goes_on(text, page.words[at].text):
            break
        taken.append(at)
    digits = [page.sure[at] for at in taken if not _CUE.fullmatch(page.words[at].text)]
    return _Run(tuple(taken), " ".join(page.words[at].text for at in taken), min(digits, default=0.0))


def _goes_on(symbol: str, text: str) -> bool:
    """Another part of a symbol, no place's name behind a speck: "/SYT-NVY - Kiên Giang"."""
    return text[0] in "-–/&" or (symbol[-1] in "-–/&" and not text.istitle())


def _written(page: Page, run: _Run, symbol: str) -> Page:
    """The run's words replaced by two: "Số:" and the symbol."""
    boxes = [page.words[at] for at in run.at]
    x0, x1 = min(word.x0 for word in boxes), max(word.x1 for word in boxes)
    place = boxes[-1]
    middle = x0 + min(1.5 * place.size, (x1 - x0) / 3)
    others = [word for at, word in enumerate(page.words) if at not in run.at]
    sure = [value for at, value in enumerate(page.sure) if at not in run.at]
    new = (place._replace(text="Số:", x0=x0, x1=middle - 1), place._replace(text=symbol, x0=middle, x1=x1))
    return replace(page, words=(*others, *new), sure=(*sure, 1.0, run.sure))


# --- where to look ---------------------------------------------------------------------------


def _look_at(page: Page) -> tuple[float, ...]:
    """The lines of number and date with some white around them; the whole header where neither is found."""
    run = _number_run(page)
    places = [*(run.at if run is not None else ()), *_date_line(page)]
    if not places or not page.width or not page.height:
        return (0.0, 0.0, 1.0, _HEADER)
    boxes = [page.words[at] for at in places]
    room = _ROOM * max(box.size for box in boxes)
    sides = (
        (min(box.x0 for box in boxes) - room) / page.width,
        (min(box.y0 for box in boxes) - room) / page.height,
        (max(box.x1 for box in boxes) + room) / page.width,
        (max(box.y1 for box in boxes) + room) / page.height,
    )
    return tuple(round(min(1.0, max(0.0, side)), 3) for side in sides)


# --- doubt ---------------------------------------------------------------------------------


def _doubted(fields: Fields, pages: Sequence[Page], unread: tuple[str, ...]) -> Fields:
    """Without the values OCR was not sure of, and with what it could not read."""
    page = pages[0]
    missing = dict.fromkeys(unread)
    symbol, rest = fields.symbol, fields.symbol_rest
    if "symbol" in missing and symbol is not None:
        rest = symbol.value.lstrip("0123456789")
        symbol = None
    day = fields.date
    if day is not None and _date_sure(page, day.value) < SURE:
        day = None
    if day is None and _date_line(page):
        missing["date"] = None
    place = fields.place or _place_before(page)
    return replace(
        fields, addressees=_readable(fields.addressees),
        symbol=symbol, symbol_rest=rest, blank_number=False, date=day, unread=tuple(missing),
        subject=_shaky(fields.subject, pages[:1]),
        signer=_shaky(_person(fields.signer), pages),
        signer_title=_shaky(_office(fields.signer_title), pages),
        issuer=_shaky(_ended(fields.issuer), pages[:1]),
        parent_issuer=_shaky(_ended(fields.parent_issuer), pages[:1]),
        place=_shaky(place, pages[:1]),
    )  # fmt: skip


def _signed(fields: Fields, said: Signed | None) -> Fields:
    """With title and name as the rows beside the block say them, also where one of the two is covered."""
    if said is None:
        return fields
    title, name = " ".join(row.text for row in said.titles), said.name
    sure = min((row.sure for row in said.titles), default=0.0)
    return replace(
        fields,
        signer_title=Found(title, sure, "signature") if title else None,
        signer=Found(name.text, name.sure, "signature") if name is not None else None,
    )


def _ended(found: Found[str] | None) -> Found[str] | None:
    """Without the specks behind it."""
    return found if found is None else replace(found, value=_BEHIND.sub("", found.value))


def _readable(entries: Sequence[RecipientEntry]) -> tuple[RecipientEntry, ...]:
    """Without specks before and behind, and without what is nothing else."""
    plain = [replace(entry, text=_EDGES.sub("", entry.text)) for entry in entries]
    return tuple(entry for entry in plain if sum(map(str.isalpha, entry.text)) >= _ENTRY)


def _person(found: Found[str] | None) -> Found[str] | None:
    """A name that no person can have is debris, a heading or the motto."""
    return found if found is not None and signed.is_name(found.value) else None


def _office(found: Found[str] | None) -> Found[str] | None:
    return found if found is not None and not words.is_motto(found.value) else None


def _date_line(page: Page) -> list[int]:
    """The words of "..., ngày 12 tháng 3 năm 2020" of the header; nothing where there is no such line."""
    upper = [at for at, word in enumerate(page.words) if word.y0 < _REACH * page.height]
    for at in upper:
        word = page.words[at]
        if not _YEAR.match(word.text.lower()) and not _MONTH.search(word.text.lower()):
            continue
        line = [
            other
            for other in upper
            if _level(page.words[other], word) and page.words[other].x0 > _MOTTO * page.width
        ]
        text = " ".join(page.words[other].text for other in line).lower()
        if _MONTH.search(text) and _YEAR.search(text) and len(line) < 16:
            return line
    return []


def _place_before(page: Page) -> Found[str] | None:
    """ "Kiên Giang" of "Kiên Giang, ngày ..": it is printed where the day is written by hand."""
    parts: list[str] = []
    for at in _date_line(page):
        text = page.words[at].text
        if _DAY.match(text.lower()):
            break
        parts.append(text.strip(",.;"))
    named = 0 < len(parts) <= _PLACE_WORDS and all(text.isalpha() and text.istitle() for text in parts)
    return Found(" ".join(parts), _TEXT_AT_MOST, "before the date") if named else None


def _date_sure(page: Page, day: date) -> float:
    """How sure the least sure figure of the date's line is; 0 where the line is another one."""
    line = _date_line(page)
    figures = [at for at in line if any(char.isdigit() for char in page.words[at].text)]
    said = {int(number) for at in figures for number in re.findall(r"\d{1,4}", page.words[at].text)}
    if not {day.day, day.month, day.year} <= said:
        return 0.0
    return min(page.sure[at] for at in figures)


def _shaky(found: Found[str] | None, pages: Sequence[Page]) -> Found[str] | None:
    """The confidence no higher than what OCR had in the words of the value."""
    if found is None:
        return None
    wanted = set(found.value.split())
    seen = [
        sure
        for page in pages
        for word, sure in zip(page.words, page.sure, strict=True)
        if word.text in wanted
    ]
    mean = sum(seen) / len(seen) if seen else _TEXT_AT_MOST
    at_most = min(mean, _TEXT_AT_MOST) if mean >= 0.7 else _LOW
    return replace(found, confidence=round(min(found.confidence, at_most), 2))
