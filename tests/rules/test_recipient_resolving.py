"""From names in a block to parties of the directory (DOMAIN 4.4, 4.5, 11.3)."""

from datetime import date

import pytest

from rules.directory import Directory
from rules.identify import block, recipients
from rules.identify.recipients import article_bodies, resolve
from rules.values.directory import Group, Member, Name, Outside, Person, Post, Unit
from rules.values.reading import RecipientEntry
from rules.values.routing import ResolvedEntry
from rules.vocabulary import Role, UnitKind

DAY = date(2024, 5, 20)
D, B = UnitKind.DEPARTMENT, UnitKind.BOARD


def _unit(code: str, name: str, kind: UnitKind = D, *others: str, parent: str | None = "ubnd") -> Unit:
    return Unit(code, name, kind, parent, other_names=tuple(Name(other) for other in others))


DIRECTORY = Directory.of(
    units=[
        _unit("ubnd", "Ủy ban nhân dân tỉnh", UnitKind.COMMITTEE, "UBND tỉnh", parent=None),
        _unit("vpubnd", "Văn phòng UBND tỉnh", UnitKind.OFFICE, "VPUB"),
        _unit("ttth", "Trung tâm Tin học", UnitKind.CENTRE, "TTTH"),
        _unit("snv", "Sở Nội vụ"),
        _unit("stc", "Sở Tài chính"),
        _unit("skhdt", "Sở Kế hoạch và Đầu tư"),
        _unit("syt", "Sở Y tế"),
        _unit("thanhtra", "Thanh tra tỉnh", UnitKind.BRANCH),
        _unit("tinhuy", "Văn phòng Tỉnh ủy", UnitKind.PARTY_BODY, parent=None),
        _unit("hdnd", "Văn phòng HĐND tỉnh", UnitKind.COUNCIL, parent=None),
        _unit("tanmoc", "UBND huyện Tân Mộc", UnitKind.DISTRICT),
        _unit("lamkhe", "UBND thị xã Lâm Khê", UnitKind.DISTRICT),
    ],
    groups=[
        Group("so", "Các sở, ban, ngành", (Name("Thủ trưởng các sở, ban, ngành"),), kinds=(D, B)),
        Group("huyen", "UBND các huyện, thị xã", (Name("UBND huyện, thị xã"),), kinds=(UnitKind.DISTRICT,)),
        Group("tttu", "Thường trực Tỉnh ủy", (), Member.of("tinhuy")),
        Group("tthd", "Thường trực HĐND tỉnh", (), Member.of("hdnd")),
        Group(
            "ctpct",
            "CT, các PCT",
            (Name("CT, các PCT UBND tỉnh"),),
            Member.of("person:khanh@x.example", "person:lan@x.example"),
        ),
        Group("ldvp", "Lãnh đạo Văn phòng", (Name("LĐVP"),), Member.of("person:binh@x.example")),
        Group("leer", "Các hội", (), ()),
    ],
    outside=[
        Outside("btp", "Bộ Tư pháp", (Name("Cục Kiểm tra VBQPPL"),)),
        Outside("bct", "Bộ Công Thương"),
        Outside("vpcp", "Văn phòng Chính phủ", (Name("VPCP"),)),
        Outside("bdh", "BĐH112CP"),
    ],
    people=[
        Person("khanh@x.example", "Trần Quốc Khánh"),
        Person("lan@x.example", "Lê Thị Lan"),
        Person("binh@x.example", "Vũ Thanh Bình"),
    ],
    posts=[
        Post("khanh@x.example", "ubnd", Role.LEADER),
        Post("binh@x.example", "ttth", Role.SPECIALIST),
        Post("binh@x.example", "vpubnd", Role.LEADER),
    ],
)


