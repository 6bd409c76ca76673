"""Where a final text leaves room for number and date."""

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.records.blanks import applied, fill
from rules.values.numbering import Mark

MARK = Mark("05", "05/QĐ-SKHCN", date(2026, 11, 3))


def filled(text: str, mark: Mark = MARK) -> str:
    return applied(text, fill(text, mark).edits)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Số:        /QĐ-SKHCN", "Số: 05/QĐ-SKHCN"),
        ("Số:/QĐ-SKHCN", "Số: 05/QĐ-SKHCN"),
        ("Số :  ……./QĐ-SKHCN", "Số : 05/QĐ-SKHCN"),
        ("SỐ: ____/QĐ-SKHCN", "SỐ: 05/QĐ-SKHCN"),
        (unicodedata.normalize("NFD", "Số:   /QĐ-SKHCN"), unicodedata.normalize("NFD", "Số: 05/QĐ-SKHCN")),
        ("Số:   /QĐ-SKH", "Số: 05/QĐ-SKHCN"),
        ("Số: 12/QĐ-SKHCN", "Số: 12/QĐ-SKHCN"),
        ("Tổng số: 3 tờ", "Tổng số: 3 tờ"),
        ("Lâm Khê, ngày      tháng      năm 2026", "Lâm Khê, ngày 03 tháng 11 năm 2026"),
        ("ngày …… tháng 11 năm 2026", "ngày 03 tháng 11 năm 2026"),
        ("ngày ... tháng 10 năm 2026", "ngày 03 tháng 11 năm 2026"),
        ("ngày      tháng      năm 20…", "ngày 03 tháng 11 năm 2026"),
        ("ngày\ttháng\tnăm\t", "ngày 03 tháng 11 năm 2026"),
        ("Họ tên, ngày tháng năm sinh", "Họ tên, ngày tháng năm sinh"),
        ("ngày 20 tháng 10 năm 2026", "ngày 20 tháng 10 năm 2026"),
        (
            "Số:      /QĐ-SKHCN          Lâm Khê, ngày    tháng 11 năm 2026",
            "Số: 05/QĐ-SKHCN          Lâm Khê, ngày 03 tháng 11 năm 2026",
        ),
    ],
)
def test_blanks_are_filled_and_nothing_else(text: str, want: str) -> None:
    assert filled(text) == want
    assert filled(want) == want, "a copy is never numbered again"


def test_months_and_days_are_written_as_the_decree_wants() -> None:
    early, late = Mark("01", "01/X", date(2027, 1, 9)), Mark("01", "01/X", date(2026, 10, 30))
    assert (early.day, early.month, early.year) == ("09", "01", "2027")
    assert (late.day, late.month) == ("30", "10")


def test_only_the_first_of_each_is_filled() -> None:
    text = "Số:   /QĐ-SKHCN\nngày    tháng    năm 2026\nSố:   /QĐ-SKHCN\ntừ ngày    tháng    năm 2026"
    assert filled(text).splitlines()[2:] == text.splitlines()[2:]


def test_signs_printed_otherwise_are_no_mere_blank() -> None:
    (edit,) = fill("Số:     /QĐ-XYZ", MARK).number
    assert not edit.blank and edit.new == " 05/QĐ-SKHCN"


@given(st.text(alphabet="sốngàythángnăm SỐ:/._…\t0123456789QĐ-", max_size=400))
def test_any_text_is_taken_and_a_filled_one_is_left_alone(text: str) -> None:
    once = filled(text)
    assert filled(once).count("05/QĐ-SKHCN") <= once.count("05/QĐ-SKHCN") + 1


@pytest.mark.parametrize("piece", ["Số ", "Số: ", "ngày ", "ngày  tháng ", ".", "_", " "])
def test_hostile_repetition_takes_no_time(piece: str) -> None:
    began = time.perf_counter()
    fill(piece * (200_000 // len(piece)), MARK)
    assert time.perf_counter() - began < 1.0
