"""The sample organisation: complete, without faults, and it understands the directive of 2005."""

import re
from datetime import date
from pathlib import Path

import pytest

import hub
from rules.directory import Directory
from rules.sheets import parse_sheets
from rules.vocabulary import Role, UnitKind

SAMPLE = Path(hub.__file__).parent / "sample"
DIRECTIVE = date(2005, 12, 20)
TODAY = date(2026, 11, 23)


def sample() -> Directory:
    sheets = {file.name: file.read_bytes() for file in SAMPLE.glob("*.csv")}
    parsed = parse_sheets(sheets, domains=["binhlam.example"])
    assert parsed.errors == ()
    rows = (parsed.units, parsed.groups, parsed.outside, parsed.people, parsed.posts)
    return Directory.of(*rows, domains=["binhlam.example"])


def test_it_is_of_the_size_and_with_the_codes_that_others_rely_on() -> None:
    d = sample()
    assert len(d.units) >= 30 and len(d.people) >= 120 and d.central == "vpubnd"
    assert {"ubnd", "vpubnd", "ttth", "bdh112", "sotuphap", "sonoivu", "sotaichinh"} <= set(d.units)
    assert d.keeper("ubnd") == "vpubnd" and d.keeper("congbao") == "ttth" and d.keeper("phong-vx") == "vpubnd"
    assert d.units["ttth"].parent == "vpubnd" and d.intake("congvan@binhlam.example") == "vpubnd"


def test_every_unit_with_books_has_a_clerk_a_leader_and_a_specialist() -> None:
    d = sample()
    for code, unit in d.units.items():
        if unit.keeps_books and d.valid(code, TODAY):
            roles = {post.role for post in d.posts if post.unit == code and d.posts_of(post.person, TODAY)}
            assert {Role.CLERK, Role.LEADER, Role.SPECIALIST} <= roles, code
            assert d.clerks(code, TODAY) and d.intake(unit.email) == code
    assert sum(Role.ADMINISTRATOR is post.role for post in d.posts) >= 5


def test_people_have_addresses_by_the_pattern() -> None:
    d = sample()
    an = [p.email.partition("@")[0] for p in d.people.values() if re.match(r"annv", p.email)]
    assert sorted(an) == ["annv", "annv2", "annv3"]
    assert all(re.fullmatch(r"[a-z0-9]{2,30}@binhlam\.example", email) for email in d.people)


def test_the_districts_have_successors_and_the_communes_follow() -> None:
    d = sample()
    districts = [code for code, unit in d.units.items() if unit.kind is UnitKind.DISTRICT]
    assert len(districts) == 2
    for code in districts:
        heir = d.successor(code, TODAY)
        assert d.valid(code, date(2025, 6, 30)) and heir is not None
        assert d.units[heir].kind is UnitKind.COMMUNE and not d.valid(heir, date(2025, 6, 30))
    assert d.successor("sobcvt", TODAY) == "sokhcn"  # by way of sotttt


ENTRIES = [  # the recipient block of the directive, entries and comma parts (DOMAIN 11.3)
    ("Bộ tư pháp ( Cục kiểm tra VBQPPL)", "outside:btp", ("outside:btp",)),
    ("BĐH112CP", "outside:bdh112cp", ("outside:bdh112cp",)),
    ("TTTU", "group:tttu", ("tinhuy",)),
    ("TT HĐND tỉnh", "group:tthdnd", ("hdnd",)),
    ("CT, các  PCT", "group:ct-pct", 4),
    ("LĐ VP", "group:ldvp", 3),
    ("TTTH", "ttth", ("ttth",)),
    ("Các sở, ban, ngành", "group:so-ban-nganh", 22),
    ("UBND huyện, thị xã", "group:huyen-thi", ("ubnd-lamkhe", "ubnd-tanmoc")),
]


@pytest.mark.parametrize(("text", "party", "stands_for"), ENTRIES)
def test_the_entries_of_the_directive_are_understood(
    text: str, party: str, stands_for: tuple[str, ...] | int
) -> None:
    d = sample()
    assert d.by_name(text, DIRECTIVE) == (party,)
    found = d.expand(party, DIRECTIVE) if party.startswith("group:") else (party,)
    assert stands_for in (found, len(found))


@pytest.mark.parametrize("text", ["TTTU, TT HĐND tỉnh", "LĐ VP,TTTH", "Lưu VT"])
def test_entries_of_two_parts_are_not_one_name(text: str) -> None:
    assert sample().by_name(text, DIRECTIVE) == ()


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Thủ trưởng các Sở, ban ngành cấp tỉnh", "group:so-ban-nganh"),
        ("Các Sở, Ban ngành", "group:so-ban-nganh"),
        ("Chủ tịch, các PCT UBND tỉnh", "group:ct-pct"),
        ("LĐVP", "group:ldvp"),
        ("CVP, các PCVP", "group:ldvp"),
        ("P.TH", "phong-th"),
        ("UBND các xã, phường", "group:xa-phuong"),
        ("Chủ tịch UBND các xã, phường", "group:xa-phuong"),
        ("Thường trực Tỉnh uỷ", "group:tttu"),
        ("Đoàn Đại biểu Quốc hội tỉnh", "doandbqh"),
        ("Công báo", "congbao"),
        ("Cục Kiểm tra văn bản (Bộ Tư pháp)", "outside:btp"),
        ("Sở NN&MT", "sonnmt"),
        ("Giám đốc Sở Tài chính", "sotaichinh"),
        ("Các bộ, cơ quan ngang Bộ, cơ quan thuộc Chính phủ", "group:cac-bo"),
        ("UBND các huyện, thị xã", ""),
        ("Sở Tài nguyên và Môi trường", ""),
    ],
)
def test_spellings_of_today_are_understood(text: str, party: str) -> None:
    assert sample().by_name(text, TODAY) == ((party,) if party else ())


def test_issuers_are_found_by_the_bodies_in_symbols() -> None:
    d = sample()
    assert "ubnd" in d.by_symbol("UBND", DIRECTIVE) and "ubnd" in d.by_symbol("UB", DIRECTIVE)
    found = {body: d.by_symbol(body, TODAY) for body in ("SNV", "STP", "STC", "VPUBND", "BĐH112", "TTTH")}
    assert found == {"SNV": ("sonoivu",), "STP": ("sotuphap",), "STC": ("sotaichinh",), "VPUBND": ("vpubnd",),
                     "BĐH112": ("bdh112",), "TTTH": ("ttth",)}  # fmt: skip
