"""Which reader reads which kind of file."""

from connectors.ports import Reader
from connectors.readers import html, image, kind, legacy_office, odt, pdf, plain, rtf, spreadsheet, word

READERS: dict[str, Reader] = {
    kind.PDF: pdf.read,
    kind.DOCX: word.read,
    kind.DOC: legacy_office.read,
    kind.LOCKED: legacy_office.read_locked,
    kind.ODT: odt.read,
    kind.RTF: rtf.read,
    kind.XLS: spreadsheet.read_xls,
    kind.XLSX: spreadsheet.read_xlsx,
    kind.PPT: spreadsheet.read_ppt,
    kind.PPTX: spreadsheet.read_pptx,
    kind.PLAIN: plain.read,
    kind.HTML: html.read,
    **dict.fromkeys(kind.IMAGES, image.read),
}
