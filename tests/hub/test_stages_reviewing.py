"""A document that waits is mailed to the unit's clerks and decided by their answers (SEMANTICS, Review)."""

from datetime import date
from email.message import EmailMessage

import pytest

from rules.vocabulary import SenderVerdict
from tests.hub.return_house import box, reply_to, unit_box
from tests.hub.stages import Stages
from tests.hub.test_stages_answers import outcomes
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)
CLERK, OTHER = person("anhttn"), person("huongtt")  # of sotuphap, of soyte
ASKED = "Cần văn thư xem"


def waiting(stages: Stages, *units: str) -> None:
    """A letter of the Ministry of Justice that nobody vouches for."""
    to = [intake(unit) for unit in units or ("sotuphap",)]
    file = text_file("btp", "7/BTP-VP", day=DAY)
    stages.mail("ai@la.example", [file], to, verdict=SenderVerdict.UNVERIFIED)


def answered(stages: Stages, author: str, text: str, unit: str = "sotuphap", **parts: object) -> None:
    mail = unit_box(stages, unit, ASKED)[-1]
    subject = f"Re: {mail['subject']}"
    stages.mail(author, to=[reply_to(mail)], subject=subject, text=text, **parts)  # type: ignore[arg-type]


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_clerks_are_asked_with_the_reasons_the_files_and_ways_to_answer(stages: Stages) -> None:
    waiting(stages)
    (mail,) = unit_box(stages, "sotuphap", ASKED)
    assert "7/BTP-VP" in mail["subject"]
    said = words(mail)
    assert "ai@la.example" in said and "từ chối: lý do" in said and "Bộ Tư pháp" in said
    assert [part.get_filename() for part in mail.iter_attachments()] == [text_file("btp", "7/BTP-VP")[0]]
    assert mail["Auto-Submitted"] == "auto-generated" and reply_to(mail).startswith("cmd+")


def test_one_word_registers_it_and_whoever_answered_is_told(stages: Stages) -> None:
    waiting(stages)
    answered(stages, CLERK, "đúng")
    found = stages.document("7/BTP-VP")
    assert found["status"] == "routed" and stages.cases("review") == []
    assert stages.numbers("sotuphap") == [(2026, 1)]
    assert outcomes(stages)[-1] == ("answer", "accept")
    (told,) = box(stages, CLERK, "Đã vào sổ")
    assert "7/BTP-VP" in told["subject"]


def test_corrections_are_kept_and_the_unit_s_mailbox_is_its_clerk(stages: Stages) -> None:
    waiting(stages)
    answered(
        stages, intake("sotuphap"), "số và ký hiệu: 17/BTP-VP\nngày 21/11/2026\ntrích yếu: Về họp, quý 4"
    )
    found = stages.document("17/BTP-VP")
    assert (found["date"], found["subject"], found["status"]) == ("2026-11-21", "Về họp, quý 4", "routed")
    assert box(stages, intake("sotuphap"), "Đã vào sổ")


def test_what_is_not_understood_does_nothing_and_is_told(stages: Stages) -> None:
    waiting(stages)
    answered(stages, CLERK, "đúng, nhưng thiếu phụ lục")
    assert len(stages.cases("review")) == 1 and outcomes(stages)[-1] == ("answer", "not-understood")
    (told,) = box(stages, CLERK, "Chưa làm được")
    assert "không hiểu" in words(told) and "số 125 ngày 16/10/2026" in words(told)


@pytest.mark.parametrize(
    ("author", "verdict"),
    [(OTHER, SenderVerdict.AUTHENTICATED), (CLERK, SenderVerdict.UNVERIFIED), (CLERK, SenderVerdict.FORGED)],
)
def test_only_the_unit_s_own_clerk_decides_and_only_with_proof(
    stages: Stages, author: str, verdict: SenderVerdict
) -> None:
    waiting(stages)
    answered(stages, author, "đúng", verdict=verdict)
    (case,) = stages.cases("review")
    assert case["unit"] == "sotuphap" and stages.numbers("sotuphap") == []
    assert outcomes(stages)[-1][0] == "refused"
    to = author if verdict is SenderVerdict.AUTHENTICATED else intake("sotuphap")  # whose answer it may be
    assert len(box(stages, to, "Chưa làm được")) == 1


