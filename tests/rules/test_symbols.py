"""The grammar of số/ký hiệu (DOMAIN 3.4, 11.1)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identify import symbol
from rules.identify.symbol import blank_rest, find_all, normative, parse, type_of

# text, family, number, suffix, year, type, org, unit
VECTORS = [
    ("21/2005/CT-UBND", "norm", 21, "", 2005, "CT", "UBND", ""),
    ("449/CV-BĐH112", "admin_typed", 449, "", None, "CV", "BĐH112", ""),
    ("23/2002/QĐ-UB", "norm", 23, "", 2002, "QĐ", "UB", ""),
    ("58/CT-TW", "admin_typed", 58, "", None, "CT", "TW", ""),
    ("7816/VPCP-TTĐT", "letter", 7816, "", None, "", "VPCP", "TTĐT"),
    ("425/VTLTNN - NVTW", "letter", 425, "", None, "", "VTLTNN", "NVTW"),
    ("55/2005/TTLT-BNV-VPCP", "norm", 55, "", 2005, "TTLT", "BNV-VPCP", ""),
    ("29/2018/QH14", "assembly", 29, "", 2018, "", "QH14", ""),
    ("07-CĐ/TU", "party", 7, "", None, "CĐ", "TU", ""),
    ("124/QĐ/TTg", "admin_slash", 124, "", None, "QĐ", "TTg", ""),
    ("78/20 10 / TT - BTC", "norm", 78, "", 2010, "TT", "BTC", ""),
    ("05/BNV-VP", "letter", 5, "", None, "", "BNV", "VP"),
    ("02/SY-UBND", "admin_typed", 2, "", None, "SY", "UBND", ""),
    ("Số:  144 /2002/QĐ/BTC", "norm", 144, "", 2002, "QĐ", "BTC", ""),
    ("01a/QĐ-UBND", "admin_typed", 1, "a", None, "QĐ", "UBND", ""),
    ("30/2000/PL-UBTVQH10", "norm", 30, "", 2000, "PL", "UBTVQH10", ""),
    ("8/2018/L-CTN", "norm", 8, "", 2018, "L", "CTN", ""),
    ("04-Ctr/TU", "party", 4, "", None, "CTr", "TU", ""),
    ("25/SNV", "letter", 25, "", None, "", "SNV", ""),
    ("15/SNN&PTNT-TL", "letter", 15, "", None, "", "SNN&PTNT", "TL"),
    ("155/TM-SYT", "admin_typed", 155, "", None, "TM", "SYT", ""),
    ("12/QD-UBND", "admin_typed", 12, "", None, "QĐ", "UBND", ""),
    ("1234/UBND-KT.TH", "letter", 1234, "", None, "", "UBND", "KT.TH"),
    ("09/KH–TTra.", "admin_typed", 9, "", None, "KH", "TTra", ""),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: str(v[0]))
def test_parts(vector: tuple[str, str, int, str, int | None, str, str, str]) -> None:
    text, *want = vector
    got = parse(text)
    assert got is not None
    assert [got.family, got.number, got.suffix, got.year, got.type_abbr, got.org, got.unit] == want


@pytest.mark.parametrize(
    "text",
    [
        "25/12/2005",
        "24/7",
        "50%",
        "A4/5",
        "km/h",
        "1/500",
        "20/11/2020",
        "ISO/IEC",
        "TCVN 6909:2001",
        "12/2005",
        "",
        "24/24h",
        "3/4",
        "quý I/2005",
        "Số: /QĐ-UBND",
        "60/40",
        "10/tháng",
        "5/Km",
    ],
)
def test_decoys(text: str) -> None:
    assert parse(text) is None


def test_citations_in_running_text() -> None:
    text = (
        "Ngày 03/6/2002 đã có Quyết định số 23/2002/QĐ-UB; theo Công văn 449/CV-BĐH112 ngày 16/9/2005 "
        "và Công văn số 7816/VPCP-TTĐT, Chỉ thị số 58/CT-TW, 07-CĐ/TU; làm việc 24/7, tỷ lệ 1/500, "
        "từ 2001-2005, vận tốc 60 km/h."
    )
    assert [found.text for found in find_all(text)] == [
        "23/2002/QĐ-UB",
        "449/CV-BĐH112",
        "7816/VPCP-TTĐT",
        "58/CT-TW",
        "07-CĐ/TU",
    ]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Số:      /QĐ-UBND", "/QĐ-UBND"),
        ("Số: ....../2025/QĐ-UBND", "/2025/QĐ-UBND"),
        ("Số: ___ /SNV - VP", "/SNV-VP"),
        ("Số: 12/QĐ-UBND", None),
        ("Số:", None),
    ],
)
def test_blank_numbers(text: str, rest: str | None) -> None:
    assert blank_rest(text) == rest


@pytest.mark.parametrize(
    ("text", "day", "name"),
    [
        ("21/2005/CT-UBND", date(2005, 12, 20), "Chỉ thị"),
        ("449/CV-BĐH112", date(2005, 9, 16), "Công văn"),
        ("7816/VPCP-TTĐT", None, "Công văn"),
        ("30/2020/NĐ-CP", None, "Nghị định"),
        ("12/GĐĐ-SNV", date(2015, 1, 5), "Giấy đi đường"),
        ("29/2018/QH14", None, ""),
    ],
)
def test_type_names(text: str, day: date | None, name: str) -> None:
    parsed = parse(text)
    assert parsed is not None
    assert type_of(parsed, day) == name


@pytest.mark.parametrize(
    ("text", "day", "want"),
    [
        ("21/2005/CT-UBND", date(2005, 12, 20), True),
        ("21/2018/CT-UBND", date(2018, 1, 3), False),  # directives of committees: normative to mid 2016
        ("08/CT-UBND", date(2015, 5, 5), False),  # no year in the number
        ("15/2017/QĐ-UBND", date(2017, 3, 1), True),
        ("05/2010/NQ-CP", date(2010, 3, 1), False),
        ("05/2025/NQ-CP", date(2025, 6, 1), True),
        ("34/2007/QĐ-BTC", date(2007, 3, 1), True),
        ("34/2012/QĐ-BTC", date(2012, 3, 1), False),
        ("29/2018/QH14", date(2018, 11, 15), True),
        ("07-CĐ/TU", date(2005, 1, 1), False),
        ("12/2020/KH-UBND", date(2020, 1, 1), False),
    ],
)
def test_normative_by_the_law_of_the_day(text: str, day: date, want: bool) -> None:
    assert normative(parse(text), "", day) is want


ABBR = st.sampled_from(["UBND", "SNV", "BĐH112", "VPCP", "TTg", "BTC", "SNN&PTNT", "CP", "TU"])
TYPE = st.sampled_from(["QĐ", "CT", "KH", "BC", "TTr", "TB", "QyĐ", "CTr", "NQ"])


@given(st.integers(1, 99999), st.one_of(st.none(), st.integers(1945, 2099)), TYPE, ABBR)
def test_what_is_written_is_read(number: int, year: int | None, abbr: str, org: str) -> None:
    text = f"{number:02d}/{year}/{abbr}-{org}" if year else f"{number:02d}/{abbr}-{org}"
    got = parse(text)
    assert got is not None
    assert (got.number, got.year, got.type_abbr, got.org, got.text) == (number, year, abbr, org, text)
    torn = text.replace("/", " / ").replace("-", " – ")
    assert parse(torn) == got
    assert parse(got.text) == got


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    parse(text)
    find_all(text)
    blank_rest(text)
    symbol.normal(text)
