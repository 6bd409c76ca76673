"""A small month counted by hand, every figure of it opened down to its rows (DOMAIN 8.1)."""

from datetime import date, timedelta

import pytest

from hub import schedule
from hub.reporting import compliance, history, opening, returned
from hub.reporting.compliance import Compliance, UnitLine
from rules.compliance.measures import BY_CODE, Light, Reading, Scale
from rules.reporting.period import Period, named
from rules.vocabulary import SenderVerdict
from storage import period_figures, returns
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)
CLERK, LEADER, SPECIALIST = person("anhttn"), person("nghiadh"), person("duyendm")  # of sotuphap
SAID = {"1.1": "Hoàng Thị Ngọc Ánh", "2.1": True, "2.3": False, "7.1": 0, "9.2": "đại học", "9.4": "quay số"}


def _period() -> Period:
    found = named("2026-12")
    assert found is not None
    return found


@pytest.fixture
def month(stages: Stages) -> Stages:
    """15 November to 14 December 2026; the clock stands at 23 November.

    sotuphap (6 people, an administrator among them) sends
        11/STP-VP  to sotaichinh
        12/STP-VP  to soyte, and paper will follow
        13/KH-STP  a plan, to ttth
        15/STP-VP  to sotaichinh; 14 is missing
    its clerk searches twice and has a mailbox, so has a specialist who sent nothing; a leader looks
    at what is overdue; its return is there in time. sotaichinh was asked and has not answered; a letter
    from a stranger waits for its clerk. soyte scans a letter of the ministry and was not asked.
    """
    mine = {"day": DAY, "block": ("Như trên", "Lưu: VT")}
    stages.mail(CLERK, [text_file("sotuphap", "11/STP-VP", **mine)])
    stages.mail(CLERK, [text_file("sotuphap", "12/STP-VP", to=["Sở Y tế"], **mine)])
    stages.act("paper.expect", CLERK, document=stages.document("12/STP-VP")["id"])
    plan = {"kind": "KẾ HOẠCH", "block": ("Trung tâm Tin học", "Lưu: VT"), "day": DAY}
    stages.mail(CLERK, [text_file("sotuphap", "13/KH-STP", "triển khai ba phần mềm dùng chung", **plan)])
    stages.mail(CLERK, [text_file("sotuphap", "15/STP-VP", **mine)])
    stages.scan("soyte", "incoming", text_file("bnv", "77/BNV-VP", to=["Sở Y tế"], day=DAY))
    strange = [text_file("btp", "5/BTP-VP", to=["Sở Tài chính"], day=DAY)]
    intake = "vanthu.sotaichinh@binhlam.example"
    stages.mail("la@xa.example", strange, to=[intake], verdict=SenderVerdict.UNVERIFIED)
    stages.act("access.count", CLERK, action="search")
    stages.act("access.count", CLERK, action="search")
    stages.act("access.count", LEADER, action="overdue")
    stages.act("mailbox.issue", people=[CLERK, SPECIALIST])
    _ask(stages)
    return stages


def _ask(stages: Stages) -> None:
    now = stages.clock.now()
    limits = {"due_on": date(2026, 12, 24), "late_from": now + timedelta(days=31)}
    forms: dict[str, dict[str, object]] = {"sotuphap": {}, "sotaichinh": {}}
    with stages.hub.database.transaction() as connection:
        made = returns.ask(
            connection, "compliance", "2026-12", forms, now=now, closes_at=now + timedelta(days=40), **limits
        )
        form = next(row.id for row in made if row.unit == "sotuphap")
        returns.hand_in(connection, form, SAID, by=CLERK, channel="mail", now=now + timedelta(days=30))


def _counted(stages: Stages) -> Compliance:
    with stages.hub.database.reading() as connection:
        answers = returned.answers(stages.hub, connection, _period())
        return compliance.compliance(stages.hub, connection, _period(), answers)


def _line(made: Compliance, unit: str) -> UnitLine:
    return next(line for line in made.units if line.code == unit)


