"""Spreadsheets and slides: every text, and Unicode out of old fonts."""

import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from connectors.readers import biff, kind
from connectors.readers.spreadsheet import read_ppt, read_pptx, read_xls, read_xlsx


def record(code: int, data: bytes) -> bytes:
    return struct.pack("<HH", code, len(data)) + data


def font(name: str) -> bytes:
    return record(0x31, bytes(14) + bytes([len(name), 0]) + name.encode("latin-1"))


def test_a_workbook_of_1998() -> None:
    text = "Bé tµi chÝnh".encode("latin-1")
    shared = struct.pack("<II", 1, 1) + struct.pack("<HB", len(text), 0) + text
    stream = record(0x809, b"\x00\x06\x05\x00" + bytes(12)) + font(".VnTimeH") + record(0xE0, bytes(20))
    stream += record(0xFC, shared[:15]) + record(0x3C, b"\x00" + shared[15:])  # cut inside the text
    stream += record(0xFD, struct.pack("<HHHI", 0, 0, 0, 0)) + record(
        0x203, struct.pack("<HHHd", 0, 2, 0, 7.5)
    )
    stream += record(0x27E, struct.pack("<HHHI", 1, 0, 0, (42 << 2) | 2))
    runs = biff.runs_of(stream, 10_000)
    assert "".join(part for part, _ in runs) == "\nBé tµi chÝnh\t\t7.5\n42"
    assert (text.decode("latin-1"), ".VnTimeH") in runs


def test_what_is_locked_or_broken() -> None:
    with pytest.raises(biff.Locked):
        biff.runs_of(record(0x2F, bytes(4)), 100)
    assert biff.runs_of(record(0xFC, struct.pack("<II", 9, 9)), 100) == []


def test_a_workbook_with_an_old_font(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Soá lieäu thaùng", book.add_format({"font_name": "VNI-Times"}))
        sheet.write(0, 1, 12.5)
        sheet.write(1, 0, "Tổng cộng")
    assert kind.media_type(path.read_bytes()) == kind.XLSX
    reading = read_xlsx(path, path.name)
    assert reading.text.split("\n")[:2] == ["Số liệu tháng\t12.5\t", "Tổng cộng\t"]
    assert reading.converted_from == ("vni",)


def test_slides_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "a.pptx"
    run = '<a:r><a:rPr><a:latin typeface=".VnTime"/></a:rPr><a:t>{}</a:t></a:r>'
    slide = f'<p xmlns:a="urn:a"><a:p>{run}</a:p></p>'
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for number, text in ((10, "hai m­¬i"), (2, "Kinh tÕ")):
            package.writestr(f"ppt/slides/slide{number}.xml", slide.format(text))
    assert read_pptx(path, path.name).text.split() == ["Kinh", "tế", "hai", "mươi"]


@pytest.mark.parametrize("reader", [read_xls, read_ppt, read_xlsx, read_pptx])
def test_what_is_no_such_file_is_unreadable(tmp_path: Path, reader: object) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"PK\x03\x04 nothing")
    assert reader(path, "a").state == "unreadable"  # type: ignore[operator]
