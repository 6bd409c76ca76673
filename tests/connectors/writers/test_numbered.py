"""Copies that bear number and date: Word, OpenDocument, PDF and text."""

import io
import random
import zipfile
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from connectors.readers import odt, pdf, word
from connectors.readers.kind import DOCX, ODT, PDF, PLAIN
from connectors.readers.limits import ReadLimits
from connectors.writers import numbered_pdf
from connectors.writers.aside import number_aside
from connectors.writers.numbered import numbered
from connectors.writers.outcome import BLANK, STAMP, CannotNumber
from rules.identify.layout import identify
from rules.values.numbering import Mark
from rules.values.reading import Reading

FONT = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")
MARK = Mark("05", "05/QĐ-SKHCN", date(2026, 11, 3))
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
T = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/'
    'document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main'
    '+xml"/></Types>'
)


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def docx(*paragraphs: str, **more: str) -> bytes:
    body = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return zipped(**{"[Content_Types].xml": TYPES, "word/document.xml": document, **more})


def run(text: str) -> str:
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def texts(content: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(part).decode()


def page(number: str, day: str, *, rotation: int = 0) -> bytes:
    """A page whose header stands in two columns, with blanks as wide as they are written."""
    if not FONT.is_file():
        pytest.skip("fonts-liberation2 is not installed")
    pdfmetrics.registerFont(TTFont("Serif", FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setPageRotation(rotation)
    canvas.setFont("Serif", 13)
    canvas.drawCentredString(160, 780, "SỞ KHOA HỌC VÀ CÔNG NGHỆ")
    canvas.drawCentredString(160, 750, number)
    canvas.drawCentredString(420, 750, day)
    canvas.drawCentredString(300, 700, "QUYẾT ĐỊNH")
    for row in range(20):
        canvas.drawString(80, 660 - 20 * row, f"Điều {row + 1}. Nội dung của điều này được ghi rõ ở đây.")
    canvas.save()
    return out.getvalue()


def read_pdf(content: bytes, folder: Path) -> Reading:
    (folder / "copy.pdf").write_bytes(content)
    return pdf.read(folder / "copy.pdf", "copy.pdf")


# -- Word -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "runs",
    [
        (run("Số:        /QĐ-SKHCN"),),
        (run("Số:"), run("       "), run("/QĐ-SKHCN")),
        (run("S"), run("ố: "), run("  …"), run(".../Q"), run("Đ-SKHCN")),
        (run("Số:"), "<w:r><w:tab/></w:r>", run("/QĐ-SKHCN")),
        (run("Số:/QĐ-SKHCN"),),
    ],
)
def test_word_gets_its_number_wherever_runs_cut_it(runs: tuple[str, ...], tmp_path: Path) -> None:
    day = (run("Lâm Khê, ngày"), run("     tháng"), run("   "), run("năm 2026"))
    original = docx("".join(runs), "".join(day), run("Điều 1. Giữ nguyên."))
    copy = numbered(original, DOCX, MARK)
    (tmp_path / "copy.docx").write_bytes(copy.content)
    said = word.read(tmp_path / "copy.docx", "copy.docx").text
    assert "Số: 05/QĐ-SKHCN" in said and "ngày 03 tháng 11 năm 2026" in said
    assert "Điều 1. Giữ nguyên." in said and copy.how == BLANK
    assert texts(copy.content).count("<w:b/>") == texts(original).count("<w:b/>"), "formats stay"


def test_everything_else_of_a_word_file_stays() -> None:
    noise = random.Random(5).randbytes(3000).hex()
    original = docx(run("Số:    /QĐ-SKHCN"), **{"word/media/image1.png": noise, "word/styles.xml": "<s/>"})
    copy = numbered(original, DOCX, MARK).content
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(io.BytesIO(copy)) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
        assert changed == ["word/document.xml"]
        assert [i.date_time for i in old.infolist()] == [i.date_time for i in new.infolist()]


def test_deleted_text_is_not_numbered() -> None:
    deleted = '<w:del><w:r><w:t xml:space="preserve">Số:   /QĐ-SKHCN</w:t></w:r></w:del>'
    copy = numbered(docx(deleted, run("Số:      /QĐ-SKHCN")), DOCX, MARK).content
    assert "Số:   /QĐ-SKHCN" in texts(copy) and "Số: 05/QĐ-SKHCN" in texts(copy)


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (docx(run("Không có chỗ trống")), DOCX, "no-blank"),
        (docx(run("Số:   /QĐ-SKHCN"), **{"_xmlsignatures/sig1.xml": "<x/>"}), DOCX, "signed"),
        (b"PK\x03\x04 broken", DOCX, "broken"),
        (zipped(other="x"), DOCX, "no-document-part"),
        (docx("<!DOCTYPE x [<!ENTITY a 'b'>]>"), DOCX, "dtd"),
        (b"nothing", PDF, "broken"),
        (b"%PDF-1.7 /ByteRange [0 1 2 3]", PDF, "signed"),
        (b"Kh\xf4ng ph\xe3i UTF-8", PLAIN, "encoding"),
        (b"plain", PLAIN, "no-blank"),
        (b"picture", "image/png", "kind"),
    ],
)
def test_what_cannot_be_numbered_says_why(content: bytes, kind: str, code: str) -> None:
    with pytest.raises(CannotNumber, match=rf"^{code}$"):
        numbered(content, kind, MARK)


# -- OpenDocument and text --------------------------------------------------------------


