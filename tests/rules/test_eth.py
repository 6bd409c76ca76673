"""Eth typed or read for Đ."""

import pytest

from connectors.readers.limits import ReadLimits
from connectors.readers.outcome import text_reading
from rules.text.eth import without_eth


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("BGÐ SYT", "BGĐ SYT"),
        ("QÐ-UBNÐ", "QĐ-UBNĐ"),
        ("TTÐT, HÐND", "TTĐT, HĐND"),
        ("Ðồng Xoài", "Đồng Xoài"),
        ("ÐIỀU 2. ðơn vị", "ĐIỀU 2. đơn vị"),
        ("BGĐÐ Sở", "BGĐ Sở"),
        ("Ð/c Hà Ðông", "Đ/c Hà Đông"),
        ("Đã đúng", "Đã đúng"),
        ("Guðmundur Þór Maður", "Guðmundur Þór Maður"),
        ("ÞÓRÐUR", "ÞÓRÐUR"),
    ],
)
def test_eth_becomes_d_with_stroke_in_vietnamese_words(written: str, meant: str) -> None:
    assert without_eth(written) == meant


def test_every_reader_gives_the_letter_that_is_meant() -> None:
    reading = text_reading("text/plain", "Ðiều 1. BGÐ Sở", ReadLimits(), kinds=())
    assert reading.text == "Điều 1. BGĐ Sở"


def test_legacy_text_in_which_the_code_is_another_letter_is_converted_first() -> None:
    tcvn3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc, ®ång ý víi ®Ò nghÞ, hoÆc ðîc"
    assert "\u0111\u00ee" not in text_reading("text/plain", tcvn3, ReadLimits()).text