# (value, out of, not answered) of sotuphap, sotaichinh, soyte, counted by hand from what `month` says.
BY_HAND: dict[str, tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]] = {
    "O03": ((4, 4, 0), (2, 2, 0), (2, 2, 0)),  # soyte: 12/STP-VP by mail, 77/BNV-VP as a scan
    "O06": ((1, 1, 0), (1, 1, 0), (1, 1, 0)),
    "O09": ((1, 1, 0), (0, 1, 0), (0, 1, 0)),
    "O13": ((4, 4, 0), (2, 3, 0), (2, 2, 0)),  # the stranger's letter was registered by nobody
    "O14": ((4, 5, 0), (2, 2, 0), (2, 2, 0)),  # 14 stands in no entry
    "O15": ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    "O16": ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    "O17": ((2, 3, 0), (1, 3, 2), (1, 3, 0)),  # sotaichinh did not say, soyte was not asked
    "O20": ((1, 1, 0), (0, 1, 0), (0, 1, 0)),
    "O21": ((1, 1, 0), (0, 1, 0), (0, 1, 0)),
    "O22": ((1, 6, 0), (0, 6, 0), (0, 7, 0)),
    "O23": ((0, 1, 0), (0, 1, 1), (0, 0, 0)),  # 0 drafts is an answer
    "O24": ((1, 1, 0), (0, 1, 1), (0, 0, 0)),
    "O25": ((4, 4, 0), (0, 0, 0), (0, 0, 0)),
    "O26": ((0, 1, 1), (0, 1, 1), (1, 1, 0)),
    "O27": ((3, 4, 0), (0, 0, 0), (0, 0, 0)),  # paper follows 12/STP-VP
    "O29": ((0, 1, 0), (0, 1, 1), (0, 0, 0)),
    "O30": ((1, 1, 0), (0, 1, 0), (0, 0, 0)),
}


def test_every_figure_equals_the_count_by_hand(month: Stages) -> None:
    made = _counted(month)
    found = {
        code: tuple(
            (reading.value, reading.of, reading.unanswered)
            for reading in (_line(made, unit).readings[code] for unit in ("sotuphap", "sotaichinh", "soyte"))
        )
        for code in BY_CODE
    }
    assert found == BY_HAND
    assert len(made.units) == 27  # deployed on 14 December 2026, with books of their own
    # The whole: ttth got the plan, and bdh112 too, because a rule of the sample sends it every plan.
    assert made.whole["O20"] == Reading(1, 27) and made.whole["O09"] == Reading(1, 27)
    assert made.whole["O13"] == Reading(10, 11) and made.whole["O25"] == Reading(4, 4)
    assert made.whole["O30"] == Reading(1, 2) and made.whole["O23"] == Reading(0, 2, 1)


def test_every_figure_opens_down_to_its_rows(month: Stages) -> None:
    made = _counted(month)
    with month.hub.database.reading() as connection:
        said = returned.answers(month.hub, connection, _period())
        for line in made.units:
            for code, reading in line.readings.items():
                answers = said.get(line.code, returned.UNASKED)
                rows = opening.opened(month.hub, connection, _period(), line.code, code, answers)
                counted = [row for row in rows if row.counted]
                if BY_CODE[code].scale is Scale.SHARE and code != "O16":
                    assert (len(counted), len(rows)) == (reading.value, reading.of), (line.code, code)
                elif code != "O20":  # which wants both an entry and a look-up
                    assert bool(counted) == bool(reading.value) or reading.unanswered, (line.code, code)


def test_a_row_says_what_it_is_and_why(month: Stages) -> None:
    with month.hub.database.reading() as connection:
        ask = returned.answers(month.hub, connection, _period())["sotuphap"]
        electronic = opening.opened(month.hub, connection, _period(), "sotuphap", "O27", ask)
        complete = opening.opened(month.hub, connection, _period(), "sotuphap", "O14", ask)
        people = opening.opened(month.hub, connection, _period(), "sotuphap", "O22", ask)
    assert [row.why for row in electronic if not row.counted] == ["paper follows"]
    assert [(row.kind, row.id) for row in complete if not row.counted] == [("missing number", "14")]
    assert {row.id: row.why for row in people} == {
        **dict.fromkeys((person(n) for n in ("nghiadh", "datlt", "giangnh", "tamdv")), "no mailbox"),
        CLERK: "sent mail",
        SPECIALIST: "sent nothing",
    }


