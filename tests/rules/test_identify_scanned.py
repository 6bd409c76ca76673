"""What OCR reads badly on a page, and what old fonts leave open."""

import time
from dataclasses import replace

import pytest

from connectors.scans.second_look import agreed_year
from connectors.scans.tesseract import Seen
from rules.identify.converted import doubted
from rules.identify.scanned import identify_scan
from rules.records.twins import Trait, suspects
from rules.values.reading import Fields, Found, Page, Word

HEADER = (
    (80, "UBND TỈNH BÌNH LÂM"), (280, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (120, "SỞ Y TẾ"), (320, "Độc lập - Tự do - Hạnh phúc"),
)  # fmt: skip


def page(date: str, number: str = "Số: /SYT-NVY") -> Page:
    """The header of a letter as OCR gives it."""
    words: list[Word] = []
    for row, (x, text) in enumerate((*HEADER, (100, number), (300, date))):
        for word in text.split():
            y = 50 + 16.0 * (row // 2)
            words.append(Word(word, x, y, x + 5 * len(word), y + 10, "", 10.0))
            x += 5 * len(word) + 4
    words.append(Word("Căn", 100, 300, 120, 310, "", 10.0))
    return Page(1, "", tuple(words), 595.0, 842.0, source="ocr", sure=(0.9,) * len(words))


def test_the_place_is_read_where_the_day_is_not() -> None:
    fields = identify_scan([page("Lâm Khê, ngày È Ö tháng 10 năm 2026")])
    assert fields.date is None and "date" in fields.unread
    assert fields.place == Found("Lâm Khê", 0.85, "before the date")


def test_debris_before_the_day_is_no_place() -> None:
    assert identify_scan([page("J2m Khê, ngày È Ö tháng 10 năm 2026")]).place is None
    assert identify_scan([page("ngày È Ö tháng 10 năm 2026")]).place is None


@pytest.mark.parametrize("number", ["Số: /SYT-NVY -", "Số: /2026NQ-HĐND", "Số: /2026/NQ-HĐND"])
def test_a_place_close_behind_the_number_is_no_part_of_it(number: str) -> None:
    words = page("Lâm Khê, ngày È Ö tháng 10 năm 2026", number).words
    dated = next(word.x0 for word in words if word.text == "Lâm")
    end = max(word.x1 for word in words if word.x0 < dated and word.y0 == words[-2].y0)
    close = tuple(word._replace(x0=word.x0 - dated + end + 20, x1=word.x1 - dated + end + 20)
                  if word.x0 >= dated and word.y0 == words[-2].y0 else word for word in words)  # fmt: skip
    fields = identify_scan([replace(page(""), words=close, sure=(0.9,) * len(close))])
    assert fields.symbol_rest in ("/SYT-NVY", "/2026/NQ-HĐND")
    assert fields.place is not None and fields.place.value == "Lâm Khê"


def test_a_symbol_of_many_parts_takes_no_time() -> None:
    long = page("", "Số: /AB" + "-A" * 28 + "- x x")
    small = tuple(word._replace(x0=word.x0 / 3, x1=word.x1 / 3) for word in long.words)
    began = time.process_time()
    identify_scan([replace(long, words=small)])
    assert time.process_time() - began < 1.0


def test_a_subject_in_capitals_of_an_old_font_is_not_sure() -> None:
    fields = Fields(subject=Found("VỀ VIỆC BAN HÀNH QUY CHẾ", 0.93, "below the type line"))
    assert doubted(fields, ["tcvn3"]).subject == Found("VỀ VIỆC BAN HÀNH QUY CHẾ", 0.8, "below the type line")
    assert doubted(fields, []) == fields
    small = Fields(subject=Found("Về việc ban hành Quy chế", 0.93, "below the type line"))
    assert doubted(small, ["tcvn3"]) == small


def trait(fingerprint: int, number: str = "", *, scanned: bool = False, known: int | None = None) -> Trait:
    return Trait("k", number, "sha", fingerprint, 900, known, scanned=scanned)


def test_who_looks_like_a_scan_without_a_number() -> None:
    other, near, same = (trait(bits, "ubnd|2026|1/x", known=bits) for bits in (0b1111111111, 0b1111, 0b1))
    new = trait(0, scanned=True)
    assert suspects(new, [other, near, same]) == (0b1, 0b1111)
    assert suspects(trait(0, "ubnd|2026|2/x"), [same]) == (), "its number tells"
    assert suspects(trait(0), [trait(0b11111111, "n", known=7)]) == (), (
        "text that no OCR read is compared sharply"
    )


def seen(text: str, sure: float = 0.96) -> Seen:
    return Seen(text, 0, 0, 10, 10, sure, 1)


def test_a_year_is_settled_by_two_more_looks_only_where_they_agree() -> None:
    agreed = agreed_year([seen("04"), seen("2018")], [seen("2018.", 0.92)])
    assert agreed is not None and agreed.text.startswith("2018")
    assert agreed_year([seen("2018")], [seen("2016")]) is None
    assert agreed_year([seen("2018")], [seen("2018", 0.8)]) is None
    assert agreed_year([seen("2018"), seen("2017")], [seen("2018")]) is None
    assert agreed_year([seen("2018")], []) is None
