"""The documents of the demo and the directive of 2005, mailed and scanned into a real hub."""

import io
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

import hub
from hub.founding import sample_text
from rules.text.fold import fold
from tests.hub.make_sample_documents import PARTS, WORD
from tests.journeys.house import GENERAL, House, person, words
from tests.journeys.papers import TODAY

SAMPLES = Path(hub.__file__).parent / "sample" / "documents"
DIRECTIVE = Path(hub.__file__).parents[2] / "shared" / "domain" / "directive-21-2005-CT-UBND.txt"
DEMO: list[dict[str, Any]] = tomllib.loads(sample_text("demo.toml"))["document"]
SUBJECT = "Về Triển khai thực hiện các phần mềm dùng chung thuộc Đề án 112 – Chính phủ trên địa bàn tỉnh"
DEPARTMENTS = {
    "sonoivu", "sotuphap", "sotaichinh", "socongthuong", "sonnmt", "soxaydung", "sokhcn", "sovhttdl",
    "sogddt", "soyte", "sodttg", "bdh112", "banqlkcn", "thanhtra", "congan", "bchqs", "thongke",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(house: House) -> Iterator[House]:
    """The hub after every document of the demo was handed in."""
    for item in DEMO:
        content = (SAMPLES / item["file"]).read_bytes()
        if "scanner" in item:
            unit, direction = item["scanner"].split("/")
            house.scan(unit, direction, item["file"], content)
        else:
            house.send(item["sender"], item["to"], [(item["file"], content)], subject=item["subject"])
    house.settle()
    yield house


@pytest.mark.parametrize("item", DEMO, ids=lambda item: item["file"])
def test_each_document_of_the_demo_ends_as_it_promises(demo: House, item: dict[str, Any]) -> None:
    want = item["expect"]
    found = demo.document(want["symbol"])
    assert (found["type"], found["date"]) == (want["type"], want["date"].isoformat())
    assert (found["issuer"], found["direction"]) == (want["issuer"], want["direction"])
    assert want["subject"] in found["subject"]
    assert found["urgency"] == want.get("urgency", 0)
    assert (found["signer"] or "") == want.get("signer", "")
    assert demo.entry(found, want["unit"], want["direction"]) is not None
    received = demo.receivers(found["id"]) - ({want["unit"]} if want["direction"] == "incoming" else set())
    assert received == set(want["receivers"])
    held = [case["detail"].split(" (")[0] for case in demo.cases("hold", found["id"])]
    assert held == want.get("held", [])
    assert {file["sha256"] for file in found["files"]}  # the content is checked by verify


def test_every_receiver_of_the_demo_has_it_in_its_mailbox_and_its_book(demo: House) -> None:
    for item in DEMO:
        found = demo.document(item["expect"]["symbol"])
        for row in demo.deliveries(found["id"]):
            outside = row["unit"].startswith("outside:")
            assert row["state"] == ("sent" if outside else "delivered"), row
            assert row["handling"] == (None if outside else "01"), row
            if outside or row["unit"] == "bchqs":  # its clerk accepts by hand
                continue
            keeper = demo.hub.directory.keeper(row["unit"])
            issuer = demo.hub.directory.keeper(found["issuer"])
            entry = demo.entry(found, keeper or "")
            assert (entry is not None) == (keeper != issuer), row
            address = demo.hub.directory.units[row["unit"]].email or f"vanthu.{row['unit']}@binhlam.example"
            assert demo.box(address, f"[{found['symbol']}]"), row


def directive_as_docx(text: str) -> bytes:
    """The directive as a Word file: its two header lines in a VNI font, as it was typed."""
    paragraphs = "".join(
        f'<w:p><w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for number, line in enumerate(text.splitlines())
        for font in ["VNI-Times" if number < 2 else "Times New Roman"]
    )
    document = f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in {**PARTS, "word/document.xml": document}.items():
            package.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + part)
    return target.getvalue()


