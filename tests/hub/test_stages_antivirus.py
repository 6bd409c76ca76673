"""Infected files are locked away and their sender is told; what nobody looked at is never clean (S12)."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest

from hub.doctor.machine import virus_scanner
from rules.vocabulary import SenderVerdict
from storage import search
from tests.clamd import EICAR, ScriptedClamd
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)
BAD = ("12-STP.pdf", b"%PDF-1.4\n" + EICAR)


def use(stages: Stages, address: str) -> None:
    """The hub with this antivirus."""
    checks = dataclasses.replace(stages.hub.config.checks, clamd=address, clamd_seconds=5.0)
    stages.hub.config = dataclasses.replace(stages.hub.config, checks=checks)


@pytest.fixture
def server(stages: Stages) -> Iterator[ScriptedClamd]:
    with ScriptedClamd().serving() as made:
        use(stages, made.address)
        yield made


def box(stages: Stages, name: str) -> list[str]:
    """The mails of somebody, each as its plain text."""
    folder = stages.hub.data / "mail" / "binhlam.example" / name
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("new/*")]
    parts = [mail.get_body(("plain",)) for mail in mails]
    return [part.get_content() for part in parts if part is not None]


def test_a_clean_file_says_so_in_listings(stages: Stages, server: ScriptedClamd) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "1/STP-VP", day=DAY)])
    found = stages.document("1/STP-VP")
    assert [(file["antivirus"], file["warnings"]) for file in found["files"]] == [("clean", [])]
    with stages.hub.database.reading() as connection:
        assert list(search.find(connection, "1/STP-VP")) == [found["id"]]


def test_an_infected_file_is_locked_and_the_sender_told(stages: Stages, server: ScriptedClamd) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "2/STP-VP", day=DAY), BAD])
    (case,) = stages.cases("quarantine")
    assert (case["reason"], case["detail"]) == ("infected", "Eicar-Test-Signature")
    assert stages.documents() == [] and stages.deliveries() == []
    (told,) = box(stages, "anhttn")
    assert "Eicar-Test-Signature" in told
    stages.act("quarantine.release", case=case["id"], reason="thử nghiệm")
    marks = {file["antivirus"] for document in stages.documents() for file in document["files"]}
    assert "infected Eicar-Test-Signature" in marks and stages.cases("quarantine") == []


def test_a_stranger_is_not_told(stages: Stages, server: ScriptedClamd) -> None:
    stages.mail("x@nguoi-la.example", [BAD], verdict=SenderVerdict.UNVERIFIED)
    assert len(stages.cases("quarantine")) == 1
    assert {row["unit"] for row in stages.deliveries(kind=None)}.isdisjoint({"person:x@nguoi-la.example"})


def test_mail_between_people_is_looked_at_too(stages: Stages, server: ScriptedClamd) -> None:
    server.verdict = "stream: OK"
    to = person("datlt")
    stages.act("mailbox.issue", people=[to])
    before = len(box(stages, "datlt"))
    stages.mail(person("anhttn"), text=EICAR.decode(), to=[to])
    assert [case["reason"] for case in stages.cases("quarantine")] == ["infected"]
    assert len(box(stages, "datlt")) == before
    stages.mail(person("anhttn"), text="họp lúc 14 giờ", to=[to])
    assert len(box(stages, "datlt")) == before + 1


def test_when_clamd_is_away_mail_goes_on_and_nothing_is_clean(stages: Stages) -> None:
    use(stages, "127.0.0.1:1")
    stages.mail(person("anhttn"), [text_file("sotuphap", "3/STP-VP", day=DAY)], to=[intake("soyte")])
    (file,) = stages.document("3/STP-VP")["files"]
    assert file["antivirus"] == "not scanned no-answer"
    (check,) = virus_scanner(stages.hub)
    assert check.state == "error" and "127.0.0.1:1" in check.text


def test_without_an_antivirus_files_are_not_scanned(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "4/STP-VP", day=DAY)])
    assert [file["antivirus"] for file in stages.document("4/STP-VP")["files"]] == ["not scanned"]
    assert [check.state for check in virus_scanner(stages.hub)] == ["ok"]


def test_the_doctor_looks_at_signatures(stages: Stages, server: ScriptedClamd) -> None:
    assert [check.state for check in virus_scanner(stages.hub)] == ["ok"]
    server.version = "ClamAV 1.4.6/26000/Tue Jan 06 08:00:00 2026"
    assert [check.state for check in virus_scanner(stages.hub)] == ["warning"]
