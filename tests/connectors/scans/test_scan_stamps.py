"""Stamps in a frame, which OCR takes for a picture, through the real children and the real OCR."""

from pathlib import Path

import pytest
from PIL import Image

from connectors.readers import kind
from connectors.scans import stamp_look, tesseract
from connectors.scans.scanners import ScanFile, Scanners
from rules.identify.scanned import identify_scan
from rules.values.reading import Fields
from rules.vocabulary import Urgency
from tests.connectors.scans import drawn


def identified(scanners: Scanners, folder: Path, page: Image.Image) -> Fields:
    (folder / "scan").write_bytes(drawn.png(page))
    file = ScanFile(folder / "scan", kind.PNG, 1, folder)
    return identify_scan([found.page for found in scanners.read(file, lambda page: False, lambda: None)])


@pytest.mark.parametrize("turn", [-4.0, 0.0, 3.0])
def test_urgency_in_a_frame_is_read(scanners: Scanners, tmp_path: Path, turn: float) -> None:
    page = drawn.scanned(drawn.letter())
    drawn.framed(page, (270, 470), "HỎA TỐC", 0, turn)
    fields = identified(scanners, tmp_path, page)
    assert fields.urgency is not None and fields.urgency.value is Urgency.EXPRESS
    assert fields.symbol is not None and fields.symbol.value == "127/STC-NS"


@pytest.mark.parametrize("level", ["MẬT", "TỐI MẬT", "TUYỆT MẬT"])
@pytest.mark.parametrize("colour", [0, drawn.RED])
def test_secrecy_in_a_frame_is_read(
    scanners: Scanners, tmp_path: Path, level: str, colour: drawn.Colour
) -> None:
    page = drawn.scanned(drawn.letter()).convert("RGB")
    drawn.framed(page, (270, 470), level, (0, 0, 0) if colour == 0 else colour)
    fields = identified(scanners, tmp_path, page)
    assert fields.secrecy is not None and fields.secrecy.value == level


def test_secrecy_of_a_later_letter_of_a_batch_is_read(scanners: Scanners, tmp_path: Path) -> None:
    later = drawn.scanned(drawn.letter("128"))
    drawn.framed(later, (270, 470), "TỐI MẬT", 0)
    (tmp_path / "scan").write_bytes(drawn.tiff(drawn.letter(), later))
    file = ScanFile(tmp_path / "scan", kind.TIFF, 2, tmp_path)
    pages = [found.page for found in scanners.read(file, lambda page: False, lambda: None)]
    levels = [identify_scan([page]).secrecy for page in pages]
    assert [level.value if level is not None else "" for level in levels] == ["", "TỐI MẬT"]


def test_an_arrival_stamp_lends_neither_number_nor_mark(scanners: Scanners, tmp_path: Path) -> None:
    page = drawn.scanned(drawn.letter())
    drawn.framed(page, (270, 470), "ĐẾN Số: 953", 0)
    fields = identified(scanners, tmp_path, page)
    assert fields.symbol is not None and fields.symbol.value == "127/STC-NS"
    assert fields.urgency is None and fields.secrecy is None


def test_only_what_is_left_out_is_added(scanners: Scanners) -> None:
    page = drawn.letter()
    drawn.framed(page, (270, 470), "KHẨN", 0)
    bare = tesseract.Seen("KHẨN", 240, 450, 300, 490, 0.9, 7)
    assert stamp_look.stamp_look(page, [bare], drawn.DPI, 30) == [bare]
    assert [word.text for word in stamp_look.stamp_look(page, [], drawn.DPI, 30)] == ["KHẨN"]
    assert stamp_look.stamp_look(page, [], drawn.DPI, 0.1) == []
