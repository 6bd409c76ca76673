"""Which mails are the same document, by the stages themselves."""

from datetime import date

from rules.vocabulary import SenderVerdict
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)


def test_two_requests_with_the_same_short_words_are_two(stages: Stages) -> None:
    for subject in ("Xin cấp hộp thư cho ông A", "Xin cấp hộp thư cho bà B", "Re: Xin cấp hộp thư cho bà B"):
        stages.mail(person("anhttn"), to=[intake("ttth")], subject=subject, text="Kính gửi Trung tâm.")
    assert [item["subject"] for item in stages.documents()] == [
        "Xin cấp hộp thư cho ông A",
        "Xin cấp hộp thư cho bà B",
    ]


def test_a_scan_without_text_is_known_by_its_bytes(stages: Stages) -> None:
    scan = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
    for subject in ("Bản quét", "Gửi lại bản quét"):
        stages.mail(person("anhttn"), [("scan.png", scan)], to=[intake("ttth")], subject=subject)
    assert len(stages.documents()) == 1


def test_the_issuers_clerk_comes_after_others(stages: Stages) -> None:
    file = text_file("soyte", "5/SYT-VP", to=("Sở Tài chính",), day=DAY)
    stages.mail(person("anhttn"), [file])
    assert stages.document("5/SYT-VP")["direction"] == "incoming"
    stages.mail(person("huongtt"), [file])
    found = stages.document("5/SYT-VP")
    assert found["direction"] == "outgoing" and stages.numbers("soyte", "outgoing") == [(2026, 5)]
    assert stages.receivers(found["id"]) == {"sotuphap", "sotaichinh"}
    assert stages.numbers("sotuphap") == [(2026, 1)]


def test_an_unverified_copy_of_a_known_document_changes_nothing(stages: Stages) -> None:
    file = text_file("sotuphap", "6/STP-VP", day=DAY)
    stages.mail(person("anhttn"), [file])
    before = stages.document("6/STP-VP"), stages.deliveries(kind=None)
    stages.mail("ai@la.example", [file], [intake("soyte")], verdict=SenderVerdict.UNVERIFIED)
    assert (stages.document("6/STP-VP"), stages.deliveries(kind=None)) == before


def test_a_strangers_letter_is_taken_up_when_a_clerk_hands_it_in(stages: Stages) -> None:
    file = text_file("btp", "7/BTP-VP", day=DAY)
    stages.mail("ai@la.example", [file], [intake("soyte")], verdict=SenderVerdict.UNVERIFIED)
    assert stages.document("7/BTP-VP")["status"] == "review"
    stages.mail(person("huongtt"), [file])
    found = stages.document("7/BTP-VP")
    assert found["status"] == "routed" and stages.numbers("soyte") == [(2026, 1)]
    assert stages.cases("review") == []


def test_several_letters_of_one_mail_reach_their_units_and_one_waits(stages: Stages) -> None:
    good = text_file("sotuphap", "8/STP-VP", day=DAY)
    draft = text_file("sotuphap", "9/STP-VP", day=DAY, mark="DỰ THẢO")
    stages.mail(person("anhttn"), [good, draft])
    assert stages.document("8/STP-VP")["status"] == "routed"
    assert stages.document("9/STP-VP")["status"] == "review"
