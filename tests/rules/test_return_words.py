"""What units write in a return: words, lines, numbers, sheets; understood or asked about, never guessed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reporting import sheet
from rules.reporting.checking import checked, number_of, read
from rules.reporting.kind_reader import read_kind
from rules.reporting.kinds import Asked, Field
from rules.reporting.saying import SayFault, by_words
from rules.values.grid import Grid

KIND = read_kind(
    (Path(__file__).parents[2] / "templates/reports/compliance.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    "text",
    [
        "đúng", "Đúng.", "như trên", "Dạ, đúng rồi ạ", "Chúng tôi xác nhận số liệu như trên", "OK",
        "chính xác",
        "Kính gửi Ban điều hành,\nđúng\n\nTrân trọng,\nNguyễn Văn An\nVăn thư", "dung", "Confirmed",
        "Xác nhận số liệu đúng", "đồng ý",
    ],
)  # fmt: skip
def test_a_word_confirms(text: str) -> None:
    said = by_words(KIND, text)
    assert said.confirmed and not said.faults and not said.entries


@pytest.mark.parametrize(
    "text",
    [
        "không đúng", "chưa đúng", "sai rồi", "đúng một phần", "Số liệu có đúng không?", "",
        "Chúng tôi sẽ gửi sau.", "> đúng",
    ],
)  # fmt: skip
def test_what_leaves_a_doubt_confirms_nothing(text: str) -> None:
    assert not by_words(KIND, text).confirmed


@pytest.mark.parametrize(
    ("line", "code", "value"),
    [
        ("3.1: 12", "3.1", "12"),
        ("3.1 = 1.204", "3.1", "1.204"),
        ("- 3.1: 12", "3.1", "12"),
        ("Văn bản đến: 12", "3.1", "12"),
        ("VĂN BẢN ĐẾN ĐÃ ĐĂNG KÝ: 12", "3.1", "12"),
        ("van ban den: 12", "3.1", "12"),
        ("Incoming documents registered: 12", "3.1", "12"),
        ("Khó khăn: thiếu: máy quét", "10.1", "thiếu: máy quét"),
        ("ĐT: 0651 3 879 000", "1.2", "0651 3 879 000"),
    ],
)
def test_a_line_names_its_field(line: str, code: str, value: str) -> None:
    said = by_words(KIND, line)
    assert dict(said.entries) == {code: value} and not said.faults


def test_difficulties_run_over_lines_and_a_quoted_mail_is_left_out() -> None:
    said = by_words(KIND, "6.1: 3\nKhó khăn: máy quét hỏng,\nxin thay máy.\n\n> 7.1: 99\n> đúng")
    assert dict(said.entries) == {"6.1": "3", "10.1": "máy quét hỏng,\nxin thay máy."}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("đúng\nnhưng số văn bản đi là 15", "line"),
        ("6.1: 3\n6.1: 4", "twice"),
        ("6.1: 3\nVăn bảm đến: 4", "no-field"),
        ("chúng tôi thấy có chỗ cần xem lại\nđúng", "line"),
    ],
)
def test_a_line_that_may_mean_something_else_is_asked_about(text: str, code: str) -> None:
    assert [fault.code for fault in by_words(KIND, text).faults] == [code]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("1.204", 1204), ("5.904,373", 5904.373), ("5904,373", 5904.373), ("1,34%", 1.34),
        ("1 204", 1204), ("(-90)", -90), ("(-90 ha)", None), ("-3", -3), ("12,5", 12.5), ("12.5", 12.5),
        ("1,204,000", 1204000), ("12 văn bản", 12), ("khoảng 12", None), ("mười hai", None), ("1e5", None),
        ("12a", None), ("", None), ("1.2.3", None), ("--3", None), ("٣", None),
    ],
)  # fmt: skip
def test_a_number_as_people_here_write_it(text: str, number: float | None) -> None:
    assert number_of(text, "văn bản") == number


def test_values_are_read_as_their_field_wants_them() -> None:
    whole = Field("1", "x")
    assert read(whole, 3.0) == 3 and isinstance(read(whole, 3.5), SayFault) and read(whole, None) is None
    assert isinstance(read(whole, True), SayFault) and isinstance(read(whole, float("nan")), SayFault)
    assert isinstance(read(whole, float("inf")), SayFault) and isinstance(read(whole, "#REF!"), SayFault)
    yes = Field("2", "x", Asked.YES)
    assert (read(yes, "Có"), read(yes, "không"), read(yes, "x"), read(yes, False)) == (
        True,
        False,
        True,
        False,
    )
    choice = Field("3", "x", Asked.CHOICE, choices=("đại học", "sau đại học"))
    assert read(choice, "Dai hoc") == "đại học" and isinstance(read(choice, "thạc sĩ"), SayFault)
    share = Field("4", "x", Asked.SHARE, unit="%", most=100)
    assert read(share, "12,5 %") == 12.5 and isinstance(read(share, "101"), SayFault)
    assert read(Field("5", "x", Asked.DIFFICULTY), "Không.") is None


def test_what_is_missing_and_sums_that_do_not_fit_are_said() -> None:
    _answers, faults = checked(KIND, {"3.2": "2", "3.3": "2", "3.5": "1"})
    assert ("sum", "3.2") in {(fault.code, fault.about) for fault in faults}
    assert ("missing", "6.1") in {(fault.code, fault.about) for fault in faults}
    assert "1.2" not in {fault.about for fault in faults}  # may be left empty


def test_a_sheet_is_read_by_its_headings_wherever_its_table_stands() -> None:
    rows = [("", "x"), ("", "Mã phiếu:", None, "compliance/2026-12/soyte"), (None,)]
    rows += [
        (None, "Ghi chú", "Mã", "Số liệu của đơn vị"),
        (None, None, 3.1, 12.0),
        (None, None, "6.1", None),
    ]
    grid = Grid("a", tuple(rows))  # type: ignore[arg-type]
    assert sheet.reference([grid]) == sheet.Reference("compliance", "2026-12", "soyte")
    said = sheet.entries(KIND, [grid])
    assert dict(said.entries) == {"3.1": 12.0, "6.1": None}
    assert {fault.code for fault in said.faults} == {"row-gone"}


CELLS = st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=40))


@given(st.lists(st.lists(CELLS, max_size=6).map(tuple), max_size=12).map(tuple))
def test_no_sheet_breaks_the_reading(rows: tuple[tuple[object, ...], ...]) -> None:
    grid = Grid("a", rows)  # type: ignore[arg-type]
    sheet.reference([grid])
    checked(KIND, sheet.entries(KIND, [grid]).entries)


@given(st.text(max_size=400))
def test_no_words_break_the_reading(text: str) -> None:
    said = by_words(KIND, text)
    checked(KIND, said.entries)
