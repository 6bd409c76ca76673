"""A rule set against the organisation."""

from datetime import date

import pytest

from rules.directory import Directory, Group, Outside, Person, Unit
from rules.routing.check import check, known_types
from rules.routing.decide import PublishedSet
from rules.routing.language import RuleSet, parse
from rules.vocabulary import UnitKind

TODAY = date(2026, 11, 2)
ORG = Directory.of(
    units=[
        Unit("ubnd", "UBND tỉnh", UnitKind.COMMITTEE, keeper="vpubnd"),
        Unit("vpubnd", "Văn phòng", UnitKind.OFFICE, "ubnd"),
        Unit("sotaichinh", "Sở Tài chính", UnitKind.DEPARTMENT, "ubnd"),
        Unit("phong", "Phòng", UnitKind.ROOM, "sotaichinh", keeps_books=False),
        Unit("trung-tam", "Trung tâm", UnitKind.CENTRE, "sotaichinh"),
        Unit("het", "Ban Hết", UnitKind.BOARD, "ubnd", valid_to=date(2025, 6, 30)),
    ],
    groups=[
        Group("so", "Các sở", kinds=(UnitKind.DEPARTMENT,)),
        Group("huyen", "Huyện", kinds=(UnitKind.DISTRICT,)),
    ],
    outside=[Outside("botuphap", "Bộ Tư pháp")],
    people=[Person("an@tinh.vn", "An")],
    domains=["tinh.vn"],
)


def rules(*bodies: str) -> RuleSet:
    named = "".join(f'[[rule]]\nname = "r{n}"\n{body}\n' for n, body in enumerate(bodies, 1))
    return parse(f'[set]\nname = "x"\n{named}', file="q.toml")


def told(*bodies: str, unit: str | None = None, others: tuple[PublishedSet, ...] = ()) -> list[str]:
    return [error.words() for error in check(rules(*bodies), ORG, TODAY, scope_unit=unit, others=others)]


ALWAYS = "when.always = true\n"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('when.issuer = "ubdn"\nthen.label = "x"', 'q.toml:5: r1: when.issuer: there is no unit "ubdn"'),
        ('when.unit = "below:ubdn"\nthen.label = "x"', "did you mean ubnd?"),
        ('when.addressed = "ubdn"\nthen.label = "x"', "there is no unit"),
        ('when.any = [{ type = "Chi thi" }, { type = "Chỉ thi x" }]\nthen.label = "x"', 'type "chi thi x"'),
        (ALWAYS + 'then.send = "sotaichnh"', "did you mean sotaichinh?"),
        (ALWAYS + 'then.send = "group:cacso"', 'there is no group "group:cacso"'),
        (ALWAYS + 'then.send = "so"', "there is no unit"),
        (ALWAYS + 'then.remove = "outside:botuphp"', "did you mean outside:botuphap?"),
        (ALWAYS + 'then.send = "person:binh@tinh.vn"', "there is nobody with the address"),
        (ALWAYS + 'then.notify = "binh@tinh.vn"\n', "there is nobody with the address"),
        (ALWAYS + 'then.notify = "sotc"', "there is no unit"),
        (ALWAYS + 'then.send = "het"', "is closed and has no successor"),
        (ALWAYS + 'then.send = "group:huyen"', "has no members on this day"),
    ],
)
def test_what_the_directory_does_not_know_is_told(body: str, wanted: str) -> None:
    found = told(body)
    assert len(found) == 1 and wanted in found[0]


def test_known_words_pass() -> None:
    body = """
when = { issuer = ["ubnd", "outside:botuphap", "group:so", "outside", "Sở *"], type = "chỉ thị" }
then.send = ["sotaichinh", "group:so", "gazette", "person:an@tinh.vn"]
then.notify = ["an@tinh.vn", "vpubnd"]"""
    assert told(body, 'when.type = ["Quyết định", "Công văn", "Nghị quyết"]\nthen.label = "x"') == []


def test_the_line_is_that_of_the_word() -> None:
    body = ALWAYS + '[rule.then]\nsend = [\n  "sotaichinh",\n  "sotp",\n]'
    assert told(body)[0].startswith("q.toml:9: r1: then: ")


def test_a_unit_neither_sends_to_itself_nor_past_what_is_below_it() -> None:
    incoming = 'when.direction = "incoming"\n'
    assert "would send to itself" in told(ALWAYS + 'then.send = "sotaichinh"', unit="sotaichinh")[0]
    assert (
        "neither the unit itself nor below" in told(incoming + 'then.send = "vpubnd"', unit="sotaichinh")[0]
    )
    assert told(incoming + 'then.send = ["phong", "trung-tam"]', unit="sotaichinh") == []
    assert told(incoming + 'then.send = "group:so"', unit="vpubnd") == []


def test_circles_are_told_with_their_way() -> None:
    down = rules(ALWAYS + 'then.send = "sotaichinh"')
    up = ALWAYS + 'then.send = "ubnd"'
    others = (PublishedSet(down, 4, "vpubnd"),)
    found = told(up, unit="sotaichinh", others=others)
    assert len(found) == 1
    assert "q.toml:6: r1: then: the rules send in a circle: sotaichinh -> vpubnd -> sotaichinh" in found[0]
    outgoing = 'when.direction = "outgoing"\nthen.send = "ubnd"'
    assert told(outgoing, unit="sotaichinh", others=others) == []
    assert told(ALWAYS + 'then.send = "phong"', unit="sotaichinh") == []


def test_the_organisations_rules_make_no_circle() -> None:
    others = (PublishedSet(rules(ALWAYS + 'then.send = "trung-tam"'), 1, "sotaichinh"),)
    assert told(ALWAYS + 'then.send = "sotaichinh"', others=others) == []


def test_types_are_known_by_their_own_names() -> None:
    assert {"quyet dinh", "cong van", "chi thi", "ban sao y", "thu cong"} <= known_types().keys()
    assert known_types()["to trinh"] == "Tờ trình"


def test_a_set_full_of_mistakes_is_told_of_the_first_two_hundred() -> None:
    assert len(told(*(ALWAYS + f'then.send = "khong-co-{n}"' for n in range(500)))) == 200
