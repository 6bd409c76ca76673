"""Number and date written into the XML of a .docx or .odt, wherever its runs cut the words."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from lxml import etree

from connectors.readers.container import BROKEN, Refused, opened, parse_xml
from connectors.readers.limits import DEFAULT
from connectors.writers.outcome import BLANK, CannotNumber, Numbered
from rules.records.blanks import Edit, fill
from rules.values.numbering import Mark

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MOST_BLANKS = 40
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LEFT_OUT = frozenset({f"{_WORD}{name}" for name in ("del", "moveFrom", "p", "pPr", "rPr")})


@dataclass(slots=True)
class Piece:
    """A stretch of a paragraph's text. Without ``write`` it is room, as a tab, that only can be dropped."""

    text: str
    write: Callable[[str], None] | None
    drop: Callable[[], None]


Pieces = Callable[[etree._Element], list[Piece]]


def number_docx(content: bytes, mark: Mark) -> Numbered:
    """A Word document with its number. Raises CannotNumber."""
    return _numbered(content, mark, "word/document.xml", f"{_WORD}p", _word_pieces, "_xmlsignatures/")


def number_odt(content: bytes, mark: Mark) -> Numbered:
    """An OpenDocument text with its number. Raises CannotNumber."""
    return _numbered(content, mark, "content.xml", f"{_TEXT}p", _odt_pieces, "META-INF/documentsignatures")


def _numbered(content: bytes, mark: Mark, part: str, paragraph: str, pieces: Pieces, signs: str) -> Numbered:
    try:
        with opened(io.BytesIO(content), DEFAULT) as container:
            if any(name.startswith(signs) for name in container.names):
                raise CannotNumber("signed")
            root = parse_xml(container.bytes_of(part))
            _fill(root, paragraph, pieces, mark)
            changed = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            return Numbered(_rewritten(content, container.bytes_of, part, changed), BLANK)
    except Refused as refusal:
        raise CannotNumber(str(refusal)) from refusal
    except KeyError as error:
        raise CannotNumber("no-document-part") from error
    except BROKEN as error:
        raise CannotNumber("broken") from error


def _rewritten(content: bytes, bytes_of: Callable[[str], bytes], part: str, changed: bytes) -> bytes:
    """The same members in the same order with the same dates; one of them is new."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, changed if info.filename == part else bytes_of(info.filename))
    return out.getvalue()


def _fill(root: etree._Element, paragraph: str, pieces: Pieces, mark: Mark) -> None:
    """The first paragraph with a blank number and the first with a blank date. Raises CannotNumber."""
    number = date = False
    for element in root.iter(paragraph):
        found = pieces(element)
        filled = fill("".join(piece.text for piece in found), mark)
        edits = (() if number else filled.number) + (() if date else filled.date)
        _write(found, sorted(edits, key=lambda edit: edit.start))
        number, date = number or bool(filled.number), date or bool(filled.date)
        if number and date:
            return
    if not number:
        raise CannotNumber("no-blank")


def _write(pieces: list[Piece], edits: list[Edit]) -> None:
    """Each new text into the piece where its room begins; the room itself is taken away everywhere."""
    starts = [sum(len(piece.text) for piece in pieces[:at]) for at in range(len(pieces))]
    for edit in reversed(edits):
        new = edit.new
        for piece, start in zip(pieces, starts, strict=True):
            end = start + len(piece.text)
            low, high = max(edit.start, start), min(edit.end, end)
            here = new if piece.write is not None and start <= edit.start <= end else ""
            if not here and low >= high:
                continue
            new = "" if here else new
            _change(piece, max(low - start, 0), max(high - start, low - start), here)


def _change(piece: Piece, low: int, high: int, new: str) -> None:
    if piece.write is None:
        piece.drop()
        return
    piece.text = piece.text[:low] + new + piece.text[high:]
    piece.write(piece.text)


def _word_pieces(paragraph: etree._Element) -> list[Piece]:
    """Texts and tabs of a paragraph itself, without those of paragraphs inside it (text boxes)."""
    return list(_word_walk(paragraph))


def _word_walk(element: etree._Element) -> Iterator[Piece]:
    for child in element:
        if child.tag == f"{_WORD}t":
            yield Piece(child.text or "", partial(_set_word, child), partial(_remove, child))
        elif child.tag in (f"{_WORD}tab", f"{_WORD}br"):
            yield Piece("\t", None, partial(_remove, child))
        elif child.tag not in _LEFT_OUT:
            yield from _word_walk(child)


def _set_word(element: etree._Element, text: str) -> None:
    element.text = text
    element.set(_SPACE, "preserve")  # because blanks at the ends of a text are dropped otherwise


def _odt_pieces(paragraph: etree._Element) -> list[Piece]:
    """Texts, tails and counted blanks of a paragraph in their order."""
    return list(_odt_walk(paragraph))


def _odt_walk(element: etree._Element) -> Iterator[Piece]:
    if element.text:
        yield Piece(element.text, partial(setattr, element, "text"), partial(setattr, element, "text", ""))
    for child in element:
        if child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield Piece(_room(child), None, partial(_empty, child))
        elif child.tag not in (f"{_TEXT}p", f"{_TEXT}note"):
            yield from _odt_walk(child)
        if child.tail:
            yield Piece(child.tail, partial(setattr, child, "tail"), partial(setattr, child, "tail", ""))


def _room(element: etree._Element) -> str:
    """A tab, or as many blanks as are counted."""
    count = element.get(f"{_TEXT}c", "1")
    counted = element.tag == f"{_TEXT}s"
    return " " * min(int(count) if count.isdecimal() else 1, _MOST_BLANKS) if counted else "\t"


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _empty(element: etree._Element) -> None:
    """Counted blanks become a span of nothing, so that the text behind them stays where it is."""
    element.tag = f"{_TEXT}span"
    for name in list(element.attrib):
        del element.attrib[name]
