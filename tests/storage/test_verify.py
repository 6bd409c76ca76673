"""What verify finds, and that it finds nothing where nothing is wrong (PROMISES R17, R18)."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from rules.vocabulary import ArrivalState, DocumentStatus, StepState
from storage import journal, registers, steps
from storage.blobs import LocalBlobs
from storage.engine import Database
from storage.journal import Event, Head
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import attempts, deliveries
from storage.tables.documents import blobs as blob_rows
from storage.tables.documents import document_texts, documents
from storage.tables.machinery import journal as journal_rows
from storage.tables.machinery import journal_head
from storage.tables.machinery import steps as step_rows
from storage.tables.registers import books, register_entries
from storage.verify import Report, verify
from storage.verify.survey import MOST_PER_KIND
from tests.storage.filled import NOW, fill

Change = Callable[[Any], object]


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


def found(report: Report) -> set[tuple[str, str, str]]:
    return {(item.severity, item.kind, item.subject) for item in report.findings}


def tampered(database: Database, *changes: Any) -> None:
    """Change rows as somebody with the database's password would, past every check of ours."""
    with database.transaction() as connection:
        if not database.sqlite:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for change in changes:
            connection.execute(text(change) if isinstance(change, str) else change)


def loosened(database: Database) -> None:
    """Take the constraints away that would refuse the tampering."""
    if database.sqlite:
        with database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]


def test_a_hub_without_faults_gives_no_finding(database: Database, blobs: LocalBlobs) -> None:
    fill(database, blobs)
    seen: list[tuple[int, int | None, str]] = []

    def progress(done: int, total: int | None = None, what: str = "") -> None:
        seen.append((done, total, what))

    with database.reading() as connection:
        head = journal.head(connection)
    report = verify(database, blobs, checkpoint=head, progress=progress)
    assert report.findings == () and report.ok
    assert report.counts["blobs"] == 10 and report.counts["entries"] == 10 and report.counts["books"] == 2
    assert report.counts["journal"] == 15 and report.counts["deliveries"] == 10
    assert [what for _done, total, what in seen if total is None] == [
        "database", "journal", "numbers", "rows", "files"
    ]  # fmt: skip
    assert (10, 10, "files") in seen and (15, 15, "journal") in seen


def test_an_empty_hub_is_whole(database: Database, blobs: LocalBlobs) -> None:
    assert verify(database, blobs).findings == ()
    assert verify(database, blobs, checkpoint=Head(0, journal.GENESIS)).findings == ()


def test_a_database_without_a_schema_is_said_to_be_so(postgres_url: str, blobs: LocalBlobs) -> None:
    database = Database(postgres_url)
    assert found(verify(database, blobs)) == {("error", "schema", "database")}
    database.close()


# -- files ------------------------------------------------------------------------


def test_one_bit_in_twenty_of_a_thousand_files_is_found_every_time(
    database: Database, blobs: LocalBlobs
) -> None:
    names = [blobs.put(f"blob {number} ".encode() * 200) for number in range(1000)]
    with database.transaction() as connection:
        rows = [
            {"sha256": name, "size": blobs.path(name).stat().st_size, "created_at": NOW} for name in names
        ]
        connection.execute(insert(blob_rows), rows)
    assert verify(database, blobs).findings == ()
    rotten = set(random.sample(names, 20))
    for name in rotten:
        data = bytearray(blobs.path(name).read_bytes())
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        blobs.path(name).write_bytes(data)
    report = verify(database, blobs)
    assert found(report) == {("error", "blob-changed", f"blob:{name}") for name in rotten}
    assert report.counts["blobs"] == 1000


def test_files_that_are_gone_strange_or_of_another_size(database: Database, blobs: LocalBlobs) -> None:
    fill(database, blobs, 2)
    with database.reading() as connection:
        gone, purged, shrunk, *_ = connection.execute(select(blob_rows.c.sha256)).scalars()
    blobs.path(gone).unlink()
    stray = blobs.put(b"nobody knows me")
    tampered(
        database,
        update(blob_rows).where(blob_rows.c.sha256 == purged).values(purged_at=NOW),
        update(blob_rows).where(blob_rows.c.sha256 == shrunk).values(size=1),
    )
    report = verify(database, blobs)
    assert {
        ("error", "blob-missing", f"blob:{gone}"),
        ("question", "blob-purged-but-there", f"blob:{purged}"),
        ("question", "blob-stray", f"blob:{stray}"),
        ("error", "size-differs", f"blob:{shrunk}"),
    } <= found(report)
    blobs.path(purged).unlink()
    assert not any(purged in item.subject for item in verify(database, blobs).findings)


