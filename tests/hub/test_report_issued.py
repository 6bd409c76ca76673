"""The report is issued: numbered, registered, sent to the board, a page to each unit; each slot once."""

import email
import email.policy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest

from hub.desk.refused import Refused
from hub.letters import Letters
from hub.reporting import compliance, proposing
from hub.reporting.board import issuing
from rules.directory import Directory
from rules.reporting.period import named
from rules.values.sending import Address
from storage import deliveries, period_figures, returns, steps
from storage import directory as directory_rows
from storage.engine import AnyRow
from tests.hub.stages import WORKER, Stages
from tests.hub.test_report_files import text_of
from tests.journeys.house import person
from tests.journeys.papers import text_file

MONTH = "2026-11"
MEASURED = ("sotuphap", "sotaichinh", "soyte")


@pytest.fixture
def province(stages: Stages) -> Stages:
    """Three units that use the hub; one answered in time, one late, one not at all."""
    directory = stages.hub.directory
    units = [
        unit if code in MEASURED else replace(unit, deployed_since=None)
        for code, unit in directory.units.items()
    ]
    smaller = Directory.of(
        units,
        directory.groups.values(),
        directory.outside.values(),
        directory.people.values(),
        directory.posts,
        directory.domains,
    )
    now = stages.clock.now()
    limits = {"due_on": date(2026, 11, 23), "late_from": now + timedelta(hours=14)}
    with stages.hub.database.transaction() as connection:
        directory_rows.replace(connection, smaller)
        forms: dict[str, dict[str, Any]] = {unit: {} for unit in MEASURED}
        made = returns.ask(
            connection, "compliance", MONTH, forms, now=now, closes_at=now + timedelta(days=20), **limits
        )
        by_unit = {row.unit: row.id for row in made}
        returns.hand_in(connection, by_unit["sotuphap"], {"7.1": 3}, by="x@y", channel="mail", now=now)
    stages.hub.refresh()
    stages.late_form = by_unit["sotaichinh"]  # type: ignore[attr-defined]
    return stages


def _pages(stages: Stages) -> list[AnyRow]:
    with stages.hub.database.reading() as connection:
        rows = deliveries.listing(connection, kind="notice")
    return [row for row in rows if row.letter.get("notice") == "unit_page"]


def test_a_report_is_registered_sent_and_supplemented_each_once(province: Stages) -> None:
    stages = province
    issuing._begun(stages.hub, _period(), "report", late=False)  # as if the hub had died after this
    assert stages.act("report.issue", month=MONTH) == {"ordered": True, "symbol": "01/BC-TTTH-HTVB"}
    assert stages.act("report.issue", month=MONTH) == {"ordered": False, "symbol": "01/BC-TTTH-HTVB"}
    (report,) = stages.documents("01/BC-TTTH-HTVB")
    assert (report["type"], report["direction"], report["status"]) == ("Báo cáo", "outgoing", "routed")
    assert {"bdh112", "ubnd"} <= stages.receivers(report["id"])
    assert [file["name"].rpartition(".")[2] for file in report["files"]] == ["pdf", "docx", "xlsx", "csv"]
    assert sorted(row.receiver for row in _pages(stages)) == sorted(MEASURED)
    _supplement(stages)
    with stages.hub.database.reading() as connection:
        kept = period_figures.reported(connection, [MONTH])
        issued = period_figures.issues(connection)
    assert {row.unit: row.readings["O30"] for row in kept} == {
        "sotuphap": [1, 1, 0],
        "sotaichinh": [0, 1, 0],
        "soyte": [0, 1, 0],
    }
    assert [row.symbol for row in issued] == ["02/BC-TTTH-HTVB", "01/BC-TTTH-HTVB"]
    _again(stages)
    assert stages.numbers("ttth", "outgoing") == [(2026, 1), (2026, 2)]  # no number is lost or given twice


def _period() -> Any:
    return named(MONTH)


