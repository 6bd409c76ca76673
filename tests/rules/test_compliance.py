"""Measures of the directive, each with a small case; periods with the cut-offs of Decree 09/2019."""

from datetime import date
from typing import Any

import pytest

from rules.compliance.answers import UNASKED, Submission
from rules.compliance.facts import Facts
from rules.compliance.measures import (
    BY_CODE,
    MEASURES,
    Light,
    Reading,
    lights,
    readings,
    score,
    together,
)
from rules.reporting.period import before, named
from rules.reporting.sparkline import characters, end, path

# Every row of the obligations table that can be measured (issue 7); O31 is the score.
WANTED = {f"O{number:02d}" for number in (6, 9, *range(13, 18), *range(20, 28), 29, 30)}


def said(**answers: Any) -> Submission:
    """A return that came in time; f9_4="ADSL" answers field 9.4."""
    fields = {name[1:].replace("_", "."): value for name, value in answers.items()}
    return Submission(fields, asked=True, received=date(2026, 11, 20))


def test_every_row_that_can_be_measured_is() -> None:
    assert set(BY_CODE) >= WANTED


@pytest.mark.parametrize(
    ("code", "facts", "value", "of", "light"),
    [
        ("O03", Facts(outgoing=4, outgoing_network=3, incoming=6, incoming_network=5), 8, 10, Light.NONE),
        ("O03", Facts(), 0, 0, Light.NONE),
        ("O06", Facts(administrators=1), 1, 1, Light.GREEN),
        ("O06", Facts(), 0, 1, Light.RED),
        ("O09", Facts(plans=1), 1, 1, Light.GREEN),
        ("O13", Facts(entries=9, past_the_clerk=1), 9, 10, Light.YELLOW),
        ("O14", Facts(entries=10, incomplete=1, gaps=2), 9, 12, Light.RED),
        ("O15", Facts(normative=2, normative_sent=1), 1, 2, Light.RED),
        ("O17", Facts(entries=1, indicators=1), 2, 3, Light.RED),
        ("O20", Facts(entries=3, lookups=1), 1, 1, Light.GREEN),
        ("O20", Facts(entries=3), 0, 1, Light.RED),
        ("O21", Facts(boards=1), 1, 1, Light.GREEN),
        ("O22", Facts(staff=10, mailboxes=8, active=5), 5, 10, Light.GREEN),
        ("O22", Facts(staff=10, mailboxes=8, active=4), 4, 10, Light.YELLOW),
        ("O25", Facts(outgoing=5, network_first=5), 5, 5, Light.GREEN),
        ("O26", Facts(scans=2), 1, 1, Light.GREEN),
        ("O27", Facts(outgoing=4, electronic_only=1), 1, 4, Light.NONE),
        ("O30", Facts(), 0, 0, Light.NONE),
    ],
)
def test_a_measure_of_the_traffic(code: str, facts: Facts, value: float, of: float, light: Light) -> None:
    found = BY_CODE[code].compute(facts, UNASKED)
    assert (found.value, found.of, found.unanswered) == (value, of, 0)
    assert BY_CODE[code].light(found) is light


