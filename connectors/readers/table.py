"""Which reader reads which kind of file."""

from connectors.ports import Reader
from connectors.readers import html, image, kind, legacy_office, odt, pdf, plain, rtf, word

READERS: dict[str, Reader] = {
    kind.PDF: pdf.read,
    kind.DOCX: word.read,
    kind.DOC: legacy_office.read,
    kind.ODT: odt.read,
    kind.RTF: rtf.read,
    kind.PLAIN: plain.read,
    kind.HTML: html.read,
    **dict.fromkeys(kind.IMAGES, image.read),
}
