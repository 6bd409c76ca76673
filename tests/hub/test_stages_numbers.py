"""Books and numbers by the stages themselves: years, late lines, void lines, numbers that the hub gives."""

from datetime import UTC, date, datetime

import pytest

from hub.desk.refused import Refused
from storage import deliveries, registers
from storage.verify import verify
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)


def test_the_number_of_arrival_starts_anew_with_the_year_of_hanoi(stages: Stages) -> None:
    stages.clock.moment = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23:59 in Hà Nội
    for number in (1, 2):
        stages.mail(person("anhttn"), [text_file("sotuphap", f"{number}/STP-VP", day=DAY)])
    stages.forward(minutes=2)
    stages.mail(person("anhttn"), [text_file("sotuphap", "3/STP-VP", day=DAY)])
    assert stages.numbers("sotaichinh") == [(2026, 1), (2026, 2), (2027, 1)]
    assert stages.numbers("sotuphap", "outgoing") == [(2026, 1), (2026, 2), (2026, 3)]
    (entry,) = [e for e in stages.document("3/STP-VP")["entries"] if e["direction"] == "outgoing"]
    assert entry["late"], "a document of last year in last year's book"


def test_the_year_of_an_outgoing_line_is_that_of_the_date(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "1204/STP-VP", day=date(2025, 12, 30))])
    (entry,) = [e for e in stages.document("1204/STP-VP")["entries"] if e["direction"] == "outgoing"]
    assert (entry["year"], entry["number"], entry["late"]) == (2025, 1204, True)


def test_a_closed_book_takes_nothing_and_the_clerk_is_asked(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "7/STP-VP", day=date(2025, 3, 3))])
    with stages.hub.database.reading() as connection:
        (book,) = [
            row.id for row in registers.book_rows(connection, "sotuphap", 2025) if row.direction == "outgoing"
        ]
    stages.act("registers.close", book=book)
    stages.mail(person("anhttn"), [text_file("sotuphap", "8/STP-VP", day=date(2025, 3, 4))])
    assert stages.document("8/STP-VP")["status"] == "review" and not stages.parked()
    (case,) = stages.cases("review")
    assert case["reason"] == "book-closed"
    with pytest.raises(Refused, match=r"closed|đóng"):
        stages.act("review.accept", case=case["id"])


def test_a_number_of_the_running_year_is_not_closed(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "9/STP-VP", day=DAY)])
    (entry,) = [e for e in stages.document("9/STP-VP")["entries"] if e["unit"] == "sotaichinh"]
    assert entry["number"] == 1
    with pytest.raises(Refused):
        stages.act("registers.close", book=1)


def test_a_void_number_is_never_used_again(stages: Stages) -> None:
    file = text_file("sotuphap", "11/STP-VP", day=DAY)
    stages.mail(person("anhttn"), [file])
    first = stages.document("11/STP-VP")
    for entry in first["entries"]:
        stages.act("registers.void", entry=entry["id"], reason="gửi nhầm")
    stages.mail(person("anhttn"), [text_file("sotuphap", "12/STP-VP", day=DAY)])
    assert stages.numbers("sotaichinh") == [(2026, 2)]
    stages.mail(person("anhttn"), [file])  # once more what was voided
    assert not stages.parked() and stages.document("11/STP-VP")["entries"] == []
    stages.mail(person("anhttn"), [text_file("sotuphap", "11/STP-VP", day=DAY, seed="một văn bản khác hẳn")])
    assert [item["status"] for item in stages.documents("11/STP-VP")] == ["routed", "review"]


def test_the_hub_gives_number_and_date_and_the_next_is_consecutive(stages: Stages) -> None:
    for seed in ("một", "hai", "ba"):
        blank = text_file("sokhcn", "        /SKHCN-QLCN", subject=f"hướng dẫn {seed}", day=DAY, seed=seed)
        stages.mail(person("huehn"), [(f"{seed}.txt", blank[1])])
    assert stages.numbers("sokhcn", "outgoing") == [(2026, 1), (2026, 2), (2026, 3)]
    found = stages.document("02/SKHCN-QLCN")
    assert (found["date"], found["status"]) == ("2026-11-23", "routed")
    assert stages.receivers(found["id"]) == {"sotaichinh"}