def one(text: str, body: str = "") -> ResolvedEntry:
    entry = block.entry(text)
    assert entry is not None
    (resolved,) = resolve([entry], [], DIRECTORY, DAY, text=body)
    return resolved


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("Sở Nội vụ", ("snv",)),
        ("- Giám đốc Sở Nội vụ (để b/c);", ("snv",)),
        ("Chánh Văn phòng UBND tỉnh", ("vpubnd",)),
        ("Chánh Thanh tra tỉnh", ("thanhtra",)),
        ("Chủ tịch UBND huyện Tân Mộc", ("tanmoc",)),
        ("VP UBND tỉnh", ("vpubnd",)),
        ("Sở KH&ĐT", ("skhdt",)),
        ("Các Sở: KH&ĐT, TC, Y tế", ("skhdt", "stc", "syt")),
        ("Sở Nội vụ, Sở Tài chính", ("snv", "stc")),
        ("Sở Nội vụ; Thanh tra tỉnh", ("snv", "thanhtra")),
        ("Sở Nội vụ và Sở Y tế", ("snv", "syt")),
        ("Các sở, ban, ngành", ("snv", "stc", "skhdt", "syt")),
        (
            "Thủ trưởng các Sở, Ban ngành; Chủ tịch UBND huyện, thị xã",
            ("snv", "stc", "skhdt", "syt", "tanmoc", "lamkhe"),
        ),
        ("TTTU, TT HĐND tỉnh", ("tinhuy", "hdnd")),
        ("LĐ VP,TTTH", ("vpubnd", "ttth")),
        ("Bộ tư pháp ( Cục kiểm tra VBQPPL)", ("outside:btp",)),
        ("BĐH112CP", ("outside:bdh",)),
        ("VPCP: BTCN, các PCN, Trợ lý TTg, Công báo", ("outside:vpcp",)),
        ("UBND huyện, thị xã", ("tanmoc", "lamkhe")),
    ],
)
def test_who_is_meant(text: str, parties: tuple[str, ...]) -> None:
    resolved = one(text)
    assert resolved.parties == parties
    assert resolved.held == ()


def test_persons_become_deliveries_to_the_unit_they_lead() -> None:
    resolved = one("LĐVP")
    assert (resolved.parties, resolved.persons, resolved.group) == (
        ("vpubnd",),
        (("vpubnd", "binh@x.example"),),
        "ldvp",
    )


def test_a_person_without_a_post_is_held_alone() -> None:
    resolved = one("CT, các PCT UBND tỉnh")
    assert resolved.persons == (("ubnd", "khanh@x.example"),)
    assert [(held.text, held.reason) for held in resolved.held] == [("Lê Thị Lan", recipients.NO_POST)]


def test_only_the_unknown_part_is_held_and_named() -> None:
    resolved = one("Sở Nội vụ, Sở Đường sắt")
    assert resolved.parties == ("snv",)
    assert [(held.text, held.reason) for held in resolved.held] == [("Sở Đường sắt", recipients.UNKNOWN)]
    whole = one("Hội Nuôi ong, Hội Làm vườn")
    assert (whole.parties, [held.text for held in whole.held]) == ((), ["Hội Nuôi ong, Hội Làm vườn"])


def test_a_near_name_is_suggested_never_taken() -> None:
    resolved = one("Sở Nội vu tỉnh X")
    assert resolved.parties == ()
    assert "Sở Nội vụ" in resolved.held[0].suggestions


def test_departments_of_other_provinces_are_not_ours() -> None:
    for text in ("Các Sở: TC, NV các tỉnh, TP trực thuộc TW", "Sở Tài chính, Cục Thuế các tỉnh"):
        resolved = one(text)
        assert resolved.parties == ()
        assert [held.text for held in resolved.held] == [text]


def test_a_name_of_another_day_is_said_to_be_one_and_not_suggested() -> None:
    old = Directory.of(units=[Unit("cu", "Sở Bưu chính", D, valid_to=date(2008, 3, 31))])
    (resolved,) = resolve([RecipientEntry("Sở Bưu Chính (để b/c)")], [], old, DAY)
    (held,) = resolved.held
    assert (held.reason, held.suggestions) == (recipients.NOT_THEN, ())


