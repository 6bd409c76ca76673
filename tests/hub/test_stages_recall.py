"""Recall, replace, correct (DOMAIN 2.7), and paper that follows."""

import pytest
from sqlalchemy import select

from hub.following import chasing
from storage import papers
from storage.tables.registers import register_entries
from tests.hub.stages import Stages
from tests.hub.test_stages_answers import CLERK, FINANCE, answered, box, handlings, life, sent
from tests.journeys.papers import text_file


def recalled(stages: Stages, **more: object) -> int:
    sent(stages)
    document = int(stages.document("701/STP-VP")["id"])
    stages.act("recall.ask", document=document, reason="sai phụ lục", **more)
    return document


def test_a_receiver_agrees_and_its_line_stays_void_with_the_reason(stages: Stages) -> None:
    recalled(stages)
    assert handlings(stages) == ["01", "13"] and stages.document("701/STP-VP")["status"] == "recalled"
    (sent_as,) = {mail["Message-ID"] for mail in box(stages, FINANCE) if "Xin" not in mail["Subject"]}
    (asked,) = box(stages, FINANCE, "Xin thu hồi")
    answered(stages, asked, FINANCE, "đồng ý")
    (question,) = box(stages, FINANCE, "Xác nhận")
    answered(stages, question, FINANCE, "đồng ý")
    assert handlings(stages) == ["01", "13", "15"]
    assert not [mail for mail in box(stages, FINANCE) if mail["Message-ID"] == sent_as]  # its copy is gone
    assert box(stages, FINANCE, "Xin thu hồi")
    with stages.hub.database.reading() as connection:
        lines = connection.execute(select(register_entries)).all()
    assert [line.void_reason for line in lines if line.void_reason] == ["đã thu hồi: sai phụ lục"]
    assert box(stages, CLERK, "đồng ý thu hồi")


def test_what_was_asked_back_does_not_come_to_life_by_being_sent_again(stages: Stages) -> None:
    document = recalled(stages)
    sent(stages)
    again = stages.documents("701/STP-VP")[-1]
    assert again["id"] != document and again["status"] == "review"
    (case,) = stages.cases("review")
    assert case["detail"] == "recalled-before" and case["suggestions"] == [f"document:{document}"]


def test_a_receiver_keeps_it_and_goes_on_where_it_stood(stages: Stages) -> None:
    mail = sent(stages)
    answered(stages, mail, FINANCE, "đã nhận")
    stages.act("recall.ask", document=stages.document("701/STP-VP")["id"], reason="sai phụ lục")
    (asked,) = box(stages, FINANCE, "Xin thu hồi")
    answered(stages, asked, FINANCE, "không đồng ý: đã ban hành trả lời")
    assert handlings(stages) == ["01", "03", "13", "16"]
    stages.act("deliveries.done", delivery=life(stages)["id"])
    assert handlings(stages)[-1] == "06" and box(stages, CLERK, "không đồng ý thu hồi")


def test_a_correction_asks_nothing_back(stages: Stages) -> None:
    recalled(stages, kind="correct")
    assert handlings(stages) == ["01"] and stages.document("701/STP-VP")["status"] == "routed"
    assert box(stages, FINANCE, "Đính chính")


def test_a_replacement_is_named(stages: Stages) -> None:
    stages.mail(CLERK, [text_file("sotuphap", "702/STP-VP", to=("Sở Y tế",))])
    recalled(stages, kind="replace", replacement=stages.document("702/STP-VP")["id"])
    (asked,) = box(stages, FINANCE, "Xin thay thế")
    assert "702/STP-VP" in asked.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "given", [{"reason": " "}, {"reason": "x", "kind": "burn"}, {"reason": "x", "document": 99}]
)
def test_a_wish_that_makes_no_sense_is_refused(stages: Stages, given: dict[str, object]) -> None:
    sent(stages)
    with pytest.raises(Exception, match=r".+"):
        stages.act("recall.ask", **{"document": stages.document("701/STP-VP")["id"], **given})
    assert handlings(stages) == ["01"]


def papers_told(stages: Stages) -> list[dict[str, object]]:
    """The weekly mails about papers, after the clock has proposed them and they were written."""
    with stages.hub.database.transaction() as connection:
        chasing.propose(stages.hub, connection, stages.clock.now())
    stages.work()
    rows = stages.deliveries(kind="notice")
    return [row for row in rows if row["address"] == "vanthu.sotuphap@binhlam.example"]


def test_missing_paper_is_told_to_the_senders_clerk_once_a_week(stages: Stages) -> None:
    sent(stages)
    stages.act("paper.expect", document=stages.document("701/STP-VP")["id"])
    assert papers_told(stages) == [], "nothing is late yet"
    stages.forward(days=7)
    assert [row["state"] for row in papers_told(stages)] == ["delivered"]
    assert len(papers_told(stages)) == 1, "once a week"
    (mail,) = box(stages, "vanthu.sotuphap@binhlam.example", "Bản giấy chưa đến")
    body = mail.get_body(("plain",))
    assert body is not None and "701/STP-VP" in body.get_content() and "Sở Tài chính" in body.get_content()
    stages.act("paper.came", unit="sotaichinh", symbol="701/STP-VP")
    stages.forward(days=7)
    assert len(papers_told(stages)) == 1


def test_paper_is_matched_by_number_and_date_and_what_is_missing_is_listed(stages: Stages) -> None:
    sent(stages)
    document = stages.document("701/STP-VP")
    assert stages.act("paper.expect", document=document["id"])["papers"] == 1
    stages.forward(days=6)
    with stages.hub.database.reading() as connection:
        (missing,) = papers.listing(connection)
    assert (missing.unit, missing.symbol) == ("sotaichinh", "701/STP-VP")
    with pytest.raises(Exception, match="sotaichinh"):
        stages.act("paper.came", unit="sotaichinh", symbol="701/STP-VP", day="2001-01-01")
    answer = stages.act("paper.came", unit="sotaichinh", symbol="701/stp-vp", day=document["date"])
    assert answer["fresh"]
    assert not stages.act("paper.came", unit="sotaichinh", symbol="701/STP-VP")["fresh"]
    with stages.hub.database.reading() as connection:
        assert papers.listing(connection) == []
