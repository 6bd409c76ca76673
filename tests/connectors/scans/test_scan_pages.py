"""Pages of scans through the real children and the real OCR."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from connectors.readers import kind
from connectors.scans import marks
from connectors.scans.scanners import ScanFile, Scanners
from connectors.scans.searchable import searchable
from rules.identify.scanned import identify_scan
from rules.values.scan import PATCH_T, CodeMark, ScannedPage
from tests.connectors.scans import drawn

Read = Callable[[bytes], list[ScannedPage]]


@pytest.fixture
def read(scanners: Scanners, tmp_path: Path) -> Read:
    def reading(content: bytes, pages: int = 1) -> list[ScannedPage]:
        path = tmp_path / "scan"
        path.write_bytes(content)
        file = ScanFile(path, kind.media_type(content), pages, tmp_path)
        return list(scanners.read(file, lambda page: False, lambda: None))

    return reading


@pytest.mark.parametrize(
    ("turn", "skew", "turned"),
    [(0, 0.0, 0), (0, 2.5, 0), (0, -1.4, 0), (180, 0.0, 180), (90, 0.0, 270), (270, 1.0, 90)],
)
def test_a_letter_is_read_whichever_way_it_lay(read: Read, turn: int, skew: float, turned: int) -> None:
    page = drawn.letter().rotate(turn, expand=True)
    (found,) = read(drawn.png(drawn.scanned(page, skew)))
    assert (found.turned, found.problem) == (turned, "")
    assert found.skew == pytest.approx(-skew, abs=0.3)
    fields = identify_scan([found.page])
    assert fields.symbol is not None and fields.symbol.value == "127/STC-NS"
    assert fields.date is not None and fields.date.value.isoformat() == "2026-11-05"
    assert fields.subject is not None
    assert fields.subject.value == "V/v lập dự toán kinh phí sự nghiệp năm 2027"
    assert fields.issuer is not None and fields.issuer.value.endswith("SỞ TÀI CHÍNH")
    assert fields.unread == ()


def test_the_searchable_copy_has_the_words_where_they_stand(read: Read, tmp_path: Path) -> None:
    pages = read(drawn.pdf(drawn.scanned(drawn.letter(), 1.5)))
    copy = searchable(pages, tmp_path)
    document = pypdfium2.PdfDocument(copy)
    text = document[0].get_textpage()
    said = text.get_text_range()
    assert "Sở Tài chính hướng dẫn các đơn vị lập dự toán kinh phí năm 2027 như sau" in said
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
    right = text.get_text_bounded(left=300, bottom=700, right=595, top=842)
    assert "Bình Lâm, ngày 05 tháng 11 năm 2026" in right and "STC-NS" not in right
    seen = document[0].render(scale=1).to_pil().convert("L")
    assert seen.histogram()[:100] != [0] * 100  # the picture is there, and white paper too
    assert seen.getpixel((300, 800)) > 230


def test_blank_backs_and_broken_pages_are_told_apart(read: Read) -> None:
    (blank,) = read(drawn.png(drawn.scanned(drawn.blank())))
    assert blank.blank and not blank.picture and not blank.problem
    (broken,) = read(drawn.png(drawn.letter())[:2000])
    assert not broken.blank and broken.problem == "broken-image"


def test_many_pages_come_in_their_order(scanners: Scanners, tmp_path: Path) -> None:
    (tmp_path / "batch").write_bytes(drawn.tiff(drawn.letter("1"), drawn.blank(), drawn.letter("3")))
    beats: list[int] = []
    file = ScanFile(tmp_path / "batch", kind.TIFF, 3, tmp_path)
    pages = list(scanners.read(file, lambda page: True, lambda: beats.append(1)))
    assert [page.page.number for page in pages] == [1, 2, 3] and len(beats) == 3
    assert [page.blank for page in pages] == [False, True, False]
    assert "1/STC-NS" in pages[0].page.text and "3/STC-NS" in pages[2].page.text


def test_a_page_reads_the_same_whatever_its_child_read_before(scanners: Scanners, tmp_path: Path) -> None:
    """The child keeps the reader with its model for the next page."""
    first = drawn.scanned(drawn.letter())
    others = (drawn.scanned(drawn.letter("4581", body=drawn.BODY * 4)), drawn.letter("3").rotate(180))
    (tmp_path / "batch").write_bytes(drawn.tiff(first, *others, first))
    one = Scanners(1)
    try:
        file = ScanFile(tmp_path / "batch", kind.TIFF, 4, tmp_path)
        fresh, *_, later = (page.page for page in one.read(file, lambda page: False, lambda: None))
    finally:
        one.close()
    assert "127/STC-NS" in fresh.text
    assert (later.text, later.words, later.sure) == (fresh.text, fresh.words, fresh.sure)


def test_a_page_that_takes_too_long_is_given_up(scanners: Scanners, tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(drawn.png(drawn.letter(body=drawn.BODY * 4)))
    hurried = Scanners(1, seconds=0.3)
    try:
        file = ScanFile(tmp_path / "page", kind.PNG, 1, tmp_path)
        (page,) = hurried.read(file, lambda page: False, lambda: None)
    finally:
        hurried.close()
    assert page.problem.endswith("time-limit") and not page.page.words


def test_a_picture_of_too_many_points_is_not_opened(read: Read) -> None:
    (found,) = read(drawn.png(Image.new("1", (30_000, 30_000))))
    assert found.problem == "too-large"


@pytest.mark.parametrize("across", [True, False])
@pytest.mark.parametrize("skew", [0.0, 2.0, 180.0])
def test_patch_t_is_seen_across_along_askew_and_upside_down(across: bool, skew: float) -> None:
    sheet = drawn.scanned(drawn.patch_t(across), skew)
    assert marks.find(sheet, drawn.DPI) == (CodeMark(PATCH_T),)


def test_text_and_lines_of_tables_are_no_patch() -> None:
    page = drawn.letter()
    for at in range(1200, 2200, 40):
        page.paste(0, (200, at, 1400, at + 4))
        page.paste(0, (200 + (at - 1200), 1200, 204 + (at - 1200), 2200))
    assert marks.find(drawn.scanned(page), drawn.DPI) == ()
