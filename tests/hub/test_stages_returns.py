"""Units are asked and answer: by mail, by the sheet, in the chat, by command; corrections and requests."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.addresses import bounce_address
from hub.chat.answering import pressed, written
from hub.desk.refused import Denied, Refused
from hub.intake import Intake
from hub.reporting.standing import standing
from rules.values.arrival import Envelope
from rules.values.chat import ChatUpdate
from storage import deliveries, returns, support
from tests.hub.return_house import (
    KIND,
    PERIOD,
    box,
    few,
    form_row,
    latest,
    lines,
    reply_to,
    rewritten,
    row_of,
    sheet_of,
    tick,
    unit_box,
)
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

UNIT, CLERK = "sotuphap", person("anhttn")
ASKED = datetime(2026, 12, 15, 1, 5, tzinfo=UTC)


@pytest.fixture
def asked(stages: Stages) -> Stages:
    """Two letters in the period; the form went out on the 15th to a few units."""
    few(stages, UNIT, "sotaichinh", "ttth")
    tick(stages, stages.clock.moment)
    stages.mail(CLERK, [text_file("sotuphap", "11/STP-VP"), text_file("sotuphap", "12/STP-VP")])
    tick(stages, ASKED)
    stages.work()
    return stages


def test_the_form_is_prefilled_and_carries_its_sheet(asked: Stages) -> None:
    (mail,) = unit_box(asked, UNIT, "Đề nghị báo cáo")
    body = mail.get_body(("plain",))
    assert body is not None
    words = str(body.get_content())
    assert "3.2 Văn bản đi đã đăng ký: 2 văn bản" in words and "1.1 Người lập báo cáo" in words
    assert "24/12/2026" in words and mail["X-Hub-Loop"]
    with zipfile.ZipFile(io.BytesIO(sheet_of(mail))) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    assert f"{KIND}/{PERIOD}/{UNIT}" in strings
    assert form_row(asked, UNIT).frozen["3.2"] == 2


def test_figures_stay_as_they_were_at_the_cut_off(asked: Stages) -> None:
    asked.mail(CLERK, [text_file("sotuphap", "13/STP-VP")])
    tick(asked, datetime(2026, 12, 18, 2, tzinfo=UTC))
    assert form_row(asked, UNIT).frozen["3.2"] == 2


def answered(stages: Stages, text: str, author: str = CLERK, **parts: object) -> None:
    mail = unit_box(stages, UNIT, "Đề nghị báo cáo")[0]
    stages.mail(author, to=[reply_to(mail)], subject=f"Re: {mail['subject']}", text=text, **parts)  # type: ignore[arg-type]


def test_an_answer_in_lines_is_a_version_and_the_prefilled_figures_stand(asked: Stages) -> None:
    answered(asked, f"Kính gửi Ban điều hành,\n{lines()}\n\nTrân trọng,\nNguyễn Văn An")
    found = latest(asked, UNIT)
    assert found is not None and (found.version, found.channel, found.by) == (1, "mail", CLERK)
    assert (found.answers["3.2"], found.answers["6.1"], found.answers["2.3"]) == (2, 3, False)
    (receipt,) = box(asked, CLERK, "Đã nhận")
    assert "đúng hạn" in str(receipt.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert unit_box(asked, UNIT, "Đã nhận")


def test_what_is_missing_is_asked_back_and_what_was_said_is_kept(asked: Stages) -> None:
    answered(asked, "đúng\n6.1: 3\n6.2: 2\n6.3: 0")
    assert latest(asked, UNIT) is None
    (mail,) = box(asked, CLERK, "Báo cáo cần sửa")
    words = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert "7.1 Dự thảo trình ký trên mạng" in words and "6.1 Hồ sơ đang mở" not in words
    rest = "\n".join(line for line in lines().splitlines() if not line.startswith("6."))
    asked.mail(CLERK, to=[reply_to(mail)], text=rest)
    found = latest(asked, UNIT)
    assert found is not None and (found.answers["6.1"], found.answers["7.1"]) == (3, 4)


def test_next_month_one_word_is_enough_for_what_seldom_changes(asked: Stages) -> None:
    answered(asked, lines())
    tick(asked, datetime(2027, 1, 15, 1, 5, tzinfo=UTC))
    frozen = form_row(asked, UNIT, "2027-01").frozen
    assert (frozen["1.1"], frozen["9.2"], frozen["2.1"]) == ("Nguyễn Văn An", "đại học", True)
    assert "6.1" not in frozen


def test_the_sheet_that_comes_back_is_a_version(asked: Stages, tmp_path: Path) -> None:
    content = sheet_of(unit_box(asked, UNIT, "Đề nghị báo cáo")[0])
    answered(asked, "Kính gửi báo cáo.", files=[("bao cao.xlsx", rewritten(content, tmp_path))])
    found = latest(asked, UNIT)
    assert found is not None and (found.channel, found.answers["6.1"], found.answers["9.2"]) == (
        "sheet",
        3,
        "đại học",
    )


def test_a_correction_is_a_new_version_and_the_same_again_is_none(asked: Stages) -> None:
    answered(asked, lines())
    asked.forward(days=12)  # after the 25th
    answered(asked, "6.1: 5")
    answered(asked, "6.1: 5")
    form = form_row(asked, UNIT)
    with asked.hub.database.reading() as connection:
        versions = returns.versions(connection, form.id)
        (row,) = [row for row in returns.of_period(connection, KIND, PERIOD) if row.unit == UNIT]
    assert [(item.version, item.answers["6.1"]) for item in versions] == [(1, 3), (2, 5)]
    assert row.first_at < row.late_from < row.at
    asked.forward(days=30)
    with pytest.raises(Refused, match=r"khóa sổ|closed"):
        asked.act("returns.hand-in", unit=UNIT, kind=KIND, period=PERIOD, lines=["6.1: 9"])


def test_difficulties_become_one_request_with_a_number(asked: Stages) -> None:
    answered(asked, lines() + "\nKhó khăn: Máy quét hỏng từ đầu tháng,\nđề nghị thay máy.")
    answered(asked, "10.1: Máy quét đã hỏng hẳn")
    with asked.hub.database.reading() as connection:
        (request,) = support.listing(connection)
    assert (request.unit, request.asked_by, request.text) == (UNIT, CLERK, "Máy quét đã hỏng hẳn")
    assert len(unit_box(asked, "ttth", f"[#{request.id}]")) == 1
    assert f"số {request.id}" in str(box(asked, CLERK, "Đã nhận")[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    asked.act("support.take", number=request.id, owner=CLERK)
    asked.act("support.close", number=request.id, answer="Đã thay máy quét.")
    assert box(asked, CLERK, f"[#{request.id}] Đã trả lời")


def test_mail_to_the_help_desk_has_a_number_and_goes_on_under_it(asked: Stages) -> None:
    desk = f"hotro@{CLERK.partition('@')[2]}"
    asked.mail(CLERK, to=[desk], subject="Máy in", text="Máy in không chạy.")
    (mail,) = box(asked, CLERK, "[#1] Đã nhận")
    asked.mail(CLERK, to=[desk], subject=f"Re: {mail['subject']}", text="Nay đã thử dây khác.")
    asked.mail(person("khanhtq"), to=[desk], subject="[#1] chen vào", text="không phải của tôi")
    with asked.hub.database.reading() as connection:
        first, second = support.listing(connection)
    assert (first.unit, first.asked_by) == (UNIT, CLERK)
    assert "dây khác" in first.text and "không phải" not in first.text
    assert second.asked_by == person("khanhtq")
    assert not asked.cases("review")


def test_automatic_mail_makes_neither_a_return_nor_a_request(asked: Stages) -> None:
    desk = f"hotro@{CLERK.partition('@')[2]}"
    asked.mail(CLERK, to=[desk], text="Tôi đi vắng.", headers={"Auto-Submitted": "auto-replied"})
    answered(asked, lines(), headers={"Auto-Submitted": "auto-replied"})
    with asked.hub.database.reading() as connection:
        assert not support.listing(connection)
    assert latest(asked, UNIT) is None


def test_the_address_for_returns_takes_the_newest_form_of_the_writers_unit(asked: Stages) -> None:
    asked.mail(CLERK, to=[f"baocao@{CLERK.partition('@')[2]}"], text=lines())
    assert latest(asked, UNIT) is not None


def test_a_forged_or_altered_address_is_refused_at_the_door(asked: Stages) -> None:
    door = Intake(asked.hub, asked.spool)
    good = reply_to(unit_box(asked, UNIT, "Đề nghị báo cáo")[0])
    local, _at, domain = good.partition("@")
    assert door.recipient(good).code == 250
    assert door.recipient(f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}").code == 550


def test_the_chat_takes_a_button_and_lines(asked: Stages) -> None:
    form = form_row(asked, UNIT)
    about = f"Báo cáo\n#BC{form.id}"
    said = pressed(asked.hub, CLERK, ChatUpdate("7", True, data=f"return:{form.id}", about=about))
    assert "6.1" in said.text and latest(asked, UNIT) is None
    said = written(asked.hub, CLERK, ChatUpdate("7", True, text=lines(), about=said.text))
    found = latest(asked, UNIT)
    assert found is not None and found.channel == "telegram" and "1" in said.text
    with pytest.raises(Refused):
        written(asked.hub, person("khanhtq"), ChatUpdate("7", True, text=lines(), about=about))


def test_a_command_hands_in_and_says_what_to_mend(asked: Stages) -> None:
    with pytest.raises(Refused, match=r"6\.1"):
        asked.act("returns.hand-in", unit=UNIT, kind=KIND, lines=["6.1=mười hai"])
    made = asked.act("returns.hand-in", unit=UNIT, kind=KIND, lines=lines().replace(": ", "=").splitlines())
    assert made["version"] == 1 and made["period"] == PERIOD
    with pytest.raises(Refused):
        asked.act("returns.hand-in", unit="khongco", kind=KIND, lines=["đúng"])
    with pytest.raises(Denied):
        asked.act("returns.hand-in", person("khanhtq"), unit=UNIT, kind=KIND, lines=["đúng"])


def test_the_ladder_reminds_only_who_has_not_answered(asked: Stages) -> None:
    answered(asked, lines())
    for day, hour in ((18, 2), (23, 2), (24, 6), (28, 2)):
        tick(asked, datetime(2026, 12, day, hour, tzinfo=UTC))
    asked.work()
    said = [
        str(mail["Subject"]).partition(":")[0] for mail in unit_box(asked, "sotaichinh", ", tháng 12/2026")
    ]
    assert said == [
        "Đề nghị báo cáo",
        "Nhắc nộp báo cáo",
        "Nhắc nộp báo cáo",
        "Hôm nay là hạn cuối nộp báo cáo",
        "Chưa nhận được báo cáo",
    ]
    assert not unit_box(asked, UNIT, "Nhắc nộp") and not unit_box(asked, UNIT, "Chưa nhận")
    leader = next(
        p.person for p in asked.hub.directory.posts if (p.unit, p.role.value) == ("sotaichinh", "leader")
    )
    assert len(box(asked, leader, "báo cáo")) == 2


def test_the_status_names_the_missing_and_the_steps(asked: Stages) -> None:
    answered(asked, lines())
    with asked.hub.database.reading() as connection:
        (found,) = standing(asked.hub, connection)
        (mine,) = standing(asked.hub, connection, units=frozenset({UNIT}))
    assert (found["period"], found["in_time"], found["missing"]) == (PERIOD, 1, found["asked"] - 1)
    assert [row["state"] for row in mine["units"]] == ["in_time"]
    assert [step["step"] for step in found["steps"]][:2] == ["form", "reminder"]


def test_a_mail_that_comes_back_is_shown_to_who_collects(asked: Stages) -> None:
    with asked.hub.database.reading() as connection:
        row = next(
            item
            for item in deliveries.listing(connection, kind="notice", document=None)
            if item.letter.get("notice") == "return_asked" and item.address == intake(UNIT)
        )
    bounce = (
        "From: MAILER-DAEMON@outside.example\nSubject: failed\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nno\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; outside.example\n\nFinal-Recipient: rfc822; {row.address}\n"
        "Action: failed\nStatus: 5.2.2\n\n--b--\n"
    )
    envelope = Envelope(
        source="smtp",
        account="smtp",
        received_at=asked.clock.now(),
        mail_from="",
        recipients=(bounce_address(asked.hub, row.id),),
    )
    asked.arrive(envelope, bounce.replace("\n", "\r\n").encode())
    (mail,) = unit_box(asked, "bdh112", "không đến được")
    assert "Sở Tư pháp" in str(mail["Subject"])


def test_a_formula_in_an_answer_stays_text(asked: Stages, tmp_path: Path) -> None:
    content = sheet_of(unit_box(asked, UNIT, "Đề nghị báo cáo")[0])

    def change(rows: list[list[object]]) -> None:
        row_of(rows, "1.1")[4] = "'=HYPERLINK(1)"  # type: ignore[arg-type]

    answered(asked, "", files=[("a.xlsx", rewritten(content, tmp_path, change))])  # type: ignore[arg-type]
    found = latest(asked, UNIT)
    assert found is not None and found.answers["1.1"] == "'=HYPERLINK(1)"