def _supplement(stages: Stages) -> None:
    """The day after: sotaichinh came late; the page of the others does not go out again."""
    stages.forward(days=2)
    with stages.hub.database.transaction() as connection:
        form = stages.late_form  # type: ignore[attr-defined]
        returns.hand_in(connection, form, {"7.1": 1}, by="x@y", channel="mail", now=stages.clock.now())
    stages.act("report.issue", month=MONTH, supplement=True)
    stages.act("report.issue", month=MONTH, supplement=True)
    pages = [row for row in _pages(stages) if ".supplement." in row.key]
    assert [row.receiver for row in pages] == ["sotaichinh"]
    (supplement,) = stages.documents("02/BC-TTTH-HTVB")
    said = text_of(stages.hub.blobs.read(supplement["files"][0]["sha256"]))
    assert "(bổ sung)" in said and "Sở Tài chính: trễ 2 ngày" in said and "Sở Y tế." in said


def _again(stages: Stages) -> None:
    """The step taken up by a second worker makes nothing new."""
    now = stages.clock.now()
    before = (len(stages.documents()), len(_pages(stages)))
    with stages.hub.database.transaction() as connection:
        payload = {"period": MONTH, "part": "report", "late": False}
        claim = steps.enqueue(connection, issuing.STAGE, 0, now, payload=payload, worker=WORKER)
    issuing.run(stages.hub, claim, WORKER)
    assert (len(stages.documents()), len(_pages(stages))) == before
    assert stages.parked() == []


def test_a_units_page_is_its_own_and_history_stays_when_the_books_change(province: Stages) -> None:
    province.act("report.issue", month=MONTH)
    before = _figures(province)
    province.mail(person("anhttn"), [text_file("sotuphap", "1/STP-VP", day=date(2026, 11, 10))])
    assert _figures(province) == before
    row = next(row for row in _pages(province) if row.receiver == "soyte")
    out = Letters(province.hub).write(row, Address(row.address, "Sở Y tế"))
    mail = email.message_from_bytes(out.headers + out.body + out.shared, policy=email.policy.default)
    (page,) = list(mail.iter_attachments())
    assert page.get_filename() == f"trang-don-vi-{MONTH}-soyte.pdf"
    content = page.get_payload(decode=True)
    assert len(pypdfium2.PdfDocument(content)) == 1
    said = text_of(content)
    assert "Sở Y tế" in said and "Sở Tư pháp" not in said
    body = mail.get_body(("plain",))
    assert body is not None and "chưa gửi báo cáo tháng" in body.get_content()


def test_a_hub_that_was_down_over_both_issues_the_report_once_and_says_that_it_is_late(
    province: Stages,
) -> None:
    move = {"kind": "compliance", "period": MONTH, "at": province.clock.now().isoformat(), "late": True}
    for step, act, skipped in (("supplement", "supplement", ["report"]), ("again", "supplement", [])):
        with province.hub.database.transaction() as connection:
            payload = {**move, "step": step, "act": act, "skipped": skipped}
            steps.enqueue_once(connection, proposing.ISSUE, f"test/{step}", province.clock.now(), 0, payload)
        province.work()
    (report,) = province.documents("01/BC-TTTH-HTVB")
    assert "phát hành muộn hơn thời hạn" in text_of(province.hub.blobs.read(report["files"][0]["sha256"]))
    with province.hub.database.reading() as connection:
        assert [(row.part, row.late) for row in period_figures.issues(connection)] == [("report", True)]


def _figures(stages: Stages) -> Any:
    with stages.hub.database.reading() as connection:
        return compliance.compliance(stages.hub, connection, _period()).whole


def test_what_cannot_be_issued_says_why(province: Stages) -> None:
    for month, words in (("2026-12", "15/12/2026"), ("11/2026", "2026-11"), ("2026-Q3", "2026-11")):
        with pytest.raises(Refused, match=words):
            province.act("report.issue", month=month)
    with pytest.raises(Refused, match=MONTH):
        province.act("report.issue", month=MONTH, supplement=True)
