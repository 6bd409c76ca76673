"""Measures of the directive, each with a small case; periods with the cut-offs of Decree 09/2019."""

from datetime import date

import pytest

from rules.compliance.facts import Facts
from rules.compliance.measures import BY_CODE, MEASURES, Light, Reading, Submission, readings, score, together
from rules.reporting.period import before, named

NOTHING_SAID = Submission({})


@pytest.mark.parametrize(
    ("code", "facts", "value", "of", "light"),
    [
        ("O03", Facts(outgoing=4, outgoing_network=3, incoming=6, incoming_network=5), 8, 10, Light.GREEN),
        ("O03", Facts(outgoing=10, outgoing_network=4), 4, 10, Light.YELLOW),
        ("O03", Facts(), 0, None, Light.NONE),
        ("O06", Facts(administrators=1), 1, 1, Light.GREEN),
        ("O13", Facts(entries=9, past_the_clerk=1), 9, 10, Light.YELLOW),
        ("O14", Facts(entries=10, incomplete=1, gaps=2), 9, 12, Light.RED),
        ("O15", Facts(normative=2, normative_sent=1), 1, 2, Light.RED),
        ("O20", Facts(entries=3, lookups=1), 1, 1, Light.GREEN),
        ("O22", Facts(staff=10, mailboxes=8, active=5), 5, 10, Light.GREEN),
        ("O25", Facts(outgoing=5, network_first=5), 5, 5, Light.GREEN),
        ("O26", Facts(scans=2), 1, 1, Light.GREEN),
        ("O27", Facts(outgoing=4, outgoing_network=3, outgoing_with_paper=2), 1, 4, Light.RED),
    ],
)
def test_a_measure(code: str, facts: Facts, value: float, of: float | None, light: Light) -> None:
    found = BY_CODE[code].compute(facts, NOTHING_SAID)
    assert (found.value, found.of) == (value, of)
    assert BY_CODE[code].light(found) is light


def test_what_only_the_unit_knows_is_grey_until_it_says_so() -> None:
    silent, said = readings(Facts(), NOTHING_SAID), readings(Facts(), Submission({"9.4": "ADSL", "7.1": 3}))
    assert silent["O29"].of is None and silent["O23"].of is None
    assert said["O29"] == Reading(1, 1) and said["O23"] == Reading(1, 1)


def test_the_whole_is_sums_over_sums_and_no_mean_of_means() -> None:
    units = {
        "a": readings(Facts(outgoing=1, outgoing_network=1), NOTHING_SAID),
        "b": readings(Facts(outgoing=99), NOTHING_SAID),
    }
    assert together(units)["O03"] == Reading(1, 100)


def test_the_score_counts_what_applies() -> None:
    found = score(readings(Facts(administrators=1), NOTHING_SAID))
    assert 0 < found.met <= found.applicable < len(MEASURES)


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
