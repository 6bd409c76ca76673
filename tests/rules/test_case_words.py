"""What clerks write about a document that waits: understood as a whole, or read by a person."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.records.case_words import CaseAct, CaseSaid, understand_case

ACCEPT = CaseAct.ACCEPT


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("đúng", CaseSaid(ACCEPT)),
        ("Dạ, đúng rồi ạ", CaseSaid(ACCEPT)),
        ("Kính gửi hệ thống,\nĐúng.\nTrân trọng,\nLan", CaseSaid(ACCEPT)),
        ("vào sổ", CaseSaid(ACCEPT)),
        ("correct", CaseSaid(ACCEPT)),
        ("số 1979 ngày 16/10/2017", CaseSaid(ACCEPT, {"date": "2017-10-16"}, "1979")),
        ("1979", CaseSaid(ACCEPT, number="1979")),
        ("number 125 date 16/10/2026", CaseSaid(ACCEPT, {"date": "2026-10-16"}, "125")),
        (
            "Số: 1979/SYT-TCCB, ngày 16 tháng 10 năm 2017",
            CaseSaid(ACCEPT, {"symbol": "1979/SYT-TCCB", "date": "2017-10-16"}),
        ),
        ("16.10.2017", CaseSaid(ACCEPT, {"date": "2017-10-16"})),
        ("2017-10-16, 5a", CaseSaid(ACCEPT, {"date": "2017-10-16"}, "5a")),
        (
            "trích yếu: Báo cáo hộ sinh, quý 1; năm 2017\nsố 7",
            CaseSaid(ACCEPT, {"subject": "Báo cáo hộ sinh, quý 1; năm 2017"}, "7"),
        ),
        (
            "loại: Công văn\nngười ký: Lê Thị Hòa\ncơ quan: Sở Y tế\nvăn bản đến\nđộ khẩn: hỏa tốc",
            CaseSaid(
                ACCEPT,
                {
                    "type": "Công văn",
                    "signer": "Lê Thị Hòa",
                    "issuer": "Sở Y tế",
                    "direction": "incoming",
                    "urgency": "3",
                },
            ),
        ),
        ("trùng", CaseSaid(CaseAct.SAME)),
        ("trùng văn bản 12", CaseSaid(CaseAct.SAME, of=12)),
        ("same document 12", CaseSaid(CaseAct.SAME, of=12)),
        ("bản mới của văn bản 12.", CaseSaid(CaseAct.VERSION, of=12)),
        ("new version of document 12", CaseSaid(CaseAct.VERSION, of=12)),
        ("Từ chối: gửi nhầm\ncho Sở Tài chính", CaseSaid(CaseAct.REFUSE, text="gửi nhầm cho Sở Tài chính")),
        ("không nhận - không thuộc thẩm quyền", CaseSaid(CaseAct.REFUSE, text="không thuộc thẩm quyền")),
    ],
)
def test_what_is_understood(text: str, want: CaseSaid) -> None:
    assert understand_case(f"{text}\n\n> Một văn bản chờ văn thư quyết định\n> đúng") == want


@pytest.mark.parametrize(
    "text",
    [
        "", "> đúng", "không đúng", "chưa đúng", "đúng không?", "không nhận được tệp đính kèm",
        "chưa rõ, xin gọi lại", "số 1979 ngày 31/02/2017", "trùng số 12/QĐ-UBND", "đúng, nhưng thiếu phụ lục",
        "số 1979 hoặc 1970", "trích yếu:", "độ khẩn: rất gấp", "đúng\n" * 30, "cảm ơn", "số",
    ],
)  # fmt: skip
def test_half_an_answer_is_for_a_person(text: str) -> None:
    assert understand_case(text) is None


@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    said = understand_case(text)
    assert said is None or re.fullmatch(r"\d{0,6}[a-zđ]?", said.number)
