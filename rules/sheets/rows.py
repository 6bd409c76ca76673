"""The eight sheets: their columns, and how a row of each becomes a value."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from rules.sheets.cells import Cells
from rules.sheets.table import Row, Shape
from rules.text.fold import fold
from rules.values.directory import Group, Member, Name, Outside, Parent, Person, Post, Unit
from rules.vocabulary import Accept, BookMode, NameKind, Role, UnitKind

_DATES = {"valid_from": "hiệu lực từ", "valid_to": "hiệu lực đến"}

UNITS = Shape(
    "units.csv",
    {
        "code": "mã", "name": "tên", "kind": "loại", "parent": "cấp trên", "email": "thư điện tử",
        "symbols": "ký hiệu", **_DATES, "deployed_since": "triển khai từ", "keeps_books": "có sổ",
        "keeper": "đơn vị giữ sổ", "central": "đầu mối", "accept": "tiếp nhận", "book_mode": "cách cấp số",
        "successor": "đơn vị kế thừa", "channels": "kênh", "domains": "tên miền",
        "national_id": "mã định danh",
    },
    ("code", "name", "kind"),
    ("code",),
    "đơn vị",
)  # fmt: skip
NAMES = Shape(
    "names.csv",
    {"party": "mã", "name": "tên khác", **_DATES, "kind": "loại tên"},
    ("party", "name"),
    ("party", "name", "kind"),
    "tên khác",
)
PARENTS = Shape(
    "parents.csv",
    {"unit": "đơn vị", "parent": "cấp trên", **_DATES},
    ("unit", "parent"),
    ("unit", "parent"),
    "cấp trên",
)
GROUPS = Shape(
    "groups.csv",
    {"code": "mã", "name": "tên", "kinds": "gồm các loại", **_DATES},
    ("code", "name"),
    ("code",),
    "nhóm",
)
MEMBERS = Shape(
    "members.csv",
    {"group": "nhóm", "member": "thành viên", **_DATES},
    ("group", "member"),
    ("group", "member"),
    "thành viên",
)
OUTSIDE = Shape(
    "outside.csv",
    {
        "code": "mã", "name": "tên", "email": "thư điện tử", "domains": "tên miền",
        "national_id": "mã định danh",
    },
    ("code", "name"),
    ("code",),
    "cơ quan ngoài",
)  # fmt: skip
PEOPLE = Shape(
    "people.csv",
    {"email": "thư điện tử", "name": "họ và tên", "addresses": "địa chỉ khác"},
    ("email", "name"),
    ("email",),
    "cán bộ",
)
POSTS = Shape(
    "posts.csv",
    {"person": "thư điện tử", "unit": "đơn vị", "role": "vai trò", "title": "chức vụ", **_DATES},
    ("person", "unit", "role"),
    ("person", "unit", "role"),
    "chức vụ",
)
SHAPES = {shape.file: shape for shape in (UNITS, NAMES, PARENTS, GROUPS, MEMBERS, OUTSIDE, PEOPLE, POSTS)}
T = TypeVar("T")
Lines = list[tuple[Row, T]]
NATIONAL_ID = 35  # characters at most (SEMANTICS, The organisation)


def shape_of(title: str, heading: Iterable[str]) -> str:
    """Which sheet this is, by its title or else by its heading; empty when nothing tells."""
    plain = fold(title.strip())
    for shape in SHAPES.values():
        name = shape.file.removesuffix(".csv")
        if plain in (name, fold(shape.title)):
            return name
    cells = list(heading)
    read = [shape.file.removesuffix(".csv") for shape in SHAPES.values() if shape.reads(cells)]
    return read[0] if len(read) == 1 else ""


@dataclass(frozen=True, slots=True)
class Sheets:
    """What the rows of all sheets say, each beside its row, before anything is put together."""

    units: Lines[Unit] = field(default_factory=list)
    names: Lines[tuple[str, Name]] = field(default_factory=list)
    parents: Lines[tuple[str, Parent]] = field(default_factory=list)
    groups: Lines[Group] = field(default_factory=list)
    members: Lines[tuple[str, Member]] = field(default_factory=list)
    outside: Lines[Outside] = field(default_factory=list)
    people: Lines[Person] = field(default_factory=list)
    posts: Lines[Post] = field(default_factory=list)


def unit(cells: Cells, own: tuple[str, ...]) -> Unit | None:
    """A row of units.csv; None without a code."""
    start, end = cells.span()
    made = Unit(
        code=cells.code("code"),
        name=cells.text("name", required=True),
        kind=cells.word("kind", UnitKind, UnitKind.OTHER, required=True),
        parent=cells.reference("parent"),
        email=cells.email("email"),
        symbols=cells.words("symbols"),
        valid_from=start,
        valid_to=end,
        deployed_since=cells.day("deployed_since"),
        keeps_books=cells.yes("keeps_books", default=True),
        keeper=cells.reference("keeper"),
        central=cells.yes("central", default=False),
        accept=cells.word("accept", Accept, Accept.AUTO),
        book_mode=cells.word("book_mode", BookMode, BookMode.BORNE),
        successor=cells.reference("successor"),
        channels=cells.words("channels", lower=True),
        domains=cells.domains("domains", own),
        national_id=_national_id(cells),
    )
    return made if made.code else None


def _national_id(cells: Cells) -> str:
    value = cells.text("national_id")
    if len(value) > NATIONAL_ID:
        cells.fault("national_id", "too_long", limit=NATIONAL_ID)
    return value


def name(cells: Cells, own: tuple[str, ...]) -> tuple[str, Name] | None:
    """A row of names.csv: the party code and its other name; None when either is missing."""
    party = cells.text("party", required=True).lower()
    text, span = cells.text("name", required=True), cells.span()
    made = Name(text, *span, cells.word("kind", NameKind, NameKind.OTHER))
    return (party, made) if party and made.text else None


def parent(cells: Cells, own: tuple[str, ...]) -> tuple[str, Parent] | None:
    """A row of parents.csv: a unit and the one above it in these days; an empty cell is nobody."""
    code, above = cells.text("unit", required=True).lower(), cells.reference("parent")
    made = Parent(above, *cells.span())
    return (code, made) if code else None


def group(cells: Cells, own: tuple[str, ...]) -> Group | None:
    """A row of groups.csv; its members follow from members.csv."""
    start, end = cells.span()
    code, title = cells.code("code"), cells.text("name", required=True)
    made = Group(code, title, kinds=cells.kinds("kinds"), valid_from=start, valid_to=end)
    return made if code else None


def member(cells: Cells, own: tuple[str, ...]) -> tuple[str, Member] | None:
    """A row of members.csv: the group's code and a party code, with its dates."""
    code = cells.text("group", required=True).lower().removeprefix("group:")
    party = cells.text("member", required=True).lower()
    made = Member(party, *cells.span())
    return (code, made) if code and party else None


def outside(cells: Cells, own: tuple[str, ...]) -> Outside | None:
    """A row of outside.csv."""
    code, title = cells.code("code"), cells.text("name", required=True)
    domains = cells.domains("domains", own)
    made = Outside(code, title, (), domains, _national_id(cells), cells.email("email"))
    return made if code else None


def person(cells: Cells, own: tuple[str, ...]) -> Person | None:
    """A row of people.csv."""
    email, title = cells.email("email", required=True), cells.text("name", required=True)
    made = Person(email, title, cells.emails("addresses"))
    return made if email else None


def post(cells: Cells, own: tuple[str, ...]) -> Post | None:
    """A row of posts.csv."""
    start, end = cells.span()
    email, code = cells.email("person", required=True), cells.code("unit")
    role = cells.word("role", Role, Role.SPECIALIST, required=True)
    return Post(email, code, role, cells.text("title"), start, end) if email and code else None
