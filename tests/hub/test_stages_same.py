"""One document by several ways is one record with several proofs; what only looks like it stays two."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from connectors.scans.scanners import Scanners
from hub.cli.program import run
from hub.comparing import side_by_side
from hub.desk.refused import Refused
from hub.page_image import of_case
from rules.values.arrival import Envelope
from rules.vocabulary import SenderVerdict
from storage import arrivals
from storage.tables.following import papers
from tests.connectors.scans import drawn
from tests.hub.stages import Stages
from tests.journeys.house import intake

PRINTED = f"""UBND TỈNH BÌNH LÂM                    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
SỞ TÀI CHÍNH                          Độc lập - Tự do - Hạnh phúc
Số: 127/STC-NS                        Bình Lâm, ngày 05 tháng 11 năm 2026
V/v lập dự toán kinh phí
sự nghiệp năm 2027

Kính gửi: Các sở, ban, ngành tỉnh

{chr(10).join(drawn.BODY)}

Nơi nhận:                             GIÁM ĐỐC
- Như trên;
- UBND tỉnh (để báo cáo);
- Lưu: VT, NS.                        Nguyễn Văn Thành
"""


@pytest.fixture(scope="module")
def scanners() -> Iterator[Scanners]:
    found = Scanners(2)
    if found.lacking or not drawn.FONTS.is_dir():
        pytest.skip(f"{found.lacking or 'fonts-liberation2'} is not installed")
    yield found
    found.close()


def by_hand(number: str = "        ") -> bytes:
    """The same letter with a number that no program reads."""
    page = drawn.letter(number=number)
    for box in ((405, 262, 409, 300), (412, 270, 432, 275), (420, 262, 424, 304)):
        page.paste(40, box)
    return drawn.png(drawn.scanned(page))


def send(stages: Stages, text: str, name: str = "127.txt") -> None:
    stages.mail(intake("sotaichinh"), [(name, text.encode())])


def look(stages: Stages, case: int) -> dict[str, object]:
    with stages.hub.database.reading() as connection:
        return side_by_side(connection, case)


def test_a_mail_and_a_scan_of_its_print_are_one_record(stages: Stages, scanners: Scanners) -> None:
    stages.hub.scanners = scanners
    send(stages, PRINTED)
    stages.scan("sotaichinh", "outgoing", ("quet.png", drawn.png(drawn.scanned(drawn.letter(), 1.1))))
    found = stages.document("127/STC-NS")
    assert [file["name"] for file in found["files"]] == ["127.txt", "quet.png", "quet.ocr.pdf"]
    assert stages.cases("review") == [] and stages.numbers("sotaichinh", "outgoing") == [(2026, 127)]


def test_mail_scan_and_paper_are_one_record_with_three_proofs(stages: Stages, scanners: Scanners) -> None:
    """A receiver scans what he got by mail already, and then holds the paper itself."""
    stages.hub.scanners = scanners
    send(stages, PRINTED)
    numbers = stages.numbers("soyte")
    scan = drawn.png(drawn.scanned(drawn.letter(), 1.1))
    stages.scan("soyte", "incoming", ("quet.png", scan))
    found = stages.document("127/STC-NS")
    assert stages.act("paper.came", unit="soyte", symbol="127/STC-NS")["document"] == found["id"]
    with stages.hub.database.reading() as connection:
        ways = [row.source for row in arrivals.of_document(connection, found["id"])]
        (paper,) = connection.execute(papers.select()).all()
    assert sorted(ways) == ["scanner", "smtp"] and len(stages.documents()) == 1
    assert (paper.document, paper.unit, paper.came_at is not None) == (found["id"], "soyte", True)
    assert stages.numbers("soyte") == numbers and len(numbers) == 1 and stages.cases("review") == []


def test_a_photograph_beside_a_logo_is_the_letter(stages: Stages, scanners: Scanners) -> None:
    """A telephone puts both into the text, and calls the page IMG_2024.jpg."""
    stages.hub.scanners = scanners
    message, out = EmailMessage(), BytesIO()
    sender = intake("sotaichinh")
    message["From"], message["To"], message["Subject"] = sender, intake("soyte"), "Gửi chị"
    message.set_content("Em gửi chị ảnh chụp ạ.")
    page = "<p>Em gửi chị ảnh chụp ạ.<img src='cid:logo@x'><img src='cid:anh@x'></p>"
    message.add_alternative(page, subtype="html")
    Image.new("RGB", (200, 80), "red").save(out, "PNG")
    message.add_attachment(out.getvalue(), "image", "png", filename="image001.png", cid="<logo@x>")
    photograph = BytesIO()
    drawn.scanned(drawn.letter(), 1.1).convert("L").save(photograph, "JPEG", quality=60)
    how = {"filename": "IMG_2024.jpg", "cid": "<anh@x>", "disposition": "inline"}
    message.add_attachment(photograph.getvalue(), "image", "jpeg", **how)
    now, known = stages.clock.now(), SenderVerdict.AUTHENTICATED
    to = (intake("soyte"),)
    envelope = Envelope("smtp", "smtp", now, mail_from=sender, recipients=to, person=sender, verdict=known)
    stages.arrive(envelope, message.as_bytes(policy=SMTP))
    found = stages.document("127/STC-NS")
    assert [file["name"] for file in found["files"]] == ["IMG_2024.jpg", "IMG_2024.ocr.pdf"]


def test_a_number_of_another_year_is_another_document(stages: Stages) -> None:
    """The words are the same: an office asks for its budget each autumn."""
    send(stages, PRINTED)
    send(stages, PRINTED.replace("năm 2026", "năm 2025"), "127-2025.txt")
    found = stages.documents("127/STC-NS")
    assert [(item["status"], item["date"]) for item in found] == [
        ("routed", "2026-11-05"),
        ("routed", "2025-11-05"),
    ]
    assert stages.cases("review") == []


def test_a_subject_and_words_used_twice_are_two_documents(stages: Stages) -> None:
    send(stages, PRINTED)
    send(stages, PRINTED.replace("127/STC-NS", "128/STC-NS"), "128.txt")
    assert [item["status"] for item in stages.documents()] == ["routed", "routed"]
    assert stages.numbers("sotaichinh", "outgoing") == [(2026, 127), (2026, 128)]


def test_a_scan_whose_number_is_by_hand_is_shown_beside_what_it_may_be(
    stages: Stages, scanners: Scanners, tmp_path: Path
) -> None:
    stages.hub.scanners = scanners
    send(stages, PRINTED)
    known = stages.document("127/STC-NS")
    stages.scan("sotaichinh", "outgoing", ("quet.png", by_hand()))
    (case,) = stages.cases("review")
    assert case["suggestions"] == [f"document:{known['id']}"]
    shown = look(stages, case["id"])
    (suspect,) = shown["suspects"]  # type: ignore[misc]
    assert suspect["document"] == known["id"] and suspect["text_alike"] >= 0.92
    assert {"symbol", "files"} <= set(suspect["differs"]) and "date" not in suspect["differs"]
    _the_place_is_cut_out(stages, case["id"], tmp_path)

    answer = stages.act("review.same", case=case["id"])
    assert (answer["document"], answer["files"]) == (known["id"], 2)
    after = stages.document("127/STC-NS")
    assert [file["name"] for file in after["files"]] == ["127.txt", "quet.png", "quet.ocr.pdf"]
    assert after["entries"] == known["entries"] and stages.cases("review") == []
    stages.scan("sotaichinh", "outgoing", ("quet lai.png", by_hand()))
    assert stages.cases("review") == [], "the clerk has said what these bytes are"
    assert [item["status"] for item in stages.documents()] == ["routed", "same"]


def _the_place_is_cut_out(stages: Stages, case: int, folder: Path) -> None:
    with stages.hub.database.reading() as connection:
        (folder / "part.png").write_bytes(of_case(stages.hub, connection, case))
        (folder / "page.png").write_bytes(of_case(stages.hub, connection, case, whole=True))
    with Image.open(folder / "part.png") as part, Image.open(folder / "page.png") as page:
        assert part.height < 0.15 * page.height and part.width > 0.4 * page.width
        assert part.convert("L").histogram()[0:90] != [0] * 90, "there is ink on it"


def test_what_says_something_else_is_no_suspect_and_never_the_same(stages: Stages) -> None:
    send(stages, PRINTED)
    other = PRINTED.replace("Số: 127", "Số: 128").replace(drawn.BODY[1], "Sở Tài chính mời họp giao ban quý.")
    send(stages, other, "128.txt")
    assert len(stages.documents()) == 2, "the same subject twice is two letters"
    next_year = PRINTED.replace("năm 2026\n", "năm 2025\n").replace("dự toán", "quyết toán")
    send(stages, next_year, "127-2025.txt")
    assert [item["date"] for item in stages.documents("127/STC-NS")] == ["2026-11-05", "2025-11-05"]
    assert stages.cases("review") == []


def test_same_needs_a_registered_document_of_the_same_book(stages: Stages) -> None:
    send(stages, PRINTED.replace("V/v lập dự toán", "DỰ THẢO\nV/v lập dự toán"))
    (case,) = stages.cases("review")
    for of, why in (
        (0, "--of"),
        (99, "99"),
        (case["document"], str(case["document"])),
    ):
        with pytest.raises(Refused, match=why):
            stages.act("review.same", case=case["id"], of=of)
    with pytest.raises(Refused, match=str(case["id"])), stages.hub.database.reading() as connection:
        of_case(stages.hub, connection, case["id"])
    assert look(stages, case["id"])["suspects"] == []


def test_the_table_shows_what_differs(stages: Stages, capsys: pytest.CaptureFixture[str]) -> None:
    send(stages, PRINTED)
    send(
        stages,
        PRINTED.replace(drawn.BODY[1], "Nội dung khác hẳn. " * 30).replace("05 tháng", "06 tháng"),
        "b.txt",
    )
    (case,) = stages.cases("review")
    assert run(["--data", str(stages.hub.data), "review", "show", str(case["id"])]) == 0
    shown = capsys.readouterr().out
    assert "05/11/2026" in shown and "06/11/2026" in shown and "Bình Lâm" not in shown
    assert run(["--data", str(stages.hub.data), "review", "show", "999"]) == 1
    assert "there is no review case 999" in capsys.readouterr().err