@pytest.fixture(scope="module", params=["txt", "docx"])
def directive(request: pytest.FixtureRequest, make_house: Any) -> Iterator[tuple[House, str]]:
    """A hub to which the clerk of the office mailed the directive of 20 December 2005."""
    if not DIRECTIVE.exists():
        pytest.skip(f"{DIRECTIVE.name} is not beside the project")
    made: House = make_house()
    made.start()
    content = DIRECTIVE.read_bytes()
    if request.param == "docx":
        content = directive_as_docx(content.decode())
    name = f"chi-thi-21.{request.param}"
    made.send(person("lannt"), GENERAL, [(name, content)], subject="Chỉ thị 21/2005/CT-UBND")
    made.settle()
    yield made, name
    made.verified()


def test_the_directive_is_read_as_it_is(directive: tuple[House, str]) -> None:
    house, name = directive
    found = house.document("21/2005/CT-UBND")
    assert (found["symbol"], found["date"], found["place"]) == ("21/2005/CT-UBND", "2005-12-20", "Đồng Xoài")
    assert (found["type"], fold(found["subject"])) == ("Chỉ thị", fold(SUBJECT))
    assert (found["issuer"], found["direction"], found["status"]) == ("ubnd", "outgoing", "routed")
    assert [file["name"] for file in found["files"]] == [name]
    entry = house.entry(found, "vpubnd", "outgoing")
    assert entry is not None and (entry["year"], entry["number"], entry["late"]) == (2005, 21, True)


def test_the_eight_entries_of_the_directive_reach_whom_they_name(directive: tuple[House, str]) -> None:
    house, _name = directive
    found = house.document("21/2005/CT-UBND")
    assert len(found["recipients"]) == 8
    parties = {entry["text"]: set(entry["parties"]) for entry in found["recipients"]}
    named = {key.split("(")[0].split(",")[0].strip(): value for key, value in parties.items()}
    assert named["Bộ tư pháp"] == {"outside:btp"}
    assert named["BĐH112CP"] == {"outside:bdh112cp"}
    assert named["TTTU"] == {"tinhuy", "hdnd"}
    assert named["CT"] == {"ubnd"}
    assert named["LĐ VP"] == {"vpubnd", "ttth"}
    assert named["UBND huyện"] == {"ubnd-lamkhe", "ubnd-tanmoc"}  # as of 2005
    assert {"sonoivu", "sotuphap", "sobcvt", "sotnmt"} <= named["Các sở"]
    assert found["recipients"][-1] == {"text": "Lưu VT", "parties": []}
    got = house.receivers(found["id"])
    assert got >= DEPARTMENTS
    assert {"outside:btp", "outside:bdh112cp", "tinhuy", "hdnd", "ttth"} <= got
    assert {"ubnd-phuong-lamkhe", "ubnd-xa-tanmoc"} <= got, "the successors of closed districts"
    assert not got & {"ubnd-lamkhe", "ubnd-tanmoc", "sobcvt", "sotnmt", "ubnd", "vpubnd"}
    assert house.cases("hold", found["id"]) == []


def test_successors_are_told_why_they_get_it(directive: tuple[House, str]) -> None:
    house, _name = directive
    found = house.document("21/2005/CT-UBND")
    because = {row["unit"]: row["because"] for row in house.deliveries(found["id"])}
    assert "thị xã Lâm Khê" in because["ubnd-phuong-lamkhe"]
    told = house.box("vanthu.ubnd-phuong-lamkhe@binhlam.example", "[21/2005/CT-UBND]")
    assert len(told) == 1 and "thị xã Lâm Khê" in words(told[0])


def test_what_was_sent_to_the_ministry_left_through_the_smarthost(
    directive: tuple[House, str], outside: tuple[Path, int]
) -> None:
    house, _name = directive
    found = house.document("21/2005/CT-UBND")
    states = {row["unit"]: (row["state"], row["channel"]) for row in house.deliveries(found["id"])}
    assert states["outside:btp"] == ("sent", "smtp")
    assert any(b"vanthu@botuphap.example" in file.read_bytes() for file in (outside[0] / "new").iterdir())


def test_the_receipt_names_number_and_book(directive: tuple[House, str]) -> None:
    house, _name = directive
    receipts = house.box(person("lannt"), "21/2005/CT-UBND")
    assert len(receipts) == 1
    told = words(receipts[0])
    assert "21/2005/CT-UBND" in told and TODAY.strftime("%d/%m/%Y") in told
