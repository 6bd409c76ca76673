"""Which rules all but held: those that a coordinator would call so, and no more."""

from datetime import date

import pytest

from rules.directory import Directory
from rules.routing.decide import PublishedSet
from rules.routing.explain import near_misses
from rules.routing.language import parse
from rules.routing.look import Look
from rules.values.directory import Unit
from rules.values.routing import Facts
from rules.vocabulary import Direction, UnitKind

TODAY = date(2026, 11, 2)
ORG = Directory.of(
    units=[Unit("ubnd", "UBND tỉnh", UnitKind.COMMITTEE), Unit("so", "Sở", UnitKind.DEPARTMENT)]
)
FACTS = Facts(
    Direction.OUTGOING,
    type="Quyết định",
    issuer="ubnd",
    subject="Quản lý đất rừng, đai và văn thư",
    unit="ubnd",
)


@pytest.mark.parametrize(
    ("when", "near"),
    [
        ('issuer = "ubnd", subject = "đất đai"', True),  # its words stand apart
        ('issuer = "ubnd", subject = "dat rung"', True),  # written without accents
        ('issuer = "ubnd", subject = "du lịch"', False),
        ('issuer = "ubnd", subject = { any = "rừng", none = "văn thư" }', True),  # only what it forbids
        ('issuer = "ubnd", type = "Quyết định", subject = "du lịch"', True),  # two of three
        ('issuer = "ubnd", type = "Công văn"', False),  # that the issuer is right says little
        ('issuer = "ubnd", normative = true', True),
        ('issuer = "ubnd", subject = { none = "văn thư" }', True),
        ('issuer = "ubnd", none = [{ type = "Quyết định" }]', True),
        ('subject = "du lịch", none = [{ type = "Báo cáo" }]', False),  # nothing held that it wants
        ('issuer = "so", type = "Công văn"', False),  # neither
        ('subject = "du lịch"', False),  # nothing held
        ('issuer = "ubnd", subject = "rừng"', False),  # it held
    ],
)
def test_near(when: str, near: bool) -> None:
    rules = parse(f'[set]\nname = "x"\n[[rule]]\nname = "r"\nwhen = {{ {when} }}\nthen.label = "x"', file="x")
    look = Look(FACTS, ORG, TODAY)
    trace = ["r@1"] if rules.rules[0].when.holds(look) else []
    found = list(near_misses([PublishedSet(rules, 1)], look, trace))
    assert bool(found) is near
    assert all(len(item.misses) == 1 for item in found)
