"""Conditions and actions beyond the plain ones: patterns, size, time, roles, times by urgency, books."""

from dataclasses import replace
from datetime import date

import pytest

from rules.directory import Directory, Person, Post, Unit
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleErrors, parse
from rules.values.routing import Decision, Facts, Receiver
from rules.vocabulary import DeliveryRole, Direction, Role, UnitKind, Urgency

MONDAY = date(2026, 11, 2)
ORG = Directory.of(
    units=[
        Unit("ubnd", "Ủy ban nhân dân tỉnh", UnitKind.COMMITTEE, keeper="vpubnd"),
        Unit("vpubnd", "Văn phòng UBND tỉnh", UnitKind.OFFICE, "ubnd"),
        Unit("sonoivu", "Sở Nội vụ", UnitKind.DEPARTMENT, "ubnd"),
    ],
    people=[Person("gd@tinh.vn", "Giám đốc"), Person("cv@tinh.vn", "Chuyên viên")],
    posts=[Post("gd@tinh.vn", "sonoivu", Role.LEADER), Post("cv@tinh.vn", "sonoivu", Role.SPECIALIST)],
)
LETTER = Facts(
    Direction.OUTGOING,
    type="Công văn",
    issuer="ubnd",
    unit="vpubnd",
    symbol="12/UBND-TH",
    subject="Về việc quản lý đất đai năm 2026",
    text="Kính gửi: Sở Nội vụ",
    size=3_000_000,
)


def ask(when: str, then: str, facts: Facts = LETTER, day: date = MONDAY) -> Decision:
    text = f'[set]\nname = "x"\n[[rule]]\nname = "r"\nwhen = {{ {when} }}\nthen = {{ {then} }}'
    return decide(facts, (), (PublishedSet(parse(text, file="x"), 1),), ORG, day)


def sent(then: str, facts: Facts = LETTER) -> Receiver:
    return ask("always = true", then, facts).receivers[0]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (r'subject = { pattern = "năm 20\\d\\d$" }', True),
        (r'subject = { pattern = ["^không", "ĐẤT ĐAI"] }', True),
        (r'subject = { pattern = "dat dai" }', False),
        (r'subject = { pattern = "dat dai", accents = false }', True),
        (r'subject = { any = "đất", pattern = "^không" }', False),
        (r'symbol = { pattern = "^\\d+/UBND-[A-Z]{2}$" }', True),
        ("size = { over = 2 }", True),
        ("size = { over = 2, under = 3 }", False),
        ('day = "working"', True),
        ('day = ["weekend", "holiday"]', False),
        ("working_hours = true", False),
    ],
)
def test_conditions(when: str, holds: bool) -> None:
    assert (ask(when, 'label = "x"').labels == ("x",)) is holds


def test_the_kind_of_the_day_is_what_the_hub_says_and_else_the_weekday() -> None:
    assert ask('day = "weekend"', 'label = "x"', day=date(2026, 11, 7)).labels == ("x",)
    holiday = replace(LETTER, day_kind="holiday", working_hours=False)
    assert ask('day = "holiday", working_hours = false', 'label = "x"', holiday).labels == ("x",)


@pytest.mark.parametrize(
    ("urgency", "days", "hours"), [(Urgency.NORMAL, 10, None), (Urgency.VERY_URGENT, 3, None)]
)
def test_due_by_urgency_falls_back_to_the_level_below(
    urgency: Urgency, days: int | None, hours: int | None
) -> None:
    facts = replace(LETTER, urgency=urgency)
    got = sent('send = "sonoivu", due_days = { normal = 10, urgent = 3 }', facts)
    assert (got.due_days, got.due_hours) == (days, hours)


def test_due_in_hours_stands_beside_days() -> None:
    facts = replace(LETTER, urgency=Urgency.EXPRESS)
    got = sent('send = "sonoivu", due_days = 5, due_hours = { express = 4 }', facts)
    assert (got.due_days, got.due_hours) == (5, 4)
    assert sent('send = "sonoivu", due_hours = { express = 4 }').due_hours is None


@pytest.mark.parametrize(
    ("said", "urgency", "want"),
    [
        ('"4 giờ"', Urgency.NORMAL, (None, None, 4)),
        ('"4 giờ làm việc"', Urgency.NORMAL, (None, None, 4)),
        ('"3 ngày"', Urgency.EXPRESS, (3, None, None)),
        ('"3 NGÀY làm việc"', Urgency.NORMAL, (3, None, None)),
        ('"2 hours"', Urgency.NORMAL, (None, None, 2)),
        ('{ normal = "5 ngày", urgent = "4 giờ" }', Urgency.NORMAL, (5, None, None)),
        ('{ normal = "5 ngày", urgent = "4 giờ" }', Urgency.EXPRESS, (5, None, 4)),
        ('"4 giờ", due_hours = 1', Urgency.NORMAL, (None, 1, 4)),
    ],
)
def test_due_is_said_in_words(said: str, urgency: Urgency, want: tuple[int | None, ...]) -> None:
    got = sent(f'send = "sonoivu", due = {said}', replace(LETTER, urgency=urgency))
    assert (got.due_days, got.due_hours, got.due_open_hours) == want


