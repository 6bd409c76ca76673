"""A copy of a final text that bears the number and date the hub gave.

The original stays as it is. A signed file is never touched: what a person
signed bears the number that the person signed, or none.
"""

from collections.abc import Callable, Mapping

from connectors.readers.kind import DOCX, ODT, PDF, PLAIN
from connectors.writers.numbered_office import number_docx, number_odt
from connectors.writers.numbered_pdf import number_pdf
from connectors.writers.outcome import BLANK, CannotNumber, Numbered
from rules.records.blanks import applied, fill
from rules.values.numbering import Mark

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def numbered(content: bytes, media_type: str, mark: Mark) -> Numbered:
    """The copy. Raises CannotNumber with a code: ``kind``, ``signed``, ``no-blank``, ``broken``, ..."""
    writer = _WRITERS.get(media_type)
    if writer is None:
        raise CannotNumber("kind")
    return writer(content, mark)


def _number_text(content: bytes, mark: Mark) -> Numbered:
    encoding = next((name for sign, name in _MARKS if content.startswith(sign)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CannotNumber("encoding") from error
    filled = fill(text, mark)
    if not filled.number:
        raise CannotNumber("no-blank")
    return Numbered(applied(text, filled.edits).encode(encoding), BLANK)


_WRITERS: Mapping[str, Callable[[bytes, Mark], Numbered]] = {
    PLAIN: _number_text,
    DOCX: number_docx,
    ODT: number_odt,
    PDF: number_pdf,
}