def test_a_refusal_needs_its_reason(stages: Stages) -> None:
    waiting(stages)
    answered(stages, CLERK, "từ chối")
    assert len(stages.cases("review")) == 1 and len(box(stages, CLERK, "Chưa làm được")) == 1
    answered(stages, CLERK, "từ chối: gửi nhầm")
    assert stages.document("7/BTP-VP")["status"] == "refused" and box(stages, CLERK, "Đã từ chối")


def test_the_first_to_answer_decides_and_the_second_reads_who(stages: Stages) -> None:
    waiting(stages)
    answered(stages, CLERK, "đúng")
    answered(stages, intake("sotuphap"), "từ chối: gửi nhầm")
    assert stages.document("7/BTP-VP")["status"] == "routed"
    (told,) = box(stages, intake("sotuphap"), "Chưa làm được")
    assert CLERK in words(told)


def test_every_unit_is_asked_for_itself(stages: Stages) -> None:
    waiting(stages, "sotuphap", "soyte")
    answered(stages, OTHER, "đúng", unit="soyte")
    answered(stages, CLERK, "từ chối: không liên quan")
    assert stages.receivers(stages.document("7/BTP-VP")["id"]) == {"soyte"}


def test_new_content_of_a_known_document_is_shown_beside_it_and_becomes_its_version(stages: Stages) -> None:
    for seed in ("bản đầu", "bản đã sửa"):
        stages.mail(CLERK, [text_file("sotuphap", "5/STP-VP", day=DAY, seed=seed)])
    first = stages.documents("5/STP-VP")[0]["id"]
    (mail,) = unit_box(stages, "sotuphap", ASKED)
    assert f"bản mới của văn bản {first}" in words(mail) and "nội dung giống" in words(mail)
    answered(stages, CLERK, f"bản mới của văn bản {first}")
    assert [item["status"] for item in stages.documents("5/STP-VP")] == ["routed", "version"]
    assert box(stages, CLERK, "Đã ghi là nội dung mới")


def test_a_document_that_is_known_is_said_to_be_the_same(stages: Stages) -> None:
    for seed in ("bản đầu", "bản đã sửa"):
        stages.mail(CLERK, [text_file("sotuphap", "5/STP-VP", day=DAY, seed=seed)])
    answered(stages, CLERK, "trùng")
    assert [item["status"] for item in stages.documents("5/STP-VP")] == ["routed", "same"]
    assert stages.numbers("sotuphap", "outgoing") == [(2026, 5)]


def test_files_of_a_forged_sender_are_named_and_not_passed_on(stages: Stages) -> None:
    file = text_file("btp", "7/BTP-VP", day=DAY)
    stages.mail("vanthu@botuphap.example", [file], [intake("sotuphap")], verdict=SenderVerdict.FORGED)
    (mail,) = unit_box(stages, "sotuphap", ASKED)
    assert list(mail.iter_attachments()) == [] and "người gửi bị giả mạo" in words(mail)
    assert file[0] in words(mail)


def test_a_program_among_the_files_is_named_and_nothing_is_passed_on(stages: Stages) -> None:
    program = ("hoa don.exe", b"MZ" + bytes(60) + b"\x40\0\0\0PE\0\0" + bytes(200))
    stages.mail(CLERK, [text_file("sotuphap", "5/STP-VP", day=DAY), program])
    (mail,) = unit_box(stages, "sotuphap", ASKED)
    assert list(mail.iter_attachments()) == []
    assert "hoa don.exe" in words(mail) and "có tệp chạy được" in words(mail)


def test_a_large_file_is_named_and_not_enclosed(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.deciding.wording.MOST_OCTETS", 10)
    waiting(stages)
    (mail,) = unit_box(stages, "sotuphap", ASKED)
    assert list(mail.iter_attachments()) == [] and "không đính kèm vì quá lớn" in words(mail)