def test_a_role_a_person_and_an_address_can_be_receivers() -> None:
    got = sent('send = "role:leader@sonoivu", as = "information"')
    assert (got.party, got.persons, got.role) == ("sonoivu", ("gd@tinh.vn",), DeliveryRole.INFORMATION)
    assert sent('send = "mail:bao@toasoan.example"').party == "mail:bao@toasoan.example"
    nobody = ask("always = true", 'send = "role:auditor@sonoivu"')
    assert [held.reason for held in nobody.held] == ["nobody_in_this_role"]


def test_a_role_can_be_taken_away_and_leaves_the_unit() -> None:
    decision = ask(
        "always = true", 'send = ["sonoivu", "role:leader@sonoivu"], remove = "role:leader@vpubnd"'
    )
    assert [receiver.persons for receiver in decision.receivers] == [("gd@tinh.vn",)]


def test_work_is_assigned_to_a_role_or_person_of_the_receiving_unit() -> None:
    got = sent('send = "sonoivu", assign = ["role:specialist", "person:gd@tinh.vn"], book = "khieu-nai"')
    assert got.persons == ("cv@tinh.vn", "gd@tinh.vn") and got.book == "khieu-nai"
    assert (
        sent(
            'send = "vpubnd", assign = "person:gd@tinh.vn"', replace(LETTER, issuer="sonoivu", unit="sonoivu")
        ).persons
        == ()
    )


def test_publishing_is_a_delivery_to_the_gazette_and_a_label() -> None:
    decision = ask("always = true", 'publish = ["gazette", "portal"]')
    assert [(r.party, r.role) for r in decision.receivers] == [("gazette", DeliveryRole.INFORMATION)]
    assert decision.labels == ("publish-gazette", "publish-portal")


def test_a_notice_may_name_its_channel() -> None:
    decision = ask("always = true", 'notify = ["vpubnd", { to = "vpubnd", by = "telegram" }]')
    assert [(told.whom, told.channel) for told in decision.notify] == [("vpubnd", ""), ("vpubnd", "telegram")]
    assert {told.because.rule for told in decision.notify} == {"r"}


@pytest.mark.parametrize(
    ("when", "then", "wanted"),
    [
        ('subject = { pattern = "(" }', 'label = "x"', "is not a regular expression: missing )"),
        (f'subject = {{ pattern = "{"a" * 501}" }}', 'label = "x"', "at most 500 characters"),
        ('subject = { pattern = "(a{1000}){1000}" }', 'label = "x"', "is not a regular expression"),
        ("size = { over = -1 }", 'label = "x"', "a number from 0 to 100000"),
        ("size = {}", 'label = "x"', "over or under"),
        ('day = "sunday"', 'label = "x"', "one of: holiday, weekend, working"),
        (
            "always = true",
            'send = "ubnd", due_days = { soon = 3 }',
            '"soon" is not known here; expected one of: express',
        ),
        ("always = true", 'send = "ubnd", due = "mai"', '"3 ngày" or "4 giờ"'),
        ("always = true", 'send = "ubnd", due = { express = 4 }', '"3 ngày" or "4 giờ"'),
        ("always = true", 'send = "ubnd", due = "9999 ngày"', '"3 ngày" or "4 giờ"'),
        ("always = true", 'send = "ubnd", due = "3 ngày", due_days = 3', "either due or due_days"),
        ("always = true", 'send = "ubnd", assign = "leader"', 'a role such as "role:leader"'),
        ("always = true", 'send = "role:boss@ubnd"', '"role:<role>@<unit>"'),
        ("always = true", 'publish = "newspaper"', "gazette, portal"),
        ("always = true", 'notify = { to = "ubnd", by = "fax" }', "mail, telegram, web"),
        ("always = true", 'assign = "role:leader"', "stands without send"),
    ],
)
def test_mistakes_are_one_sentence(when: str, then: str, wanted: str) -> None:
    with pytest.raises(RuleErrors) as caught:
        ask(when, then)
    assert wanted in str(caught.value), str(caught.value)


def test_too_many_patterns_are_refused() -> None:
    words = ", ".join(f'"a{n}"' for n in range(201))
    with pytest.raises(RuleErrors, match="201 patterns"):
        ask(f"subject = {{ pattern = [{words}] }}", 'label = "x"')