@pytest.mark.parametrize(
    ("code", "facts", "answers", "value", "of", "unanswered", "light"),
    [
        ("O06", Facts(), {"f9_1": "Nguyễn Văn An"}, 1, 1, 0, Light.GREEN),
        ("O06", Facts(), {"f9_1": "-"}, 0, 1, 0, Light.RED),
        ("O06", Facts(), {}, 0, 1, 1, Light.UNKNOWN),
        ("O16", Facts(normative_sent=4), {"f4_3": 3}, 3, 4, 0, Light.RED),
        ("O16", Facts(normative_sent=4), {"f4_3": 9}, 4, 4, 0, Light.GREEN),  # more than it sent is all of it
        ("O16", Facts(normative_sent=4), {}, 0, 4, 4, Light.UNKNOWN),
        ("O16", Facts(), {"f4_3": 1}, 0, 0, 0, Light.NONE),
        ("O17", Facts(entries=1), {"f2_1": True, "f2_3": True}, 3, 3, 0, Light.GREEN),
        ("O17", Facts(entries=1), {"f2_1": False}, 1, 3, 1, Light.RED),  # a yes would not help any more
        ("O17", Facts(entries=1), {"f2_1": True}, 2, 3, 1, Light.UNKNOWN),
        ("O23", Facts(), {"f7_1": 0}, 0, 1, 0, Light.RED),
        ("O23", Facts(), {"f7_1": 2}, 1, 1, 0, Light.GREEN),
        ("O23", Facts(), {}, 0, 1, 1, Light.UNKNOWN),
        ("O24", Facts(), {"f9_2": "Cao đẳng"}, 1, 1, 0, Light.GREEN),
        ("O24", Facts(), {"f9_2": "trung cấp"}, 0, 1, 0, Light.RED),
        ("O26", Facts(), {"f9_3": False}, 0, 1, 0, Light.RED),
        ("O29", Facts(), {"f9_4": "ADSL"}, 1, 1, 0, Light.GREEN),
        ("O29", Facts(), {"f9_4": "quay số"}, 0, 1, 0, Light.RED),
        ("O30", Facts(), {}, 1, 1, 0, Light.GREEN),
    ],
)
def test_a_measure_that_is_asked(
    code: str, facts: Facts, answers: dict[str, Any], value: float, of: float, unanswered: float, light: Light
) -> None:
    found = BY_CODE[code].compute(facts, said(**answers))
    assert (found.value, found.of, found.unanswered) == (value, of, unanswered)
    assert BY_CODE[code].light(found) is light


def test_late_and_missing_returns_are_not_in_time() -> None:
    late = Submission(asked=True, received=date(2026, 11, 26), days_late=2)
    for submission in (late, Submission(asked=True)):
        assert BY_CODE["O30"].compute(Facts(), submission) == Reading(0, 1)


def test_a_share_that_shall_rise_is_held_against_the_month_before() -> None:
    measure, now = BY_CODE["O27"], Reading(6, 10)
    assert measure.light(now, Reading(1, 2)) is Light.GREEN
    assert measure.light(now, Reading(7, 10)) is Light.YELLOW
    assert measure.light(now, Reading(9, 10)) is Light.RED
    assert measure.light(now, Reading(0)) is Light.NONE and measure.light(now) is Light.NONE


def test_the_whole_is_sums_over_sums_and_the_silent_stay_in_the_denominator() -> None:
    units = {
        "a": readings(Facts(outgoing=1, outgoing_network=1), said(f7_1=1)),
        "b": readings(Facts(outgoing=99), said()),
    }
    whole = together(units)
    assert whole["O03"] == Reading(1, 100)
    assert whole["O23"] == Reading(1, 2, 1)


def test_the_score_counts_what_applies_and_no_answer_is_not_kept() -> None:
    unasked = score(lights(readings(Facts(administrators=1), UNASKED)))
    assert unasked.met == 1 and unasked.unanswered == 0 and unasked.applicable < len(MEASURES)
    silent = score(lights(readings(Facts(administrators=1), Submission(asked=True))))
    honest = score(
        lights(readings(Facts(administrators=1), said(f7_1=0, f9_2="", f9_3=False, f9_4="quay số")))
    )
    assert silent.unanswered == 4 and silent.applicable == honest.applicable
    assert silent.share <= honest.share


def test_a_sparkline_is_broken_where_nothing_is_known() -> None:
    assert path((0.0, 1.0, None, 0.5), 60, 14) == "M0.0 14.0 L20.0 0.0 M60.0 7.0"
    assert end((None, 0.5), 60, 14) == (60, 7.0) and end((1.0, None)) is None and end(()) is None
    assert characters((0.0, None, 1.0)) == "▁·█"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-11", date(2026, 10, 15), date(2026, 11, 14)),
        ("2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-H2", date(2026, 6, 15), date(2026, 12, 14)),
        ("2026-9M", date(2025, 12, 15), date(2026, 9, 14)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_a_period_by_its_name(name: str, first: date, last: date) -> None:
    found = named(name)
    assert found is not None and (found.first, found.last, found.name) == (first, last, name)
    assert before(found).last < found.first


@pytest.mark.parametrize("name", ["", "2026-13", "11/2026", "2026-Q5", "0000-01", "2026-00"])
def test_what_is_no_period(name: str) -> None:
    assert named(name) is None
