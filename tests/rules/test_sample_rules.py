"""The sample organisation's rules fit the sample organisation and do what they say."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from rules.directory import Directory
from rules.routing.check import check
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleSet, parse
from rules.routing.prove import prove
from rules.routing.soundness import review
from rules.sheets import parse_sheets
from rules.values.routing import Decision, Facts, ResolvedEntry
from rules.vocabulary import DeliveryRole, Direction, Urgency

SAMPLE = Path(__file__).resolve().parents[2] / "hub" / "sample"
TODAY = date(2026, 11, 2)


@cache
def organisation() -> Directory:
    sheets = {path.name: path.read_bytes() for path in SAMPLE.glob("*.csv")}
    said = parse_sheets(sheets, None, ["binhlam.example"])
    assert said.errors == ()
    return Directory.of(said.units, said.groups, said.outside, said.people, said.posts, ["binhlam.example"])


@cache
def rules() -> RuleSet:
    return parse((SAMPLE / "rules.toml").read_text("utf-8"), file="rules.toml")


def decided(facts: Facts, *block: ResolvedEntry) -> Decision:
    return decide(facts, block, [PublishedSet(rules(), 1)], organisation(), TODAY)


def test_the_sample_rules_fit_the_sample_organisation() -> None:
    assert len(rules().rules) >= 40
    assert [error.words() for error in check(rules(), organisation(), TODAY)] == []
    assert [error.words() for error in review(rules(), organisation(), TODAY)] == []


def test_the_tests_of_the_sample_rules_pass() -> None:
    assert len(rules().tests) >= 30
    proved = {name for test in rules().tests for name in test.expected.rules}
    assert [rule.name for rule in rules().rules if rule.name not in proved] == []
    assert [error.words() for error in prove(rules(), organisation(), TODAY)] == []


def test_the_directive_goes_where_its_block_and_the_rules_say() -> None:
    facts = Facts(
        Direction.OUTGOING,
        type="Chỉ thị",
        normative=True,
        issuer="ubnd",
        unit="vpubnd",
        symbol="21/2005/CT-UBND",
        subject="Về Triển khai thực hiện các phần mềm dùng chung thuộc Đề án 112 – Chính phủ",
        date=date(2005, 12, 20),
    )
    decision = decided(
        facts,
        ResolvedEntry("Các sở, ban, ngành", ("group:so-ban-nganh",)),
        ResolvedEntry("UBND huyện, thị xã", ("group:huyen-thi",)),
        ResolvedEntry("LĐ VP", ("group:ldvp",)),
    )
    roles = {receiver.party: receiver.role for receiver in decision.receivers}
    assert roles["sotuphap"] is DeliveryRole.MAIN  # from the block, beats the rule's coordinating
    assert roles["bdh112"] is DeliveryRole.MAIN
    assert roles["ttth"] is DeliveryRole.INFORMATION
    assert {"ubnd-phuong-lamkhe", "ubnd-xa-tanmoc"} <= roles.keys()  # successors of the districts
    assert not {"ubnd", "vpubnd", "ubnd-lamkhe", "sotnmt"} & roles.keys()
    assert decision.held == () and decision.hold is None
    assert decision.trace == (
        "cong-bao@1", "kiem-tra-vbqppl@1", "bo-tu-phap@1", "giam-sat@1", "de-an-112@1"
    )  # fmt: skip
    assert roles["outside:btp"] is DeliveryRole.INFORMATION


@pytest.mark.parametrize(
    ("facts", "trace"),
    [
        (
            Facts(Direction.OUTGOING, type="Giấy nghỉ phép", issuer="sonoivu", unit="sonoivu"),
            ("nghi-phep@1",),
        ),
        (Facts(Direction.OUTGOING, issuer="ubnd", unit="vpubnd", subject="Về việc thu hồi đất"), ()),
        (
            Facts(
                Direction.OUTGOING, issuer="ubnd", unit="vpubnd", subject="V/v cải thiện môi trường đầu tư"
            ),
            (),
        ),
        (
            Facts(
                Direction.OUTGOING,
                type="Báo cáo",
                issuer="sotaichinh",
                unit="sotaichinh",
                subject="Kết quả công tác tháng 10",
                urgency=Urgency.EXPRESS,
            ),
            ("bao-cao-thang@1", "hoa-toc@1"),
        ),
        (Facts(Direction.INCOMING, issuer="outside:btp", unit="vpubnd", subject="khiếu nại"), ()),
    ],
)
def test_rules_match_what_they_say_and_nothing_more(facts: Facts, trace: tuple[str, ...]) -> None:
    assert decided(facts).trace == trace
