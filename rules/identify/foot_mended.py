"""The lower zone of a scanned page put right: bullets, "Nơi nhận", "Lưu", the signer's title."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rules.identify import foot, signed
from rules.identify.foot import Foot, Run
from rules.identify.header_words import text_words
from rules.identify.signed import Row, Signed
from rules.text.fold import fold
from rules.values.reading import Page, Word

_LUU = re.compile(r"^[a-z1]uu\W*$")  # folded
_REPORT = re.compile(r"^(\(?)b/[ceo€](\)?[;.,]?)$")  # b/c, as OCR reads it in small italics
HEADING = "Nơi nhận:"
_BEHIND = re.compile(r";\S{1,3}$")  # specks and empty boxes that stick to an entry's end
_CLOSED = (";", ".", ",")
_LETTERS = 2  # a word between the rows has at least
_TRUSTED = 0.5  # surety below which a word between the rows is taken for a speck

Placed = tuple[Word, float]  # a word and how sure it is


def mended(page: Page) -> tuple[Page, Signed | None]:
    """The page with its first recipient block as it was printed, and who signed beside it.

    A page without a block is left as it is.
    """
    found = foot.find(page.words, page.width, page.height)
    if found is None:
        return page, None
    rows = {at: number for number, run in enumerate(found.rows) for at in run.at}
    kept = [
        (word, page.sure[at])
        for at, word in enumerate(page.words)
        if at not in rows and not (found.among(word) and _speck(word, page.sure[at]))
    ]
    for number, run in enumerate(found.rows):
        kept += _row(page, run, heading=number == 0 and found.headed)
    return _written(page, found, kept)


def _speck(word: Word, sure: float) -> bool:
    return sure < _TRUSTED or sum(map(str.isalnum, word.text)) < _LETTERS


def _row(page: Page, run: Run, heading: bool) -> list[Placed]:
    """The words of one row, its bullet a dash."""
    words = [(page.words[at], page.sure[at]) for at in run.at]
    if heading:
        first, last = words[0][0], words[-1][0]
        nơi = first._replace(text="Nơi", x1=first.x0 + (last.x1 - first.x0) * 0.4)
        return [(nơi, 1.0), (nơi._replace(text="nhận:", x0=nơi.x1 + 0.2 * first.size, x1=last.x1), 1.0)]
    begun = foot.begins(run.text)
    while len(words) > 1 and foot.bullet(words[0][0].text):
        del words[0]
    first, sure = words[0]
    text = foot.unglued(first.text) or first.text
    words[0] = (first._replace(text="Lưu:" if _LUU.match(fold(text)) else text), sure)
    while len(words) > 1 and _trails(words[-2][0], *words[-1]):
        del words[-1]
    last, certainty = words[-1]
    words[-1] = (last._replace(text=_BEHIND.sub(";", last.text)), certainty)
    words = _phrased(words)
    if begun:
        dash = first._replace(
            text="-", x0=min(run.x0, first.x0 - 0.6 * first.size), x1=first.x0 - 0.3 * first.size
        )
        words.insert(0, (dash, 1.0))
    return words


def _trails(before: Word, word: Word, sure: float) -> bool:
    """A speck behind the end of an entry."""
    solid = any(map(str.isalnum, word.text))
    return not solid or (before.text.endswith(_CLOSED) and _speck(word, sure))


def _phrased(words: Sequence[Placed]) -> list[Placed]:
    """Words that every block has, with their accents."""
    texts = text_words([_REPORT.sub(r"\1b/c\2", word.text) for word, _ in words])
    return [(word._replace(text=text), sure) for (word, sure), text in zip(words, texts, strict=True)]


def _written(page: Page, found: Foot, kept: Sequence[Placed]) -> tuple[Page, Signed]:
    """With the signer's rows as the rules read them, instead of the words that stand there."""
    right = [(word, sure) for word, sure in kept if found.beside(word)]
    said = signed.settled([signed.look_at([word for word, _ in right], [sure for _, sure in right])])
    rows = [*said.titles, *([said.name] if said.name is not None else [])]
    rest = [
        (word, sure)
        for word, sure in kept
        if not (found.beside(word) and (_speck(word, sure) or _covered(word, rows)))
    ]
    rest += [
        (Word(part, x0, row.y0, x1, row.y1, "", row.y1 - row.y0), row.sure)
        for row in rows
        for part, x0, x1 in row.parts()
    ]
    told = page.text if HEADING in page.text else f"{page.text}\n{HEADING}"  # because that is looked for
    new = replace(page, text=told, words=tuple(w for w, _ in rest), sure=tuple(sure for _, sure in rest))
    return new, said


def _covered(word: Word, rows: Sequence[Row]) -> bool:
    middle, height = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return any(row.x0 <= middle <= row.x1 and row.y0 <= height <= row.y1 for row in rows)
