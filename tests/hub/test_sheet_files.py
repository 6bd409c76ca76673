"""Sheets as files: what is written is read back, a formula stays text, and a wrong file is one sentence."""

from pathlib import Path

import pytest

from connectors.readers.workbook import sheets_of
from connectors.writers.sheet_xlsx import xlsx_of
from hub.sheets import SheetUnreadable, read_sheets, write_sheets
from rules.directory import Directory, Group, Member, Name, Person, Post, Unit
from rules.sheets import compare, parse_sheets
from rules.vocabulary import NameKind, Role, UnitKind

ALL = ("units", "names", "groups", "members", "outside", "people", "posts")
HARD = ("=1+1", "+84 66", "-x", "@SUM(A1)", "\uff1d1+1", "'=x", '=cmd|"/c calc"!A1', 'a;b,c"d', "007", "1e5")


def organisation() -> Directory:
    others = (Name(HARD[3], kind=NameKind.SYMBOL),)
    unit = Unit("a", HARD[0], UnitKind.OTHER, other_names=others, symbols=("1", "TRUE"), national_id="00.1")
    people = [Person(f"p{number}@x.example", text) for number, text in enumerate(HARD)]
    posts = [Post(person.email, "a", Role.CLERK, person.name) for person in people]
    groups = [Group("g", HARD[2], members=Member.of("a"))]
    return Directory.of([unit], groups, (), people, posts, ["x.example"])


@pytest.mark.parametrize("out", ["tinh.xlsx", "bang"])
def test_hard_cells_come_back_as_they_were(tmp_path: Path, out: str) -> None:
    before = organisation()
    assert write_sheets(before, ALL, tmp_path / out) == 7
    files = [tmp_path / out] if out.endswith("xlsx") else sorted((tmp_path / out).iterdir())
    sheets, _origins = read_sheets(files, ALL)
    parsed = parse_sheets({name: text.encode() for name, text in sheets.items()}, before)
    assert parsed.errors == ()
    after = Directory.of(
        parsed.units, parsed.groups, parsed.outside, parsed.people, parsed.posts, before.domains
    )
    assert compare(before, after) == ()


def test_no_cell_of_a_workbook_begins_like_a_formula(tmp_path: Path) -> None:
    write_sheets(organisation(), ALL, tmp_path / "x.xlsx")
    cells = [
        cell
        for rows in sheets_of((tmp_path / "x.xlsx").read_bytes()).values()
        for row in rows
        for cell in row
    ]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\uff1d"))]
    assert "'=1+1" in cells


def test_faults_of_a_workbook_stand_at_their_row(tmp_path: Path) -> None:
    rows = [
        ["code", "name", "kind"],
        [],
        ["a", "A", "other"],
        ["sai mã", "B", "other"],
        ["c", "C\nD", "other"],
    ]
    (tmp_path / "x.xlsx").write_bytes(xlsx_of({"Đơn vị": rows}))
    sheets, origins = read_sheets([tmp_path / "x.xlsx"], ALL)
    parsed = parse_sheets({name: text.encode() for name, text in sheets.items()})
    faults = [(e.line, e.column, e.code) for e in parsed.errors if e.code != "required"]
    assert faults == [
        (4, "code", "bad_code"),
        (5, "name", "control"),
    ]
    assert origins == {"units.csv": "x.xlsx[Đơn vị]"}


def test_a_sheet_is_known_by_its_heading(tmp_path: Path) -> None:
    (tmp_path / "danh sach.csv").write_text("\ufeffThư điện tử,Họ và tên\na@x.example,An\n", "utf-8")
    sheets, _origins = read_sheets([tmp_path / "danh sach.csv"], ALL)
    assert list(sheets) == ["people.csv"]


def test_a_folder_as_the_export_writes_it_is_read(tmp_path: Path) -> None:
    write_sheets(organisation(), ALL, tmp_path / "out")
    sheets, _origins = read_sheets([tmp_path / "out"], ALL)
    assert {name.removesuffix(".csv") for name in sheets} == set(ALL)
    sheets, _origins = read_sheets([tmp_path / "out"], ("people", "posts"))
    assert set(sheets) == {"people.csv", "posts.csv"}
    (tmp_path / "out" / "khac.csv").write_text("a;b\n", "utf-8")
    with pytest.raises(SheetUnreadable, match="khac"):
        read_sheets([tmp_path / "out"], ALL)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SheetUnreadable, match="empty"):
        read_sheets([tmp_path / "empty"], ALL)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"units.csv": b"code;name;kind\n", "don vi.csv": b"code;name;kind\n"}, "units.csv"),
        ({"units.csv": b"code;name;kind\n"}, "vanthu units import"),
        ({"people.xlsx": b"PK\x03\x04"}, "people.xlsx"),
        ({"people.xlsx": xlsx_of({"people": []})}, "people.xlsx"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    allowed = ("people", "posts") if len(files) == 1 else ALL
    with pytest.raises(SheetUnreadable, match=said):
        read_sheets([tmp_path / name for name in files], allowed)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    for out in (tmp_path / "file" / "below", tmp_path / "x.csv", tmp_path / "none" / "x.xlsx"):
        with pytest.raises(SheetUnreadable):
            write_sheets(organisation(), ALL, out)
