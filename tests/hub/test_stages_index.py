"""The attack corpus through the stages: what a clerk sees of each file, as INDEX.tsv says a safe hub does."""

import os
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path

import pytest

from rules.values.arrival import Envelope
from rules.vocabulary import ArrivalState, SenderVerdict
from storage.tables.arrivals import arrivals
from tests.hub.stages import Stages
from tests.journeys.house import intake

CORPORA = Path(os.environ.get("VANTHU_CORPORA", Path(__file__).parents[2].parent / "shared" / "corpora"))
MADE = CORPORA / "attack" / "made"
SENDER = intake("sotaichinh")
STATES = {  # of mails; every other one is registered or waits for a person
    "auto-reply.eml": ArrivalState.AUTOMATIC,
    "two-from.eml": ArrivalState.QUARANTINE,
}
MARKS = {  # of files, as lists show them
    "bomb-nested-4x16.zip": "parts-capped",
    "embedded-exe.pdf": "embedded-files",
    "encrypted-flag.pdf": "encrypted",
    "external-template.docx": "remote-template",
    "js-openaction.pdf": "active-content",
    "laughs.docx": "dtd",
    "launch-uri.pdf": "active-content",
    "pixel-bomb-50000.png": "too-large",
    "quadratic.docx": "dtd",
    "tiff-20000-pages.tif": "pages-cut",
    "xxe-file.docx": "dtd",
}
HERE = sorted(path.name for path in MADE.iterdir()) if MADE.is_dir() else []
MAILS = [name for name in HERE if name.endswith(".eml")] or ["auto-reply.eml"]
FILES = [name for name in HERE if not name.endswith((".eml", ".tsv", ".json"))] or ["empty.pdf"]


def attack(name: str) -> bytes:
    if not (MADE / name).is_file():
        pytest.skip(f"{name} is not in these corpora")
    return (MADE / name).read_bytes()


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_has_a_result_and_puts_nothing_into_ours(stages: Stages, name: str) -> None:
    now, known = stages.clock.now(), SenderVerdict.AUTHENTICATED
    to = (intake("soyte"),)
    envelope = Envelope("smtp", "smtp", now, mail_from=SENDER, recipients=to, person=SENDER, verdict=known)
    stages.arrive(envelope, attack(name))
    with stages.hub.database.reading() as connection:
        (row,) = connection.execute(arrivals.select()).all()
    usual = (ArrivalState.REGISTERED, ArrivalState.REVIEW)
    assert row.state in ((STATES[name],) if name in STATES else usual) and stages.parked() == []
    assert row.received_at == now, "a Date header decides nothing"
    written = list((stages.hub.data / "mail").rglob("new/*"))
    for path in written:
        headers = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert headers["Bcc"] is None and len(headers.get_all("Subject", [])) == 1
        assert "evil" not in str(headers["To"])
    answered = stages.deliveries(kind="receipt")
    assert len(answered) == (0 if name in STATES else 1)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_kept_to_the_octet_marked_and_stops_nobody(stages: Stages, name: str) -> None:
    content = attack(name)
    letter = ("thu.txt", "SỞ TÀI CHÍNH\nSố: 7/STC-NS\nBình Lâm, ngày 20 tháng 11 năm 2026\nV/v x".encode())
    stages.mail(SENDER, [letter, (name, content)], to=[intake("soyte")])
    assert stages.parked() == []
    files = [file for document in stages.documents() for file in document["files"]]
    (kept,) = [file for file in files if file["name"] == name]
    assert kept["sha256"] == sha256(content).hexdigest()
    assert stages.hub.blobs.read(kept["sha256"]) == content
    said = {*kept["warnings"], *([kept["state"]] if kept["state"] == "encrypted" else [])}
    assert MARKS.get(name) in (*said, None)
    assert any(file["name"] == "thu.txt" for file in files)