def test_a_lost_disk_fills_no_memory(database: Database, blobs: LocalBlobs) -> None:
    with database.transaction() as connection:
        rows = [{"sha256": f"{number:064x}", "size": 1, "created_at": NOW} for number in range(500)]
        connection.execute(insert(blob_rows), rows)
    report = verify(database, blobs)
    assert len(report.findings) == MOST_PER_KIND + 1
    assert report.findings[-1].text == str(500 - MOST_PER_KIND)


# -- numbers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "want"),
    [
        ("DELETE FROM register_entries WHERE book = 2 AND number = 3", "number-gap"),
        ("DELETE FROM register_entries WHERE book = 2 AND number = 1", "number-gap"),
        ("DELETE FROM register_entries WHERE book = 2 AND number = 5", "number-next"),
        ("UPDATE register_entries SET number = 9 WHERE book = 2 AND number = 5", "number-gap"),
        ("UPDATE register_entries SET number = 4 WHERE book = 2 AND number = 5", "number-twice"),
        ("UPDATE register_entries SET number = NULL WHERE book = 2 AND number = 5", "number-blank"),
        ("UPDATE books SET next_number = 7 WHERE id = 2", "number-next"),
        ("UPDATE books SET start = 2 WHERE id = 2", "number-below-start"),
    ],
)
def test_a_gap_in_a_book_of_the_hub_is_an_error(
    database: Database, blobs: LocalBlobs, change: str, want: str
) -> None:
    fill(database, blobs)
    loosened(database)
    tampered(database, change)
    report = verify(database, blobs)
    assert want in {item.kind for item in report.findings if item.severity == "error"} and not report.ok


def test_a_void_number_is_there_and_gaps_of_borne_numbers_are_questions(
    database: Database, blobs: LocalBlobs
) -> None:
    fill(database, blobs, 2, first=3)
    fill(database, blobs, 2, first=9)
    with database.transaction() as connection:
        for book in (1, 2):
            entry = registers.lines_of(connection, book)[1]
            assert registers.void(connection, entry.id, "by mistake", "an", NOW)
    report = verify(database, blobs)
    assert [(item.severity, item.kind, item.text) for item in report.findings] == [
        ("question", "number-gap-borne", "sonoivu sonoivu outgoing - 2026: 1-2, 5-8")
    ]
    assert report.ok


def test_a_document_twice_in_one_book_is_an_error(database: Database, blobs: LocalBlobs) -> None:
    fill(database, blobs, 2)
    drop = "DROP INDEX entries_one_per_book"
    again = "CREATE UNIQUE INDEX entries_one_per_book ON register_entries (book, document)"
    with database.transaction() as connection:
        first, second = registers.lines_of(connection, 2)
    tampered(
        database,
        drop,
        update(register_entries).where(register_entries.c.id == second.id).values(document=first.document),
    )
    report = verify(database, blobs)
    assert {("error", "entry-twice", "book:2"), ("error", "entry-changed", f"entry:{second.id}")} <= found(
        report
    )
    back = update(register_entries).where(register_entries.c.id == second.id).values(document=second.document)
    tampered(database, back, f"{again} WHERE voided_at IS NULL")
    assert verify(database, blobs).findings == ()


# -- rows -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "want"),
    [
        (
            delete(attempts).where(attempts.c.delivery == 1),
            ("error", "delivery-without-attempt", "delivery:1"),
        ),
        (
            delete(deliveries).where(deliveries.c.id == 2),
            ("error", "delivery-missing", "document:1"),
        ),
        (
            update(deliveries).where(deliveries.c.id == 1).values(entry=3),
            ("error", "delivery-of-other-entry", "delivery:1"),
        ),
        (
            update(documents).where(documents.c.id == 1).values(main_sha256="0" * 64),
            ("error", "blob-row-missing", "document:1"),
        ),
        (
            update(documents).where(documents.c.id == 1).values(status=DocumentStatus.REGISTERED),
            ("error", "document-without-step", "document:1"),
        ),
        (
            update(documents).where(documents.c.id == 1).values(status=DocumentStatus.REVIEW),
            ("error", "review-without-case", "document:1"),
        ),
        (
            update(documents).where(documents.c.id == 1).values(status=DocumentStatus.HELD),
            ("question", "held-without-case", "document:1"),
        ),
        (
            update(arrivals).where(arrivals.c.id == 1).values(state=ArrivalState.RECEIVED),
            ("error", "arrival-without-step", "arrival:1"),
        ),
        (update(arrivals).where(arrivals.c.id == 1).values(size=7), ("error", "size-differs", "arrival:1")),
        (
            delete(register_entries).where(register_entries.c.document == 1),
            ("error", "document-without-entry", "document:1"),
        ),
        (delete(register_entries).where(register_entries.c.id == 1), ("error", "entry-missing", "entry:1")),
        (
            update(register_entries).where(register_entries.c.id == 1).values(number=77),
            ("error", "entry-changed", "entry:1"),
        ),
        (
            delete(document_texts).where(document_texts.c.document == 1),
            ("question", "not-searchable", "document:1"),
        ),
    ],
)
def test_rows_that_contradict_each_other(
    database: Database, blobs: LocalBlobs, change: Any, want: tuple[str, str, str]
) -> None:
    fill(database, blobs, 2)
    loosened(database)
    tampered(database, change)
    assert want in found(verify(database, blobs))


