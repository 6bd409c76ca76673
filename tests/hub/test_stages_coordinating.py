"""Recipients that wait are mailed to the coordinators and decided by their answers (SEMANTICS, Hold)."""

from email.message import EmailMessage

import pytest

from rules.vocabulary import Role, SenderVerdict
from tests.hub.return_house import box, reply_to
from tests.hub.stages import Stages
from tests.hub.test_stages_answers import outcomes
from tests.journeys.house import person
from tests.journeys.papers import text_file

CLERK = person("anhttn")  # of sotuphap
ASKED = "Cần điều phối"


def coordinator(stages: Stages) -> str:
    central = stages.hub.directory.central
    assert central is not None
    return stages.hub.directory.holding(central, Role.COORDINATOR, stages.hub.today())[0].email


def held(stages: Stages, *names: str) -> EmailMessage:
    """A letter of sotuphap to Sở Tài chính and to names that nobody knows; the mail that asks."""
    stages.mail(CLERK, [text_file("sotuphap", "31/STP-VP", to=("Sở Tài chính", *names))])
    (mail,) = box(stages, coordinator(stages), ASKED)
    return mail


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def answered(stages: Stages, mail: EmailMessage, text: str, author: str = "", **parts: object) -> None:
    stages.mail(author or coordinator(stages), to=[reply_to(mail)], text=text, **parts)  # type: ignore[arg-type]


def receivers(stages: Stages) -> set[str]:
    return stages.receivers(stages.document("31/STP-VP")["id"])


def test_a_recipient_that_nobody_knows_is_asked_for_and_a_name_sends_it(stages: Stages) -> None:
    mail = held(stages, "Hội Luật gia tỉnh")
    assert "31/STP-VP" in mail["subject"] and "Hội Luật gia tỉnh" in words(mail)
    assert receivers(stages) == {"sotaichinh"}
    answered(stages, mail, "Sở Y tế")
    assert receivers(stages) == {"sotaichinh", "soyte"} and stages.cases("hold") == []
    (told,) = box(stages, coordinator(stages), "Đã thực hiện")
    assert "đã gửi cho Sở Y tế" in words(told) and outcomes(stages)[-1] == ("answer", "decided")


def test_one_mail_asks_about_all_of_a_document_and_each_line_decides_one(stages: Stages) -> None:
    mail = held(stages, "Hội Luật gia tỉnh", "Đoàn Luật sư tỉnh")
    first, second = (case["id"] for case in stages.cases("hold"))
    answered(stages, mail, f"{first}: Sở Y tế\n{second}: bỏ, ngoài tỉnh")
    assert receivers(stages) == {"sotaichinh", "soyte"} and stages.cases("hold") == []


def test_a_name_that_is_kept_is_not_asked_again(stages: Stages) -> None:
    answered(stages, held(stages, "Hội Luật gia tỉnh"), "Sở Tư pháp, nhớ tên")
    stages.mail(CLERK, [text_file("sotuphap", "32/STP-VP", to=("Sở Tài chính", "Hội Luật gia tỉnh"))])
    assert stages.cases("hold") == [] and len(box(stages, coordinator(stages), ASKED)) == 1


def test_what_cannot_be_done_is_told_line_by_line(stages: Stages) -> None:
    mail = held(stages, "Hội Luật gia tỉnh", "Đoàn Luật sư tỉnh")
    first, second = (case["id"] for case in stages.cases("hold"))
    answered(stages, mail, f"{first}: Sở Y tế\n{second}: Sở Thủy lợi")
    assert [case["id"] for case in stages.cases("hold")] == [second]
    (told,) = box(stages, coordinator(stages), "Chưa làm được hết")
    assert "Sở Thủy lợi" in words(told) and "đã gửi cho Sở Y tế" in words(told)


@pytest.mark.parametrize("text", ["để tôi xem lại", "Sở Y tế"])
def test_what_is_not_understood_does_nothing_and_is_told(stages: Stages, text: str) -> None:
    answered(stages, held(stages, "Hội Luật gia tỉnh", "Đoàn Luật sư tỉnh"), text)  # of two cases, which?
    assert len(stages.cases("hold")) == 2 and len(box(stages, coordinator(stages), "Chưa làm được")) == 1


@pytest.mark.parametrize(
    ("author", "verdict"), [(CLERK, SenderVerdict.AUTHENTICATED), ("", SenderVerdict.UNVERIFIED)]
)
def test_only_a_coordinator_decides_and_only_with_proof(
    stages: Stages, author: str, verdict: SenderVerdict
) -> None:
    answered(stages, held(stages, "Hội Luật gia tỉnh"), "Sở Y tế", author, verdict=verdict)
    assert len(stages.cases("hold")) == 1 and receivers(stages) == {"sotaichinh"}
    assert outcomes(stages)[-1][0] == "refused"
    assert len(box(stages, author or coordinator(stages), "Chưa làm được")) == 1


def test_what_is_decided_already_is_told(stages: Stages) -> None:
    mail = held(stages, "Hội Luật gia tỉnh")
    answered(stages, mail, "Sở Y tế")
    answered(stages, mail, "bỏ, nhầm")
    assert receivers(stages) == {"sotaichinh", "soyte"}
    (told,) = box(stages, coordinator(stages), "Chưa làm được")
    assert "không còn việc gì" in words(told)
