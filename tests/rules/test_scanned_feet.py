"""The lower zone of a page as OCR gives it: where it stands, what is a bullet, who signed."""

import time

import pytest

from rules.identify import foot, signed
from rules.identify.foot_mended import mended
from rules.identify.header_words import header_word, header_words
from rules.identify.scanned import identify_scan
from rules.values.reading import Page, Word

WIDTH, HEIGHT = 595.0, 842.0
BODY = "Đề nghị các đơn vị triển khai thực hiện và báo cáo kết quả về Sở trước ngày quy định./."
BLOCK = ("Nơi nhận:", "- Như trên;", "- BGĐ Sở (để b/c);", "- Lưu: VT, NVY.")
RIGHT = 340.0


def words(text: str, x: float, y: float) -> list[Word]:
    found = []
    for part in text.split():
        found.append(Word(part, x, y, x + 4.6 * len(part), y + 10, "", 10.0))
        x += 4.6 * len(part) + 3
    return found


def page(left: tuple[str, ...] = BLOCK, right: tuple[str, ...] = (), sure: float = 0.95) -> Page:
    """A page whose body ends above the two columns."""
    found = words(BODY, 60, 380)
    for row, text in enumerate(left):
        found += words(text, 60, 420 + 14.0 * row)
    for row, text in enumerate(right):
        found += words(text, RIGHT, 421 + 17.0 * row)
    return Page(1, "", tuple(found), WIDTH, HEIGHT, source="ocr", sure=(sure,) * len(found))


def entries(left: tuple[str, ...], right: tuple[str, ...] = ()) -> list[str]:
    return [entry.text for entry in identify_scan([page(left, right)]).recipients]


@pytest.mark.parametrize("heading", ["Nơi nhận:", "Mới nhận:", "Nữi nhậm: `", "TIỀN HỆ", "ke"])
def test_a_block_is_found_by_its_heading_or_by_its_end(heading: str) -> None:
    found = foot.find(page((heading, *BLOCK[1:])).words, WIDTH, HEIGHT)
    assert found is not None and found.closed
    assert [run.text for run in found.rows] == [heading, *BLOCK[1:]]
    assert 390 <= found.top <= 420 and found.left < 60 and 120 < found.gutter < RIGHT


def test_a_page_of_text_has_no_block() -> None:
    text = ("- Các đơn vị báo cáo;", "- Phòng Nghiệp vụ tổng hợp;", "lưu ý thời hạn.")
    assert foot.find(page(text).words, WIDTH, HEIGHT) is None


@pytest.mark.parametrize("bullet", ["-", "~", "~-", "¬", "“ ~", "¡-", ":", "- -", "° =", "•"])
def test_what_ocr_makes_of_a_bullet_begins_an_entry(bullet: str) -> None:
    left = ("Nơi nhận:", f"{bullet} Như trên;", f"{bullet} BGĐ Sở;", f"{bullet} Lưu: VT.")
    assert entries(left) == ["Như trên", "BGĐ Sở", "Lưu: VT"]


@pytest.mark.parametrize("end", ["- bưu: VT, NVY.", "- Luu: VT, NVY.", "~ Lưu VT, NVY.", "- Lưu TTra. LTP."])
def test_the_archive_entry_is_known_whatever_ocr_made_of_its_first_word(end: str) -> None:
    (last,) = [e for e in identify_scan([page((*BLOCK[:3], end))]).recipients if e.kind == "archive"]
    assert last.text.startswith("Lưu: ")


def test_specks_between_the_rows_are_no_entries() -> None:
    dirty = page(
        ("Nơi nhận: ° ”", "- Như trên; `", "- BGĐ Sở (đề b/e);", "- Lưu: VT, NVY. “ +"), ("-:", "zl\\ P")
    )
    found, _ = mended(dirty)
    assert "P" not in [word.text for word in found.words]
    assert [e.text for e in identify_scan([dirty]).recipients] == [
        "Như trên",
        "BGĐ Sở (để b/c)",
        "Lưu: VT, NVY",
    ]


