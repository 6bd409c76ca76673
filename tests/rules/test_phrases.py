"""Accents that OCR loses, given back by phrases that are written one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identify.header_words import text_words
from rules.text.fold import fold
from rules.text.phrases import Phrases


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("V/v góp ý kiên Thông tư sô 05/2016", "V/v góp ý kiến Thông tư số 05/2016"),
        ("các cơ sở y tê, thị trân", "các cơ sở y tế, thị trấn"),
        ("Sở Y tê tổng hợp kê hoạch; thì hành", "Sở Y tế tổng hợp kế hoạch; thi hành"),
        ("THỰC TRANG TỈNH HÌNH", "THỰC TRẠNG TÌNH HÌNH"),
        ("(đề báo cáo);", "(để báo cáo);"),
        ("tỉnh Kiến Giang", "tỉnh Kiên Giang"),
        ("Ủy ban nhân dân và Tỉnh uỷ", "Ủy ban nhân dân và Tỉnh uỷ"),
        ("hoá đơn, hòa giải", "hoá đơn, hòa giải"),
        ("chủ động báo cáo", "chủ động báo cáo"),
        ("công nhân sử dụng", "công nhân sử dụng"),
        ("có quan hệ với cơ quan", "có quan hệ với cơ quan"),
        ("Hội Đông Y tỉnh, Hội đông nhân dân", "Hội Đông Y tỉnh, Hội đồng nhân dân"),
        ("cố gắng sô một", "cố gắng sô một"),
    ],
)
def test_accents_come_back_where_the_phrase_is_clear(read: str, meant: str) -> None:
    assert " ".join(text_words(read.split())) == meant


def test_the_longest_phrase_counts() -> None:
    phrases = Phrases(("văn hóa", "văn hóa, thể thao"))
    assert phrases.spelled(["Văn", "hoa,", "the", "thao"]) == ["Văn", "hóa,", "thể", "thao"]


@given(st.lists(st.text(st.sampled_from("abướdđêYTếtếv ỏo,.;:(/-12"), min_size=1, max_size=6), max_size=8))
def test_whatever_stands_there_stays_the_same_letters(row: list[str]) -> None:
    found = text_words(row)
    assert [fold(word) for word in found] == [fold(word) for word in row]
