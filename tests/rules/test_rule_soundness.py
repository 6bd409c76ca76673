"""Rules that never count, undo each other, or name what ends: said in a coordinator's words."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.directory import Directory, Group, Member, Unit
from rules.routing.language import parse
from rules.routing.logic import implies, impossible
from rules.routing.look import Look
from rules.routing.soundness import review
from rules.values.routing import Facts
from rules.vocabulary import Direction, UnitKind

TODAY = date(2026, 11, 2)
ORG = Directory.of(
    units=[
        Unit("ubnd", "Ủy ban nhân dân tỉnh", UnitKind.COMMITTEE, keeper="vpubnd"),
        Unit("vpubnd", "Văn phòng UBND tỉnh", UnitKind.OFFICE, "ubnd"),
        Unit("sotuphap", "Sở Tư pháp", UnitKind.DEPARTMENT, "ubnd"),
        Unit("sap-het", "Ban Sắp hết", UnitKind.BOARD, "ubnd", valid_to=date(2026, 12, 31)),
        Unit(
            "da-het", "Ban Đã hết", UnitKind.BOARD, "ubnd", valid_to=date(2025, 6, 30), successor="sotuphap"
        ),
        Unit("khong-so", "Tổ không sổ", UnitKind.OTHER, keeps_books=False),
        Unit("trung-1", "Ban Trùng tên", UnitKind.BOARD, "ubnd"),
        Unit("trung-2", "Ban Trùng tên", UnitKind.BOARD, "ubnd"),
    ],
    groups=[
        Group(
            "to",
            "Tổ công tác",
            members=Member.of(
                "sotuphap",
            ),
            valid_to=date(2027, 1, 31),
        )
    ],
)


def found(*rules: str) -> list[tuple[str, str]]:
    body = "".join(f'[[rule]]\nname = "r{n}"\n{rule}\n' for n, rule in enumerate(rules, 1))
    said = review(parse(f'[set]\nname = "x"\n{body}', file="x.toml"), ORG, TODAY)
    assert all(error.words() for error in said)
    return [(error.code, error.where) for error in said if not error.code.startswith("unreachable")]


def rule(when: str, then: str = 'send = "sotuphap"', more: str = "") -> str:
    return f"when = {{ {when} }}\nthen = {{ {then} }}\n{more}"


@pytest.mark.parametrize(
    "when",
    [
        'issuer = "ubnd", all = [{ issuer = "vpubnd" }]',
        'type = "Công văn", none = [{ type = ["Công văn", "Báo cáo"] }]',
        'subject = { any = "đất đai", none = "đất" }',
        'subject = "quy hoạch đất", none = [{ subject = "đất" }]',
        "dated = { from = 2026-02-01, to = 2026-01-01 }",
        "size = { over = 5, under = 5 }",
        'working_hours = true, day = "holiday"',
        "normative = true, all = [{ normative = false }]",
        'any = [{ type = "Công văn", none = [{ type = "Công văn" }] }]',
        'weekday = "monday", all = [{ weekday = "friday" }]',
    ],
)
def test_conditions_that_no_document_satisfies(when: str) -> None:
    assert found(rule(when)) == [("never_matches", "r1")]


def test_a_rule_behind_a_stop_that_is_wider() -> None:
    stop = rule('issuer = "ubnd", subject = "đất"', "stop = true")
    narrow = rule('issuer = "ubnd", type = "Công văn", subject = { all = ["đất đai"] }')
    other = rule('issuer = "vpubnd", subject = "đất"')
    assert found(stop, narrow, other) == [("shadowed", "r2")]
    assert found(stop + "valid_to = 2027-01-01", narrow) == []  # because it may count again after that
    assert found(stop + "enabled = false", narrow) == []


def test_rules_that_undo_each_other_are_warnings() -> None:
    removing = rule('issuer = "ubnd", type = "Công văn"', 'remove = "sotuphap"')
    sending = rule('issuer = "ubnd"', 'send = "sotuphap"')
    assert found(removing, sending) == [("sends_removed", "r2")]
    assert found(sending, removing) == []
    copying = rule('issuer = "ubnd"', 'copy = "sotuphap"')
    assert found(sending, copying) == [("two_roles", "r2")]
    holding, refusing = rule('issuer = "ubnd"', 'hold = "x"'), rule("always = true", 'refuse = "y"')
    assert found(holding, refusing) == [("held_and_refused", "r1")]


def test_what_ends_is_said_before_it_does() -> None:
    assert found(rule("always = true", 'send = "sap-het"')) == [("ends_soon", "r1")]
    assert found(rule("always = true", 'send = "sap-het"', "valid_to = 2026-12-31")) == []
    assert found(rule("always = true", 'send = "group:to"')) == [("ends_soon", "r1")]
    assert found(rule("always = true", 'send = "da-het"')) == [("ended_successor", "r1")]
    assert found(rule('issuer = "da-het"')) == [("ended_condition", "r1")]
    assert found(rule('issuer = "da-het", dated = { to = 2025-06-30 }')) == []
    assert found(rule("always = true", more="valid_to = 2026-01-01")) == [("rule_over", "r1")]


def test_units_that_nothing_reaches() -> None:
    said = review(
        parse(f'[set]\nname = "x"\n[[rule]]\nname = "r"\n{rule("always = true")}', file="x"), ORG, TODAY
    )
    codes = {(error.code, error.expected) for error in said}
    assert codes == {
        ("unreachable_no_book", "khong-so"), ("unreachable", "trung-1"), ("unreachable", "trung-2"),
    }  # fmt: skip
    assert all(error.warning for error in said)


CONDITIONS = [
    'type = "Công văn"', 'type = ["Công văn", "Báo cáo"]', 'issuer = "ubnd"', 'issuer = "below:ubnd"',
    'subject = "đất"', 'subject = "đất đai"', 'subject = { all = ["đất đai", "tỉnh"], none = "rừng" }',
    'any = [{ type = "Báo cáo" }, { subject = "đất" }]', 'none = [{ subject = "đất đai" }]',
    'urgency = "khẩn"', 'weekday = ["monday", "friday"]', 'weekday = "monday"', "normative = true",
    "dated = { from = 2026-01-01 }", "dated = { from = 2026-03-01, to = 2026-04-01 }", "size = { over = 1 }",
    'none = [{ type = ["Công văn", "Báo cáo"] }]',
]  # fmt: skip
FACTS = st.builds(
    Facts,
    st.just(Direction.OUTGOING),
    type=st.sampled_from(["Công văn", "Báo cáo", "Quyết định"]),
    issuer=st.sampled_from(["ubnd", "sotuphap", "vpubnd"]),
    subject=st.sampled_from(["", "đất đai của tỉnh", "đất rừng", "đất đai rừng tỉnh"]),
    normative=st.booleans(),
    date=st.sampled_from([None, date(2025, 1, 1), date(2026, 3, 15)]),
    size=st.sampled_from([0, 2_000_000]),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3),
    st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3),
    FACTS,
)
def test_what_is_said_to_follow_does_follow(one: list[str], other: list[str], facts: Facts) -> None:
    texts = [f"when.all = [{', '.join(f'{{ {part} }}' for part in parts)}]" for parts in (one, other)]
    body = "".join(f'[[rule]]\nname = "r{n}"\n{text}\nthen.stop = true\n' for n, text in enumerate(texts))
    first, second = (rule.when for rule in parse(f'[set]\nname = "x"\n{body}', file="x").rules)
    look = Look(facts, ORG, TODAY)
    if implies(first, second):
        assert second.holds(look) or not first.holds(look)
    if impossible(first):
        assert not first.holds(look)
