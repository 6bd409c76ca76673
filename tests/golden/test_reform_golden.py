"""The reform of 1 July 2025 in an invented province: districts go, two provinces become one.

``before`` holds the sheets of 30 June, ``after`` those that the reform must make of them. Documents
of both times are routed against the organisation of after (DOMAIN, Ten facts, 10).
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rules import reform
from rules.directory import Directory
from rules.identify.issuer import issuer_party
from rules.identify.recipients import resolve
from rules.kept_name import MeansAnother, kept_name
from rules.reform import Taker, Terms
from rules.routing.decide import decide
from rules.sheets import compare, parse_sheets, to_sheets
from rules.values.directory import Name
from rules.values.reading import Fields, Found, RecipientEntry
from rules.values.routing import Facts
from rules.vocabulary import Direction, UnitKind

FOLDER = Path(__file__).parent / "reform-2025"
OWN = ["haison.example"]
LAST, FIRST, NOW = date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 15)
TERMS, WITH_ROOMS = Terms(FIRST, NOW), Terms(FIRST, NOW, below=True)


def sheets(name: str) -> Directory:
    read = parse_sheets({path.name: path.read_bytes() for path in (FOLDER / name).glob("*.csv")}, domains=OWN)
    assert read.errors == ()
    return Directory.of(read.units, read.groups, read.outside, read.people, read.posts, OWN)


def made(code: str, name: str, *symbols: str, kind: UnitKind | None = None) -> Taker:
    return Taker(code, name, kind, symbols)


def reformed() -> Directory:
    d = sheets("before")
    d = reform.merge(d, ["stp-th", "stp-ps"], made("stp", "Sở Tư pháp tỉnh Hải Sơn", "STP"), TERMS)
    d = reform.merge(d, ["skhdt-th"], Taker("stc-th"), TERMS)
    d = reform.rename(d, "stc-th", "Sở Tài chính tỉnh Hải Sơn", ("STC", "STCKH"), TERMS)
    commune = UnitKind.COMMUNE
    parts = [
        made("xa-mt", "Ủy ban nhân dân xã Mỹ Thạnh", "UBND", kind=commune),
        made("xa-tt", "Ủy ban nhân dân xã Tân Thạnh", "UBND", kind=commune),
    ]
    d = reform.split(d, "huyen-mt", parts, "", WITH_ROOMS)
    d = reform.merge(
        d, ["huyen-dl"], made("xa-dl", "Ủy ban nhân dân xã Đông Lĩnh", "UBND", kind=commune), TERMS
    )
    ward = made("p-bc", "Ủy ban nhân dân phường Bình Cát", "UBND", kind=commune)
    d = reform.merge(d, ["tx-bc"], ward, TERMS)
    office = made("vpubnd", "Văn phòng Ủy ban nhân dân tỉnh Hải Sơn", "VP")
    d = reform.merge(d, ["vp-th", "vp-ps"], office, TERMS)
    return reform.merge(
        d, ["ubnd-th", "ubnd-ps"], made("ubnd", "Ủy ban nhân dân tỉnh Hải Sơn", "UBND"), TERMS
    )


def test_the_reform_makes_the_sheets_of_after() -> None:
    for name, text in to_sheets(reformed()).items():
        assert text.replace("\r\n", "\n") == (FOLDER / "after" / name).read_text("utf-8"), name


def test_importing_the_sheets_of_after_is_the_same_reform() -> None:
    before = sheets("before")
    texts = {path.name: path.read_bytes() for path in (FOLDER / "after").glob("*.csv")}
    read = parse_sheets(texts, before)
    assert read.errors == ()
    after = sheets("after")
    assert compare(after, reformed()) == ()
    changes = compare(before, after, read.lines)
    assert {(c.what, c.key[0]) for c in changes if c.sheet == "units" and c.what == "added"} == {
        ("added", code) for code in ("stp", "xa-mt", "xa-tt", "xa-dl", "p-bc", "vpubnd", "ubnd")
    }
    (district,) = [c for c in changes if c.sheet == "units" and c.key == ("huyen-dl",)]
    assert district.fields == (("valid_to", "", "2025-06-30"), ("successor", "", "xa-dl"))
    assert (district.what, district.line) == ("closed", 9)


def routed(written: str, dated: date, sent: date) -> tuple[dict[str, str], list[str]]:
    """Receiver -> the closed unit that it follows; and why something is held."""
    directory = reformed()
    facts = Facts(
        direction=Direction.OUTGOING,
        type="Công văn",
        issuer="vpubnd",
        unit="vpubnd",
        date=dated,
        now=datetime(sent.year, sent.month, sent.day, 3, tzinfo=UTC),
    )
    block = resolve([RecipientEntry(written, "named", "")], [], directory, dated)
    decision = decide(facts, block, (), directory, sent)
    notes = {
        receiver.party: "; ".join(why.text for why in receiver.because if why.kind == "successor")
        for receiver in decision.receivers
    }
    return notes, [held.reason for held in decision.held]


BEFORE, AFTER = date(2025, 6, 20), date(2025, 7, 10)
MT, TT, DL, BC = "xa-mt", "xa-tt", "xa-dl", "p-bc"


@pytest.mark.parametrize(
    ("written", "dated", "sent", "goes", "held"),
    [
        # the old order, sent while it stood
        ("UBND huyện Mỹ Thạnh", BEFORE, LAST, {"huyen-mt": ""}, []),
        ("UBND các huyện, thị xã", BEFORE, LAST, {"huyen-mt": "", "huyen-dl": "", "tx-bc": ""}, []),
        ("Tổ công tác cải cách", BEFORE, LAST, {"stp-th": "", "stp-ps": "", "huyen-mt": ""}, []),
        # documents of the old order that go out in the new one: successors, with a note
        (
            "UBND các huyện, thị xã",
            BEFORE,
            NOW,
            {
                MT: "Ủy ban nhân dân huyện Mỹ Thạnh (huyen-mt)",
                DL: "Ủy ban nhân dân huyện Đông Lĩnh (huyen-dl)",
                BC: "Ủy ban nhân dân thị xã Bình Cát (tx-bc)",
            },
            [],
        ),
        ("Phòng Nội vụ huyện Mỹ Thạnh", BEFORE, NOW, {MT: "Phòng Nội vụ huyện Mỹ Thạnh (pnv-mt)"}, []),
        (
            "Sở Kế hoạch và Đầu tư tỉnh Thanh Hải",
            BEFORE,
            NOW,
            {"stc-th": "Sở Kế hoạch và Đầu tư tỉnh Thanh Hải (skhdt-th)"},
            [],
        ),
        ("Sở Tài chính tỉnh Thanh Hải", BEFORE, NOW, {"stc-th": ""}, []),
        # names that did not mean anything yet, or any more, are a question
        ("Sở Tư pháp tỉnh Hải Sơn", BEFORE, NOW, {}, ["not-then"]),
        ("UBND các xã, phường", BEFORE, NOW, {}, ["not-then"]),
        ("UBND các huyện, thị xã", AFTER, NOW, {}, ["not-then"]),
        ("UBND huyện Mỹ Thạnh", AFTER, NOW, {}, ["not-then"]),
        # the new order
        ("Sở Tư pháp tỉnh Hải Sơn", AFTER, NOW, {"stp": ""}, []),
        ("Sở Tài chính tỉnh Hải Sơn", AFTER, NOW, {"stc-th": ""}, []),
        ("Sở Tài chính tỉnh Thanh Hải", AFTER, NOW, {"stc-th": ""}, []),  # the same unit, an old habit
        ("UBND các xã, phường", AFTER, NOW, {MT: "", TT: "", DL: "", BC: ""}, []),
        ("Tổ công tác cải cách", AFTER, NOW, {"stp": "", MT: ""}, []),
    ],
)  # fmt: skip
def test_documents_of_both_times_are_routed(
    written: str, dated: date, sent: date, goes: dict[str, str], held: list[str]
) -> None:
    assert routed(written, dated, sent) == (goes, held)


def test_a_name_that_ended_is_asked_about_with_the_unit_that_followed() -> None:
    written = RecipientEntry("Chủ tịch UBND huyện Mỹ Thạnh", "named", "")
    (entry,) = resolve([written], [], reformed(), AFTER)
    (held,) = entry.held
    assert (held.reason, held.suggestions[0]) == ("not-then", "Ủy ban nhân dân xã Mỹ Thạnh")


@pytest.mark.parametrize(
    ("party", "text", "day", "since"),
    [
        ("xa-mt", "Ủy ban nhân dân huyện Mỹ Thạnh", AFTER, FIRST),
        ("xa-mt", "Huyện ủy Mỹ Thạnh", AFTER, None),
        ("stp", "Sở Tư pháp", AFTER, FIRST),  # two units bore it until then
    ],
)
def test_an_answer_is_kept_from_the_day_after_the_name_ended(
    party: str, text: str, day: date, since: date | None
) -> None:
    d = reformed()
    kept = kept_name(d, party, text, day)
    assert kept == Name(text, since)
    unit = replace(d.units[party], other_names=(*d.units[party].other_names, kept))
    after = replace(d, units={**d.units, party: unit})
    assert after.by_name(text, AFTER) == (party,)
    assert after.by_name(text, BEFORE) == d.by_name(text, BEFORE)
    assert kept_name(after, party, text, AFTER) is None


def test_a_name_that_is_somebody_elses_is_not_kept() -> None:
    d = reformed()
    for text, day, owner in (
        ("Sở Tư pháp tỉnh Thanh Hải", BEFORE, "stp-th"),
        ("Sở Tư pháp tỉnh Hải Sơn", BEFORE, "stp"),  # not yet, but on the next day already
        ("UBND các xã, phường", AFTER, "group:xa-phuong"),
    ):
        with pytest.raises(MeansAnother, match=owner):
            kept_name(d, "xa-mt", text, day)


@pytest.mark.parametrize(
    ("parent", "name", "symbol", "dated", "issuer"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH THANH HẢI", "SỞ TƯ PHÁP", "12/STP-VP", BEFORE, "stp-th"),
        ("ỦY BAN NHÂN DÂN TỈNH PHÚ SƠN", "SỞ TƯ PHÁP", "12/STP-VP", BEFORE, "stp-ps"),
        ("ỦY BAN NHÂN DÂN TỈNH HẢI SƠN", "SỞ TƯ PHÁP", "12/STP-VP", AFTER, "stp"),
        ("ỦY BAN NHÂN DÂN TỈNH THANH HẢI", "SỞ TÀI CHÍNH", "12/STC-VP", BEFORE, "stc-th"),
        ("ỦY BAN NHÂN DÂN TỈNH HẢI SƠN", "SỞ TÀI CHÍNH", "12/STCKH-VP", AFTER, "stc-th"),
        ("", "ỦY BAN NHÂN DÂN HUYỆN MỸ THẠNH", "12/UBND", BEFORE, "huyen-mt"),
        ("", "ỦY BAN NHÂN DÂN XÃ MỸ THẠNH", "12/UBND", AFTER, "xa-mt"),
    ],
)
def test_issuers_of_both_times_are_told(
    parent: str, name: str, symbol: str, dated: date, issuer: str
) -> None:
    above = Found(parent, 0.9, "") if parent else None
    fields = Fields(symbol=Found(symbol, 0.9, ""), issuer=Found(name, 0.9, ""), parent_issuer=above)
    directory = reformed()
    found = issuer_party(fields, directory, dated, tuple(directory.units))
    assert found is not None and found[0] == issuer


def test_old_documents_keep_the_old_names() -> None:
    d = reformed()
    assert d.party_name("stc-th", LAST) == "Sở Tài chính tỉnh Thanh Hải"
    assert d.party_name("stc-th", FIRST) == "Sở Tài chính tỉnh Hải Sơn"
    assert d.party_name("huyen-mt") == "Ủy ban nhân dân huyện Mỹ Thạnh"
    assert (d.by_symbol("STCKH", LAST), d.by_symbol("STCKH", FIRST)) == ((), ("stc-th",))


def test_clerks_of_the_new_units_look_after_the_books_of_the_old() -> None:
    d = reformed()
    nga = d.roles_by_unit("nga@haison.example", NOW)
    assert set(nga) == {"xa-mt", "huyen-mt", "pnv-mt"}
    assert set(d.roles_by_unit("hoa@haison.example", NOW)) == {"vpubnd", "vp-th", "vp-ps"}
    assert d.central == "vpubnd" and d.keeper("ubnd") == "vpubnd"
