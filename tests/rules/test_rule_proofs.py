"""Tests that stand in a rule set."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.directory import Directory, Group, Unit
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleErrors, parse
from rules.routing.prove import prove
from rules.values.routing import Facts
from rules.vocabulary import Direction, UnitKind

ORG = Directory.of(
    units=[
        Unit("ubnd", "UBND tỉnh", UnitKind.COMMITTEE, keeper="vpubnd"),
        Unit("vpubnd", "Văn phòng", UnitKind.OFFICE, "ubnd"),
        Unit("ttth", "Trung tâm", UnitKind.CENTRE, "vpubnd"),
        Unit("so", "Sở", UnitKind.DEPARTMENT, "ubnd"),
        Unit("phong", "Phòng", UnitKind.ROOM, "so", keeps_books=False),
    ],
    groups=[Group("cac-so", "Các sở", kinds=(UnitKind.DEPARTMENT,))],
)
TODAY = date(2026, 11, 2)
RULES = """
[set]
name = "x"
[[rule]]
name = "congbao"
when = { normative = true }
then = { send = "ttth", as = "information", label = "cb" }
[[rule]]
name = "cho"
when = { urgency = "khẩn" }
then = { hold = "chờ" }
[[test]]
name = "t"
"""


def failures(given: str, expect: str, unit: str | None = None) -> list[str]:
    rules = parse(f"{RULES}given = {given}\nexpect = {expect}", file="q.toml")
    return [error.words() for error in prove(rules, ORG, TODAY, scope_unit=unit)]


@pytest.mark.parametrize(
    "expect",
    [
        '{ to = "ttth", not_to = "vpubnd", information = "ttth", main = "so" }',
        '{ labels = "cb", rules = "congbao" }',
        '{ only = ["ttth", "so"], held = false, refused = false }',
    ],
)
def test_what_holds_is_silent(expect: str) -> None:
    given = '{ issuer = "ubnd", normative = true, block = ["group:cac-so", "vpubnd"] }'
    assert failures(given, expect) == []


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ('{ to = "so" }', '"so" should get the document and does not'),
        ('{ not_to = "ttth" }', '"ttth" should not get the document and does, because of congbao@0'),
        ('{ only = "so" }', '"so" should get the document and does not'),
        ("{ only = [] }", "because of congbao@0"),
        ('{ main = "ttth" }', '"ttth" should get the document as main and does not'),
        ('{ labels = "khac" }', 'the label "khac" is missing'),
        ('{ rules = "cho" }', 'the rule "cho" should hold and does not'),
        ('{ rules = "congbaoo" }', "did you mean congbao?"),
        ("{ held = true }", "the document should be held and is not"),
        ("{ refused = true }", "the document should be refused and is not"),
    ],
)
def test_what_does_not_hold_is_told_with_its_line(expect: str, words: str) -> None:
    found = failures('{ issuer = "ubnd", normative = true }', expect)
    assert words in found[0] and found[0].startswith("q.toml:15: t: ")


def test_a_units_tests_run_as_that_unit() -> None:
    given = '{ direction = "incoming", issuer = "ubnd", normative = true }'
    assert failures(given, '{ only = "ttth" }', unit="vpubnd") == []
    assert failures(given, "{ only = [] }", unit="so") == []  # not below: held, not sent


@pytest.mark.parametrize(
    ("given", "expect", "words"),
    [
        ('{ isuer = "ubnd" }', '{ to = "so" }', "did you mean issuer?"),
        ('{ direction = "out" }', '{ to = "so" }', "q.toml:14: test 1: given.direction"),
        ('{ urgency = "gấp" }', '{ to = "so" }', "is not known here"),
        ("{ normative = 1 }", '{ to = "so" }', "true or false"),
        ("{ }", "{ }", "what is expected is missing"),
        ('{ date = "x" }', '{ two = "so" }', "a date such as"),
    ],
)
def test_mistakes_in_tests_are_told(given: str, expect: str, words: str) -> None:
    with pytest.raises(RuleErrors) as caught:
        failures(given, expect)
    assert words in caught.value.errors[0].words()


def test_a_test_needs_its_three_parts() -> None:
    with pytest.raises(RuleErrors, match="expect, facts is missing"):
        parse(RULES, file="q.toml")


@pytest.mark.parametrize(
    ("when", "moment", "holds"),
    [
        ("{ time = { from = 17:00:00, to = 07:00:00 } }", (2, 18), True),
        ("{ time = { from = 17:00:00, to = 07:00:00 } }", (2, 6), True),
        ("{ time = { from = 17:00:00, to = 07:00:00 } }", (2, 7), False),
        ("{ time = { from = 07:00:00, to = 11:30:00 } }", (2, 7), True),
        ('{ weekday = ["monday", "Sunday"] }', (2, 7), True),
        ('{ weekday = "saturday" }', (2, 7), False),
    ],
)
def test_time_of_day_and_weekday(when: str, moment: tuple[int, int], holds: bool) -> None:
    text = f'[set]\nname = "x"\n[[rule]]\nname = "r"\nwhen = {when}\nthen.label = "x"'
    day, hour = moment
    now = datetime(2026, 11, day, hour, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    facts = Facts(Direction.OUTGOING, issuer="so", unit="so", now=now)
    decision = decide(facts, (), [PublishedSet(parse(text, file="x"), 1)], ORG, TODAY)
    assert bool(decision.labels) is holds


@pytest.mark.parametrize(
    "when", ["{ time = { from = 07:00:00 } }", '{ time = "07:00" }', '{ weekday = "thứ hai" }']
)
def test_times_that_cannot_be_are_told(when: str) -> None:
    with pytest.raises(RuleErrors):
        parse(f'[set]\nname = "x"\n[[rule]]\nname = "r"\nwhen = {when}\nthen.label = "x"', file="x")
