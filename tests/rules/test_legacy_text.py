"""VNI, TCVN3, VIQR and NFD to Unicode (DOMAIN 9.1, 9.2)."""

import json
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text import legacy, syllables
from rules.text.legacy import convert, convert_runs


def _encoder(name: str, key: str) -> dict[str, str]:
    table = json.loads(files("rules.tables").joinpath(name).read_text("utf-8"))
    return dict(table[key])


VNI = _encoder("vni_map.json", "encode")
TCVN3 = _encoder("tcvn3_map.json", "encode_single")
VIQR = _encoder("viqr_map.json", "encode")
PARAGRAPH = (
    "Thực hiện ý kiến chỉ đạo của Chủ tịch Ủy ban nhân dân tỉnh về ứng dụng công nghệ thông tin,\n"
    "Sở Nội vụ đề nghị các cơ quan, đơn vị cử cán bộ tham dự lớp tập huấn nghiệp vụ văn thư,\n"
    "gửi danh sách trước ngày 15 để tổng hợp, báo cáo."
)


def encode(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(("kind", "table"), [("vni", VNI), ("tcvn3", TCVN3)])
def test_a_paragraph_comes_back_whole(kind: str, table: dict[str, str]) -> None:
    text = PARAGRAPH if kind == "vni" else PARAGRAPH.replace("Ủy", "ủy")  # TCVN3 has no Ủ
    got = convert(encode(text, table))
    assert got.text == text
    assert got.kinds == (kind,)
    assert got.lines_changed == 3


def test_viqr_wants_strong_evidence() -> None:
    assert convert("Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam, Ddo^.c la^.p").text == (
        "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập"
    )
    plain = "What (if any) is this? A list: a, b, c. Email: dd@example.org, o+o."
    assert convert(plain) == legacy.Converted(plain)


def test_unicode_is_left_alone() -> None:
    for text in (
        PARAGRAPH,
        "Công ty Hoà Bình\nHà Nam",
        "Où est la côte d'Ivoire?",
        "Zürich, Ñandú, Åland",
        "",
    ):
        assert convert(text) == legacy.Converted(text)


def test_loose_marks_become_nfc() -> None:
    got = convert(unicodedata.normalize("NFD", PARAGRAPH))
    assert (got.text, got.kinds) == (PARAGRAPH, ("nfd",))


def test_two_lines_of_vni_in_a_unicode_document() -> None:
    text = (
        " Soá :  21/2005/CT-UBND\nÑoàng Xoaøi, ngaøy 20 thaùng 12 naêm 2005.\n"
        "CHỈ THỊ\n\nHoá đơn hoà bình toà nhà"
    )
    got = convert(text)
    assert got.text.splitlines()[:2] == [
        " Số :  21/2005/CT-UBND",
        "Đồng Xoài, ngày 20 tháng 12 năm 2005.",
    ]
    assert got.text.splitlines()[2:] == text.splitlines()[2:]
    assert got.lines_changed == 2


def test_a_lone_ambiguous_word_stays_but_the_label_of_a_number_is_known() -> None:
    assert convert("Hai soá").text == "Hai soá"
    assert convert("Soá: 12/QÑ-UB").text == "Số: 12/QĐ-UB"
    assert convert("Sè: 12/Q§-UB").text == "Số: 12/QĐ-UB"


def test_secrecy_stamps_in_old_encodings() -> None:
    assert convert("TUYEÄT MAÄT\nTOÁI MAÄT\nMAÄT").text == "TUYỆT MẬT\nTỐI MẬT\nMẬT"
    assert convert("MËT").text == "MẬT"


def test_fonts_decide_and_a_letter_may_be_cut_between_runs() -> None:
    got = convert_runs(
        [("quyÕt ®Þnh", ".VnTimeH"), (" cña Bé", ".VnTime"), ("\nNgha", "VNI-Times"), ("ù An", "VNI-Times")]
    )
    assert got.text == "QUYẾT ĐỊNH của Bộ\nNghá An"
    assert got.kinds == ("tcvn3", "vni")
    assert got.lines_changed == 2


def test_unicode_typed_in_an_old_font_stays() -> None:
    assert convert_runs([("Quyết định số 1", ".VnTime")]).text == "Quyết định số 1"


@pytest.mark.parametrize(
    ("font", "kind"),
    [
        (".VnTime", "tcvn3"),
        (".VnTimeH", "tcvn3-capitals"),
        ("ABCDEF+.VnArialH", "tcvn3-capitals"),
        ("VNI-Times", "vni"),
        ("VNtimes New Roman", "tcvn3"),
        ("Times New Roman", ""),
        ("", ""),
    ],
)
def test_font_names(font: str, kind: str) -> None:
    assert legacy.font_kind(font) == kind


def test_the_dropped_u_horn_is_put_back_where_spelling_leaves_no_doubt() -> None:
    assert convert("Bé trëng, Thñ tíng vµ c¸c ®Þa ph¬ng ®îc giao").text == (
        "Bộ trưởng, Thủ tướng và các địa phương được giao"
    )


@given(st.text(max_size=300))
def test_any_text_is_taken_and_lines_stay_lines(text: str) -> None:
    got = convert(text)
    assert got.text.count("\n") == unicodedata.normalize("NFC", text).count("\n")
    assert got.text == unicodedata.normalize("NFC", got.text)


@given(st.lists(st.sampled_from(PARAGRAPH.split()), min_size=4, max_size=12))
def test_words_of_a_unicode_line_are_never_damaged(found: list[str]) -> None:
    line = " ".join(found)
    neighbour = encode(PARAGRAPH.splitlines()[1], VNI)
    if any("ạ" <= char <= "ỹ" or char in "ăđĩũơư" for char in line.lower()):
        assert convert(f"{neighbour}\n{line}\n{neighbour}").text.splitlines()[1] == line


@pytest.mark.parametrize(
    ("word", "legal"),
    [
        ("nghiêng", True),
        ("QUYẾT", True),
        ("hoà", True),
        ("hòa", True),
        ("giếng", True),
        ("quý", True),
        ("Soï", False),
        ("où", False),
        ("gheọ", False),
        ("cát", True),
        ("càt", False),
        ("thƯ", False),
        ("Müller", False),
    ],
)
def test_syllables(word: str, legal: bool) -> None:
    assert syllables.legal(unicodedata.normalize("NFC", word)) is legal


def test_a_program_called_text_is_not_weighed() -> None:
    noise = "".join(chr(number % 256) for number in range(3, 60_000, 7))
    assert convert(noise).lines_changed == 0
    letter = "Céng hoµ x· héi chñ nghÜa ViÖt Nam\n"
    assert convert(letter * 40).kinds == ("tcvn3",)