def odt_file(*paragraphs: str) -> bytes:
    body = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    content = (
        f"<office:document-content {OFFICE} {T}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    return zipped(**{"mimetype": ODT, "content.xml": content})


def test_opendocument_gets_its_number(tmp_path: Path) -> None:
    number = 'Số:<text:s text:c="7"/><text:span>/QĐ-</text:span>SKHCN'
    day = 'Lâm Khê, ngày<text:tab/>tháng <text:s text:c="3"/>năm 2026'
    copy = numbered(odt_file(number, day, "Điều 1."), ODT, MARK)
    (tmp_path / "copy.odt").write_bytes(copy.content)
    said = odt.read(tmp_path / "copy.odt", "copy.odt").text
    assert "Số: 05/QĐ-SKHCN" in said and "ngày 03 tháng 11 năm 2026" in said and "Điều 1." in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_keeps_its_encoding(encoding: str) -> None:
    original = "SỞ KHOA HỌC\r\nSố:      /QĐ-SKHCN\r\nĐiều 1.\r\n".encode(encoding)
    copy = numbered(original, PLAIN, MARK).content
    assert copy.decode(encoding) == "SỞ KHOA HỌC\r\nSố: 05/QĐ-SKHCN\r\nĐiều 1.\r\n"
    assert copy[:2] == original[:2]


# -- PDF --------------------------------------------------------------------------------


def test_a_pdf_gets_its_number_where_the_blank_is(tmp_path: Path) -> None:
    original = page("Số:            /QĐ-SKHCN", "Lâm Khê, ngày         tháng         năm 2026")
    copy = numbered(original, PDF, MARK)
    assert copy.how == BLANK
    assert copy.content.startswith(original), "what was there stays as it was"
    fields = identify(read_pdf(copy.content, tmp_path).pages)
    assert fields.symbol is not None and fields.symbol.value == "05/QĐ-SKHCN"
    assert fields.date is not None and fields.date.value == date(2026, 11, 3)


def test_figures_stand_on_the_line_of_the_number(tmp_path: Path) -> None:
    copy = numbered(page("Số:            /QĐ-SKHCN", "ngày         tháng 11 năm 2026"), PDF, MARK)
    words = {item.text: item for item in read_pdf(copy.content, tmp_path).pages[0].words}
    label, figure, rest = words["Số:"], words["05"], words["/QĐ-SKHCN"]
    assert label.x1 < figure.x0 < figure.x1 < rest.x0
    assert abs(figure.y1 - label.y1) < 2
    assert words["ngày"].x1 < words["03"].x0 < words["03"].x1 < words["tháng"].x0


@pytest.mark.parametrize(
    ("number", "day"),
    [
        ("Số:/QĐ-SKHCN", "ngày        tháng        năm 2026"),
        ("Số:          /QĐ-XYZ", "ngày        tháng        năm 2026"),
        ("Số:          /QĐ-SKHCN", "ngày        tháng 10 năm 2026"),
    ],
)
def test_without_room_a_line_at_the_top_says_both(number: str, day: str, tmp_path: Path) -> None:
    copy = numbered(page(number, day), PDF, MARK)
    assert copy.how == STAMP
    said = read_pdf(copy.content, tmp_path)
    assert "Số: 05/QĐ-SKHCN; ngày 03 tháng 11 năm 2026" in said.text
    stamp = next(item for item in said.pages[0].words if item.text.startswith("05/QĐ"))
    assert stamp.y1 < 40 and stamp.x1 < 595


def test_among_printed_dots_both_are_done(tmp_path: Path) -> None:
    copy = numbered(page("Số: ………/QĐ-SKHCN", "ngày ……… tháng ……… năm 2026"), PDF, MARK)
    said = read_pdf(copy.content, tmp_path).text
    assert copy.how == BLANK and "Số: 05/QĐ-SKHCN; ngày 03" in said


def test_a_page_on_its_side_is_left_to_a_person() -> None:
    with pytest.raises(CannotNumber, match=r"^rotated$"):
        numbered(page("Số:          /QĐ-SKHCN", "ngày      tháng     năm 2026", rotation=90), PDF, MARK)


def test_without_a_font_no_half_stamp_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbered_pdf, "FONTS", ("/nowhere/font.ttf",))
    with pytest.raises(CannotNumber, match=r"^no-font$"):
        numbered(page("Số:/QĐ-SKHCN", "ngày      tháng     năm 2026"), PDF, MARK)


def test_further_pages_stay(tmp_path: Path) -> None:
    source = pypdfium2.PdfDocument(page("Số:          /QĐ-SKHCN", "ngày      tháng     năm 2026"))
    source.import_pages(source)
    out = io.BytesIO()
    source.save(out)
    source.close()
    assert read_pdf(numbered(out.getvalue(), PDF, MARK).content, tmp_path).page_count == 2


# -- aside ------------------------------------------------------------------------------


def test_a_process_of_its_own_writes_the_copy(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(docx(run("Số:      /QĐ-SKHCN")))
    assert number_aside(source, target, DOCX, MARK) == BLANK
    assert "Số: 05/QĐ-SKHCN" in texts(target.read_bytes())


def test_its_faults_are_codes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"plain")
    with pytest.raises(CannotNumber, match=r"^no-blank$"):
        number_aside(source, tmp_path / "t", PLAIN, MARK)
    with pytest.raises(CannotNumber, match=r"^crashed$"):
        number_aside(tmp_path / "missing", tmp_path / "t", PLAIN, MARK)
    with pytest.raises(CannotNumber, match=r"^time-limit$"):
        number_aside(source, tmp_path / "t", PLAIN, MARK, ReadLimits(seconds=0.001))
