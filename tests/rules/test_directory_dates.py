"""Names, symbols, memberships and posts with dates: each day has its own organisation."""

from datetime import date

import pytest

from rules.directory import Directory, Group, Member, Name, Parent, Person, Post, Unit
from rules.reform import Terms, close
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import parse
from rules.values.routing import Facts
from rules.vocabulary import Direction, NameKind, Role, UnitKind

LAST, FIRST, NOW = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 20)
OLD = date(2024, 5, 1)
OFFICIAL, SYMBOL = NameKind.OFFICIAL, NameKind.SYMBOL


def renamed(current: str = "Sở Nông nghiệp và Môi trường") -> Directory:
    names = (
        Name("Sở Nông nghiệp", None, LAST, OFFICIAL),
        Name("Sở Nông nghiệp và Môi trường", FIRST, None, OFFICIAL),
        Name("SNN", None, LAST, SYMBOL),
        Name("SNNMT", FIRST, None, SYMBOL),
        Name("Sở NN", OLD, LAST),
    )
    unit = Unit("sonn", current, UnitKind.DEPARTMENT, other_names=names, symbols=("SNN", "NN"))
    return Directory.of([unit])


@pytest.mark.parametrize(
    ("text", "day", "found"),
    [
        ("Sở Nông nghiệp", LAST, ("sonn",)),
        ("Sở Nông nghiệp", FIRST, ("sonn",)),  # an old name is written for months
        ("Sở Nông nghiệp và Môi trường", LAST, ()),
        ("Sở Nông nghiệp và Môi trường", FIRST, ("sonn",)),
        ("Sở NN", LAST, ("sonn",)),
        ("Sở NN", FIRST, ()),
        ("SNN", LAST, ("sonn",)),
        ("SNN", FIRST, ()),
        ("NN", FIRST, ("sonn",)),
    ],
)
def test_a_renamed_unit_is_found_by_the_names_of_the_day(text: str, day: date, found: tuple[str]) -> None:
    assert renamed().by_name(text, day) == found


def test_a_renamed_unit_shows_the_name_of_the_day() -> None:
    d = renamed()
    assert d.party_name("sonn") == "Sở Nông nghiệp và Môi trường"
    assert d.party_name("sonn", LAST) == "Sở Nông nghiệp"
    assert d.party_name("sonn", FIRST) == "Sở Nông nghiệp và Môi trường"
    assert (d.by_symbol("snn", LAST), d.by_symbol("snn", FIRST)) == (("sonn",), ())
    assert (d.by_symbol("SNNMT", LAST), d.by_symbol("SNNMT", FIRST)) == ((), ("sonn",))


def test_a_rename_that_is_written_ahead_happens_by_itself() -> None:
    d = renamed("Sở Nông nghiệp")
    before, after = d.settled(LAST), d.settled(FIRST)
    assert (before.units["sonn"].name, before.units["sonn"].symbols) == ("Sở Nông nghiệp", ("SNN", "NN"))
    assert after.units["sonn"].name == "Sở Nông nghiệp và Môi trường"
    assert after.units["sonn"].symbols == ("SNNMT", "NN")
    assert before.settled(FIRST) == after and after.settled(LAST) == before
    assert after.settled(NOW) is after


def test_only_the_former_name_may_be_known() -> None:
    unit = Unit("a", "Mới", UnitKind.OTHER, other_names=(Name("Cũ", None, LAST, OFFICIAL),))
    d = Directory.of([unit])
    assert (d.by_name("Mới", LAST), d.by_name("Mới", FIRST)) == ((), ("a",))
    assert (d.party_name("a", LAST), d.party_name("a", FIRST)) == ("Cũ", "Mới")


def test_a_name_that_another_unit_took_over_means_that_unit() -> None:
    old = Unit("a", "Sở Công Thương", UnitKind.DEPARTMENT, other_names=(Name("Sở X", None, LAST, OFFICIAL),))
    new = Unit("b", "Sở X", UnitKind.DEPARTMENT, valid_from=FIRST)
    d = Directory.of([old, new])
    assert (d.by_name("Sở X", LAST), d.by_name("Sở X", FIRST)) == (("a",), ("b",))


