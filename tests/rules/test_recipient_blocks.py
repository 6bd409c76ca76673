"""The recipient block as written (DOMAIN 4.4, 4.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identify import block
from rules.values.reading import RecipientEntry

DIRECTIVE = (
    "- Bộ tư pháp ( Cục kiểm tra VBQPPL);|- BĐH112CP;|- TTTU, TT HĐND tỉnh;|- CT, các  PCT;|- LĐ VP,TTTH;|"
    "- Các sở, ban, ngành;|- UBND huyện, thị xã;|- Lưu VT."
)
DECISION = (
    "- Bộ Công Thương;|- Thường trực Tỉnh ủy;|- Thường trực HĐND tỉnh;|- Đoàn Đại biểu Quốc hội tỉnh;|"
    "- Chủ tịch, các PCT UBND tỉnh;|- Như Điều 2;|- Trung tâm CNTT&TT;|- LĐVP, P.TH;|- Lưu: VT."
)
CIRCULAR = (
    "- Văn phòng Quốc hội; Văn phòng Chủ tịch nước;|- Bộ Khoa học và Công nghệ (để đăng ký);|"
    "- Các Sở: XD, GTVT, NN&PTNT các tỉnh, TP trực thuộc TW;|- Công báo, Cổng thông tin điện tử Chính phủ;|"
    "- Lưu: VT, Vụ KHCN&MT."
)


def texts(entries: tuple[RecipientEntry, ...]) -> list[str]:
    return [entry.text for entry in entries]


def read(text: str) -> tuple[RecipientEntry, ...]:
    return block.recipients(text.split("|"))


@pytest.mark.parametrize("text", [DIRECTIVE, DECISION, CIRCULAR])
def test_real_blocks_come_out_as_written(text: str) -> None:
    want = [" ".join(line.removeprefix("- ").rstrip(";.").split()) for line in text.split("|")]
    got = read(text)
    assert texts(got) == want
    assert got[-1].kind == "archive"
    assert [entry.kind for entry in got[:-1]].count("archive") == 0


def test_references_purposes_and_copies() -> None:
    got = read(
        "- Như trên;|- Như Điều 4;|- Bộ NN&PTNT (để b/c);|- BGH: báo cáo;|- Sở Y tế (phối hợp);|"
        "- Lưu: VT, TH (03b)."
    )
    assert [(entry.kind, entry.purpose, entry.copies) for entry in got] == [
        ("reference", "", None),
        ("reference", "", None),
        ("named", "để b/c", None),
        ("named", "báo cáo", None),
        ("named", "phối hợp", None),
        ("archive", "", 3),
    ]


def test_a_bracket_that_is_no_purpose_stays_a_part_of_the_name() -> None:
    (got,) = read("- Bộ Tư pháp (Cục Kiểm tra văn bản QPPL);")
    assert got.purpose == ""
    assert block.without_purpose("Thường trực Tỉnh ủy (b/c)") == "Thường trực Tỉnh ủy"


def test_columns_merged_into_one_line() -> None:
    text = (
        "KT. BỘ TRƯỞNG - Thủ tướng Chính phủ , các Phó TTCP ; THỨ TRƯỞNG - Văn phòng Quốc hội ; ( đã ký ) "
        "- Kiểm toán Nhà nước ; - Cục KSTTHC - VPCP ; - Lưu : VT , PC ."
    )
    assert texts(block.recipients([text])) == [
        "Thủ tướng Chính phủ , các Phó TTCP",
        "Văn phòng Quốc hội",
        "Kiểm toán Nhà nước",
        "Cục KSTTHC - VPCP",
        "Lưu : VT , PC",
    ]


def test_a_dash_alone_and_a_broken_entry() -> None:
    got = block.recipients(
        ["-", "Bộ Công Thương;", "- Viện kiểm sát,", "Tòa án nhân dân tối cao;", "- Lưu VT."]
    )
    assert texts(got) == ["Bộ Công Thương", "Viện kiểm sát, Tòa án nhân dân tối cao", "Lưu VT"]


def test_what_stands_below_the_archive_entry_is_not_read() -> None:
    got = block.recipients(
        ["- Như trên;", "- Lưu: VT.", "GIÁM ĐỐC", "Nguyễn Văn An", "PHỤ LỤC", "- Sở Y tế;"]
    )
    assert texts(got) == ["Như trên", "Lưu: VT"]


@pytest.mark.parametrize(
    "text", ["Lưu: VT", "Lưu VT", "Lưu: VP (HC, TH)", "Lưu TTLT", "- Lưu: VT, KT.", "Lưu HS"]
)
def test_archive(text: str) -> None:
    assert block.is_archive(text)


@pytest.mark.parametrize("text", ["Lưu ý các đơn vị", "Chi cục Văn thư - Lưu trữ", "Lưu trữ lịch sử tỉnh"])
def test_not_archive(text: str) -> None:
    assert not block.is_archive(text)


def test_addressees() -> None:
    assert texts(
        block.addressees(["- Các Bộ, cơ quan ngang Bộ;", "- Văn phòng Quốc hội;", "- Các Tổng công ty."])
    ) == [
        "Các Bộ, cơ quan ngang Bộ",
        "Văn phòng Quốc hội",
        "Các Tổng công ty",
    ]
    one_line = "Thủ trưởng các Sở, ban, ngành; Chủ tịch UBND các quận, huyện, TP Thủ Đức."
    assert texts(block.addressees([one_line])) == [
        "Thủ trưởng các Sở, ban, ngành",
        "Chủ tịch UBND các quận, huyện, TP Thủ Đức",
    ]


@given(st.lists(st.text(max_size=80), max_size=30))
def test_any_lines_are_taken(lines: list[str]) -> None:
    for entry in (*block.recipients(lines), *block.addressees(lines)):
        assert entry.text.strip()


def test_a_full_stop_typed_for_a_dash_begins_an_entry() -> None:
    assert texts(read("- Văn phòng Tỉnh ủy|. Văn phòng HĐND|- Lưu: VT")) == [
        "Văn phòng Tỉnh ủy",
        "Văn phòng HĐND",
        "Lưu: VT",
    ]


def test_what_is_kept_may_be_said_without_a_colon() -> None:
    assert [entry.kind for entry in read("- Đảng ủy Sở;|- Lưu Chi bộ.")] == ["named", "archive"]
    assert [entry.kind for entry in read("- Chi cục Lưu trữ;|- Lưu trữ lịch sử tỉnh;")] == ["named", "named"]
    assert not block.is_archive("Lưu Quang Hiếu")
