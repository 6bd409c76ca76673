"""What holds for every rule set: nothing unknown passes, and independent rules may stand in any order."""

import json
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.directory import Directory
from rules.routing.check import check
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleSet, parse
from rules.values.directory import Group, Outside, Person, Post, Unit
from rules.values.routing import Decision, Facts, ResolvedEntry
from rules.vocabulary import Direction, Role, UnitKind

TODAY = date(2026, 11, 2)
CODES = [f"so{number}" for number in range(8)]
ORG = Directory.of(
    units=[
        Unit("ubnd", "UBND tỉnh", UnitKind.COMMITTEE, keeper="vpubnd"),
        Unit("vpubnd", "Văn phòng", UnitKind.OFFICE, "ubnd"),
        *(Unit(code, f"Sở {code}", UnitKind.DEPARTMENT, "ubnd") for code in CODES),
    ],
    groups=[Group("cac-so", "Các sở", kinds=(UnitKind.DEPARTMENT,))],
    outside=[Outside("btp", "Bộ Tư pháp")],
    people=[Person("an@x.example", "Nguyễn Văn An")],
    posts=[Post("an@x.example", "so1", Role.LEADER)],
)
KNOWN = ["so1", "so2", "group:cac-so", "outside:btp"]
UNKNOWN = ["so9", "so", "group:cac-xa", "outside:so1", "ubnd-cu"]
# Every place of a rule in which a party stands.
PLACES = [
    "when = {{ issuer = {} }}\nthen.label = 'x'",
    "when = {{ unit = {} }}\nthen.label = 'x'",
    "when = {{ addressed = {} }}\nthen.label = 'x'",
    "when = {{ any = [{{ none = [{{ issuer = [{}] }}] }}, {{ type = 'Công văn' }}] }}\nthen.label = 'x'",
    "when = {{ subject = 'a' }}\nthen.send = {}",
    "when = {{ subject = 'a' }}\nthen.send = [{{ to = [{}], as = 'information' }}]",
    "when = {{ subject = 'a' }}\nthen.copy = ['vpubnd', {}]",
    "when = {{ subject = 'a' }}\nthen.remove = {}",
    "when = {{ subject = 'a' }}\nthen.change = {{ to = {}, as = 'main' }}",
]
PERSONS = [
    ("when = {{ subject = 'a' }}\nthen.send = {}", ["person:an@x.example"], ["person:bo@x.example"]),
    ("when = {{ subject = 'a' }}\nthen.send = {}", ["role:leader@so1"],
     ["role:leader@so9", "role:clerk@so1"]),
    ("when = {{ subject = 'a' }}\nthen = {{ send = 'so1', assign = {} }}", ["person:an@x.example"],
     ["person:bo@x.example"]),
    ("when = {{ subject = 'a' }}\nthen.notify = {}", ["so1", "an@x.example"], ["so9", "bo@x.example"]),
]  # fmt: skip
parts = st.one_of(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(KNOWN), st.just(False)),
    st.tuples(st.sampled_from(PLACES), st.sampled_from(UNKNOWN), st.just(True)),
    *(st.tuples(st.just(place), st.sampled_from(good), st.just(False)) for place, good, _bad in PERSONS),
    *(st.tuples(st.just(place), st.sampled_from(bad), st.just(True)) for place, _good, bad in PERSONS),
)


def rule_set(bodies: list[str]) -> RuleSet:
    rules = "".join(f'[[rule]]\nname = "r{number}"\n{body}\n' for number, body in enumerate(bodies))
    return parse(f'[set]\nname = "x"\n{rules}', file="x.toml")


@settings(max_examples=150, deadline=None)
@given(st.lists(parts, min_size=1, max_size=8))
def test_a_set_that_passes_names_nobody_unknown(drawn: list[tuple[str, str, bool]]) -> None:
    """Each unknown word is told with its rule, and known words are never told."""
    rules = rule_set([place.format(json.dumps(word)) for place, word, _unknown in drawn])
    told = {error.where.partition(":")[0] for error in check(rules, ORG, TODAY)}
    assert told == {f"r{number}" for number, (_place, _word, unknown) in enumerate(drawn) if unknown}


# Rules that have nothing to do with each other: each is about a party of its own.
ACTS = [
    "send = {}",
    "copy = {}",
    "remove = {}",
    "change = {{ to = {}, as = 'information', due_days = 2 }}",
    "send = {}, as = 'coordinating', due_days = 4, assign = 'role:leader'",
    "remove = {}, label = {}",
    "send = {}, notify = {}",
]
WHENS = ["always = true", "type = 'Công văn'", "subject = 'đất đai'", "type = 'Báo cáo'"]


def plain(decision: Decision) -> object:
    return (
        {receiver.party: receiver for receiver in decision.receivers},
        {gone.party for gone in decision.removed},
        set(decision.labels), set(decision.notify), set(decision.trace),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WHENS), st.sampled_from(ACTS)), min_size=2, max_size=8),
    st.sets(st.sampled_from(CODES)),
    st.randoms(use_true_random=False),
)
def test_independent_rules_may_stand_in_any_order(
    drawn: list[tuple[str, str]], named: set[str], random: Random
) -> None:
    acts = [
        (number, f"when = {{ {when} }}\nthen = {{ {act.replace('{}', json.dumps(CODES[number]))} }}")
        for number, (when, act) in enumerate(drawn)
    ]
    acts = [(number, body.replace("{{", "{").replace("}}", "}")) for number, body in acts]
    facts = Facts(Direction.OUTGOING, type="Công văn", issuer="ubnd", unit="vpubnd", subject="Về đất đai")
    block = (ResolvedEntry("Nơi nhận", tuple(sorted(named))),)

    def decided(order: list[tuple[int, str]]) -> object:
        rules = "".join(f'[[rule]]\nname = "r{number}"\n{body}\n' for number, body in order)
        published = PublishedSet(parse(f'[set]\nname = "x"\n{rules}', file="x"), 1)
        return plain(decide(facts, block, [published], ORG, TODAY))

    shuffled = list(acts)
    random.shuffle(shuffled)
    assert decided(acts) == decided(shuffled)
