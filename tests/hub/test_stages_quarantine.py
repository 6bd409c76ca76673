"""What bears a secrecy mark is locked away, told without content, released or purged (PROMISES S17)."""

from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import ImageDraw
from sqlalchemy import select

from connectors.scans.scanners import Scanners
from hub.quarantine.locking import MOST_ALERTS, officers
from rules.values.arrival import Envelope
from rules.vocabulary import ArrivalState, DeliveryState, SenderVerdict
from storage import documents, support
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries
from storage.tables.machinery import journal
from storage.verify import verify
from tests.connectors.scans import drawn
from tests.hub.stages import Stages
from tests.journeys.house import intake, mail, person
from tests.journeys.papers import letter, text_file

DAY = date(2026, 11, 20)
SECRET = "phương án tác chiến khu vực X"
CLERK = "anhttn"
PLAIN = text_file("sotuphap", "8/STP-VP", day=DAY)


def marked(**parts: str) -> tuple[str, bytes]:
    """A letter with a stamp of its own line at its head."""
    return ("ke hoach.txt", letter("sotuphap", "9/KH-STP", SECRET, day=DAY, **parts).encode())


def alerts(stages: Stages) -> list[str]:
    """The mails to the officers, as they lie in their mailboxes."""
    found = []
    for address in officers(stages.hub):
        local, _at, domain = address.partition("@")
        for path in (stages.hub.data / "mail" / domain / local).glob("new/*"):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            part = message.get_body(("plain",))
            if "Cách ly" in str(message["Subject"]) and part is not None:
                found.append(str(message["Subject"]) + part.get_content())
    return found


def inside(subject: str, text: str, how: str) -> EmailMessage:
    """A mail that passes on another one, which has a letter without a mark."""
    inner, outer = EmailMessage(), EmailMessage()
    inner["From"], inner["Subject"] = "a@x.example", subject
    inner.set_content(text)
    inner.add_attachment(PLAIN[1], "application", "octet-stream", filename="a.txt")
    outer["From"], outer["To"], outer["Subject"] = person(CLERK), intake("soyte"), "Fwd: văn bản"
    outer.set_content("Kính chuyển.")
    if how == "whole":
        outer.add_attachment(inner)
    else:
        outer.add_attachment(bytes(inner), "application", "octet-stream", filename="thu.eml")
    return outer