def test_a_routed_document_that_went_nowhere_and_a_parked_step_are_questions(
    database: Database, blobs: LocalBlobs
) -> None:
    fill(database, blobs, 1)
    with database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW)
        connection.execute(update(step_rows).values(state=StepState.PARKED, error="it hangs"))
        connection.execute(update(deliveries).values(document=None, version=None))
        connection.execute(delete(journal_rows))
        connection.execute(delete(journal_head))
    report = verify(database, blobs)
    assert report.ok
    assert [(item.kind, item.text) for item in report.findings] == [
        ("step-parked", "register it hangs"),
        ("routed-nowhere", "1/SNV"),
    ]


def test_what_the_engine_itself_finds(tmp_path: Path, blobs: LocalBlobs, database: Database) -> None:
    if not database.sqlite:
        return
    fill(database, blobs, 30)
    loosened(database)
    tampered(database, "DELETE FROM arrivals WHERE id = 3")
    assert ("error", "reference-broken", "document_versions:3") in found(verify(database, blobs))
    database.close()
    path = Path(str(database.url.database))
    damaged = bytearray(path.read_bytes())
    for page in range(8, len(damaged) // 4096, 3):
        damaged[page * 4096 + 100 : page * 4096 + 400] = b"\xff" * 300
    path.write_bytes(damaged)
    again = Database(database.url.render_as_string(), read_only=True)
    report = verify(again, blobs)
    assert {item.kind for item in report.findings} & {"database-damaged", "unreadable"} and not report.ok
    again.close()


# -- the journal ------------------------------------------------------------------


def chained(database: Database, count: int = 400) -> Head:
    with database.transaction() as connection:
        events = [
            Event("note", f"arrival:{number}", {"số": number, "x": [0.5, None]}) for number in range(count)
        ]
        return journal.append(connection, "an", events, NOW)


def rewritten(database: Database, start: int) -> None:
    """Recompute all links from ``start`` on, and the head, as a clever forger would."""
    with database.transaction() as connection:
        before = connection.execute(
            select(journal_rows.c.hash).where(journal_rows.c.sequence == start - 1)
        ).scalar_one_or_none()
        link = before or journal.GENESIS
        for row in list(journal.walk(connection, start - 1)):
            values = {**row._mapping, "previous": link}
            link = journal.link_hash(values)
            connection.execute(
                update(journal_rows)
                .where(journal_rows.c.sequence == row.sequence)
                .values(previous=values["previous"], hash=link)
            )
        connection.execute(update(journal_head).values(sequence=row.sequence, hash=link))


COPY = "INSERT INTO journal SELECT"
TAMPERINGS: dict[str, tuple[list[str], str]] = {
    "edit actor": (["UPDATE journal SET actor = 'binh' WHERE sequence = 200"], "journal-changed"),
    "edit event": (["UPDATE journal SET event = 'voided' WHERE sequence = 1"], "journal-changed"),
    "edit subject": (["UPDATE journal SET subject = 'arrival:0' WHERE sequence = 400"], "journal-changed"),
    "edit facts": (["UPDATE journal SET facts = '{}' WHERE sequence = 7"], "journal-changed"),
    "edit time": (["UPDATE journal SET at = '2026-11-23 08:00:00.01' WHERE sequence = 7"], "journal-changed"),
    "edit hash": (["UPDATE journal SET hash = previous WHERE sequence = 7"], "journal-changed"),
    "edit last hash": (["UPDATE journal SET hash = previous WHERE sequence = 400"], "journal-head-wrong"),
    "edit link": (["UPDATE journal SET previous = hash WHERE sequence = 7"], "journal-unlinked"),
    "delete one": (["DELETE FROM journal WHERE sequence = 200"], "journal-missing"),
    "delete first": (["DELETE FROM journal WHERE sequence = 1"], "journal-missing"),
    "delete tail": (["DELETE FROM journal WHERE sequence > 390"], "journal-tail-missing"),
    "delete all": (["DELETE FROM journal"], "journal-tail-missing"),
    "delete head": (["DELETE FROM journal_head"], "journal-beyond-head"),
    "close the gap": (
        [
            "DELETE FROM journal WHERE sequence = 200",
            "UPDATE journal SET sequence = 200 WHERE sequence = 201",
            "UPDATE journal SET sequence = 201 WHERE sequence = 400",
        ],
        "journal-changed",
    ),
    "reorder": (
        [
            "UPDATE journal SET sequence = -5 WHERE sequence = 10",
            "UPDATE journal SET sequence = 10 WHERE sequence = 11",
            "UPDATE journal SET sequence = 11 WHERE sequence = -5",
        ],
        "journal-unlinked",
    ),
    "insert before": (
        [f"{COPY} 0, at, actor, event, subject, facts, previous, hash FROM journal WHERE sequence = 1"],
        "journal-inserted",
    ),
    "insert after": (
        [f"{COPY} 401, at, actor, event, subject, facts, hash, hash FROM journal WHERE sequence = 400"],
        "journal-beyond-head",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_with_the_journal_is_found(database: Database, blobs: LocalBlobs, name: str) -> None:
    chained(database)
    assert verify(database, blobs).findings == ()
    changes, want = TAMPERINGS[name]
    tampered(database, *changes)
    report = verify(database, blobs)
    assert want in {item.kind for item in report.findings} and not report.ok


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET facts = '{\"x\": ' WHERE sequence = 7",
        "UPDATE journal SET at = 'yesterday' WHERE sequence = 7",
        "UPDATE journal SET at = NULL WHERE sequence = 7",
        "UPDATE journal SET actor = CAST(x'ff00fe' AS TEXT) WHERE sequence = 7",
        "UPDATE journal SET facts = x'00' WHERE sequence = 7",
    ],
)
def test_a_byte_that_makes_an_entry_unreadable_is_found_and_nothing_falls(
    database: Database, blobs: LocalBlobs, change: str
) -> None:
    if not database.sqlite:  # whose columns take nothing but their type
        return
    chained(database, 20)
    if "NULL" in change:
        with pytest.raises(Exception, match="NOT NULL"):
            tampered(database, change)
        return
    tampered(database, change)
    assert ("error", "journal-changed", "journal:7") in found(verify(database, blobs))


@pytest.mark.parametrize("forgery", ["rewritten from the middle", "truncated with its head", "all gone"])
def test_a_chain_forged_together_with_its_head_is_found_by_a_head_kept_elsewhere(
    database: Database, blobs: LocalBlobs, forgery: str
) -> None:
    checkpoint = chained(database, 60)
    if forgery == "rewritten from the middle":
        tampered(database, "UPDATE journal SET actor = 'binh' WHERE sequence = 30")
        rewritten(database, 30)
    elif forgery == "truncated with its head":
        tampered(database, "DELETE FROM journal WHERE sequence > 40")
        rewritten(database, 40)
    else:
        tampered(database, "DELETE FROM journal", "DELETE FROM journal_head")
    assert verify(database, blobs).findings == (), "without the copy it looks whole"
    kinds = {item.kind for item in verify(database, blobs, checkpoint=checkpoint).findings}
    assert kinds & {"journal-rewritten", "journal-truncated"}
    chained(database, 1)
    early = verify(database, blobs, checkpoint=Head(10, "0" * 64))
    assert not early.ok


def test_a_later_journal_still_fits_an_older_checkpoint(database: Database, blobs: LocalBlobs) -> None:
    checkpoint = chained(database, 30)
    chained(database, 30)
    assert verify(database, blobs, checkpoint=checkpoint).findings == ()


def test_the_time_of_an_entry_is_exact(database: Database, blobs: LocalBlobs) -> None:
    with database.transaction() as connection:
        for microsecond in (0, 1, 999_999):
            journal.append(
                connection, "an", [Event("x", "y")], datetime(2026, 1, 1, 0, 0, 0, microsecond, UTC)
            )
    assert verify(database, blobs).findings == ()
    with database.reading() as connection:
        assert [row.at.microsecond for row in journal.walk(connection)] == [0, 1, 999_999]
        assert connection.execute(select(books)).all() == []
