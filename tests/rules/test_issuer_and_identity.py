"""Who issued it, and is it the same document again (SEMANTICS, Review; A document)."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.directory import Directory
from rules.identify.identity import alike, folded_symbol, identity_key, text_fingerprint
from rules.identify.issuer import issuer_party
from rules.identify.layout import identify
from rules.values.directory import Name, Outside, Unit
from rules.values.reading import Fields, Found, Page
from rules.vocabulary import UnitKind

DAY = date(2024, 5, 20)
DIRECTORY = Directory.of(
    units=[
        Unit(
            "ubnd",
            "UBND tỉnh Bình Lâm",
            UnitKind.COMMITTEE,
            other_names=(Name("UBND tỉnh"),),
            symbols=("UBND", "UB"),
            keeps_books=False,
            keeper="vp",
        ),
        Unit("vp", "Văn phòng UBND tỉnh", UnitKind.OFFICE, "ubnd", symbols=("VPUB",)),
        Unit("snv", "Sở Nội vụ", UnitKind.DEPARTMENT, "ubnd", symbols=("SNV",)),
        Unit("tanmoc", "UBND huyện Tân Mộc", UnitKind.DISTRICT, "ubnd", symbols=("UBND",)),
        Unit("pnv", "Phòng Nội vụ", UnitKind.ROOM, "tanmoc", symbols=("PNV",)),
    ],
    outside=[Outside("vpbtp", "Văn phòng Bộ Tư pháp"), Outside("btp", "Bộ Tư pháp")],
)


def fields(symbol: str = "", issuer: str = "", parent: str = "", sure: float = 0.95) -> Fields:
    return Fields(
        symbol=Found(symbol, 0.97, "header") if symbol else None,
        issuer=Found(issuer, sure, "header") if issuer else None,
        parent_issuer=Found(parent, sure, "header") if parent else None,
    )


@pytest.mark.parametrize(
    ("printed", "sender", "want"),
    [
        (fields("12/SNV-VP", "SỞ NỘI VỤ", "UBND TỈNH BÌNH LÂM"), "snv", ("snv", "name+symbol")),
        (fields("12/QĐ-UBND", "ỦY BAN NHÂN DÂN TỈNH BÌNH LÂM"), "vp", ("ubnd", "name+symbol")),
        (fields("12/QĐ-UBND", "ỦY BAN NHÂN DÂN HUYỆN TÂN MỘC"), "vp", ("tanmoc", "name+symbol")),
        (fields("9/PNV", "PHÒNG NỘI VỤ", "UBND HUYỆN TÂN MỘC"), "vp", ("pnv", "name+symbol")),
        (fields("21/2005/CT-UBND"), "vp", ("ubnd", "symbol")),
        (fields("21/2005/CT-UBND", "UỶ BAN NHÂN DÂN TỈNH", sure=0.5), "snv", ("ubnd", "name+symbol")),
        (fields("2276/VP-TH", "VĂN PHÒNG", "BỘ TƯ PHÁP"), "snv", ("outside:vpbtp", "name")),
    ],
)
def test_the_issuer(printed: Fields, sender: str, want: tuple[str, str]) -> None:
    found = issuer_party(printed, DIRECTORY, DAY, [sender])
    assert found is not None
    assert (found[0], found[2]) == want
    assert found[1] >= 0.8


@pytest.mark.parametrize(
    ("printed", "sender"),
    [
        (fields("12/SNV-VP", "SỞ NỘI VỤ", "UBND TỈNH HÒA TRUNG"), "vp"),  # another province's department
        (fields("21/2005/CT-UBND"), "snv"),  # the sender keeps no committee's books
        (fields(), "vp"),
    ],
)
def test_no_issuer_is_invented(printed: Fields, sender: str) -> None:
    assert issuer_party(printed, DIRECTORY, DAY, [sender]) is None


def test_a_foreign_name_with_our_symbol_convinces_nobody() -> None:
    found = issuer_party(fields("12/QĐ-UBND", "ỦY BAN NHÂN DÂN TỈNH HÒA TRUNG"), DIRECTORY, DAY, ["vp"])
    assert found is None or found[1] <= 0.5


def test_symbols_written_differently_have_one_key() -> None:
    written = ("05/BNV-VP", "5/BNV - VP", "Số: 05 /BNV–VP", "05/bnv-vp")
    assert {folded_symbol(text) for text in written[:3]} == {"5/bnv-vp"}
    assert folded_symbol("144/2002/QĐ/BTC") != folded_symbol("144/2003/QĐ/BTC")
    assert identity_key("snv", "", DAY, "05/SNV-VP") == "snv||2024-05-20|5/snv-vp"
    assert identity_key("snv", "", None, "0a1b") == "snv|||0a1b"


SENTENCES = [
    "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh về tăng cường kỷ luật hành chính.",
    "Sở Nội vụ đề nghị các cơ quan, đơn vị báo cáo kết quả rà soát vị trí việc làm.",
    "Danh sách gửi về trước ngày 20 tháng 4 năm 2026 để tổng hợp.",
    "Kho bạc Nhà nước phối hợp khóa sổ ngân sách đúng thời hạn quy định.",
    "Hồ chứa nước Suối Ngà cần được kiểm tra an toàn trước mùa mưa bão.",
    "Trung tâm Tin học cấp hộp thư điện tử cho công chức mới tuyển dụng.",
    "Học sinh trung học cơ sở tham gia cuộc thi tìm hiểu pháp luật giao thông.",
    "Công ty cấp nước tạm ngừng cung cấp để sửa chữa đường ống chính.",
]


def text_of(seed: int, sentences: int = 40) -> str:
    pick = random.Random(seed)
    numbered = (
        f"{pick.choice(SENTENCES)} Mục {pick.randrange(900)}: {pick.choice(SENTENCES)}"
        for _ in range(sentences)
    )
    return "\n".join(numbered)


def test_the_same_text_scanned_again_is_alike() -> None:
    text = text_of(1)
    pick = random.Random(7)
    noisy = "".join("e" if char.isalpha() and pick.random() < 0.004 else char for char in text)
    assert alike(text_fingerprint(text), text_fingerprint(text.upper().replace("\n", "  "))) == 1.0
    assert alike(text_fingerprint(text), text_fingerprint(noisy)) >= 0.95


def test_another_text_is_not() -> None:
    other = (
        "Biên bản họp tổ dân phố số 4 về việc bình xét gia đình văn hóa; thành phần gồm ông Tâm, bà Hạnh. "
        * 20
    )
    assert alike(text_fingerprint(text_of(1)), text_fingerprint(other)) < 0.8


@given(st.text(max_size=300))
def test_a_fingerprint_fits_a_signed_column(text: str) -> None:
    mark = text_fingerprint(text)
    assert 0 <= mark < 2**63
    assert alike(mark, mark) == 1.0


def header_of(*lines: str, bold: tuple[int, ...] = ()) -> Fields:
    return identify((Page(1, "\n".join(lines), bold=bold),))


def test_a_parent_is_plain_and_an_issuer_is_bold() -> None:
    """Where no word for an office begins the second name, only the type tells them apart (DOMAIN 4.1)."""
    lines = ("PHÒNG KINH TẾ XÃ TÂN LẬP", "CHUYỂN ĐỔI SỐ, KHOA HỌC", "Số: 12/BC-CĐS", "BÁO CÁO", "Tuần 3")
    found = header_of(*lines, bold=(1, 3))
    assert found.issuer is not None and found.parent_issuer is not None
    assert found.issuer.value == "CHUYỂN ĐỔI SỐ, KHOA HỌC"
    assert found.issuer.confidence < 0.9  # because type alone is a weak witness
    assert found.parent_issuer.value == "PHÒNG KINH TẾ XÃ TÂN LẬP"


@pytest.mark.parametrize("bold", [(), (0, 1), (1,)])
def test_a_name_over_two_lines_stays_one(bold: tuple[int, ...]) -> None:
    found = header_of("ỦY BAN NHÂN DÂN", "TỈNH ĐỒNG NAI", "Số: 12/QĐ-UBND", "QUYẾT ĐỊNH", "Về họp", bold=bold)
    assert found.issuer is not None and found.issuer.value == "ỦY BAN NHÂN DÂN TỈNH ĐỒNG NAI"
    assert found.parent_issuer is None


def test_the_title_of_a_table_is_no_part_of_the_office_above_it() -> None:
    found = header_of(
        "\tTHÀNH PHỐ HẢI AN", "\tUBND HUYỆN TÂN LẬP", " " * 46 + "CÂN ĐỐI NGÂN SÁCH HUYỆN", "STT\tNỘI DUNG"
    )
    assert found.issuer is not None and found.issuer.value == "UBND HUYỆN TÂN LẬP"
    assert found.parent_issuer is not None and found.parent_issuer.value == "THÀNH PHỐ HẢI AN"


@pytest.mark.parametrize("attached", ["Quyết định số: 38/2005/QĐ-UBND", "Quyết định\nsố: 38/2005/QĐ-UBND"])
def test_an_annex_has_not_the_number_it_is_attached_to(attached: str) -> None:
    found = header_of("UBND HUYỆN TÂN LẬP", "CÂN ĐỐI NGÂN SÁCH", f"(Kèm theo {attached})")
    assert found.symbol is None


def test_whoever_wrote_a_report_signs_it() -> None:
    text = "\n".join(["BÁO CÁO", *(f"{n}. Việc đã làm trong tuần." for n in range(1, 9))])
    signed = identify((Page(1, f"{text}\n\nNgười báo cáo\n\n\nLê Thị Hòa\n"),))
    assert signed.signer is not None and signed.signer.value == "Lê Thị Hòa"
    assert signed.signer_title is not None and signed.signer_title.value == "Người báo cáo"
    told = identify((Page(1, f"{text}\nNgười báo cáo phải ký tên vào bản này\nLê Thị Hòa\n"),))
    assert told.signer is None


@pytest.mark.parametrize("head", ["TT", "STT", "Số TT"])
def test_the_head_of_a_table_ends_a_title(head: str) -> None:
    found = header_of("DANH SÁCH", "THÀNH VIÊN CÔNG TY HỢP DANH", head, "Họ và tên", bold=(0, 1, 2))
    assert found.subject is not None and found.subject.value == "THÀNH VIÊN CÔNG TY HỢP DANH"
