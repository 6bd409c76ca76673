"""The directory: dates are respected, chains end, names are found as people write them."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.directory import Directory, Group, Member, Name, Outside, Person, Post, Unit
from rules.vocabulary import PartyKind, Role, UnitKind

OLD = date(2005, 12, 20)
NOW = date(2026, 11, 23)
LAST = date(2025, 6, 30)
FIRST = date(2025, 7, 1)


def office() -> Directory:
    return Directory.of(
        units=[
            Unit("ubnd", "Ủy ban nhân dân tỉnh", UnitKind.COMMITTEE, keeps_books=False, keeper="vpubnd",
                 other_names=(Name("UBND tỉnh"),), symbols=("UBND", "UB")),
            Unit("vpubnd", "Văn phòng UBND tỉnh", UnitKind.OFFICE, parent="ubnd", central=True,
                 symbols=("VP",)),
            Unit("phong-th", "Phòng Tổng hợp", UnitKind.ROOM, parent="vpubnd", keeps_books=False),
            Unit("sonoivu", "Sở Nội vụ", UnitKind.DEPARTMENT, parent="ubnd", symbols=("SNV",),
                 other_names=(Name("Sở Tổ chức", valid_to=date(1990, 1, 1)),), domains=("snv.example",)),
            Unit("sotttt", "Sở Thông tin và Truyền thông", UnitKind.DEPARTMENT, valid_to=LAST,
                 successor="sokhcn", email="tiepnhan@tinh.example"),
            Unit("sokhcn", "Sở Khoa học và Công nghệ", UnitKind.DEPARTMENT, symbols=("SKHCN",)),
            Unit("ubnd-dong", "UBND huyện Đồng", UnitKind.DISTRICT, valid_to=LAST, successor="ubnd-xa",
                 symbols=("UBND",)),
            Unit("ubnd-xa", "UBND xã Hòa An", UnitKind.COMMUNE, valid_from=FIRST, symbols=("UBND",)),
            Unit("ubnd-xa2", "UBND xã Hoa An", UnitKind.COMMUNE, valid_from=FIRST),
        ],
        groups=[
            Group("so", "Các sở", kinds=(UnitKind.DEPARTMENT,)),
            Group("tat-ca", "Tất cả", members=Member.of(
                "ubnd-dong", "ubnd-xa", "group:so", "outside:btp", "person:an@tinh.example", "group:tat-ca",
                "gazette", "outside:nobody")),
        ],
        outside=[Outside("btp", "Bộ Tư pháp", (Name("Bộ tư pháp (Cục kiểm tra VBQPPL)"),), ("moj.example",))],
        people=[Person("an@tinh.example", "Nguyễn Văn An", ("annv@tinh.example",))],
        posts=[
            Post("An@tinh.example", "sonoivu", Role.CLERK, valid_to=LAST),
            Post("an@tinh.example", "sonoivu", Role.LEADER, valid_from=FIRST),
            Post("an@tinh.example", "sotttt", Role.CLERK),
        ],
        domains=["Tinh.example"],
    )  # fmt: skip


def test_keeper_is_explicit_then_itself_then_above() -> None:
    d = office()
    assert d.keeper("ubnd") == "vpubnd"
    assert d.keeper("phong-th") == "vpubnd"
    assert d.keeper("sonoivu") == "sonoivu"
    assert d.keeper("nobody") is None
    assert d.kept_by("vpubnd") == ("vpubnd", "ubnd", "phong-th")
    assert d.kept_by("ubnd") == ()


def test_successor_is_the_first_valid_unit_of_the_chain() -> None:
    d = office()
    assert d.successor("ubnd-dong", OLD) == "ubnd-dong"
    assert d.successor("ubnd-dong", LAST) == "ubnd-dong"
    assert d.successor("ubnd-dong", FIRST) == "ubnd-xa"
    assert d.successor("ubnd-xa", OLD) is None
    assert not d.valid("ubnd-dong", FIRST) and d.valid("ubnd-xa", FIRST) and not d.valid("nobody", NOW)


def test_groups_expand_by_the_day() -> None:
    d = office()
    assert d.expand("so", OLD) == ("sonoivu", "sotttt", "sokhcn")
    assert d.expand("group:so", NOW) == ("sonoivu", "sokhcn")
    assert d.expand("tat-ca", OLD) == (
        "ubnd-dong", "outside:btp", "person:an@tinh.example", "gazette", "sonoivu", "sotttt", "sokhcn"
    )  # fmt: skip
    assert "ubnd-xa" in d.expand("tat-ca", NOW) and "ubnd-dong" not in d.expand("tat-ca", NOW)
    assert d.expand("nobody", NOW) == ()


@pytest.mark.parametrize(
    ("text", "day", "parties"),
    [
        ("  SỞ NỘI VỤ. ", NOW, ("sonoivu",)),
        ("so noi  vu", NOW, ("sonoivu",)),
        ("Sở Nô\u0323i vu\u0323", NOW, ("sonoivu",)),
        ("Bộ tư pháp ( Cục kiểm tra VBQPPL)", OLD, ("outside:btp",)),
        ("SNV", NOW, ("sonoivu",)),
        ("UBND", OLD, ("ubnd", "ubnd-dong")),
        ("UBND", NOW, ("ubnd", "ubnd-xa")),
        ("các sở", NOW, ("group:so",)),
        ("Nguyễn văn An", NOW, ("person:an@tinh.example",)),
        ("UBND huyện Đồng", OLD, ("ubnd-dong",)),
        ("UBND huyện Ðồng", OLD, ("ubnd-dong",)),
        ("UBND huyện Đồng", NOW, ()),
        ("Sở Tổ chức", OLD, ()),
        ("UBND xã Hòa An", NOW, ("ubnd-xa",)),
        ("UBND xã Hoa An", NOW, ("ubnd-xa2",)),
        ("UBND xã hoà an", NOW, ("ubnd-xa",)),
        ("ubnd xa hoa  an", NOW, ("ubnd-xa", "ubnd-xa2")),
        ("UBND xã Hõa An", NOW, ("ubnd-xa", "ubnd-xa2")),
        ("", NOW, ()),
        ("...", NOW, ()),
        ("Sở Nội vụ" + " " * 400, NOW, ()),
    ],
)
def test_names_are_found_as_people_write_them(text: str, day: date, parties: tuple[str, ...]) -> None:
    assert office().by_name(text, day) == parties


def test_symbols_find_the_units_of_the_day() -> None:
    d = office()
    assert d.by_symbol("ubnd", OLD) == ("ubnd", "ubnd-dong")
    assert d.by_symbol("UB", OLD) == ("ubnd",)
    assert d.by_symbol("XYZ", OLD) == ()


def test_intake_addresses_stand_for_units() -> None:
    d = office()
    assert d.intake("VanThu.SoNoiVu@tinh.example") == "sonoivu"
    assert d.intake("congvan@tinh.example") == "vpubnd"
    assert d.intake("tiepnhan@tinh.example") == "sotttt"
    for other in (
        "vanthu.sonoivu@other.example",
        "vanthu.nobody@tinh.example",
        "sonoivu@tinh.example",
        "x",
        "",
    ):
        assert d.intake(other) is None


def test_people_posts_and_roles_follow_the_day() -> None:
    d = office()
    an = d.person("ANNV@tinh.example")
    assert an is not None and an.email == "an@tinh.example" and d.person("nobody@tinh.example") is None
    assert d.roles("an@tinh.example", "sonoivu", LAST) == {Role.CLERK}
    assert d.roles("AN@tinh.example", "sonoivu", FIRST) == {Role.LEADER}
    assert d.clerks("sonoivu", LAST) == (an,) and d.clerks("sonoivu", FIRST) == ()
    assert [post.unit for post in d.posts_of("an@tinh.example", NOW)] == ["sonoivu"]  # sotttt is closed


def test_domains_are_matched_by_whole_labels() -> None:
    d = office()
    assert d.domain_party("Mail.MOJ.example.") == "outside:btp"
    assert d.domain_party("snv.example") == "sonoivu"
    assert d.domain_party("evilmoj.example") is None and d.domain_party("example") is None
    assert d.domain_party("." * 100_000) is None


def test_parties_have_a_name_and_a_kind() -> None:
    d = office()
    assert d.party_name("outside:btp") == "Bộ Tư pháp" and d.party_kind("outside:btp") is PartyKind.OUTSIDE
    assert d.party_name("person:an@tinh.example") == "Nguyễn Văn An"
    assert d.party_kind("person:an@tinh.example") is PartyKind.PERSON
    assert d.party_name("sonoivu") == "Sở Nội vụ" and d.party_kind("sonoivu") is PartyKind.UNIT
    assert d.party_name("group:so") == "Các sở" and d.party_kind("gazette") is PartyKind.GAZETTE
    assert d.party_name("outside:gone") == "outside:gone" and d.children("ubnd") == ("vpubnd", "sonoivu")
    with pytest.raises(ValueError, match="group"):
        d.party_kind("group:so")


def test_suggestions_are_the_nearest_names() -> None:
    d = office()
    assert d.suggest("Sở Nội vụu")[0] == "Sở Nội vụ"
    assert d.suggest("Bộ Tu phap", 1) == ("Bộ Tư pháp",)
    assert d.suggest("zzzzqqqq") == () and d.suggest("") == ()


CODES = st.sampled_from("abcdef")
DAYS = st.one_of(st.none(), st.integers(0, 40).map(lambda n: date(2025, 6, 10) + timedelta(n)))
UNITS = st.builds(
    Unit, CODES, CODES, st.just(UnitKind.OTHER), parent=st.none() | CODES, keeper=st.none() | CODES,
    successor=st.none() | CODES, keeps_books=st.booleans(), valid_from=DAYS, valid_to=DAYS,
)  # fmt: skip
MEMBERS = st.builds(Member, CODES | CODES.map("group:".__add__), DAYS, DAYS)
GROUPS = st.builds(
    Group, CODES, CODES, members=st.lists(MEMBERS, max_size=5).map(tuple),
    kinds=st.sampled_from([(), (UnitKind.OTHER,)]), valid_from=DAYS, valid_to=DAYS,
)  # fmt: skip


@given(st.lists(UNITS, max_size=8), st.lists(GROUPS, max_size=8), DAYS.filter(bool))
def test_everything_ends_and_respects_the_day(units: list[Unit], groups: list[Group], day: date) -> None:
    d = Directory.of(units, groups)
    for code in "abcdef":
        assert (heir := d.successor(code, day)) is None or d.valid(heir, day)
        assert (keeper := d.keeper(code)) is None or d.units[keeper].keeps_books
        assert keeper is None or code in d.kept_by(keeper)
        members = d.expand(code, day)
        assert len(set(members)) == len(members) and all(d.valid(member, day) for member in members)
        assert all(
            d.valid(party.removeprefix("group:"), day) or ":" in party for party in d.by_name(code, day)
        )


@given(st.text(max_size=400))
def test_any_text_may_be_asked_for(text: str) -> None:
    d = office()
    d.by_name(text, NOW), d.by_symbol(text, NOW), d.suggest(text), d.intake(text), d.person(text)
    assert d.domain_party(text) is None or "example" in text.casefold()


def test_a_large_organisation_is_ready_at_once() -> None:
    units = [
        Unit(f"u{i}", f"UBND xã Đông Hòa {i}", UnitKind.COMMUNE, parent=f"u{i // 10}") for i in range(1, 5001)
    ]
    people = [Person(f"p{i}@x.example", f"Nguyễn Thị Hòa {i}") for i in range(20_000)]
    posts = [Post(person.email, f"u{i % 5000}", Role.CLERK) for i, person in enumerate(people)]
    begin = time.process_time()
    d = Directory.of(units, [], [], people, posts, ["x.example"])
    assert d.by_name("ubnd xa dong hoa 77", NOW) == ("u77",)
    assert d.clerks("u77", NOW) and d.kept_by("u77") and d.intake("vanthu.u77@x.example") == "u77"
    assert time.process_time() - begin < 2.0  # measured 0.35 s; the bound leaves room for a busy machine
