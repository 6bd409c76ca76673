"""What clerks decide about what waits: each unit for itself, and new versions."""

from datetime import date

import pytest

from hub.desk.refused import Denied, Refused
from rules.vocabulary import SenderVerdict
from storage import documents
from storage.verify import verify
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)
CLERK = {"sotuphap": person("anhttn"), "soyte": person("huongtt"), "sonoivu": person("huongntm")}


def from_a_stranger(stages: Stages, *units: str) -> dict[str, int]:
    file = text_file("btp", "7/BTP-VP", day=DAY)
    to = [intake(unit) for unit in units]
    stages.mail("ai@la.example", [file], to, verdict=SenderVerdict.UNVERIFIED)
    return {case["unit"]: case["id"] for case in stages.cases("review")}


def test_a_mail_to_several_units_waits_at_each_and_each_decides_for_itself(stages: Stages) -> None:
    cases = from_a_stranger(stages, "sotuphap", "soyte", "sonoivu")
    assert set(cases) == {"sotuphap", "soyte", "sonoivu"}
    with pytest.raises(Denied):
        stages.act("review.accept", CLERK["sotuphap"], case=cases["soyte"])
    stages.act("review.accept", CLERK["soyte"], case=cases["soyte"])
    found = stages.document("7/BTP-VP")
    assert found["status"] == "routed" and stages.receivers(found["id"]) == {"soyte"}
    stages.act("review.refuse", CLERK["sotuphap"], case=cases["sotuphap"], reason="không liên quan")
    stages.act("review.accept", CLERK["sonoivu"], case=cases["sonoivu"])
    assert stages.receivers(found["id"]) == {"soyte", "sonoivu"} and stages.cases("review") == []
    assert stages.numbers("sonoivu") == [(2026, 1)] and stages.numbers("sotuphap") == []


def test_refused_by_all_it_is_refused(stages: Stages) -> None:
    cases = from_a_stranger(stages, "sotuphap", "soyte")
    stages.act("review.refuse", CLERK["soyte"], case=cases["soyte"], reason="nhầm")
    assert stages.document("7/BTP-VP")["status"] == "review"
    stages.act("review.refuse", CLERK["sotuphap"], case=cases["sotuphap"], reason="nhầm")
    assert stages.document("7/BTP-VP")["status"] == "refused"


def test_new_content_becomes_the_next_version(stages: Stages) -> None:
    stages.mail(CLERK["sotuphap"], [text_file("sotuphap", "5/STP-VP", day=DAY, seed="bản đầu")])
    stages.mail(CLERK["sotuphap"], [text_file("sotuphap", "5/STP-VP", day=DAY, seed="bản đã sửa")])
    (case,) = stages.cases("review")
    assert case["reason"] == "same-number-other-text"
    with pytest.raises(Denied):
        stages.act("review.version", CLERK["soyte"], case=case["id"])
    answer = stages.act("review.version", CLERK["sotuphap"], case=case["id"], reason="sửa số liệu")
    assert answer["version"] == 2 and stages.cases("review") == []
    first, second = stages.documents("5/STP-VP")
    assert (first["status"], second["status"]) == ("routed", "version")
    assert stages.numbers("sotuphap", "outgoing") == [(2026, 5)] and stages.numbers("sotaichinh") == [
        (2026, 1)
    ]
    assert [row["state"] for row in stages.deliveries(first["id"])] == ["delivered", "delivered"]
    with stages.hub.database.reading() as connection:
        assert len(documents.files_of(connection, documents.latest_version(connection, first["id"]).id)) == 1
    again = text_file("sotuphap", "5/STP-VP", day=DAY, seed="bản đã sửa")
    stages.mail(CLERK["sotuphap"], [again])
    assert len(stages.documents("5/STP-VP")) == 2 and stages.cases("review") == []
    report = verify(stages.hub.database, stages.hub.blobs)
    assert [item for item in report.findings if item.severity == "error"] == []


def test_a_version_belongs_to_the_same_issuer(stages: Stages) -> None:
    stages.mail(CLERK["soyte"], [text_file("soyte", "8/SYT-VP", day=DAY)])
    stages.mail(CLERK["sotuphap"], [text_file("sotuphap", "5/STP-VP", day=DAY, mark="DỰ THẢO")])
    (case,) = stages.cases("review")
    with pytest.raises(Refused):
        stages.act("review.version", case=case["id"])
    with pytest.raises(Refused):
        stages.act("review.version", case=case["id"], of=stages.document("8/SYT-VP")["id"])


HOLDING = """
[set]
name = "Sở Y tế"

[[rule]]
name = "cho-xem"
title = "Chờ xem"
when = { subject = ["quảng cáo"] }
then = { hold = "Chờ trưởng phòng xem." }
"""


def test_a_units_rule_holds_for_that_unit_only(stages: Stages) -> None:
    stages.act("rules.publish", source=HOLDING, scope="soyte")
    to = [intake("soyte"), intake("sogddt")]
    stages.mail(person("anhttn"), [text_file("btp", "4/BTP-VP", "quảng cáo sách", day=DAY)], to)
    found = stages.document("4/BTP-VP")
    assert found["status"] == "routed" and stages.receivers(found["id"]) == {"sogddt"}
    (case,) = stages.cases("hold")
    assert (case["unit"], case["suggestions"], case["detail"]) == (
        "soyte",
        ["soyte"],
        "Chờ trưởng phòng xem.",
    )
    stages.act("hold.release", case=case["id"])
    assert stages.receivers(found["id"]) == {"sogddt", "soyte"} and stages.numbers("soyte") == [(2026, 1)]
    assert stages.cases("hold") == []
