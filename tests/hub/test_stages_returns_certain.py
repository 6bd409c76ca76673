"""Two years of months for twenty units: every return asked for, nothing twice, whatever the clock does (R10).

The hub's own objects run under a clock that the test moves: proposals, steps, slots, ledger. The report at
the end is the table of figures, because the board's paper takes seconds to write and has tests of its own.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hub import schedule
from hub.app import open_hub
from hub.context import Hub
from hub.reporting import proposing
from hub.reporting.handing_in import form_of, hand_in
from hub.worker import perform
from rules.calendar import Calendar
from rules.reporting.saying import by_words
from storage import returns, steps
from storage.tables.deliveries import deliveries
from storage.tables.reporting import report_slots
from tests.hub.return_house import KIND, few, lines
from tests.hub.stages import WORKER, Stages

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOAK = bool(os.environ.get("VANTHU_SOAK"))
VN = Calendar()
FIRST, MONTHS, UNITS = (2026, 4), 24, 20  # to March 2028: two Tết, two 24 November, a leap day
DOWN = {3, 7, 10, 15, 19, 22}  # months in which the hub is down across the 24th and the 25th
BACK, AHEAD = 5, 12  # months in which the clock jumps: by -3 days on the 16th, by +40 from the 10th


def month(number: int) -> tuple[int, int]:
    at = FIRST[0] * 12 + FIRST[1] - 1 + number
    return at // 12, at % 12 + 1


def moments(number: int) -> list[datetime]:
    """When the hub looks at the clock in a month: where something is due, and in the long form all day."""
    year, of = month(number)
    looks = {(15, 8), (16, 8), (18, 12), (20, 8), (22, 8), (22, 12), (23, 8), (24, 8)}
    looks |= {(14, 17), (19, 8), (21, 8), (25, 8), (26, 10), (27, 12), (28, 8)}
    last = VN.report_due(year, of).day
    looks |= {(last, 12), (last, 17)}
    if SOAK:
        looks |= {(day, hour) for day in (2, 9, *range(14, 29)) for hour in range(7, 19)}
    found = [datetime(year, of, day, hour, 2, tzinfo=ZONE) for day, hour in sorted(looks)]
    if number in DOWN:
        begin, end = datetime(year, of, 23, 7, tzinfo=ZONE), datetime(year, of, 26, 10, tzinfo=ZONE)
        found = [moment for moment in found if not begin < moment < end]
    if number == BACK:
        after = datetime(year, of, 16, 9, tzinfo=ZONE)
        found = sorted(found, key=lambda moment: (moment > after, moment))
        again = [moment - timedelta(days=3) for moment in found if 0 < (moment - after).days < 3]
        at = next(n for n, moment in enumerate(found) if moment > after)
        found[at:at] = again
    return found


def look(hub: Hub, other: Hub) -> None:
    """Two nodes propose at one time; whoever claims a step does it."""
    for node in (hub, other) if hub.local(hub.now()).hour == 8 else (hub,):
        with node.database.transaction() as connection:
            proposing.propose(node, connection, node.now())
    work(hub)


def work(hub: Hub) -> None:
    while claim := steps.claim(hub.database, (proposing.ASK, proposing.COLLECT), WORKER, hub.now()):
        perform(hub, claim, WORKER)


def answer_some(hub: Hub, number: int, local: datetime) -> None:
    """Most answer on the 18th or so, some on the day after the 25th, the last one never."""
    turn = {18: range(14), 22: range(14, 17), 27: range(17, 19)}.get(local.day)
    if turn is None or local.hour != 12:
        return
    with hub.database.reading() as connection:
        missing = sorted(returns.missing(connection, KIND, f"{local:%Y-%m}"), key=lambda row: row.unit)
        forms = [form_of(hub, connection, row.id) for row in missing]
    chosen = [form for n, form in enumerate(forms) if form is not None and n < len(turn)]
    if not SOAK:  # the whole way in takes too long for so many, and has tests of its own
        with hub.database.transaction() as connection:
            for form in chosen:
                returns.hand_in(connection, form.row.id, {}, by="x", channel="mail", now=hub.now())
        return
    for form in chosen:
        outcome = hand_in(hub, f"{form.row.unit}@x", form, by_words(form.kind, lines()), channel="mail")
        assert outcome.version == 1, outcome.faults


@pytest.fixture
def running(stages: Stages) -> tuple[Hub, Hub]:
    """Two hubs on one database, asking twenty units."""
    with stages.hub.database.reading() as connection:
        stages.hub.refresh_from(connection)
    day = datetime(*FIRST, 1, tzinfo=ZONE).date()
    codes = [
        code
        for code, unit in stages.hub.directory.units.items()
        if unit.keeps_books and unit.deployed_since and unit.deployed_since <= day and unit.valid_to is None
    ]
    few(stages, *codes[:UNITS])
    other = open_hub(stages.hub.data, clock=stages.clock)
    return stages.hub, other


@pytest.mark.timeout(3600)
def test_24_months_of_20_units(stages: Stages, running: tuple[Hub, Hub]) -> None:
    hub, other = running
    for number in range(MONTHS):
        for moment in moments(number):
            if (number == AHEAD and moment.day > 9) or (number == AHEAD + 1 and moment.day < 20):
                continue  # the clock went from the 9th of one month to the 20th of the next
            stages.clock.moment = moment
            look(hub, other)
            answer_some(hub, number, moment)
    other.database.close()
    with hub.database.reading() as connection:
        slots = connection.execute(select(report_slots)).all()
        mails = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
    months = {"{}-{:02d}".format(*month(number)) for number in range(MONTHS)}

    asked = Counter((slot.period, slot.unit) for slot in slots if slot.step == "form" and slot.unit)
    assert len(asked) == sum(asked.values()) == MONTHS * UNITS == 480
    assert {period for period, _unit in asked} == months

    reports = Counter(slot.period for slot in slots if slot.step == "report" and not slot.unit)
    assert set(reports) == months and set(reports.values()) == {1}
    late = {slot.period for slot in slots if slot.step == "report" and slot.late}
    down = {"{}-{:02d}".format(*month(number)) for number in DOWN | {AHEAD}}
    assert late == down

    sent = Counter(
        (row.letter["period"], row.address, row.letter["supplement"])
        for row in mails
        if row.letter.get("notice") == "figures_collected"
    )
    assert {period for period, _to, more in sent if not more} == months and set(sent.values()) == {1}

    told = [row for row in mails if row.letter.get("notice") == "return_asked"]
    forms = [row for row in told if row.letter["level"] == "form"]
    assert len(forms) == len({row.letter["form"] for row in forms}) == 480
    per_day = Counter((row.letter["form"], row.address, hub.local(row.created_at).date()) for row in told)
    levels = Counter((row.letter["form"], row.address, row.letter["level"], row.created_at) for row in told)
    assert set(levels.values()) == {1}
    assert max(per_day.values()) <= 1, [key for key, count in per_day.items() if count > 1][:5]
    with hub.database.reading() as connection:
        assert not steps.parked(connection)
    weekend = [row for row in told if row.letter["level"] == "missing"]
    assert weekend and all(hub.calendar.working_day(hub.local(row.created_at).date()) for row in weekend)


def test_the_schedule_ticks_the_ladders(stages: Stages) -> None:
    few(stages, "sotuphap")
    schedule.tick(stages.hub)
    stages.clock.moment = datetime(2026, 12, 15, 8, 1, tzinfo=ZONE)
    schedule.tick(stages.hub)
    schedule.tick(stages.hub)
    work(stages.hub)
    with stages.hub.database.reading() as connection:
        done = returns.slots(connection, KIND, "2026-12", unit="sotuphap")
    assert [slot.step for slot in done] == ["form"]
