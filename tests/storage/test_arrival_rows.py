"""What came in, what waits because of it, and the bytes of it all."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from rules.values.arrival import Envelope, Spooled
from rules.vocabulary import ArrivalState, DocumentStatus, SenderVerdict, WaitingList
from storage import arrivals, documents, waiting
from storage.blobs import BlobDamaged, BlobMissing, LocalBlobs
from storage.engine import Database
from storage.tables.documents import blobs as blob_rows
from tests.storage.filled import NOW, fill

ENVELOPE = Envelope(
    source="smtp",
    account="listener",
    received_at=NOW,
    mail_from="an@binhlam.example",
    recipients=("congvan@binhlam.example", "vanthu.ttth@binhlam.example"),
    person="an@binhlam.example",
    verdict=SenderVerdict.AUTHENTICATED,
    tls=True,
    file_name="tờ trình.pdf",
)
SHA = "a" * 64


def spooled(envelope: Envelope = ENVELOPE, sha256: str = SHA) -> Spooled:
    return Spooled("1", envelope, sha256, 12, Path("x"))


def record(database: Database, parcel: Spooled) -> int | None:
    with database.transaction() as connection:
        return arrivals.record(connection, parcel)


def test_the_same_parcel_is_recorded_once(database: Database) -> None:
    first = record(database, spooled())
    assert first is not None
    again = replace(ENVELOPE, received_at=NOW + timedelta(hours=1), recipients=ENVELOPE.recipients[::-1])
    assert record(database, spooled(again)) is None
    others = [
        spooled(replace(ENVELOPE, mail_from="binh@binhlam.example")),
        spooled(replace(ENVELOPE, account="other")),
        spooled(replace(ENVELOPE, recipients=("congvan@binhlam.example",))),
        spooled(sha256="b" * 64),
    ]
    assert None not in {record(database, other) for other in others}
    with database.reading() as connection:
        row = arrivals.get(connection, first)
        assert arrivals.envelope_of(row) == ENVELOPE
        assert row.state == ArrivalState.RECEIVED and row.received_at == NOW
        assert connection.execute(select(func.count()).select_from(blob_rows)).scalar() == 2
        with pytest.raises(NoResultFound):
            arrivals.get(connection, 999)


def test_the_same_parcel_recorded_by_many_at_once_is_recorded_once(
    database: Database, reopen: Callable[[Database], Database]
) -> None:
    hubs = [database] if database.sqlite else [database, reopen(database)]
    made: list[int | None] = []

    def work(mine: Database) -> None:
        for number in range(25):
            parcel = spooled(sha256=f"{number:064x}")
            made.append(record(mine, parcel))

    threads = [threading.Thread(target=work, args=[hubs[number % len(hubs)]]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 100 and sum(identity is not None for identity in made) == 25


def test_one_document_may_come_often(database: Database, tmp_path: Path) -> None:
    [document] = fill(database, LocalBlobs(tmp_path / "blobs"), 1)
    second = record(database, spooled())
    assert second is not None
    with database.transaction() as connection:
        arrivals.link(connection, second, document, "known")
        arrivals.link(connection, second, document, "known")
        arrivals.settle(connection, second, ArrivalState.KNOWN, outcome="known")
        rows = arrivals.of_document(connection, document)
        assert [(row.how, row.state) for row in rows] == [("registered", "registered"), ("known", "known")]


def test_the_first_to_answer_decides(database: Database) -> None:
    with database.transaction() as connection:
        case = waiting.open_case(connection, WaitingList.HOLD, "sonoivu", "unresolved", NOW, detail="Ông X")
        other = waiting.open_case(connection, WaitingList.HOLD, "ttth", "rule", NOW)
        assert waiting.resolve(connection, case, "an", "sent to ttth", NOW)
        assert not waiting.resolve(connection, case, "binh", "dropped", NOW)
    with database.reading() as connection:
        row = waiting.get(connection, case)
        assert row is not None and (row.resolved_by, row.answer) == ("an", "sent to ttth")
        assert [item.id for item in waiting.listing(connection, WaitingList.HOLD)] == [other]
        assert waiting.listing(connection, WaitingList.HOLD, "sonoivu") == []
        assert waiting.listing(connection, WaitingList.REVIEW) == []


def test_documents_are_found_by_identity_number_and_content(database: Database, tmp_path: Path) -> None:
    first, second = fill(database, LocalBlobs(tmp_path / "blobs"), 2)
    with database.transaction() as connection:
        documents.change(connection, first, identity_key="k", symbol_key="1snv")
        documents.change(connection, second, identity_key="k", status=DocumentStatus.REFUSED)
    with database.reading() as connection:
        row = documents.get(connection, first)
        assert row is not None and documents.get(connection, 999) is None
        nothing = {"identity_key": "-", "sha256": "-", "issuer": "-", "year": 0, "symbol_key": "-"}
        number = {"issuer": "sonoivu", "year": 2026, "symbol_key": "1snv"}
        for wanted in ({"identity_key": "k"}, {"sha256": row.main_sha256}, number):
            akin = documents.akin(connection, **{**nothing, **wanted})  # type: ignore[arg-type]
            assert [item.id for item in akin] == [first]
        assert documents.akin(connection, **nothing) == []  # type: ignore[arg-type]
        version = documents.latest_version(connection, first)
        assert [file.name for file in documents.files_of(connection, version.id)] == ["a.pdf"]
        assert [item.id for item in documents.listing(connection, unit="sotaichinh")] == [second, first]


def test_blobs_are_kept_once_and_damage_shows_on_reading(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    names = {blobs.put(b"one"), blobs.put(memoryview(b"one")), blobs.put(b"")}
    assert len(names) == 2 and sorted(names) == list(blobs.names())
    name = blobs.put(b"one")
    assert blobs.read(name) == b"one"
    blobs.path(name).write_bytes(b"two")
    with pytest.raises(BlobDamaged):
        blobs.read(name)
    with pytest.raises(BlobMissing):
        blobs.read("0" * 64)
    for hostile in ("../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n"):
        with pytest.raises(ValueError, match="SHA-256"):
            blobs.path(hostile)


def test_a_torn_blob_is_written_again(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    name = blobs.put(b"one two three")
    blobs.path(name).write_bytes(b"one")
    assert blobs.put(b"one two three") == name and blobs.read(name) == b"one two three"


def test_many_put_the_same_blob_at_once(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    threads = [threading.Thread(target=blobs.put, args=[b"x" * 100_000]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [name] = blobs.names()
    assert blobs.read(name) == b"x" * 100_000
    assert [path.name for path in blobs.path(name).parent.iterdir()] == [name]
