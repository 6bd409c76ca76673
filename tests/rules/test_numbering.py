"""Numbers in books."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.records.numbering import Gap, borne_gaps, format_number, gaps, given_symbol, series_of, year_for
from rules.vocabulary import Direction

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OUT, IN = Direction.OUTGOING, Direction.INCOMING


@pytest.mark.parametrize(
    ("type", "normative", "direction", "series"),
    [
        ("Công văn", False, OUT, "general"),
        ("Quyết định", False, OUT, "general"),
        ("Quyết định", True, OUT, "normative/quyet-dinh"),
        ("Chỉ thị", True, OUT, "normative/chi-thi"),
        ("Chỉ thị", True, IN, "general"),
        ("Bản sao y", False, OUT, "copies"),
        ("Bản trích sao", False, OUT, "copies"),
        ("BẢN SAO LỤC ", False, OUT, "copies"),
        ("", True, OUT, "general"),
    ],
)
def test_series(type: str, normative: bool, direction: Direction, series: str) -> None:
    assert series_of(type, normative, direction) == series


def test_the_year_turns_at_midnight_in_the_organisations_zone() -> None:
    last, first = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert year_for(IN, date(2026, 12, 30), last, ZONE) == 2026
    assert year_for(IN, date(2026, 12, 30), first, ZONE) == 2027
    assert year_for(OUT, date(2026, 12, 31), first, ZONE) == 2026
    assert year_for(OUT, None, first, ZONE) == 2027


@pytest.mark.parametrize(
    ("number", "suffix", "text"), [(1, "", "01"), (9, "a", "09a"), (10, "", "10"), (1234, "", "1234")]
)
def test_numbers_below_ten_have_a_leading_zero(number: int, suffix: str, text: str) -> None:
    assert format_number(number, suffix) == text


def test_there_is_no_number_below_one() -> None:
    with pytest.raises(ValueError, match="no number"):
        format_number(0)


@pytest.mark.parametrize(
    ("arguments", "more", "symbol"),
    [
        ((21, "Chỉ thị", "UBND"), {"year": 2005}, "21/2005/CT-UBND"),
        ((2240, "Quyết định", "UBND"), {}, "2240/QĐ-UBND"),
        ((5, "Công văn", "BNV"), {"unit": "VP"}, "05/BNV-VP"),
        ((12, "công văn", "UBND"), {}, "12/UBND"),
        ((1, "Quy định", "STC"), {"suffix": "a"}, "01a/QyĐ-STC"),
        ((2, "Bản sao y", "UBND"), {}, "02/SY-UBND"),
        ((7, "Nghị quyết", "HĐND"), {"year": 2026}, "07/2026/NQ-HĐND"),
    ],
)
def test_given_symbols(arguments: tuple[int, str, str], more: dict[str, str], symbol: str) -> None:
    assert given_symbol(*arguments, **more) == symbol  # type: ignore[arg-type]


@pytest.mark.parametrize(("type", "body"), [("Chuyện phiếm", "UBND"), ("", "UBND"), ("Quyết định", " ")])
def test_a_symbol_is_never_invented(type: str, body: str) -> None:
    with pytest.raises(ValueError, match=r"type|body"):
        given_symbol(1, type, body)


def test_gaps_and_jumps() -> None:
    assert gaps([1, 2, 5, 6, 900], voided=[4]) == (Gap(3, 3), Gap(7, 899))
    assert [gap.jump for gap in gaps([1, 3, 900])] == [False, True]
    assert gaps([12, 10], start=10) == (Gap(11, 11),)
    assert gaps([3], start=1) == (Gap(1, 2),)


def test_borne_numbers_may_run_in_one_series_or_by_type() -> None:
    assert borne_gaps({"Quyết định": [2315], "Công điện": [12]}) == ()  # each in its own
    assert borne_gaps({"Quyết định": [1, 3, 5], "Công văn": [2, 4]}) == ()  # all in one
    assert borne_gaps({"Quyết định": [5, 7], "Công văn": [1, 2, 9]}) == (Gap(3, 4), Gap(6, 6), Gap(8, 8))
    assert borne_gaps({"Quyết định": [300, 302], "Công văn": [7, 8]}) == (Gap(301, 301),)
    assert borne_gaps({}) == ()

    assert gaps([]) == () == gaps([2, 3], start=5)


@given(st.sets(st.integers(1, 300)), st.sets(st.integers(1, 300)), st.integers(1, 50))
def test_gaps_are_exactly_what_is_missing(numbers: set[int], voided: set[int], start: int) -> None:
    found = gaps(numbers, start, voided)
    missing = {n for gap in found for n in range(gap.first, gap.last + 1)}
    present = {n for n in numbers | voided if n >= start}
    assert missing == set(range(start, max(present, default=start))) - present
    assert sum(gap.size for gap in found) == len(missing)
    assert list(found) == sorted(found, key=lambda gap: gap.first)


def test_gaps_of_a_misread_number_cost_nothing() -> None:
    assert gaps([1, 10**12]) == (Gap(2, 10**12 - 1),)
