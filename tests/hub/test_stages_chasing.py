"""Due dates are chased in office hours; digests, boards and calendars; substitutes."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from icalendar import Calendar

from hub import schedule
from hub.web.listener import WebListener
from tests.hub.stages import Stages
from tests.hub.test_stages_answers import CLERK, FINANCE, answered, box, life, sent, staff
from tests.journeys.house import intake


@pytest.fixture
def assigned(stages: Stages) -> Stages:
    """A letter assigned on Monday the 23rd, due on Friday the 27th (the 24th is a holiday)."""
    sent(stages)
    stages.act(
        "deliveries.assign",
        delivery=life(stages)["id"],
        person=staff(stages, "sotaichinh", "specialist"),
        days=3,
        opinion="tham mưu",
    )
    return stages


def at(stages: Stages, day: int, hour: int = 9) -> None:
    """A tick of the schedule at this hour in Hà Nội, and what follows."""
    stages.clock.moment = datetime(
        2026, 11 if day < 31 else 12, day if day < 31 else day - 30, hour - 7, tzinfo=UTC
    )
    schedule.tick(stages.hub)
    stages.work()


def test_reminders_climb_from_the_specialist_to_the_coordinator(assigned: Stages) -> None:
    expert, leader = (staff(assigned, "sotaichinh", role) for role in ("specialist", "leader"))
    at(assigned, 25)
    assert box(assigned, expert, "ến hạn") == []
    for day, name, words in (
        (26, expert, "Sắp đến hạn"), (27, expert, "Đến hạn hôm nay"), (30, expert, "Quá hạn"),
        (31, leader, "Quá hạn, báo lãnh đạo"),
        (33, staff(assigned, "vpubnd", "coordinator"), "Quá hạn nhiều ngày"),
    ):  # fmt: skip
        at(assigned, day)
        at(assigned, day, 10)  # a level is told once
        assert len(box(assigned, name, words)) == 1, words
    at(assigned, 34)
    assert len(box(assigned, expert, "Quá hạn")) == 1


def test_nobody_is_reminded_at_night_or_on_a_holiday(assigned: Stages) -> None:
    at(assigned, 26, 7)
    at(assigned, 28)  # Saturday
    assert box(assigned, staff(assigned, "sotaichinh", "specialist"), "hạn") == []


def test_what_is_done_is_not_chased(assigned: Stages) -> None:
    assigned.act("deliveries.done", delivery=life(assigned)["id"])
    at(assigned, 30)
    assert box(assigned, staff(assigned, "sotaichinh", "specialist"), "Quá hạn") == []


def test_a_reminder_can_be_answered(assigned: Stages) -> None:
    expert = staff(assigned, "sotaichinh", "specialist")
    at(assigned, 27)
    (told,) = box(assigned, expert, "Đến hạn hôm nay")
    answered(assigned, told, expert, "xong")
    assert life(assigned)["handling"] == "06"


def test_a_substitute_gets_the_reminder_and_learns_for_whom(assigned: Stages) -> None:
    expert, other = staff(assigned, "sotaichinh", "specialist"), staff(assigned, "sotaichinh", "clerk")
    away = {"first": "2026-11-26", "last": "2026-11-30"}
    assigned.act("staff.away", address=expert, substitute=other, **away)
    at(assigned, 26)
    (told,) = box(assigned, other, "Sắp đến hạn")
    name = assigned.hub.directory.people[expert].name
    assert f"thay {name}" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert box(assigned, expert, "Sắp đến hạn") == []


def test_a_daily_digest_holds_what_is_not_urgent(stages: Stages) -> None:
    stages.act("staff.notices", address=CLERK, style="daily")
    mail = sent(stages)
    answered(stages, mail, FINANCE, "xong, trả lời bằng 9/STC-VP")
    assert box(stages, CLERK, "đã xử lý xong") == []
    at(stages, 25, 8)
    (digest,) = box(stages, CLERK, "Tổng hợp")
    assert "9/STC-VP" in digest.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    at(stages, 26, 8)
    assert len(box(stages, CLERK, "Tổng hợp")) == 1


def test_leaders_get_the_board_once_a_week(assigned: Stages) -> None:
    leader = staff(assigned, "sotaichinh", "leader")
    for day, hour in ((23, 11), (25, 9), (30, 9)):
        at(assigned, day, hour)
    boards = box(assigned, leader, "Tiến độ xử lý văn bản")
    assert len(boards) == 2
    text = boards[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "1 quá hạn" in text and "701/STP-VP" in text


@pytest.fixture
def client(assigned: Stages) -> Iterator[httpx.Client]:
    object.__setattr__(assigned.hub.config.web, "port", 0)
    listener = WebListener(assigned.hub)
    listener.start()
    object.__setattr__(assigned.hub.config.web, "port", listener.port)
    with httpx.Client(trust_env=False) as opened:
        yield opened
    listener.close()


def test_a_calendar_behind_a_secret_address(assigned: Stages, client: httpx.Client) -> None:
    expert = staff(assigned, "sotaichinh", "specialist")
    url = assigned.act("staff.calendar", address=expert)["url"]
    assert assigned.act("staff.calendar", address=expert)["url"] == url
    feed = Calendar.from_ical(client.get(url).content)
    (event,) = feed.walk("VEVENT")
    assert "701/STP-VP" in str(event["SUMMARY"]) and event.decoded("DTSTART").isoformat() == "2026-11-27"
    fresh = assigned.act("staff.calendar", address=expert, new=True)["url"]
    assert client.get(url).status_code == 404 and client.get(fresh).status_code == 200


@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("staff.notices", {"address": CLERK, "style": "never"}),
        ("staff.notices", {"address": "nobody@binhlam.example", "style": "daily"}),
        ("staff.away", {"address": CLERK, "substitute": CLERK, "first": "2026-11-26", "last": "2026-11-26"}),
        ("staff.away", {"address": CLERK, "substitute": FINANCE, "first": "x", "last": "2026-11-26"}),
        ("staff.away", {"address": CLERK, "substitute": "", "first": "2026-11-27", "last": "2026-11-26"}),
    ],
)
def test_wishes_that_make_no_sense_are_refused(stages: Stages, command: str, given: dict[str, str]) -> None:
    with pytest.raises(Exception, match=r".+"):
        stages.act(command, **given)


def test_a_units_mailbox_may_have_digests_too(stages: Stages) -> None:
    assert stages.act("staff.notices", address=intake("soyte"), style="hourly")["style"] == "hourly"