@pytest.mark.parametrize(
    ("right", "title", "name"),
    [
        (("GIÁM ĐÓC", "", "", "Lê Hoàng Anh"), "GIÁM ĐỐC", "Lê Hoàng Anh"),
        (("KT.GIÁM ĐÓC", "PHO GIÁM ĐỌC", "Hà Văn Phúc"), "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC", "Hà Văn Phúc"),
        (("^1, GIÁM ĐỐC", "HÓ GIÁM ĐỐC", "Hà Văn Phúc"), "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC", "Hà Văn Phúc"),
        (("TM. UY BAN NHAN DAN", "KT. CHU TỊCH", "PHÓ CHỦ TỊCH"),
         "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH", ""),
        (("BỘ TRƯỞNG", "THỨ TRƯỞNG", "Nguyên Viết Tiến"), "KT. BỘ TRƯỞNG THỨ TRƯỞNG", "Nguyễn Viết Tiến"),
        (("CỤC TRƯỜNG ,", "“ Nguy ễ Văn Hải |"), "CỤC TRƯỞNG", "Nguyễn Văn Hải"),
        (("TL. BỘ TRƯỞNG", "KT. VỤ TRƯỞNG VỤ BẢO HIỂM Y TÉ", "PHÓ VỤ TRƯỞNG", "Phan Văn Toàn"),
         "TL. BỘ TRƯỞNG KT. VỤ TRƯỞNG VỤ BẢO HIỂM Y TẾ PHÓ VỤ TRƯỞNG", "Phan Văn Toàn"),
        (("TRƯỞNG", "SỞ Y TẾ", "DANH SÁCH"), "", ""),
        (("GIÁM ĐỐC", "CỘNG HÒA XÃ HỘI", "Hướng Dẫn", "Độc Lập"), "GIÁM ĐỐC", ""),
        (("", "", "Trần Hoàng Tuấn"), "", "Trần Hoàng Tuấn"),
    ],
)  # fmt: skip
def test_title_and_name_are_put_right_or_left_out(right: tuple[str, ...], title: str, name: str) -> None:
    fields = identify_scan([page(right=right)])
    assert (fields.signer_title.value if fields.signer_title else "") == title
    assert (fields.signer.value if fields.signer else "") == name
    for found in (fields.signer, fields.signer_title):
        assert found is None or found.confidence <= 0.85


def look(*rows: str, sure: float = 0.9) -> signed.Look:
    found = [word for row, text in enumerate(rows) for word in words(text, RIGHT, 421 + 17.0 * row)]
    return signed.look_at(found, [sure] * len(found))


def test_looks_agree_on_the_name_and_the_fullest_title_counts() -> None:
    said = signed.settled([
        look("GIÁM ĐỐC", "Trần Hoàng Tuân"),
        look("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Hoàng Tuấn"),
        look("— ST", "Trần Hoàng Tuấn"),
        look("GIÁM ĐỐC", "Hoàng Tuấn"),
    ])  # fmt: skip
    assert [row.text for row in said.titles] == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]
    assert said.name is not None and said.name.text == "Trần Hoàng Tuấn"


def test_a_name_that_looks_dispute_is_not_sure() -> None:
    said = signed.settled([look("GIÁM ĐỐC", "Lê Văn An"), look("GIÁM ĐỐC", "Lê Vân Anh", sure=0.8)])
    assert said.name is not None and said.name.text == "Lê Văn An" and said.name.sure <= 0.6
    assert signed.settled([look("SỞ Y TẾ", "YTẾ ( *")]) == signed.Signed()


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("~z;Ng)yn Thị Liên Hương", "Nguyễn Thị Liên Hương"),
        ("Nguy n Vấn Hải", "Nguyễn Văn Hải"),
        ("Bùi Thi Quỳnh Vân", "Bùi Thị Quỳnh Vân"),
        ("Trân Hoàng Tuấn", "Trần Hoàng Tuấn"),
        ("Ngô Quyền Anh", "Ngô Quyền Anh"),
        ("Lê Duẩn", "Lê Duẩn"),
        ("%# Viết Tiên", ""),
        ("XP Hoàng Anh", ""),
        ("Văn Phúc", ""),
        ("Phap#: ăn Toàn", ""),
        ("TRẦN VĂN AN", ""),
    ],
)
def test_a_name_is_whole_or_left_out(row: str, name: str) -> None:
    said = signed.settled([look("GIÁM ĐỐC", row, sure=0.95)])
    assert (said.name.text if said.name is not None else "") == name


def test_where_the_end_of_a_name_stands() -> None:
    end = signed.end_of_name([look("GIÁM ĐỐC", "SỞ Y TẾ", "%n Liên Hương"), look("ứng", "n Hương")])
    assert end is not None and end.text == "Liên Hương" and end.y0 == 455
    assert signed.end_of_name([look("GIÁM ĐỐC", "— 4")]) is None


