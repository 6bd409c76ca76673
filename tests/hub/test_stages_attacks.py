"""Mails that lie about who wrote them, and files that cannot be opened: asked of a person, never guessed."""

from email import message_from_bytes
from email.policy import default

from connectors.readers import landlock
from hub.doctor.machine import readers
from rules.values.arrival import Envelope
from tests.hub.stages import Stages
from tests.journeys.house import intake, person

# a PDF whose trailer says that it is encrypted, with a password nobody has
LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/O(" + b"a" * 32 + b")/U(" + b"b" * 32 + b")/P -4>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>"
)


def envelope(stages: Stages) -> Envelope:
    return Envelope("smtp", "smtp", stages.clock.now(), "x@so.example", (intake("soyte"),))


def test_two_from_headers_are_locked_and_can_be_released(stages: Stages) -> None:
    content = b"From: a@x.example\r\nFrom: b@y.example\r\nSubject: 12/CT\r\n\r\nabc"
    stages.arrive(envelope(stages), content)
    (case,) = stages.cases("quarantine")
    assert case["reason"] == "two-from" and stages.documents() == []
    stages.act("quarantine.release", case=case["id"], reason="x")
    assert len(stages.documents()) == 1 and stages.cases("quarantine") == []


def test_a_locked_file_is_registered_for_review_and_the_sender_is_asked(stages: Stages) -> None:
    stages.mail(person("anhttn"), [("12-STP.pdf", LOCKED)])
    (found,) = stages.documents()
    assert [file["state"] for file in found["files"]] == ["encrypted"]
    (case,) = stages.cases("review")
    assert "file-encrypted" in case["detail"].split()
    (receipt,) = stages.deliveries(found["id"], kind="receipt")
    assert receipt["state"] == "delivered"
    box = stages.hub.data / "mail" / "binhlam.example" / "anhttn"
    (mail,) = (message_from_bytes(path.read_bytes(), policy=default) for path in box.glob("new/*"))
    part = mail.get_body(("plain",))
    assert part is not None and "bị khóa bằng mật khẩu" in part.get_content()


def test_the_doctor_says_whether_children_are_confined(stages: Stages) -> None:
    states = [(check.state, check.text) for check in readers(stages.hub)]
    assert all(state == "ok" for state, _text in states) == bool(landlock.version()), states