def test_entries_on_one_line_are_asked_about_one_by_one() -> None:
    assert [held.text for held in one("Hội Nuôi ong; Hội Làm vườn").held] == ["Hội Nuôi ong", "Hội Làm vườn"]


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("Cục KSTTHC - VPCP", ("outside:vpcp",)),
        ("Phòng Tổ chức – Sở Nội vụ (để biết)", ("snv",)),
        ("Thanh tra tỉnh - Sở Nội vụ", ("thanhtra", "snv")),  # both known: two recipients
        ("Cục Thuế - Cục Hải quan", ()),
    ],
)
def test_a_part_of_a_body_is_a_delivery_to_the_body(text: str, parties: tuple[str, ...]) -> None:
    resolved = one(text)
    assert resolved.parties == parties
    assert bool(resolved.held) is not bool(parties)


def test_an_archive_copy_is_no_delivery() -> None:
    assert one("- Lưu: VT, NC.") == ResolvedEntry("Lưu: VT, NC", ())


def test_as_above_is_everyone_under_the_heading() -> None:
    above = block.addressees(["Sở Y tế; Sở Đường sắt"])
    resolved = resolve(block.recipients(["- Như trên;", "- UBND tỉnh (b/c);"]), above, DIRECTORY, DAY)
    assert [(entry.kind, entry.parties) for entry in resolved] == [
        ("addressee", ("syt",)),
        ("addressee", ()),
        ("block", ("syt",)),
        ("block", ("ubnd",)),
    ]
    assert [len(entry.held) for entry in resolved] == [0, 1, 0, 0]  # said once, where it stands
    assert resolved[3].purpose == "b/c"


def test_references_that_lead_nowhere_are_held() -> None:
    reasons = [
        held.reason for text in ("Như trên", "Như Điều 9", "Như thành phần mời") for held in one(text).held
    ]
    assert reasons == [recipients.NO_ADDRESSEES, recipients.ARTICLE, recipients.INVITED]


BODY = """Điều 2. Quyết định này có hiệu lực kể từ ngày ký.
Điều 3. Chánh Văn phòng UBND tỉnh, Giám đốc các Sở: Nội vụ, Tài chính; Chủ tịch UBND huyện Tân Mộc
và Thủ trưởng các đơn vị có liên quan chịu trách nhiệm thi hành Quyết định này./.
Nơi nhận:
"""


def test_as_article_three_orders() -> None:
    assert article_bodies(BODY, 3) == (
        "Chánh Văn phòng UBND tỉnh",
        "Giám đốc các Sở: Nội vụ, Tài chính",
        "Chủ tịch UBND huyện Tân Mộc",
        "Thủ trưởng các đơn vị có liên quan",
    )
    resolved = one("Như Điều 3", BODY)
    assert resolved.parties == ("vpubnd", "snv", "stc", "tanmoc")
    assert [held.text for held in resolved.held] == ["Thủ trưởng các đơn vị có liên quan"]
    assert article_bodies(BODY, 2) == () == article_bodies(BODY, 7)


def test_an_empty_group_and_an_ambiguous_name_ask() -> None:
    assert [held.reason for held in one("Các hội").held] == [recipients.EMPTY_GROUP]
    two = Directory.of(units=[_unit("a", "Phòng Tổng hợp"), _unit("b", "Phòng Tổng hợp")])
    (resolved,) = resolve([RecipientEntry("Phòng Tổng hợp")], [], two, DAY)
    assert (resolved.parties, resolved.held[0].reason) == ((), recipients.AMBIGUOUS)


def test_a_hostile_entry_is_bounded() -> None:
    text = ", ".join(f"Sở {number}" for number in range(5_000))
    (resolved,) = resolve([RecipientEntry(text)], [], DIRECTORY, DAY)
    assert resolved.parties == ()
    assert len(resolved.held) <= 60