def test_the_same_blank_file_again_gets_no_second_number(stages: Stages) -> None:
    _name, content = text_file("sokhcn", "     /SKHCN-VP", day=DAY)
    for again in range(2):
        stages.mail(person("huehn"), [(f"{again}.txt", content)])
    assert stages.numbers("sokhcn", "outgoing") == [(2026, 1)]


def test_a_borne_number_in_a_book_that_the_hub_numbers_is_asked_about(stages: Stages) -> None:
    stages.mail(person("huehn"), [text_file("sokhcn", "150/SKHCN-VP", day=DAY)])
    (case,) = stages.cases("review")
    assert case["reason"] == "number-borne"
    with pytest.raises(Refused, match="1"):
        stages.act("review.accept", case=case["id"])
    stages.act("review.accept", case=case["id"], fields={"symbol": "01/SKHCN-VP"})
    stages.mail(person("huehn"), [("b.txt", text_file("sokhcn", "    /SKHCN-VP", day=DAY, seed="sau")[1])])
    assert stages.numbers("sokhcn", "outgoing") == [(2026, 1), (2026, 2)]


def test_a_unit_whose_clerk_accepts_gets_the_mail_and_no_number(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "21/STP-VP", to=("Bộ CHQS tỉnh",), day=DAY)])
    found = stages.document("21/STP-VP")
    (row,) = stages.deliveries(found["id"])
    assert (row["unit"], row["state"], row["handling"]) == ("bchqs", "delivered", "01")
    assert [entry["unit"] for entry in found["entries"]] == ["sotuphap"]


def test_a_room_registers_at_the_unit_above(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "22/STP-VP", to=("Phòng Nội chính",), day=DAY)])
    found = stages.document("22/STP-VP")
    assert stages.receivers(found["id"]) == {"phong-nc"}
    assert {(e["unit"], e["direction"]) for e in found["entries"]} == {
        ("sotuphap", "outgoing"),
        ("vpubnd", "incoming"),
    }


def test_a_letter_scanned_for_a_closed_unit_reaches_the_one_that_follows(stages: Stages) -> None:
    stages.scan("ubnd-tanmoc", "incoming", text_file("soyte", "31/SYT-VP", day=DAY))
    found = stages.document("31/SYT-VP")
    (row,) = stages.deliveries(found["id"])
    assert row["unit"] == "ubnd-xa-tanmoc" and "Tân Mộc" in row["because"]
    assert stages.numbers("ubnd-xa-tanmoc") == [(2026, 1)]


def test_what_is_urgent_leaves_first(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "claim", lambda *_given: deliveries.Claimed())  # nobody sends meanwhile
    for number in range(1, 4):
        file = text_file("sotuphap", f"4{number}/STP-VP", day=DAY, stamp="HỎA TỐC" if number == 3 else "")
        stages.mail(person("anhttn"), [file], work=False)
        stages.forward(seconds=1)
        assert stages.step()
    assert stages.document("43/STP-VP")["urgency"] == 3
    stages.forward(seconds=5)
    monkeypatch.undo()
    claimed = deliveries.claim_due(stages.hub.database, "test/1", stages.clock.now(), limit=1)
    assert [row.document for row in claimed.rows] == [stages.document("43/STP-VP")["id"]]


def test_two_mails_to_one_unit_take_the_order_of_acceptance(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "51/STP-VP", day=DAY)], to=[intake("soyte")])
    stages.mail(person("anhttn"), [text_file("sotuphap", "52/STP-VP", day=DAY)], to=[intake("soyte")])
    assert stages.numbers("soyte") == [(2026, 1), (2026, 2)]


def blank(seed: str) -> tuple[str, bytes]:
    return f"{seed}.txt", text_file("sokhcn", "     /SKHCN-VP", day=DAY, seed=seed)[1]


def book_of(stages: Stages, unit: str) -> int:
    with stages.hub.database.reading() as connection:
        (book,) = [row.id for row in registers.book_rows(connection, unit) if row.direction == "outgoing"]
    return int(book)


def faults(stages: Stages) -> list[tuple[str, str]]:
    report = verify(stages.hub.database, stages.hub.blobs)
    return [(item.kind, item.text) for item in report.findings if item.severity == "error"]


