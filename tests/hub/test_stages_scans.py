"""Scans by the stages themselves: read, split, asked about, and kept when nothing can read them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import hub
from connectors.scans import tesseract
from connectors.scans.scanners import Scanners
from hub.founding import sample_text
from tests.connectors.scans import drawn
from tests.hub.return_house import reply_to, unit_box
from tests.hub.stages import Stages
from tests.journeys.house import intake


@pytest.fixture(scope="module")
def scanners() -> Iterator[Scanners]:
    found = Scanners(2)
    if found.lacking or not drawn.FONTS.is_dir():
        pytest.skip(f"{found.lacking or 'fonts-liberation2'} is not installed")
    yield found
    found.close()


def test_a_scan_is_registered_with_a_searchable_copy(stages: Stages, scanners: Scanners) -> None:
    stages.hub.scanners = scanners
    stages.scan("sotaichinh", "outgoing", ("scan01.pdf", drawn.pdf(drawn.scanned(drawn.letter(), 1.2))))
    found = stages.document("127/STC-NS")
    assert (found["direction"], found["status"], found["date"]) == ("outgoing", "routed", "2026-11-05")
    assert [(file["name"], file["state"]) for file in found["files"]] == [
        ("scan01.pdf", "read"),
        ("scan01.ocr.pdf", "searchable"),
    ]


def test_the_scan_of_the_demo_ends_as_it_promises(stages: Stages, scanners: Scanners) -> None:
    stages.hub.scanners = scanners
    (item,) = tomllib.loads(sample_text("demo.toml"))["scan"]
    want = item["expect"]
    unit, _slash, folder = item["scanner"].partition("/")
    file = Path(hub.__file__).parent / "sample" / "documents" / item["file"]
    stages.scan(unit, folder, (item["file"], file.read_bytes()))
    found = stages.document(want["symbol"])
    names = ("direction", "issuer", "type", "subject")
    assert {name: found[name] for name in names} == {name: want[name] for name in names}
    assert (found["date"], found["status"]) == (want["date"].isoformat(), "routed")
    assert stages.numbers(want["unit"]) == [(2026, 1)]


def scrawled() -> Image.Image:
    """A letter whose number is strokes of a pen."""
    page = drawn.letter(number="        ")
    for place in ((405, 262, 409, 300), (412, 270, 432, 275), (420, 262, 424, 304)):
        page.paste(40, place)
    return page


def test_an_unreadable_number_is_asked_and_not_guessed(stages: Stages, scanners: Scanners) -> None:
    stages.hub.scanners = scanners
    stages.scan("sotaichinh", "outgoing", ("scan02.png", drawn.png(drawn.scanned(scrawled()))))
    (case,) = stages.cases("review")
    assert "symbol-unread" in case["detail"]
    (found,) = stages.documents()
    assert found["symbol"] in (None, "") and found["type"] == "Công văn"
    assert stages.numbers("sotaichinh", "outgoing") == []


def test_a_number_written_by_hand_is_shown_as_a_picture_and_answered_by_mail(
    stages: Stages, scanners: Scanners
) -> None:
    stages.hub.scanners = scanners
    stages.scan("sotaichinh", "outgoing", ("scan02.png", drawn.png(drawn.scanned(scrawled()))))
    (mail,) = unit_box(stages, "sotaichinh", "Cần văn thư xem")
    picture, page = mail.iter_attachments()
    assert (picture.get_filename(), picture.get_content_type()) == ("so-va-ngay.png", "image/png")
    assert page.get_filename() == "scan02.png" and "/STC-NS" in str(mail["subject"])
    stages.mail(intake("sotaichinh"), to=[reply_to(mail)], text="số 127")
    found = stages.document("127/STC-NS")
    assert (found["status"], found["date"]) == ("routed", "2026-11-05")
    assert stages.numbers("sotaichinh", "outgoing") == [(2026, 127)]


def test_a_batch_is_split_and_what_a_sheet_says_ends_with_the_next(
    stages: Stages, scanners: Scanners
) -> None:
    stages.hub.scanners = scanners
    pages = [drawn.letter("11"), drawn.blank(), drawn.patch_t(), drawn.letter("12"), drawn.letter("13")]
    pages.insert(4, drawn.patch_t(across=False))
    stages.scan("sotuphap", "incoming", ("batch.tif", drawn.tiff(*map(drawn.scanned, pages))))
    found = stages.documents()
    assert [item["symbol"] for item in found] == ["11/STC-NS", "12/STC-NS", "13/STC-NS"]
    assert [item["files"][0]["name"] for item in found] == [f"batch ({n}).tif" for n in (1, 2, 3)]
    assert len({item["files"][0]["sha256"] for item in found}) == 3
    assert stages.numbers("sotuphap") == [(2026, 1), (2026, 2), (2026, 3)]


def test_without_ocr_a_scan_waits_and_is_read_when_it_is_there(
    stages: Stages, scanners: Scanners, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.hub.scanners = scanners
    monkeypatch.setattr(tesseract, "lacking", lambda: "tesseract")
    stages.scan("sotuphap", "incoming", ("scan03.pdf", drawn.pdf(drawn.scanned(drawn.letter()))))
    (case,) = stages.cases("review")
    assert "scan-unread" in case["detail"]
    monkeypatch.undo()
    stages.act("review.read", case=case["id"])
    found = stages.document("127/STC-NS")
    assert found["status"] == "routed" and stages.cases("review") == []
    assert [file["state"] for file in found["files"]] == ["read", "searchable"]
    assert stages.numbers("sotuphap") == [(2026, 1)]
