"""What receivers say, by mail: who may, what moves, what is told to whom (DOMAIN 6.3, PROMISES S6)."""

import dataclasses
import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest

from hub import tracking
from hub.intake import Intake
from rules.vocabulary import Accept, SenderVerdict
from storage import directory as directory_rows
from storage.tables.arrivals import arrivals
from tests.hub.stages import Stages
from tests.journeys.house import GENERAL, intake, person
from tests.journeys.papers import text_file

CLERK = person("anhttn")  # of sotuphap
FINANCE = intake("sotaichinh")


def staff(stages: Stages, unit: str, role: str) -> str:
    held = [post for post in stages.hub.directory.posts if (post.unit, post.role.value) == (unit, role)]
    return held[0].person


def box(stages: Stages, address: str, words: str = "") -> list[EmailMessage]:
    local, _at, domain = address.partition("@")
    folder = stages.hub.data / "mail" / domain / local
    files = sorted(folder.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
    mails = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
    return [item for item in mails if words in str(item["subject"])]


def reply_to(mail: EmailMessage) -> str:
    return str(mail["Reply-To"]).strip("<>")


def sent(stages: Stages, symbol: str = "701/STP-VP") -> EmailMessage:
    """A letter of sotuphap to sotaichinh, as it arrived there."""
    stages.mail(CLERK, [text_file("sotuphap", symbol)])
    return box(stages, FINANCE, symbol)[-1]


def answered(stages: Stages, mail: EmailMessage, author: str, text: str, **parts: Any) -> None:
    stages.mail(author, to=[reply_to(mail)], subject=f"Re: {mail['subject']}", text=text, **parts)


def life(stages: Stages, symbol: str = "701/STP-VP") -> dict[str, Any]:
    with stages.hub.database.reading() as connection:
        (found,) = tracking.track(stages.hub, connection, symbol)
    (delivery,) = found["deliveries"]
    return dict(delivery)


def handlings(stages: Stages, symbol: str = "701/STP-VP") -> list[str]:
    return [event["handling"] for event in life(stages, symbol)["events"]]


def outcomes(stages: Stages) -> list[tuple[str, str]]:
    with stages.hub.database.reading() as connection:
        rows = connection.execute(arrivals.select().order_by(arrivals.c.id))
        return [(row.state, row.outcome) for row in rows]


@pytest.fixture
def by_clerk(stages: Stages) -> Stages:
    """sotaichinh accepts by its clerk."""
    directory = stages.hub.directory
    units = dict(directory.units)
    units["sotaichinh"] = dataclasses.replace(units["sotaichinh"], accept=Accept.CLERK)
    with stages.hub.database.transaction() as connection:
        directory_rows.replace(connection, dataclasses.replace(directory, units=units))
    stages.hub.refresh()
    return stages


def test_a_clerk_answers_received_and_the_sender_sees_it(stages: Stages) -> None:
    mail = sent(stages)
    answered(stages, mail, staff(stages, "sotaichinh", "clerk"), "Đã nhận, cảm ơn.")
    assert handlings(stages) == ["01", "03"] and life(stages)["handling"] == "03"
    last = life(stages)["events"][-1]
    assert (last["actor"], last["channel"]) == (staff(stages, "sotaichinh", "clerk"), "mail")
    assert outcomes(stages)[-1] == ("answer", "receive")


def test_where_a_clerk_accepts_the_number_is_taken_by_the_answer(by_clerk: Stages) -> None:
    mail = sent(by_clerk)
    assert life(by_clerk)["number"] is None and by_clerk.numbers("sotaichinh") == []
    answered(by_clerk, mail, FINANCE, "tiếp nhận")
    assert life(by_clerk)["number"] == "01" and by_clerk.numbers("sotaichinh") == [(2026, 1)]
    (told,) = box(by_clerk, staff(by_clerk, "sotaichinh", "leader"), "701/STP-VP")
    assert "Trình phân công" in str(told["subject"])


def test_a_refusal_is_asked_twice_takes_no_number_and_is_told_to_the_sender(by_clerk: Stages) -> None:
    clerk = staff(by_clerk, "sotaichinh", "clerk")
    answered(by_clerk, sent(by_clerk), clerk, "từ chối: sai địa chỉ")
    assert handlings(by_clerk) == ["01"]
    (question,) = box(by_clerk, clerk, "Xác nhận")
    answered(by_clerk, question, clerk, "đồng ý")
    assert handlings(by_clerk) == ["01", "02"] and by_clerk.numbers("sotaichinh") == []
    (told,) = box(by_clerk, CLERK, "từ chối tiếp nhận")
    assert "sai địa chỉ" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_refusal_after_the_hub_accepted_by_itself_voids_that_entry_only(stages: Stages) -> None:
    stages.mail(CLERK, [text_file("sotuphap", "702/STP-VP", to=("Sở Tài chính", "Sở Y tế"))])
    document = stages.document("702/STP-VP")
    (mine,) = [row for row in stages.deliveries(document["id"]) if row["unit"] == "sotaichinh"]
    stages.act("deliveries.refuse", delivery=mine["id"], reason="gửi nhầm")
    entries = {e["unit"] for e in stages.document("702/STP-VP")["entries"] if e["direction"] == "incoming"}
    assert entries == {"soyte"}


def test_a_leader_assigns_and_the_specialist_says_done(stages: Stages) -> None:
    leader, expert = staff(stages, "sotaichinh", "leader"), staff(stages, "sotaichinh", "specialist")
    answered(stages, sent(stages), FINANCE, "đã nhận")
    (told,) = box(stages, leader, "Trình phân công")
    answered(stages, told, leader, f"giao {expert.partition('@')[0]} 3 ngày: tham mưu trả lời")
    (work,) = life(stages)["assignments"]
    assert (work["person"], work["opinion"], work["by"]) == (expert, "tham mưu trả lời", leader)
    assert work["due"].startswith("2026-11-27")  # the 24th is a holiday (Ngày Văn hóa Việt Nam)
    (task,) = box(stages, expert, "Giao xử lý")
    answered(stages, task, expert, "xong, trả lời bằng công văn 9/STC-VP")
    assert handlings(stages) == ["01", "03", "04", "06"]
    assert life(stages)["assignments"][0]["outcome"] == "done"
    (end,) = box(stages, CLERK, "đã xử lý xong")
    assert "9/STC-VP" in end.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_two_specialists_end_their_own_parts(stages: Stages) -> None:
    sent(stages)
    delivery = life(stages)["id"]
    people = [p.email for p in stages.hub.directory.staff("sotaichinh", stages.hub.today())][:2]
    for name in people:
        stages.act("deliveries.assign", delivery=delivery, person=name, days=5)
    stages.act("deliveries.done", people[0], delivery=delivery)
    assert life(stages)["handling"] == "05"
    stages.act("deliveries.done", people[1], delivery=delivery)
    assert life(stages)["handling"] == "06"


def test_a_specialist_asks_for_time_and_the_leader_gives_it(stages: Stages) -> None:
    leader, expert = staff(stages, "sotaichinh", "leader"), staff(stages, "sotaichinh", "specialist")
    sent(stages)
    delivery = life(stages)["id"]
    stages.act("deliveries.assign", leader, delivery=delivery, person=expert, days=3)
    before = life(stages)["due"]
    (task,) = box(stages, expert, "Giao xử lý")
    answered(stages, task, expert, "xin gia hạn 2 ngày vì chờ số liệu")
    assert life(stages)["due"] == before
    asked = box(stages, leader, "Xin gia hạn")
    answered(stages, asked[0], leader, "gia hạn 2 ngày")
    assert life(stages)["due"] > before and box(stages, expert, "Hạn mới")


@pytest.mark.parametrize("author", ["huongntm", "anhttn", "lannt"])
def test_people_of_other_units_can_do_nothing(stages: Stages, author: str) -> None:
    """The address was forwarded to them; who asks and is known is told why not."""
    answered(stages, sent(stages), person(author), "đã nhận")
    assert handlings(stages) == ["01"]
    assert box(stages, person(author), "Chưa làm được")


def test_a_stranger_who_knows_the_address_can_do_nothing(stages: Stages) -> None:
    mail = sent(stages)
    answered(stages, mail, "x@evil.example", "đã nhận", verdict=SenderVerdict.UNVERIFIED)
    assert handlings(stages) == ["01"]
    assert box(stages, FINANCE, "Trả lời cần người đọc")


def test_an_answer_given_twice_counts_once(stages: Stages) -> None:
    mail = sent(stages)
    for _ in range(3):
        answered(stages, mail, FINANCE, "đã nhận")
    assert handlings(stages) == ["01", "03"]
    answered(stages, mail, FINANCE, "xong")
    assert handlings(stages) == ["01", "03", "06"]


def test_an_address_in_capitals_still_answers(stages: Stages) -> None:
    mail = sent(stages)
    stages.mail(FINANCE, to=[reply_to(mail).upper()], subject="Re", text="da nhan")
    assert handlings(stages) == ["01", "03"]


def test_words_nobody_understands_reach_the_clerk_with_the_number(stages: Stages) -> None:
    clerk = staff(stages, "sotaichinh", "clerk")
    answered(stages, sent(stages), clerk, "Phụ lục 2 mờ quá, gửi lại bản rõ hơn được không?")
    assert handlings(stages) == ["01"]
    (asked,) = box(stages, FINANCE, "Trả lời cần người đọc")
    text = asked.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "701/STP-VP" in str(asked["subject"]) and "Phụ lục 2 mờ quá" in text
    answered(stages, asked, FINANCE, "đã nhận")
    assert handlings(stages) == ["01", "03"]


def test_an_out_of_office_reply_does_nothing_and_nobody_answers_it(stages: Stages) -> None:
    mail, before = sent(stages), stages.deliveries(kind=None)
    answered(stages, mail, FINANCE, "đã nhận", headers={"Auto-Submitted": "auto-replied"})
    assert handlings(stages) == ["01"] and len(stages.deliveries(kind=None)) == len(before)
    assert outcomes(stages)[-1] == ("automatic", "auto-submitted")


def test_an_expired_address_is_no_address(stages: Stages) -> None:
    mail = sent(stages)
    door = Intake(stages.hub, stages.spool)
    assert door.recipient(reply_to(mail)).code == 250
    stages.forward(days=61)
    assert door.recipient(reply_to(mail)).code == 550


def test_forged_addresses_are_refused_in_the_dialogue(stages: Stages) -> None:
    door, good = Intake(stages.hub, stages.spool), reply_to(sent(stages))
    flipped = re.sub(r"cmd\+(.)", lambda m: "cmd+" + ("b" if m[1] == "a" else "a"), good)
    for address in (flipped, f"cmd+@{good.partition('@')[2]}", f"bounce+1.{'0' * 32}@binhlam.example"):
        assert door.recipient(address).code == 550
    assert door.recipient(GENERAL).code == 250


def test_moves_that_are_not_allowed_say_where_it_stands(stages: Stages) -> None:
    sent(stages)
    delivery = life(stages)["id"]
    stages.act("deliveries.done", delivery=delivery)
    with pytest.raises(Exception, match="701/STP-VP"):
        stages.act("deliveries.refuse", delivery=delivery, reason="x")