@pytest.mark.parametrize("how", ["whole", "as a file"])
@pytest.mark.parametrize(("subject", "text"), [(f"MẬT - {SECRET}", "x"), ("x", f"TUYỆT MẬT\n{SECRET}")])
def test_a_mark_on_a_mail_inside_a_mail_locks(stages: Stages, subject: str, text: str, how: str) -> None:
    sender = person(CLERK)
    now, to = stages.clock.now(), (intake("soyte"),)
    known = SenderVerdict.AUTHENTICATED
    envelope = Envelope("smtp", "smtp", now, mail_from=sender, recipients=to, person=sender, verdict=known)
    stages.arrive(envelope, inside(subject, text, how).as_bytes(policy=policy.SMTP))
    (case,) = stages.cases("quarantine")
    assert case["detail"] in ("mark-inside", "mark-in-file-name")  # attached whole, its name is its subject
    assert stages.documents() == [] and stages.deliveries() == []


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("name", ["MẬT/kh.txt", "2026/TỐI MẬT/a.txt", "KH (MẬT).txt", "MËT/kÕ ho¹ch.txt"])
def test_a_mark_on_a_name_in_an_archive_locks(stages: Stages, name: str, locked: bool) -> None:
    """Of a file behind a password its name is all that can be read."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(name, PLAIN[1])
    content = out.getvalue()
    if locked:
        at = content.index(b"PK\1\2") + 8
        content = content[:at] + bytes([content[at] | 1]) + content[at + 1 :]
    stages.mail(person(CLERK), [("ho so.zip", content)])
    assert len(stages.cases("quarantine")) == 1 and stages.documents() == []


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ({"files": [marked(mark="TỐI MẬT")]}, "mark-in-document"),
        ({"files": [("KH (MẬT).pdf", b"%PDF-1.4")]}, "mark-in-file-name"),
        (
            {"text": f"TUYỆT MẬT\n{SECRET}", "files": [PLAIN]},
            "mark-in-text",
        ),
        ({"text": f"TUYỆT MẬT\n{SECRET}"}, "mark-in-document"),
        ({"subject": f"[MẬT] {SECRET}"}, "mark-in-subject"),  # by a door that does not look at subjects
    ],
)
def test_a_mark_locks_and_the_officers_learn_no_content(
    stages: Stages, parts: dict[str, object], where: str
) -> None:
    stages.mail(person(CLERK), **parts)  # type: ignore[arg-type]
    (case,) = stages.cases("quarantine")
    assert (case["reason"], case["detail"], case["subject"]) == ("secrecy-mark", where, None)
    assert stages.documents() == [] and stages.deliveries() == []
    told = alerts(stages)
    assert len(told) == len(officers(stages.hub)) > 0
    for words in told:
        assert f"số {case['id']}" in words and "dấu chỉ độ mật" in words
        assert SECRET not in words and "KH (" not in words and person(CLERK) not in words
    with stages.hub.database.reading() as connection:
        (row,) = connection.execute(select(arrivals)).all()
    assert (row.state, row.subject) == (ArrivalState.QUARANTINE, "")


def test_a_false_alarm_is_released_and_goes_its_way(stages: Stages) -> None:
    stages.mail(person(CLERK), [marked(mark="MẬT")])
    (case,) = stages.cases("quarantine")
    stages.act("quarantine.release", case=case["id"], reason="biểu mẫu tập huấn")
    assert stages.cases("quarantine") == []
    assert stages.document("9/KH-STP")["status"] == "routed"
    assert verify(stages.hub.database, stages.hub.blobs).ok
    with pytest.raises(Exception, match=str(case["id"])):
        stages.act("quarantine.release", case=case["id"], reason="x")
    with pytest.raises(Exception, match=r"arrival|lượt đến"):
        stages.act("quarantine.purge", case=case["id"], reason="x")


def posted(stages: Stages) -> list[tuple[str, str]]:
    """Deliveries of mail between people: to whom, and how far."""
    with stages.hub.database.reading() as connection:
        columns = (deliveries.c.address, deliveries.c.state)
        rows = connection.execute(select(*columns).where(deliveries.c.kind == "post")).all()
    return sorted((row.address, row.state) for row in rows)


@pytest.mark.parametrize("also", [(), (intake("soyte"),)])
def test_mail_between_people_is_stopped_too(stages: Stages, also: tuple[str, ...]) -> None:
    to = person("datlt")
    stages.act("mailbox.issue", people=[to])
    stages.mail(person(CLERK), [("KH (MẬT).txt", b"abc")], [to, *also])
    (case,) = stages.cases("quarantine")
    assert case["detail"] == "mark-in-file-name"
    assert {state for _to, state in posted(stages)} <= {DeliveryState.CANCELLED}
    stages.act("quarantine.release", case=case["id"], reason="tên tệp")
    assert posted(stages) == [(to, DeliveryState.DELIVERED)]
    assert stages.cases("quarantine") == []


def asked_for(stages: Stages) -> list[str]:
    """Subjects of the requests for support."""
    with stages.hub.database.reading() as connection:
        return [request.subject for request in support.listing(connection)]


@pytest.mark.parametrize("desk", ["hotro", "baocao"])
def test_mail_to_a_desk_is_stopped_too(stages: Stages, desk: str) -> None:
    stages.mail(person(CLERK), [marked(mark="MẬT")], [f"{desk}@binhlam.example"], subject="Xin hỗ trợ")
    (case,) = stages.cases("quarantine")
    assert case["detail"] == "mark-in-document" and asked_for(stages) == []
    stages.act("quarantine.release", case=case["id"], reason="biểu mẫu tập huấn")
    assert stages.cases("quarantine") == []
    assert asked_for(stages) == (["Xin hỗ trợ"] if desk == "hotro" else [])


def test_purged_bytes_are_gone_from_every_place(stages: Stages) -> None:
    for _time in (1, 2):
        stages.mail(person(CLERK), [text_file("sotuphap", f"{_time}/STP-VP", day=DAY)], work=False)
        stages.mail(person(CLERK), [marked(mark="MẬT")], work=False)
    stages.work()
    first, second = stages.cases("quarantine")
    with stages.hub.database.reading() as connection:
        sha256 = connection.execute(
            select(arrivals.c.sha256).where(arrivals.c.id == first["arrival"])
        ).scalar_one()
    raw = stages.hub.blobs.read(sha256)
    assert any(raw in path.read_bytes() for path in (stages.hub.data / "spool").glob("*.log"))
    answer = stages.act("quarantine.purge", case=first["id"], reason="chuyển đường mật")
    assert answer["copies"] >= 2
    assert not stages.hub.blobs.path(sha256).exists()
    assert not any(raw in path.read_bytes() for path in stages.hub.data.rglob("*") if path.is_file())
    assert [case["id"] for case in stages.cases("quarantine")] == [second["id"]]
    report = verify(stages.hub.database, stages.hub.blobs)
    assert report.findings == ()
    with stages.hub.database.reading() as connection:
        (event,) = connection.execute(select(journal).where(journal.c.event == "purged")).all()
    assert event.facts["sha256"] == [sha256] and event.actor == "console:test"
    again = stages.act("quarantine.purge", case=first["id"], reason="chuyển đường mật")
    assert again["copies"] == 0, "twice is no error"


def test_what_was_purged_and_comes_again_is_locked_again(stages: Stages) -> None:
    content = mail(person(CLERK), [intake("soyte")], [marked(mark="MẬT")])
    envelope = Envelope(
        "smtp", "smtp", stages.clock.now(), person(CLERK), (intake("soyte"),), person=person(CLERK),
        verdict=SenderVerdict.AUTHENTICATED,
    )  # fmt: skip
    stages.arrive(envelope, content)
    (case,) = stages.cases("quarantine")
    stages.act("quarantine.purge", case=case["id"], reason="x")
    stages.arrive(envelope, content)
    (other,) = stages.cases("quarantine")
    assert other["id"] != case["id"]
    assert verify(stages.hub.database, stages.hub.blobs).findings == ()


def test_a_scanned_file_goes_from_the_done_folder_too(stages: Stages) -> None:
    done = stages.hub.data / "scan" / "sotuphap" / "done"
    done.mkdir(parents=True, exist_ok=True)
    name, content = marked(mark="TUYỆT MẬT")
    (done / name).write_bytes(content)
    (done / "other.txt").write_bytes(content[:-1] + b"x")
    stages.scan("sotuphap", "incoming", (name, content))
    (case,) = stages.cases("quarantine")
    assert alerts(stages) and "Sở Tư pháp" in alerts(stages)[0]
    stages.act("quarantine.purge", case=case["id"], reason="x")
    assert sorted(path.name for path in done.iterdir()) == ["other.txt"]


def test_the_same_bytes_of_a_document_in_force_are_not_purged(stages: Stages) -> None:
    stages.mail(person(CLERK), [marked(mark="MẬT")])
    (case,) = stages.cases("quarantine")
    stages.act("quarantine.release", case=case["id"], reason="x")
    with stages.hub.database.reading() as connection:
        sha256 = connection.execute(select(arrivals.c.sha256)).scalar_one()
    with pytest.raises(Exception, match=r"\d"):
        stages.act("quarantine.purge", case=case["id"], reason="x")
    assert stages.hub.blobs.read(sha256)


def test_officers_are_not_flooded(stages: Stages) -> None:
    for number in range(MOST_ALERTS + 3):
        stages.mail(person(CLERK), text=f"MẬT\n{number}", work=False)
    stages.work()
    assert len(stages.cases("quarantine")) == MOST_ALERTS + 3
    assert len(alerts(stages)) == MOST_ALERTS * len(officers(stages.hub))


def test_a_decision_needs_a_reason(stages: Stages) -> None:
    stages.mail(person(CLERK), text="MẬT")
    (case,) = stages.cases("quarantine")
    for command in ("close", "release", "purge"):
        with pytest.raises(Exception, match=r"reason|lý do"):
            stages.act(f"quarantine.{command}", case=case["id"], reason=" ")
    stages.act("quarantine.close", case=case["id"], reason="chuyển đường mật")
    stages.act("quarantine.purge", case=case["id"], reason="also after it was closed")


@pytest.fixture(scope="module")
def scanners() -> Iterator[Scanners]:
    found = Scanners(1)
    if found.lacking or not drawn.FONTS.is_dir():
        pytest.skip(f"{found.lacking or 'fonts-liberation2'} is not installed")
    yield found
    found.close()


def test_a_mark_that_only_a_later_reading_finds_empties_the_rows(stages: Stages, scanners: Scanners) -> None:
    page = drawn.letter()
    ImageDraw.Draw(page).text((1000, 390), "TUYỆT MẬT", 0, drawn.font(15, True))
    stages.scan("sotaichinh", "incoming", ("scan.png", drawn.png(drawn.scanned(page))))
    (case,) = stages.cases("review")
    stages.hub.scanners = scanners
    stages.act("review.read", case=case["id"])
    assert stages.cases("review") == [] and len(stages.cases("quarantine")) == 1
    (found,) = stages.documents()
    assert (found["status"], found["subject"], [f["name"] for f in found["files"]]) == (
        "refused",
        None,
        ["-"],
    )
    (locked,) = stages.cases("quarantine")
    stages.act("quarantine.purge", case=locked["id"], reason="x")
    with stages.hub.database.reading() as connection:
        rows = documents.files_of_all(connection, [found["id"]])
    assert rows and not any(stages.hub.blobs.path(row.sha256).exists() for row in rows)
    assert [f.kind for f in verify(stages.hub.database, stages.hub.blobs).findings] == []
