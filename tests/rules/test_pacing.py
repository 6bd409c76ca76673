"""A troubled domain is asked a few times a minute, a healthy one without a limit."""

from datetime import UTC, datetime, timedelta

from rules.pacing import MINUTE, ask, begin, told

NOON = datetime(2026, 11, 27, 12, 0, 30, tzinfo=UTC)
MOST = 20


def test_a_healthy_domain_has_no_limit() -> None:
    pace = begin(NOON)
    for _ in range(1000):
        pace, when = ask(pace, NOON, MOST)
        assert when is None


def test_a_troubled_one_is_asked_twenty_times_a_minute_and_the_rest_is_spread() -> None:
    pace = told(begin(NOON), later=True)
    answers = []
    for _ in range(70):
        pace, when = ask(pace, NOON, MOST)
        answers.append(when)
    assert answers[:MOST] == [None] * MOST
    begins = NOON.replace(second=0)
    assert [answers[n] for n in (20, 39, 40, 60)] == [begins + MINUTE * n for n in (1, 1, 2, 3)]


def test_the_next_minute_begins_anew_but_the_trouble_stays() -> None:
    pace = told(begin(NOON), later=True)
    for _ in range(30):
        pace, _when = ask(pace, NOON, MOST)
    pace, when = ask(pace, NOON + timedelta(minutes=1), MOST)
    assert when is None and pace.tried == 1 and pace.troubled


def test_one_mail_that_is_taken_ends_the_trouble() -> None:
    pace = told(told(begin(NOON), later=True), later=False)
    for _ in range(100):
        pace, when = ask(pace, NOON, MOST)
        assert when is None
