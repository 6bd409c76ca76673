"""A paper of ours becomes an office file, laid out as Decree 30/2020 App. I wants it.

Tables are written as XML, because python-docx looks every cell up again and a table of a thousand units
would take minutes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from rules.reporting.sparkline import characters
from rules.values.paper import (
    Annex,
    Block,
    Bullets,
    Cell,
    Closing,
    Column,
    Heading,
    Key,
    Letterhead,
    Paper,
    Table,
    Text,
)

FONT = "Times New Roman"
PORTRAIT, LANDSCAPE = 165.0, 273.0  # millimetres between the margins
LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
SHADES: Mapping[str, str] = {"green": "CFE8D5", "yellow": "FBE9B0", "red": "F6CFCC", "unknown": "DFE3E8"}
DOTS: Mapping[str, str] = {
    "green": "1F7A3D",
    "yellow": "D69500",
    "red": "C0302B",
    "unknown": "7D8794",
    "none": "C3CAD3",
}
_MM = 56.7  # twentieths of a point


def docx_of(paper: Paper) -> bytes:
    """The office file of a paper."""
    document = Document()
    _styles(document)
    _sheet(document.sections[0], wide=False)
    _head(document, paper.letterhead)
    for block in paper.blocks:
        _block(document, block, PORTRAIT)
    _close(document, paper.closing)
    for annex in paper.annexes:
        _annex(document, annex)
    document.core_properties.title = paper.letterhead.subject[:200]
    document.core_properties.author = paper.letterhead.issuer[:200]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _styles(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    style.paragraph_format.space_before = Pt(0)


def _sheet(section: Any, *, wide: bool) -> None:
    short, long = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if wide else (short, long)
    section.left_margin, section.right_margin = (Mm(12), Mm(12)) if wide else (Mm(30), Mm(15))
    section.top_margin, section.bottom_margin = (Mm(15), Mm(12)) if wide else (Mm(20), Mm(20))
    section.header_distance = Mm(8)
    section.different_first_page_header_footer = not wide
    section.header.is_linked_to_previous = False
    _page_number(section.header.paragraphs[0])


def _page_number(line: Any) -> None:
    line.alignment = CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = line.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)


def _head(document: Any, head: Letterhead) -> None:
    table = document.add_table(rows=2, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    _lines(left, [(head.above, 12, False), (head.issuer, 12, True)], rule=12)
    _lines(right, [(head.nation, 12, True), (head.motto, 13, True)], rule=28)
    below_left, below_right = table.rows[1].cells
    _lines(below_left, [(head.number, 13, False)])
    _lines(below_right, [(head.place_and_date, 13, False)], italic=True)
    _widths(table, 68, 97)
    _say(document, head.kind, size=14, bold=True, align=CENTER, before=14)
    _say(document, head.subject, bold=True, align=CENTER)
    _say(document, "─" * 10, size=6, align=CENTER)
    if head.to:
        _say(document, f"{head.greeting} {'; '.join(head.to)}", align=CENTER, before=6)


def _widths(table: Any, *millimetres: int) -> None:
    """Of the cells and of the grid, because some programs look at the grid alone."""
    for column, wide in zip(table.columns, millimetres, strict=True):
        column.width = Mm(wide)
        for cell in column.cells:
            cell.width = Mm(wide)


def _lines(cell: Any, lines: Sequence[tuple[str, int, bool]], *, rule: int = 0, italic: bool = False) -> None:
    for at, (text, size, bold) in enumerate(lines):
        line = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        line.alignment, line.paragraph_format.space_after = CENTER, Pt(0)
        run = line.add_run(text)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if rule:
        line = cell.add_paragraph()
        line.alignment, line.paragraph_format.space_after = CENTER, Pt(4)
        line.add_run("─" * rule).font.size = Pt(6)


def _say(
    document: Any,
    text: str,
    *,
    size: float = 13,
    bold: bool = False,
    italic: bool = False,
    align: Any = None,
    before: int = 0,
    indent: float = 0,
) -> Any:
    line = document.add_paragraph()
    run = line.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    line.alignment = align
    line.paragraph_format.space_before = Pt(before)
    line.paragraph_format.first_line_indent = Mm(indent)
    return line


def _block(document: Any, block: Block, width: float) -> None:
    _BLOCKS[type(block)](document, block, width)


def _heading(document: Any, block: Heading, _width: float) -> None:
    line = _say(document, block.text, bold=True, before=8)
    line.paragraph_format.keep_with_next = True


def _text(document: Any, block: Text, _width: float) -> None:
    if block.note:
        _say(document, block.text, size=10, italic=True)
    else:
        _say(document, block.text, align=WD_ALIGN_PARAGRAPH.JUSTIFY, indent=10)


def _bullets(document: Any, block: Bullets, _width: float) -> None:
    for item in block.items:
        mark = "." if item is block.items[-1] else ";"
        _say(document, f"- {item}{mark}", indent=10).paragraph_format.space_after = Pt(0)


def _key(document: Any, block: Key, _width: float) -> None:
    line = document.add_paragraph()
    for light, words in block.lights:
        dot = line.add_run("● ")
        dot.font.size = Pt(10)
        _colour(dot._r, DOTS[light])
        line.add_run(f"{words}     ").font.size = Pt(10)


def _table(document: Any, block: Table, width: float) -> None:
    size = 7.5 if block.small else 10.5
    table = _element("w:tbl")
    table.append(_table_form(width))
    grid = _element("w:tblGrid")
    for column in block.columns:
        grid.append(_element("w:gridCol", w=str(round(width * column.width * _MM))))
    table.append(grid)
    heads = tuple(Cell(column.title) for column in block.columns)
    table.append(_row(heads, block.columns, width, size, head=True, small=block.small))
    for cells in block.rows:
        table.append(_row(cells, block.columns, width, size, head=False, small=block.small))
    document.element.body.insert(len(document.element.body) - 1, table)  # before the last section's form
    _say(document, "", size=6).paragraph_format.space_after = Pt(2)


def _table_form(width: float) -> Any:
    form = _element("w:tblPr")
    form.append(_element("w:tblW", w=str(round(width * _MM)), type="dxa"))
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz="4", color="555555"))
    form.append(borders)
    form.append(_element("w:tblLayout", type="fixed"))
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w="40", type="dxa"))
    form.append(margins)
    return form


def _row(
    cells: Sequence[Cell], columns: Sequence[Column], width: float, size: float, *, head: bool, small: bool
) -> Any:
    row, form = _element("w:tr"), _element("w:trPr")
    form.append(_element("w:cantSplit"))
    if head:
        form.append(_element("w:tblHeader"))
    row.append(form)
    for cell, column in zip(cells, columns, strict=True):
        row.append(_cell(cell, column, width, size, head=head, small=small))
    return row


def _cell(cell: Cell, column: Column, width: float, size: float, *, head: bool, small: bool) -> Any:
    made, form = _element("w:tc"), _element("w:tcPr")
    form.append(_element("w:tcW", w=str(round(width * column.width * _MM)), type="dxa"))
    shade = "EEF1F4" if head else SHADES.get(cell.light, "") if small else ""
    if shade:
        form.append(_element("w:shd", val="clear", color="auto", fill=shade))
    form.append(_element("w:vAlign", val="center"))
    made.append(form)
    line, looks = _element("w:p"), _element("w:pPr")
    looks.append(_element("w:spacing", before="20", after="20"))
    looks.append(_element("w:jc", val="center" if head else column.align))
    line.append(looks)
    if cell.light and not small and not head:
        line.append(_run("● ", size, colour=DOTS[cell.light]))
    if cell.text:
        line.append(_run(cell.text, size, bold=head))
    if cell.trend:
        line.append(_run(characters(cell.trend), 6 if small else 9, colour="2F5F93", font="Segoe UI Symbol"))
    made.append(line)
    return made


def _run(text: str, size: float, *, bold: bool = False, colour: str = "", font: str = "") -> Any:
    run, form = _element("w:r"), _element("w:rPr")
    if font:
        form.append(_element("w:rFonts", ascii=font, hAnsi=font, cs=font, eastAsia=font))
    if bold:
        form.append(_element("w:b"))
    if colour:
        form.append(_element("w:color", val=colour))
    form.append(_element("w:sz", val=str(round(size * 2))))
    run.append(form)
    said = _element("w:t")
    said.text = text
    said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(said)
    return run


def _colour(run: Any, value: str) -> None:
    run.get_or_add_rPr().append(_element("w:color", val=value))


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _close(document: Any, closing: Closing) -> None:
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    _widths(table, 86, 79)
    line = left.paragraphs[0]
    run = line.add_run(closing.title)
    run.bold, run.italic, run.font.size = True, True, Pt(12)
    for name in closing.recipients:
        entry = left.add_paragraph()
        entry.paragraph_format.space_after = Pt(0)
        entry.add_run(name).font.size = Pt(11)
    _lines(right, [(closing.power, 13, True), ("", 13, False), ("", 13, False), ("", 13, False)])
    _lines_after(right, closing.signer)


def _lines_after(cell: Any, signer: str) -> None:
    line = cell.add_paragraph()
    line.alignment = CENTER
    line.add_run(signer).bold = True


def _annex(document: Any, annex: Annex) -> None:
    _sheet(document.add_section(WD_SECTION.NEW_PAGE), wide=True)
    _say(document, annex.title, bold=True, align=CENTER)
    for block in annex.blocks:
        _block(document, block, LANDSCAPE)


_BLOCKS: Mapping[type, Callable[..., None]] = {
    Heading: _heading,
    Text: _text,
    Bullets: _bullets,
    Key: _key,
    Table: _table,
}