def test_reserved_numbers_wait_for_the_documents_that_bear_them(stages: Stages) -> None:
    stages.mail(person("huehn"), [blank("một")])
    book = book_of(stages, "sokhcn")
    assert stages.act("registers.reserve", person("huehn"), book=book, count=2)["numbers"] == [2, 3]
    stages.mail(person("huehn"), [blank("hai")])
    assert stages.numbers("sokhcn", "outgoing") == [(2026, 1), (2026, 4)] and faults(stages) == []
    stages.mail(person("huehn"), [text_file("sokhcn", "03/SKHCN-VP", day=DAY, seed="giữ số")])
    (case,) = stages.cases("review")
    with pytest.raises(Refused, match="23/11/2026"):
        stages.act("review.accept", person("huehn"), case=case["id"])
    stages.act("review.accept", person("huehn"), case=case["id"], reason="ký từ ngày 20")
    assert stages.document("03/SKHCN-VP")["status"] == "routed" and faults(stages) == []
    stages.clock.moment = datetime(2027, 1, 10, tzinfo=UTC)
    with pytest.raises(Refused, match="2"):
        stages.act("registers.close", book=book)
    with stages.hub.database.reading() as connection:
        (kept,) = [line.id for line in registers.lines_of(connection, book) if line.document is None]
    stages.act("registers.void", entry=kept, reason="không dùng")
    stages.act("registers.close", book=book)
    assert faults(stages) == []


def test_a_number_beside_one_that_is_there(stages: Stages) -> None:
    for seed in ("một", "hai"):
        stages.mail(person("huehn"), [blank(seed)])
    stages.mail(person("huehn"), [text_file("sokhcn", "01a/SKHCN-VP", day=date(2026, 11, 23), seed="kẹp")])
    (case,) = stages.cases("review")
    stages.act("review.accept", person("huehn"), case=case["id"])
    labels = [entry["label"] for item in stages.documents() for entry in item["entries"]]
    assert "01a/SKHCN-VP" in labels and faults(stages) == []
    stages.mail(person("huehn"), [text_file("sokhcn", "09a/SKHCN-VP", day=DAY, seed="xa")])
    (case,) = stages.cases("review")
    with pytest.raises(Refused, match="3"):
        stages.act("review.accept", person("huehn"), case=case["id"])


def test_a_document_without_number_takes_the_one_that_was_kept_for_it(stages: Stages) -> None:
    stages.mail(person("huehn"), [blank("một")])
    stages.act("registers.reserve", person("huehn"), book=book_of(stages, "sokhcn"))
    draft = text_file("sokhcn", "     /SKHCN-VP", day=DAY, seed="nháp", mark="DỰ THẢO")[1]
    stages.mail(person("huehn"), [("b.txt", draft)])
    (case,) = stages.cases("review")
    stages.act("review.accept", person("huehn"), case=case["id"], number="2", reason="lùi ngày")
    assert stages.document("02/SKHCN-VP")["status"] == "routed" and faults(stages) == []


REFUSING = """
[set]
name = "Quy tắc"

[[rule]]
name = "tra-lai"
title = "Trả lại"
when = { subject = ["nhiệm vụ"] }
then = { refuse = "Sai thể thức." }
"""


def test_what_a_rule_refused_comes_again_under_its_own_number(stages: Stages) -> None:
    file = text_file("sotuphap", "61/STP-VP", day=DAY)
    stages.act("rules.publish", source=REFUSING)
    stages.mail(person("anhttn"), [file])
    assert (
        stages.document("61/STP-VP")["status"] == "refused" and stages.numbers("sotuphap", "outgoing") == []
    )
    stages.act("rules.publish", source=REFUSING.replace("nhiệm vụ", "không bao giờ"))
    stages.mail(person("anhttn"), [file])
    assert [item["status"] for item in stages.documents("61/STP-VP")] == ["refused", "routed"]
    assert stages.numbers("sotuphap", "outgoing") == [(2026, 61)] and faults(stages) == []
    with stages.hub.database.reading() as connection:
        lines = registers.lines_of(connection, book_of(stages, "sotuphap"))
    assert [(line.label, line.voided_at is not None) for line in lines] == [
        ("61/STP-VP", True),
        ("61/STP-VP", False),
    ]
