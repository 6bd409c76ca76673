"""Urgency, secrecy and draft marks: whole lines only (DOMAIN 1.6, 1.7, 11.2)."""

import pytest

from rules.identify.layout import identify
from rules.identify.stamps import is_draft, urgency
from rules.secrecy.lines import of_line as secrecy
from rules.secrecy.titles import in_title as secrecy_in_subject
from rules.text.legacy import convert
from rules.values.reading import Page
from rules.vocabulary import Urgency

BENIGN = [
    "bảo mật",
    "bí mật nhà nước",
    "Mật độ dân số",
    "mật khẩu",
    "Bí mật",
    "mất",
    "mặt",
    "Mật ong rừng",
    "tối nay",
    "Mật mã",
    "BẢO MẬT THÔNG TIN",
    "Tối mai họp",
    "Về việc bảo vệ bí mật nhà nước",
    "CƠ MẬT VIỆN",
    "Mật danh",
    "tuyệt đối",
    "TUYỆT ĐỐI",
    "mật",
    "MẶT TRẬN TỔ QUỐC",
    "MẶT BẰNG",
]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("MẬT", "MẬT"),
        ("Mật", "MẬT"),
        ("TỐI MẬT", "TỐI MẬT"),
        ("Tối mật", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("MAT", "MẬT"),
        ("TOI MAT", "TỐI MẬT"),
        ("TUYET MAT", "TUYỆT MẬT"),
        ("[MẬT]", "MẬT"),
        ("M Ậ T", "MẬT"),
        ("T0I MAT", "TỐI MẬT"),
        ("TUYÉT MÃT", "TUYỆT MẬT"),
        ("TUYỆT MẬ", "TUYỆT MẬT"),
        ("Độ mật: Mật", "MẬT"),
        ("| TỐI MẬT |", "TỐI MẬT"),
        ("TÓI MẶT", "TỐI MẬT"),
        ("M4T", "MẬT"),
    ],
)
def test_levels_of_secrecy(line: str, level: str) -> None:
    assert secrecy(line) == level


@pytest.mark.parametrize("line", BENIGN)
def test_no_false_alarm(line: str) -> None:
    assert secrecy(line) is None
    assert secrecy_in_subject(line) is None


@pytest.mark.parametrize(
    ("subject", "level"),
    [
        ("[MẬT] V/v diễn tập", "MẬT"),
        ("TỐI MẬT: kế hoạch", "TỐI MẬT"),
        ("Tuyệt mật - báo cáo", "TUYỆT MẬT"),
        ("MẬT", "MẬT"),
        ("Mật khẩu mới của hộp thư", None),
        ("V/v bảo vệ bí mật nhà nước", None),
    ],
)
def test_marks_in_mail_subjects(subject: str, level: str | None) -> None:
    assert secrecy_in_subject(subject) == level


@pytest.mark.parametrize("stamp", ["MAÄT", "TOÁI MAÄT", "TUYEÄT MAÄT", "MËT", "TèI MËT", "TUYÖT MËT"])
def test_stamps_in_old_fonts(stamp: str) -> None:
    text = convert(f"{stamp}\nSố: 03/KH-BCĐ\nKẾ HOẠCH\nDiễn tập").text
    found = identify([Page(1, text)]).secrecy
    assert found is not None
    assert found.value.endswith("MẬT")


def test_a_stamp_in_an_annex_page_is_not_the_documents() -> None:
    assert (
        identify([Page(1, "Số: 1/SNV-VP\nV/v mẫu biểu\nKính gửi: UBND xã"), Page(2, "MẬT\nMẫu số 1")]).secrecy
        is None
    )


@pytest.mark.parametrize(
    ("line", "degree"),
    [
        ("KHẨN", Urgency.URGENT),
        ("THƯỢNG KHẨN", Urgency.VERY_URGENT),
        ("HỎA TỐC", Urgency.EXPRESS),
        ("HOẢ  TỐC", Urgency.EXPRESS),
        ("HỎA TỐC HẸN GIỜ 14h00", Urgency.EXPRESS_TIMED),
        ("Khẩn trương thực hiện", None),
        ("Về việc khẩn", None),
    ],
)
def test_degrees_of_urgency(line: str, degree: Urgency | None) -> None:
    assert urgency(line) == degree


@pytest.mark.parametrize(
    ("line", "draft"), [("DỰ THẢO", True), ("(Dự thảo lần 3)", True), ("Dự thảo Nghị quyết", False)]
)
def test_drafts(line: str, draft: bool) -> None:
    assert is_draft(line) is draft
