"""One walk over the XML of a Word part, in the order a person reads it."""

from collections.abc import Iterator

from lxml import etree

from connectors.readers.outcome import Run
from connectors.readers.word_styles import Numbering, Styles, child, font_of, is_on, local, value, weight_of

_SKIPPED = frozenset(
    {"pPr", "rPr", "tblPr", "tcPr", "trPr", "sectPr", "tblGrid", "Fallback", "del", "moveFrom"}
)
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


class Walk:
    """Turns elements into runs. Paragraphs end with a line end.

    A row with at most two filled cells is layout (the header, the signature
    block): its cells stand below one another. Other rows are data: one line,
    cells apart by tabs.
    """

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._rows: list[bool] = []  # is the open row data?
        self._paragraphs: list[str] = []  # styles of the open paragraphs
        self._font = ""
        self._caps = False
        self._bold = False

    def runs(self, root: etree._Element) -> list[Run]:
        return [run for run in self._walk(root) if run.text]

    def _walk(self, root: etree._Element) -> Iterator[Run]:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            name = local(element)
            if event == "end":
                yield Run(self._close(name), self._font)
            elif name in _SKIPPED:
                walker.skip_subtree()
            else:
                yield Run(self._open(name, element), self._font, self._bold)

    def _open(self, name: str, element: etree._Element) -> str:
        if name == "t":
            text = element.text or ""
            return text.upper() if self._caps else text
        if name == "r":
            self._enter_run(child(element, "rPr"))
        elif name == "p":
            return self._enter_paragraph(child(element, "pPr"))
        elif name == "tr":
            self._rows.append(_filled(element) > 2)
        elif name == "txbxContent":
            return "\n"
        return _SIGNS.get(name, "")

    def _close(self, name: str) -> str:
        if name == "p":
            if self._paragraphs:
                self._paragraphs.pop()
            return " " if self._in_data() else "\n"
        if name == "tc" and self._in_data():
            return "\t"
        if name == "tr" and self._rows:
            return "\n" if self._rows.pop() else ""
        return ""

    def _in_data(self) -> bool:
        return bool(self._rows) and self._rows[-1]

    def _enter_paragraph(self, properties: etree._Element | None) -> str:
        self._paragraphs.append(value(child(properties, "pStyle")))
        self._font = self._styles.font("", self._paragraphs[-1]) if self._styles.wanted else ""
        return self._numbering.mark(properties)

    def _enter_run(self, properties: etree._Element | None) -> None:
        self._caps = is_on(child(properties, "caps"))
        paragraph = self._paragraphs[-1] if self._paragraphs else ""
        style = value(child(properties, "rStyle"))
        weight = weight_of(properties)
        self._bold = weight == "bold" if weight else self._styles.is_bold(style, paragraph)
        if self._styles.wanted:
            self._font = font_of(properties) or self._styles.font(style, paragraph)


def _filled(row: etree._Element) -> int:
    """How many cells of the row hold text."""
    cells = (cell for cell in row.iter() if local(cell) == "tc" and cell.getparent() is row)
    return sum(
        any(local(node) == "t" and (node.text or "").strip() for node in cell.iter()) for cell in cells
    )