def test_members_come_and_go() -> None:
    units = [Unit(code, code, UnitKind.OTHER) for code in ("a", "b")]
    groups = [
        Group("ngoai", "Ngoài", members=(Member("group:trong", FIRST), Member("a"))),
        Group("trong", "Trong", members=(Member("b", OLD, LAST), Member("b", NOW))),
    ]
    d = Directory.of(units, groups)
    assert d.expand("trong", LAST) == ("b",) and d.expand("trong", FIRST) == ()
    assert d.expand("ngoai", LAST) == ("a",) and d.expand("ngoai", NOW) == ("a", "b")


def test_people_of_a_successor_look_after_what_it_followed() -> None:
    units = [
        Unit("huyen", "Huyện", UnitKind.DISTRICT, valid_to=LAST, successor="xa"),
        Unit("phong", "Phòng", UnitKind.ROOM, valid_to=OLD, successor="huyen"),
        Unit("xa", "Xã", UnitKind.COMMUNE, valid_from=FIRST),
        Unit("so", "Sở", UnitKind.DEPARTMENT),
    ]
    people = [Person("an@x.example", "An"), Person("binh@x.example", "Bình")]
    posts = [Post("an@x.example", "xa", Role.CLERK), Post("binh@x.example", "so", Role.CLERK)]
    d = Directory.of(units, people=people, posts=posts)
    clerk = frozenset({Role.CLERK})
    assert d.followed("xa", NOW) == ("huyen", "phong") and d.followed("huyen", LAST) == ("phong",)
    assert d.roles_by_unit("an@x.example", NOW) == {"xa": clerk, "huyen": clerk, "phong": clerk}
    assert next(iter(d.roles_by_unit("an@x.example", NOW))) == "xa"
    assert d.roles_by_unit("an@x.example", LAST) == {}
    assert d.roles_by_unit("binh@x.example", NOW) == {"so": clerk}
    assert [person.name for person in d.clerks("huyen", NOW)] == ["An"] and d.clerks("huyen", LAST) == ()


def moved() -> Directory:
    """The room stood below the old department until LAST, and stands below the new one since."""
    rows = (Parent("cu", None, LAST), Parent("moi", FIRST, None))
    units = [Unit(code, code, UnitKind.DEPARTMENT) for code in ("tinh", "cu")]
    units += [Unit("moi", "moi", UnitKind.DEPARTMENT, parent="tinh")]
    return Directory.of([*units, Unit("phong", "phong", UnitKind.ROOM, parent="cu", parents=rows)])


def test_a_unit_stands_below_the_parent_of_the_day() -> None:
    d = moved()
    assert d.above("phong", LAST) == ("cu",) and d.above("phong", FIRST) == ("moi", "tinh")
    before, after = d.settled(LAST), d.settled(FIRST)
    assert (before.above("phong"), after.above("phong")) == (("cu",), ("moi", "tinh"))
    assert after.children("moi") == ("phong",) and before.children("moi") == ()
    assert after.above("phong", LAST) == ("cu",)


@pytest.mark.parametrize(("written", "labels"), [(LAST, ("cu",)), (FIRST, ("moi",)), (None, ("moi",))])
def test_the_parent_on_the_date_of_a_document_decides_a_rule(
    written: date | None, labels: tuple[str]
) -> None:
    text = '[set]\nname = "x"\n' + "".join(
        f'[[rule]]\nname = "{code}"\nwhen = {{ issuer = "below:{code}" }}\nthen = {{ label = "{code}" }}\n'
        for code in ("cu", "moi")
    )
    facts = Facts(Direction.OUTGOING, issuer="phong", unit="phong", date=written)
    decision = decide(facts, (), [PublishedSet(parse(text, file="x"), 1)], moved().settled(NOW), NOW)
    assert decision.labels == labels


def test_a_closing_written_ahead_moves_what_stands_below_on_its_day() -> None:
    units = [Unit(code, code, UnitKind.DEPARTMENT) for code in ("a", "b")]
    d = Directory.of([*units, Unit("phong", "phong", UnitKind.ROOM, parent="a")])
    after = close(d, "a", "b", Terms(since=FIRST, today=OLD))
    assert after.units["phong"].parents == (Parent("a", None, LAST), Parent("b", FIRST, None))
    assert after.above("phong") == ("a",) and after.settled(FIRST).above("phong") == ("b",)
