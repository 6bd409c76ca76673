"""The board's files: every page and letter there, fonts inside, nothing that a spreadsheet would run."""

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime

import docx
import pikepdf
import pypdfium2
import pytest

from connectors.writers.report_docx import docx_of
from connectors.writers.sheet_pdf import pdf_of, pdfs_of
from connectors.writers.sheet_xlsx import xlsx_of
from hub.render import page
from hub.reporting.board import figures_sheet, files, letter, preview, unit_page
from hub.reporting.board.gathering import LateWork, Normative, Request, Whole
from hub.reporting.board.letter import Numbered, Parties
from hub.reporting.compliance import compose
from hub.texts import speaking
from rules.compliance.answers import Submission
from rules.compliance.facts import Facts
from rules.compliance.measures import Reading
from rules.reporting.period import named
from rules.values.paper import Cell, Closing, Column, Letterhead, Paper, Table, Text
from tests.hub.stages import Stages

TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền hỏi ngã sắc nặng
BASES = "aăâeêioôơuưy"
# Every letter of Vietnamese, both cases: 12 vowels with 6 tones, đ, and the rest.
PLAIN = [unicodedata.normalize("NFC", vowel + tone) for vowel in BASES for tone in ("", *TONES)]
LETTERS = "".join(PLAIN) + "đ" + "bcdghklmnpqrstvx"
EVERY = LETTERS + LETTERS.upper()
SILENT = Submission(asked=True)
IN_TIME = Submission({"7.1": 2, "9.4": "ADSL"}, asked=True, received=date(2026, 11, 20))
LATE = Submission({"7.1": 0}, asked=True, received=date(2026, 11, 26), days_late=2)


def text_of(content: bytes) -> str:
    """All text of a PDF, as somebody would copy it."""
    document = pypdfium2.PdfDocument(content)
    said = " ".join(sheet.get_textpage().get_text_range() for sheet in document)
    return unicodedata.normalize("NFC", " ".join(said.split()))


@pytest.fixture
def whole(stages: Stages) -> Iterator[Whole]:
    """Three units, a month of history, something in every part."""
    period = named("2026-11")
    assert period is not None
    facts = {
        "sotuphap": Facts(
            entries=9, outgoing=8, outgoing_network=8, network_first=7, normative=2, normative_sent=1,
            staff=4, mailboxes=4, active=3, lookups=5, minutes_to_send=12.5, electronic_only=4,
        ),
        "sotaichinh": Facts(entries=3, outgoing=2, staff=8, mailboxes=2, active=1, minutes_to_send=90.0),
        "soyte": Facts(),
    }  # fmt: skip
    answers = {"sotuphap": IN_TIME, "sotaichinh": LATE, "soyte": SILENT}
    before = {"2026-10": {"sotuphap": {"O25": Reading(1, 2), "O27": Reading(1, 2)}}}
    with speaking("vi"):
        yield Whole(
            compose(stages.hub, period, facts, answers, before),
            missing=("Sở Y tế",),
            late=(("Sở Tài chính", 2),),
            silent=("Sở Y tế",),
            normative=(Normative("Sở Tư pháp", 2, 1, ("05/2026/QĐ-UBND",), ("3–4 (quyết-định)",)),),
            minutes=20.5,
            late_work=(LateWork("Sở Tài chính", "Lê Thị Thu Thủy", 3, date(2026, 11, 2)),),
            requests=(Request(7, "Sở Y tế", "=HYPERLINK máy quét hỏng", 12, "Nguyễn Văn An"),),
            printed=datetime(2026, 11, 23, 17, 0),
        )


PARTIES = Parties("ttth", ("bdh112",), ("ubnd",))
NUMBERED = Numbered("03/BC-TTTH", date(2026, 11, 23))


def test_the_letter_has_its_ten_parts_and_the_form_of_a_vietnamese_report(
    stages: Stages, whole: Whole
) -> None:
    made = files.board_files(stages.hub, whole, PARTIES, NUMBERED)
    assert [file.name.rpartition(".")[2] for file in made] == ["pdf", "docx", "xlsx", "csv"]
    said = text_of(made[0].content)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "TRUNG TÂM TIN HỌC",
        "Số: 03/BC-TTTH",
        "Lâm Khê, ngày 23 tháng 11 năm 2026",
        "BÁO CÁO",
        "Kính gửi: Ban Điều hành Đề án 112 tỉnh",
        "1. Tình hình gửi báo cáo của các đơn vị",
        "Số đơn vị phải báo cáo: 3; đúng hạn: 1; trễ hạn: 1; chưa gửi: 1.",
        "Sở Tài chính: trễ 2 ngày",
        "05/2026/QĐ-UBND",
        "12,5",
        "Lê Thị Thu Thủy",
        "10. Số liệu gốc và cách tính",
        "Nơi nhận:",
        "GIÁM ĐỐC",
        "Phụ lục. Kết quả từng đơn vị so với mục tiêu của Chỉ thị",
        "Không gửi báo cáo từ hai tháng trở lên:",
    ):
        assert part in said, part
    assert all(f" {number}. " in said for number in range(2, 11))


