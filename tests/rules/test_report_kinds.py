"""Kinds of report are data: the program's own are right, and each mistake is named with its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.compliance.measures import MEASURES
from rules.reporting.kind_reader import KindFaults, read_kind
from rules.reporting.kinds import LADDER, Asked, Kind
from rules.reporting.period import Every

FOLDER = Path(__file__).parents[2] / "templates" / "reports"
SMALL = """
code = "quy"
name = "Báo cáo quý"
every = "quarter"
due = { before = 25 }
fields = [{ code = "1", name = "Số vụ" }, { code = "2", name = "Đã xong" }]
checks = [{ sum = ["2"], at_most = "1" }]
"""


def ours(code: str) -> Kind:
    return read_kind((FOLDER / f"{code}.toml").read_text(encoding="utf-8"), f"{code}.toml")


def test_the_directives_form_asks_what_the_directive_wants() -> None:
    kind = ours("compliance")
    assert (kind.every, kind.cut_off, kind.due.before, kind.ladder) == (Every.MONTH, 14, 25, LADDER)
    assert {field.code.partition(".")[0] for field in kind.fields} == {str(n) for n in range(1, 12)}
    assert {field.measure for field in kind.fields if field.measure} >= {"incoming", "outgoing", "staff"}
    assert len(MEASURES) > 0


def test_the_second_kind_is_a_sheet_of_twelve_indicators() -> None:
    kind = ours("indicators")
    assert len(kind.fields) == 12 and all(field.unit for field in kind.fields)
    assert {field.kind for field in kind.fields} == {Asked.NUMBER, Asked.SHARE, Asked.WHOLE}


@pytest.mark.parametrize("every", list(Every))
def test_any_period_can_be_collected_and_the_ladder_is_filled_in(every: Every) -> None:
    kind = read_kind(SMALL.replace('"quarter"', f'"{every.value}"'))
    assert kind.every is every and kind.ladder == LADDER


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ('code = "quy"', 'code = "Quý"', "bad-code", "code"),
        ('name = "Báo cáo quý"', 'name = " "', "empty", "name"),
        ('"quarter"', '"fortnight"', "shape", "every"),
        ("before = 25", "before = 40", "bad-day", "due"),
        ("before = 25", "before = 15", "bad-day", "due"),
        ("before = 25", "before = 25, on = 20", "one-of", "due"),
        ('name = "Số vụ"', 'nam = "Số vụ"', "shape", "fields"),
        ('name = "Đã xong"', 'name = "số vụ"', "double", "fields 2"),
        ('name = "Số vụ"', 'name = "Số vụ", kind = "choice"', "choices", "fields 1"),
        ('name = "Số vụ"', 'name = "Số vụ", measure = "outgoin"', "no-measure", "fields 1"),
        ('at_most = "1"', 'at_most = "9"', "no-number-field", "checks 1"),
        ('name = "Số vụ"', 'name = "Số vụ', "no-toml", ""),
        (
            "checks",
            'ladder = [{ code = "a", act = "remind", day = 20 }]\nchecks',
            "how-many",
            "ladder",
        ),
        (
            "checks",
            'ladder = [{ code = "a", act = "form", day = 15, time = "25:00" }]\nchecks',
            "bad-time",
            "ladder a",
        ),
        ("checks", 'ladder = [{ code = "a", act = "form", day = 3 }]\nchecks', "bad-day", "ladder a"),
        ("checks", f"{'a.' * 5000}b = 1\nchecks", "no-toml", ""),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, code: str, where: str) -> None:
    assert old in SMALL
    with pytest.raises(KindFaults) as caught:
        read_kind(SMALL.replace(old, new, 1))
    found = {(fault.code, fault.where) for fault in caught.value.faults}
    assert any(fault == code and place.startswith(where) for fault, place in found), found


def test_a_measure_mistyped_is_told_the_nearest() -> None:
    with pytest.raises(KindFaults) as caught:
        read_kind(SMALL.replace('name = "Số vụ"', 'name = "Số vụ", measure = "outgoin"'))
    assert "outgoing" in caught.value.faults[0].expected


@given(st.text(max_size=200))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(KindFaults):
        read_kind(text)
