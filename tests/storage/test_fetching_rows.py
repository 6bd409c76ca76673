"""Where a fetched folder stands, and who may fetch from it, on both engines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rules.values.fetching import Body, MailState
from storage import fetching, leases
from storage.engine import Database

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOURCE = "imap:a/INBOX"
BODY = Body("0" * 64, 10, NOW - MINUTE)


def test_a_lease_is_one_holders_until_it_ends(
    database: Database, reopen: Callable[[Database], Database]
) -> None:
    other = reopen(database) if not database.sqlite else database

    def takes(base: Database, holder: str, now: datetime) -> bool:
        with base.transaction() as connection:
            return leases.take(connection, "x", holder, now, 2 * MINUTE)

    assert takes(database, "one", NOW) and takes(database, "one", NOW + MINUTE)
    assert not takes(other, "two", NOW + MINUTE)
    assert takes(other, "two", NOW + 4 * MINUTE)
    with database.transaction() as connection:
        leases.give_back(connection, "x", "one")  # it is no longer his to give
    assert not takes(database, "one", NOW + 4 * MINUTE)
    with database.transaction() as connection:
        leases.give_back(connection, "x", "two")
    assert takes(database, "one", NOW + 4 * MINUTE)


def test_the_position_never_passes_a_body_that_did_not_come(database: Database) -> None:
    with database.transaction() as connection:
        assert fetching.open_folder(connection, SOURCE, 7).uid == 0
        fetching.taken(connection, SOURCE, 7, 4_000_000_001, BODY, NOW)
        assert fetching.position(connection, SOURCE, 7).uid == 4_000_000_001
        fetching.failed(connection, SOURCE, 7, 5, "no-body", NOW, NOW + MINUTE)
        fetching.taken(connection, SOURCE, 7, 6, BODY, NOW)
        found = fetching.position(connection, SOURCE, 7)
        assert (found.uid, found.beyond) == (4, frozenset({5, 6, 4_000_000_001}))
        assert found.failed == {5: NOW + MINUTE} and [mail.uid for mail in found.uncleared] == [
            6,
            4_000_000_001,
        ]
        fetching.failed(connection, SOURCE, 7, 5, "no-body", NOW, None)
        assert fetching.position(connection, SOURCE, 7).uid == 4_000_000_001
        assert fetching.tries_of(connection, SOURCE, 7, 5) == 2
        fetching.cleared(connection, SOURCE, 7, range(6, 2000), NOW)
        assert fetching.counts(connection) == {
            (SOURCE, MailState.ASIDE): 1,
            (SOURCE, MailState.CLEARED): 1,
            (SOURCE, MailState.TAKEN): 1,
        }
        assert fetching.again(connection, SOURCE, 7, 5, NOW) and not fetching.again(
            connection, SOURCE, 7, 6, NOW
        )
        assert fetching.position(connection, SOURCE, 7).uid == 4


def test_a_folder_made_anew_begins_anew_and_keeps_nothing_of_the_old(database: Database) -> None:
    with database.transaction() as connection:
        fetching.open_folder(connection, SOURCE, 7)
        fetching.taken(connection, SOURCE, 7, 9, BODY, NOW)
        fetching.failed(connection, SOURCE, 7, 3, "cut", NOW, None)
        found = fetching.open_folder(connection, SOURCE, 8)
        assert (found.validity, found.uid, found.beyond, found.uncleared) == (8, 0, frozenset(), ())
        assert fetching.known(connection, SOURCE, 7) == frozenset()
        assert not fetching.again(connection, SOURCE, 7, 3, NOW)
        row = fetching.cursor(connection, SOURCE)
        assert row is not None and row.value["resyncs"] == 1


def test_rows_go_with_their_mails_but_the_position_stays(database: Database) -> None:
    with database.transaction() as connection:
        fetching.open_folder(connection, SOURCE, 7)
        for uid in range(1, 1201):
            fetching.taken(connection, SOURCE, 7, uid, BODY, NOW)
        fetching.cleared(connection, SOURCE, 7, range(1, 1201), NOW)
        assert fetching.finished(connection, SOURCE, 7) == frozenset(range(1, 1201))
        fetching.gone(connection, SOURCE, 7, range(1, 1201))
        assert fetching.known(connection, SOURCE, 7) == frozenset()
        fetching.note(connection, SOURCE, {"waiting": 0}, last_success=NOW)
        row = fetching.cursor(connection, SOURCE)
        assert row is not None and (row.value["uid"], row.value["lag"], row.last_success) == (1200, 60.0, NOW)