def test_another_document_in_the_file_lends_no_signer() -> None:
    header = words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 280, 40)
    other = page(BLOCK, ("BỘ TRƯỞNG", "Nguyễn Thị Kim Tiến"))
    other = Page(2, "", (*header, *other.words), WIDTH, HEIGHT, source="ocr", sure=(0.95,) * 99)
    own = page((), ())
    fields = identify_scan([own, Page(2, "", other.words, WIDTH, HEIGHT, source="ocr",
                                      sure=(0.95,) * len(other.words))])  # fmt: skip
    assert fields.signer is None and fields.recipients == ()


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("TÉ", "TẾ"),
        ("UY", "ỦY"),
        ("·BAN", "BAN"),
        ("BẢO", "BẢO"),
        ("THANH", "THANH"),
        ("BÔ", "BỘ"),
        ("Tế", "Tế"),
    ],
)
def test_words_of_headers_get_their_accents(read: str, meant: str) -> None:
    assert header_word(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("ỦY BAN NHAN DAN TỈNH QUANG NGAI", "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"),
        ("UBND TINH KIẾN GIANG", "UBND TỈNH KIÊN GIANG"),
        ("TỈNH QUANG NGAÀI", "TỈNH QUẢNG NGÃI"),
        ("TỈNH BÌNH LÂM", "TỈNH BÌNH LÂM"),
        ("HỘI ĐÔNG NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN"),
        ("CỤC QUAN LY KHÁM, CHUA BỆNH", "CỤC QUẢN LÝ KHÁM, CHỮA BỆNH"),
        ("BỘ YTÉ", "BỘ Y TẾ"),
        ("BỘYTÉ", "BỘ Y TẾ"),
        ("SỞ LAO ĐÔNG - THƯƠNG BINH VA XÃ HỘI", "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
        ("quản ly môi trương", "quản ly môi trương"),
        ("MỜI TRƯỜNG", "MÔI TRƯỜNG"),
        ("GIẤY MÔI HỌP", "GIẤY MÔI HỌP"),
    ],
)
def test_phrases_of_headers_get_their_accents(read: str, meant: str) -> None:
    assert " ".join(header_words(read.split())) == meant


def test_addressees_have_no_specks_at_their_ends() -> None:
    rows = (
        "Kính gửi:",
        "- - Trưởng Phòng Y tế huyện:",
        "_- Giám đốc Trung tâm;",
        "- : ` ˆ ¬ F",
        "- Sở Nội vụ.",
    )
    found = [word for row, text in enumerate(rows) for word in words(text, 150, 250 + 14.0 * row)]
    found += words("Căn cứ quy định hiện hành, Sở Y tế đề nghị các đơn vị báo cáo như sau:", 60, 340)
    fields = identify_scan([Page(1, "", tuple(found), WIDTH, HEIGHT, source="ocr", sure=(0.9,) * len(found))])
    texts = [entry.text for entry in fields.addressees]
    assert texts == ["Trưởng Phòng Y tế huyện", "Giám đốc Trung tâm", "Sở Nội vụ"]


@pytest.mark.parametrize("stamp", ["HỎA TỐC", "TỐI MẬT"])
def test_a_stamp_beside_the_addressees_is_none_of_them(stamp: str) -> None:
    rows = ("Kính gửi:", "- Giám đốc các bệnh viện;", "- Trưởng Phòng Y tế;", "- Sở Nội vụ.")
    found = [word for row, text in enumerate(rows) for word in words(text, 250, 250 + 14.0 * row)]
    found += words(stamp, 90, 271)
    found += words("Căn cứ quy định hiện hành, Sở Y tế đề nghị các đơn vị báo cáo như sau:", 60, 340)
    fields = identify_scan([Page(1, "", tuple(found), WIDTH, HEIGHT, source="ocr", sure=(0.9,) * len(found))])
    texts = [entry.text for entry in fields.addressees]
    assert texts == ["Giám đốc các bệnh viện", "Trưởng Phòng Y tế", "Sở Nội vụ"]


def test_a_page_of_debris_takes_no_time() -> None:
    debris = [Word("¬~" * 3, 60.0 + 7 * (at % 40), 40.0 + 8 * (at // 40), 64.0 + 7 * (at % 40),
                   46.0 + 8 * (at // 40), "", 8.0) for at in range(4_000)]  # fmt: skip
    debris += words("Nơi nhận:", 60, 30) + words("- Lưu: VT", 60, 44)
    began = time.process_time()
    mended(Page(1, "", tuple(debris), WIDTH, HEIGHT, source="ocr", sure=(0.4,) * len(debris)))
    assert time.process_time() - began < 1.0