def test_a_type_with_a_series_of_its_own_leaves_no_gap(month: Stages) -> None:
    notice = text_file("sotuphap", "900/TB-STP", kind="THÔNG BÁO", day=DAY)
    month.mail(CLERK, [notice])
    reading = _line(_counted(month), "sotuphap").readings["O14"]
    assert (reading.value, reading.of) == (5, 7)  # of the letters' series 13 and 14, and not 16 to 899
    with month.hub.database.reading() as connection:
        ask = returned.answers(month.hub, connection, _period())["sotuphap"]
        rows = opening.opened(month.hub, connection, _period(), "sotuphap", "O14", ask)
    assert [row.id for row in rows if not row.counted] == ["13", "14"]


def test_no_answer_is_not_nought_and_silence_is_not_better_than_an_honest_no(month: Stages) -> None:
    made = _counted(month)
    honest, silent = _line(made, "sotuphap"), _line(made, "sotaichinh")
    assert honest.lights["O23"] is Light.RED and silent.lights["O23"] is Light.UNKNOWN
    assert silent.score.unanswered == 5 and silent.score.applicable > silent.score.met + 5
    assert _line(made, "soyte").lights["O23"] is Light.NONE


def test_what_was_frozen_does_not_change_with_later_work(month: Stages) -> None:
    month.clock.moment += timedelta(days=22)  # 15 December: the period is over
    before = _counted(month)
    history.freeze(month.hub, _period())
    month.act("access.count", person("thuylt"), action="search")
    entry = month.document("15/STP-VP")["entries"][0]["id"]
    month.act("registers.void", CLERK, entry=entry, reason="nhầm")
    after = _counted(month)
    assert after.whole == before.whole
    with month.hub.database.reading() as connection:
        assert len(period_figures.frozen(connection, "2026-12")) == 27


def test_the_clock_keeps_the_counts_of_a_month_that_is_over_once(month: Stages) -> None:
    month.clock.moment += timedelta(days=22)
    for _tick in range(2):
        schedule.tick(month.hub)
        month.work()
    with month.hub.database.reading() as connection:
        kept = period_figures.frozen(connection, "2026-12")
    assert len(kept) == 27 and len({row.frozen_at for row in kept}) == 1


def test_a_month_that_is_not_over_is_not_frozen(month: Stages) -> None:
    history.freeze(month.hub, _period())
    with month.hub.database.reading() as connection:
        assert not period_figures.frozen(connection, "2026-12")


def test_twelve_months_of_reports_make_a_trend(month: Stages) -> None:
    with month.hub.database.transaction() as connection:
        for name, kept in (("2026-10", 1), ("2026-11", 3)):
            period = named(name)
            assert period is not None
            period_figures.freeze(connection, name, {"sotuphap": {}}, month.clock.now())
            history.keep(connection, period, {"sotuphap": {"O27": Reading(kept, 4)}}, month.clock.now())
    made = _counted(month)
    assert made.trends["O27"] == (*(None,) * 9, 0.25, 0.75, 0.75)
    assert made.lights["O27"] is Light.GREEN  # 3 of 4 as the month before: it does not fall
    assert _line(made, "sotuphap").change == _line(made, "sotuphap").score.met - 1


def test_a_month_before_anybody_worked_is_empty_and_no_error(stages: Stages) -> None:
    period = named("2026-03")
    assert period is not None
    with stages.hub.database.reading() as connection:
        made = compliance.compliance(stages.hub, connection, period)
    assert made.whole["O25"].of == 0
    assert compliance.rows(made)[0]["measures"]["O25"]["light"] == "none"
