"""What is not a document's fault does not count against it; what is, parks it and nothing else."""

from datetime import date
from pathlib import Path

from connectors.readers.pool import ReaderPool
from hub.control import Request, perform
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)


def test_without_readers_everything_waits_and_nothing_is_given_up(stages: Stages) -> None:
    readers, closed = stages.hub.readers, ReaderPool(1)
    closed.close()
    stages.hub.readers = closed
    stages.mail(person("anhttn"), [text_file("sotuphap", "1/STP-VP", day=DAY)])
    for _try in range(12):
        stages.forward(seconds=6)
        stages.work()
    assert stages.documents() == [] and stages.parked() == []
    stages.hub.readers = readers
    stages.forward(seconds=6)
    stages.work()
    assert stages.document("1/STP-VP")["status"] == "routed"


def test_a_lost_file_parks_its_document_and_the_next_goes_through(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "2/STP-VP", day=DAY)], work=False)
    (blob,) = [path for path in Path(stages.hub.data / "blobs").rglob("*") if path.is_file()]
    blob.chmod(0o600)
    content = blob.read_bytes()
    blob.write_bytes(b"damaged")
    stages.mail(person("anhttn"), [text_file("sotuphap", "3/STP-VP", day=DAY)])
    for _try in range(4):
        stages.forward(minutes=1)
        stages.work()
    assert stages.document("3/STP-VP")["status"] == "routed"
    waits = [step["id"] for step in stages.parked()] + [case["id"] for case in stages.cases("review")]
    assert len(waits) == 1, "the damaged one is before a person"
    blob.write_bytes(content)
    if stages.parked():
        stages.act("queue.retry", step=stages.parked()[0]["id"])
        assert stages.document("2/STP-VP")["status"] == "routed"


def test_a_command_that_fails_is_answered_with_a_sentence(stages: Stages) -> None:
    for request in (
        Request("hold.send", "console:x", {"case": 1, "to": "soyte", "role": "nonsense"}),
        Request("hold.send", "console:x", {"nothing": "of the sort"}),
        Request("no.such.command", "console:x", {}),
        Request("review.accept", "console:x", {"case": "one"}),
    ):
        assert perform(stages.hub, request).error


def test_a_rule_of_one_unit_refuses_for_that_unit_only(stages: Stages) -> None:
    source = """
[set]
name = "Sở Y tế"

[[rule]]
name = "tra-lai"
title = "Không nhận"
when = { subject = ["quảng cáo"] }
then = { refuse = "Không nhận quảng cáo." }
"""
    stages.act("rules.publish", source=source, scope="soyte")
    to = [intake("soyte"), intake("sogddt")]
    stages.mail(person("anhttn"), [text_file("btp", "4/BTP-VP", "quảng cáo sách", day=DAY)], to)
    found = stages.document("4/BTP-VP")
    assert found["status"] == "routed" and stages.receivers(found["id"]) == {"sogddt"}
    stages.mail(person("anhttn"), [text_file("btp", "5/BTP-VP", "quảng cáo báo", day=DAY)], to[:1])
    assert stages.document("5/BTP-VP")["status"] == "refused" and stages.numbers("soyte") == []
