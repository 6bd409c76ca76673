"""Sheets of the organisation: every fault is named with its place, and nothing is half read."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.directory import Directory, Group, Member, Name, Outside, Parent, Person, Post, Unit
from rules.sheets import Parsed, SheetError, parse_sheets, to_sheets
from rules.sheets.errors import PHRASES
from rules.sheets.parse import MOST_ERRORS
from rules.sheets.rows import SHAPES
from rules.vocabulary import Accept, NameKind, Role, UnitKind

UNITS = "code;name;kind\nsonoivu;Sở Nội vụ;department\nsotuphap;Sở Tư pháp;department\n"


def read(units: str = UNITS, known: Directory | None = None, **sheets: str) -> Parsed:
    texts = {"units.csv": units} | {f"{name}.csv": text for name, text in sheets.items()}
    encoded = {name: text.encode() for name, text in texts.items() if text}
    return parse_sheets(encoded, known, ["tinh.example"])


def faults(parsed: Parsed) -> list[tuple[str, int, str, str]]:
    return [(e.file, e.line, e.column, e.code) for e in parsed.errors]


def directory(parsed: Parsed) -> Directory:
    rows = (parsed.units, parsed.groups, parsed.outside, parsed.people, parsed.posts)
    return Directory.of(*rows, domains=["tinh.example"])


@pytest.mark.parametrize(
    "data",
    [
        UNITS.encode(),
        b"\xef\xbb\xbf" + UNITS.encode(),
        UNITS.replace(";", ",").encode(),
        UNITS.replace(";", "\t").replace("\n", "\r\n").encode(),
        ("sep=;\n" + UNITS).encode(),
        UNITS.replace("code;name;kind", "Mã;TÊN;Loại").replace("department", "Sở").encode(),
        (UNITS + "\n;;\n").encode(),
        UNITS.replace("Sở Nội vụ", '  "Sở\u00a0Nội  vụ" '.strip()).encode(),
    ],
)
def test_separators_marks_and_headings_of_every_spreadsheet(data: bytes) -> None:
    parsed = parse_sheets({"units.csv": data})
    assert faults(parsed) == []
    assert [(u.code, u.name, u.kind) for u in parsed.units] == [
        ("sonoivu", "Sở Nội vụ", UnitKind.DEPARTMENT),
        ("sotuphap", "Sở Tư pháp", UnitKind.DEPARTMENT),
    ]


def test_names_in_parts_become_one_form() -> None:
    loose = "code;name;kind\nsonoivu;Sơ\u0309 Nô\u0323i vu\u0323;department\n"
    assert read(loose).units[0].name == "Sở Nội vụ"


HEAD = (
    "code;name;kind;parent;email;symbols;valid_from;valid_to;keeps_books;keeper;central;successor;domains\n"
)


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("a;;room", "name", "required"),
        (";Tên;room", "code", "required"),
        ("Sở 1;Tên;room", "code", "bad_code"),
        ("gazette;Tên;room", "code", "bad_code"),
        ("a;Tên;phongban", "kind", "bad_word"),
        ("a;Tên;room;nobody", "parent", "unknown_unit"),
        ("a;Tên;room;;annv", "email", "bad_email"),
        ("a;Tên;room;;an@a..example", "email", "bad_email"),
        ("a;Tên;room;;vanthu.b@tinh.example", "email", "reserved"),
        ("a;Tên;room;;congvan@tinh.example", "email", "reserved"),
        ("a;Tên;room;;;A;30/02/2025", "valid_from", "bad_date"),
        ("a;Tên;room;;;A;2025-07-01;30/06/2025", "valid_to", "dates_reversed"),
        ("a;Tên;room;;;A;;;maybe", "keeps_books", "bad_yes"),
        ("a;Tên;room;;;A;;;no", "keeper", "no_keeper"),
        ("a;Tên;room;;;A;;;no;nobody", "keeper", "unknown_unit"),
        ("a;Tên;room;a", "parent", "cycle"),
        ("a;Tên;room;;;;;;;;;a", "successor", "cycle"),
        ("a;Tên;room;;;;;;;;;;gmail.com", "domains", "public_domain"),
        ("a;Tên;room;;;;;;;;;;tinh.example", "domains", "own_domain"),
        ("a;Tên;room;;;;;;;;;;a_b", "domains", "bad_domain"),
        ("a;Tên;room;;;;;;;;;;;thừa", "", "too_many_cells"),
        ("a;T\u202eên;room", "name", "control"),
        ('a;"Tên\nhai";room', "name", "control"),
        (f"a;{'T' * 1001};room", "name", "too_long"),
    ],
)
def test_every_fault_of_a_unit_has_its_place(line: str, column: str, code: str) -> None:
    parsed = read(HEAD + "b;Tên khác;room\n" + line + "\n")
    assert ("units.csv", 3, column, code) in faults(parsed)
    assert {(e.file, e.line) for e in parsed.errors} == {("units.csv", 3)}
    for error in parsed.errors:
        assert error.what and error.remedy and "{" not in error.what + error.remedy


@pytest.mark.parametrize(
    ("sheets", "place"),
    [
        ({"names": "party;name\nsonoivi;SNV\n"}, ("names.csv", 2, "party", "unknown_party")),
        ({"names": "party;name\nsonoivu;SNV\nsonoivu;S.N.V\n"}, ("names.csv", 3, "name", "doubled")),
        ({"groups": "code;name;kinds\nso;Các sở;departement\n"}, ("groups.csv", 2, "kinds", "bad_word")),
        ({"members": "group;member\nso;sonoivu\n"}, ("members.csv", 2, "group", "unknown_group")),
        ({"outside": "code;name;domains\nbtp;Bộ;a.example\nbnv;Bộ;a.example\n"},
         ("outside.csv", 3, "domains", "taken")),
        ({"outside": f"code;name;national_id\nbtp;Bộ;{'0' * 36}\n"},
         ("outside.csv", 2, "national_id", "too_long")),
        ({"people": "email;name\nvanthu@tinh.example;Văn Thư\n"}, ("people.csv", 2, "email", "reserved")),
        ({"people": "email;name\nVanThu.a@tinh.example;Văn Thư\n"}, ("people.csv", 2, "email", "reserved")),
        ({"people": "email;name;addresses\na1@x.example;A;\nb1@x.example;B;A1@x.example\n"},
         ("people.csv", 3, "addresses", "taken")),
        ({"people": "email;name\na1@x.example;A\nA1@x.example;B\n"}, ("people.csv", 3, "email", "doubled")),
        ({"posts": "person;unit;role\na1@x.example;sonoivu;clerk\n"},
         ("posts.csv", 2, "person", "unknown_person")),
        ({"posts": "person;unit;role\na1@x.example;sonoivi;clerk\n"},
         ("posts.csv", 2, "unit", "unknown_unit")),
        ({"posts": "person;unit;role\na1@x.example;sonoivu;clerc\n"}, ("posts.csv", 2, "role", "bad_word")),
        ({"posts": "person;unit;rôle;chức\n"}, ("posts.csv", 1, "chức", "unknown_column")),
        ({"posts": "person;unit\n"}, ("posts.csv", 1, "role", "missing_column")),
        ({"posts": "person;unit;role;unit\n"}, ("posts.csv", 1, "unit", "doubled_column")),
        ({"posts": "\n\n"}, ("posts.csv", 1, "", "empty")),
        ({"posts": 'person;unit;role\n"a;b;c\n'}, ("posts.csv", 2, "", "broken")),
        ({"unit": "x"}, ("unit.csv", 0, "", "unknown_file")),
    ],
)  # fmt: skip
def test_faults_between_the_sheets(sheets: dict[str, str], place: tuple[str, int, str, str]) -> None:
    assert place in faults(read(UNITS, None, **sheets))


def test_the_nearest_right_word_is_offered() -> None:
    parsed = read(
        posts="person;unit;role\na@x.example;sonoivi;clerc\n", members="group;member\nso;outside:bpt\n",
        outside="code;name\nbtp;Bộ Tư pháp\n", groups="code;name\nso;Các sở\n",
    )  # fmt: skip
    remedies = {error.column: error.remedy for error in parsed.errors}
    assert (
        "clerk" in remedies["role"] and "sonoivu" in remedies["unit"] and "outside:btp" in remedies["member"]
    )


def test_a_fault_is_one_line_in_the_language_of_the_reader() -> None:
    (fault,) = read("code;name;kind\nsonoivu;Sở;room\nsonoivu;Sở;room\n").errors
    assert (
        fault.words() == "units.csv:3: code: sonoivu stands there already, in line 2. Remove one of the two."
    )
    ours = {PHRASES["doubled"][0]: "{value} đã có ở dòng {line}", PHRASES["doubled"][1]: "Bỏ một dòng."}
    assert fault.words(ours.__getitem__) == "units.csv:3: code: sonoivu đã có ở dòng 2. Bỏ một dòng."


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    parsed = parse_sheets({"units.csv": UNITS.encode() + "x;Sở".encode("utf-16-le") + b"\xff\n"})
    assert faults(parsed) == [("units.csv", 4, "", "encoding")] and parsed.units == ()


def test_circles_of_groups_and_doubled_codes() -> None:
    groups = "code;name\na1;A\nb1;B\na1;C\n"
    parsed = read(groups=groups, members="group;member\na1;group:b1\nb1;group:a1\nb1;sonoivu\n")
    assert faults(parsed) == [
        ("groups.csv", 4, "code", "doubled"),
        ("members.csv", 2, "member", "cycle"),
        ("members.csv", 3, "member", "cycle"),
    ]


def test_places_are_checked_as_units_are() -> None:
    said = "unit;parent;valid_from\nsonoivu;sotuphap;\nsotuphap;sonoivu;\nsonoivu;nobody;\nx;sonoivu;\n"
    assert faults(read(parents=said)) == [
        ("parents.csv", 2, "parent", "cycle"),
        ("parents.csv", 3, "parent", "cycle"),
        ("parents.csv", 4, "unit", "doubled"),
        ("parents.csv", 4, "parent", "unknown_unit"),
        ("parents.csv", 4, "parent", "cycle"),
        ("parents.csv", 5, "unit", "unknown_unit"),
    ]


def test_a_move_that_would_do_nothing_is_a_fault() -> None:
    dated = Unit("phong", "Phòng", UnitKind.ROOM, parent="a", parents=(Parent("b", date(2025, 7, 1)),))
    known = Directory.of([Unit(c, c, UnitKind.DEPARTMENT) for c in ("a", "b", "c")] + [dated])

    def moved(to: str) -> list[tuple[str, int, str, str]]:
        sheet = f"code;name;kind;parent\nphong;Phòng;room;{to}\n"
        return faults(parse_sheets({"units.csv": sheet.encode()}, known))

    assert moved("c") == [("units.csv", 2, "parent", "parent_dated")]
    assert moved("a") == moved("b") == []  # as it was, and as the dated row says


def test_only_one_unit_is_central() -> None:
    parsed = read("code;name;kind;central\na;A;room;yes\nb;B;room;có\nc;C;room;không\n")
    assert faults(parsed) == [("units.csv", 3, "central", "two_centrals")]


def test_one_sheet_alone_is_checked_against_what_is_known() -> None:
    known = directory(read(names="party;name\nsonoivu;SNV\n", people="email;name\nan@tinh.example;An\n"))
    parsed = read("", known, posts="person;unit;role\nan@tinh.example;sonoivu;văn thư\n")
    assert parsed.errors == () and parsed.units == () and parsed.posts[0].role is Role.CLERK
    again = read("code;name;kind\nsonoivu;Sở Nội vụ tỉnh;department\n", known)
    assert again.units[0].other_names == (Name("SNV"),) and again.units[0].name == "Sở Nội vụ tỉnh"
    renamed = read("", known, names="party;name;valid_to\nsonoivu;Sở NV;30/6/2025\n")
    assert renamed.units == (
        replace(known.units["sonoivu"], other_names=(Name("Sở NV", None, date(2025, 6, 30)),)),
    )


def test_many_faults_are_cut_and_cheap() -> None:
    posts = "person;unit;role\n" + "".join(f"p{i}@x.example;sonoivy{i};leder\n" for i in range(100_000))
    begin = time.perf_counter()
    parsed = read(posts=posts)
    assert len(parsed.errors) == MOST_ERRORS + 1 and parsed.errors[-1].code == "too_many"
    unknown = "person;unit;role\n" + "".join(f"p{i}@x.example;sonoivy{i};leader\n" for i in range(20_000))
    assert len(read(posts=unknown).errors) == MOST_ERRORS
    assert time.perf_counter() - begin < 20


def test_a_sheet_may_not_be_endless() -> None:
    parsed = parse_sheets({"people.csv": b"email;name\n" + b"x" * 20_000_001})
    assert faults(parsed) == [("people.csv", 0, "", "too_large")]
    long_cell = parse_sheets({"people.csv": b"email;name\na1@x.example;" + b"x" * 200_000})
    assert faults(long_cell) == [("people.csv", 2, "", "broken")]


def test_exported_cells_are_no_formulas() -> None:
    d = Directory.of(people=[Person("a1@x.example", '=HYPERLINK("http://x")'), Person("b1@x.example", "'=1")])
    sheets = to_sheets(d)
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in sheets["people.csv"].split(";"))
    assert directory(parse_sheets({k: v.encode() for k, v in sheets.items()})).people == d.people


CODE = st.text("abc1", min_size=1, max_size=4)
TITLE = st.text("Sở Nội;,\"'=+-@|#", min_size=1, max_size=12).map(lambda s: " ".join(s.split())).filter(bool)
DAY = st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1))


def ordered(pair: tuple[date | None, date | None]) -> tuple[date | None, date | None]:
    start, end = pair
    return (end, start) if start and end and end < start else pair


SPAN = st.tuples(DAY, DAY).map(ordered)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Directories without faults, with texts that are hard on CSV."""
    codes = draw(st.lists(CODE, min_size=1, max_size=5, unique=True))
    names = [
        (Name(draw(TITLE) + f" {i}", *draw(SPAN), draw(st.sampled_from(NameKind))),)
        for i in range(len(codes))
    ]
    units = [
        Unit(code, draw(TITLE), draw(st.sampled_from(UnitKind)), parent=codes[i - 1] if i else None,
             other_names=names[i], symbols=tuple(draw(st.lists(CODE, max_size=2, unique=True))),
             keeps_books=draw(st.booleans()) or not i, accept=draw(st.sampled_from(Accept)), central=not i,
             parents=(Parent(draw(st.sampled_from([None, *codes[:i]])), *draw(SPAN)),))
        for i, code in enumerate(codes)
    ]  # fmt: skip
    people = [Person(f"{code}@x.example", draw(TITLE), (f"{code}@y.example",)) for code in codes]
    posts = [Post(p.email, codes[0], draw(st.sampled_from(Role)), draw(TITLE), *draw(SPAN)) for p in people]
    outside = [Outside("btp", draw(TITLE), names[0], ("moj.example",), "000.X", "vanthu@moj.example")]
    groups = [
        Group(
            "g1",
            draw(TITLE),
            (),
            (Member(codes[0], *draw(SPAN)), *Member.of("outside:btp", "gazette")),
            (UnitKind.ROOM, UnitKind.BOARD),
        )
    ]
    groups.append(Group("g2", draw(TITLE), names[0], Member.of("group:g1", f"person:{people[0].email}")))
    return Directory.of(units, groups, outside, people, posts, ["tinh.example"])


@given(directories())
def test_what_is_written_is_read_back(d: Directory) -> None:
    parsed = parse_sheets({name: text.encode() for name, text in to_sheets(d).items()}, domains=d.domains)
    assert parsed.errors == () and directory(parsed) == d


@given(st.dictionaries(st.sampled_from(sorted(SHAPES)), st.binary(max_size=300), max_size=3))
def test_any_bytes_are_answered(sheets: dict[str, bytes]) -> None:
    for error in parse_sheets(sheets).errors:
        assert error.code in PHRASES and error.what and error.remedy


@given(st.sampled_from(sorted(SHAPES)), st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=6))
def test_any_cells_are_answered(file: str, cells: list[list[str]]) -> None:
    text = "\n".join([";".join(SHAPES[file].columns), *(";".join(row) for row in cells)])
    parsed = parse_sheets({file: text.encode("utf-8", "replace")})
    assert all(isinstance(error, SheetError) and error.line <= text.count("\n") + text.count("\r") + 2
               for error in parsed.errors)  # fmt: skip