def test_the_office_file_says_the_same(stages: Stages, whole: Whole) -> None:
    paper = letter.paper(stages.hub, whole, PARTIES, NUMBERED)
    document = docx.Document(io.BytesIO(docx_of(paper)))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(line.text for line in document.paragraphs), *tables])
    for part in ("Số: 03/BC-TTTH", "BÁO CÁO", "Lê Thị Thu Thủy", "10. Số liệu gốc", "Nơi nhận:", "GIÁM ĐỐC"):
        assert part in said, part
    assert [round(section.page_width.mm) for section in document.sections] == [210, 297]


def test_every_vietnamese_letter_comes_out_of_the_pdf_again() -> None:
    assert len(set(EVERY)) == 2 * (72 + 1 + 16)
    head = Letterhead("", "", "", "", "", "", "", "", "", ())
    column = (Column("", 1),)
    blocks = (Text(EVERY), Text(EVERY, note=True), Table(column, ((Cell(EVERY),),)))
    paper = Paper("vi", head, blocks, Closing("", (EVERY,), EVERY, ""))
    content = pdf_of(page("report", {"paper": paper}, "vi", folder="sheets"))
    said = text_of(content).replace(" ", "")
    assert said.count(EVERY) == 5
    with pikepdf.open(io.BytesIO(content)) as opened:
        fonts = [font for sheet in opened.pages for font in sheet.resources.Font.values()]
        assert fonts and all(_embedded(font) for font in fonts)


def _embedded(font: pikepdf.Object) -> bool:
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return any(f"/FontFile{kind}" in inner.FontDescriptor for kind in ("", "2", "3"))


def test_no_page_is_fetched_and_words_cannot_become_markup(stages: Stages, whole: Whole) -> None:
    head = Letterhead("", "<img src=file:///etc/passwd>", "", "", "", "", "", "", "", ())
    paper = Paper("vi", head, (Text("<script>x</script>"),), Closing("", (), "", ""))
    shown = page("report", {"paper": paper}, "vi", folder="sheets")
    assert "<img" not in shown and "<script" not in shown
    assert "<script>x</script>" in text_of(pdf_of(shown))


def test_the_spreadsheet_has_the_figures_and_no_formula(whole: Whole) -> None:
    with zipfile.ZipFile(io.BytesIO(figures_sheet.xlsx(whole))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 7 and not any("<f>" in sheet for sheet in sheets)
    with zipfile.ZipFile(io.BytesIO(xlsx_of({"x": [["=1+1", "@a", 2]]}))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    plain = figures_sheet.plain(whole).decode("utf-8-sig").splitlines()
    assert len(plain) == 4 and plain[1].startswith("sotuphap;Sở Tư pháp;")
    assert figures_sheet._harmless("=1+1") == "'=1+1" and figures_sheet._harmless(-1) == -1


def test_nothing_answered_is_empty_in_the_spreadsheet_and_not_nought(whole: Whole) -> None:
    rows = figures_sheet.units(whole)
    drafts = rows[0].index(next(head for head in rows[0] if str(head).startswith("O23 ")))
    found = {row[0]: row[drafts : drafts + 2] for row in rows[1:]}
    assert found == {"sotuphap": [1, 1], "sotaichinh": [0, 1], "soyte": [None, 1]}


def test_each_unit_gets_its_own_page_with_what_helps(stages: Stages, whole: Whole) -> None:
    made = dict(files.unit_pages(stages.hub, whole.report))
    assert set(made) == {"sotuphap", "sotaichinh", "soyte"}
    said = text_of(made["sotaichinh"].content)
    assert "Sở Tài chính" in said and "Sở Y tế" not in said
    assert "O09: Gửi Kế hoạch (KH) đưa ba phần mềm dùng chung vào ứng dụng về Trung tâm." in said
    assert all(len(pypdfium2.PdfDocument(file.content)) == 1 for file in made.values())


def test_a_page_that_runs_over_stays_with_its_unit() -> None:
    long = "<section id=a>" + "<p>a</p>" * 120 + "</section>"
    two = pdfs_of(f"<style>section {{ break-before: page }}</style>{long}<section id=b>b</section>")
    assert {name: len(pypdfium2.PdfDocument(content)) > 1 for name, content in two.items()} == {
        "a": True,
        "b": False,
    }


def test_the_report_is_written_in_english_on_request(stages: Stages, whole: Whole) -> None:
    with speaking("en"):
        paper = letter.paper(stages.hub, whole, PARTIES, NUMBERED)
        said = text_of(pdf_of(page("report", {"paper": paper}, "en", folder="sheets")))
    assert "SOCIALIST REPUBLIC OF VIET NAM" in said and "23 November 2026" in said


def test_an_empty_month_makes_files_too(stages: Stages) -> None:
    period = named("2026-03")
    assert period is not None
    with stages.hub.database.reading() as connection:
        nothing = preview.gathered(stages.hub, connection, period)
    assert letter.paper(stages.hub, nothing, PARTIES, NUMBERED).blocks
    assert figures_sheet.xlsx(nothing) and len(unit_page.pages(nothing.report)) == 24
