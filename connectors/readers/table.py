"""Which reader reads which kind of file."""

from connectors.ports import Reader
from connectors.readers import html, kind, pdf, plain, word

READERS: dict[str, Reader] = {
    kind.PDF: pdf.read,
    kind.DOCX: word.read,
    kind.PLAIN: plain.read,
    kind.HTML: html.read,
}
