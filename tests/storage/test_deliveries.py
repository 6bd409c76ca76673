"""The ledger as queue: planned once, claimed once, every attempt kept."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from rules.vocabulary import DeliveryState, Handling, MailKind
from storage import deliveries
from storage.deliveries import LEASE, Result
from storage.engine import Database
from storage.tables.deliveries import attempts, handling_events
from storage.tables.deliveries import deliveries as rows

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def planned(key: str, **values: Any) -> dict[str, Any]:
    row = {"key": key, "kind": MailKind.DOCUMENT, "receiver": "sonoivu", "state": DeliveryState.PLANNED}
    return {**row, "letter": {}, "next_attempt": NOW, "created_at": NOW, **values}


def plan(database: Database, *keys: str, **values: Any) -> list[int]:
    with database.transaction() as connection:
        return deliveries.plan(connection, [planned(key, **values) for key in keys])


def result(row: Any, state: DeliveryState, again: datetime | None = None, code: str | None = None) -> Result:
    return Result(row.id, row.attempts, "maildir", state, code, f"said {state}", again)


def record(database: Database, *results: Result) -> None:
    with database.transaction() as connection:
        deliveries.record(connection, results, NOW)


def listed(database: Database) -> dict[str, Any]:
    with database.reading() as connection:
        return {row.key: row for row in deliveries.listing(connection)}


def test_planning_again_changes_nothing(database: Database) -> None:
    first = plan(database, "d.1.a", "d.1.b")
    assert len(first) == 2 and plan(database, "d.1.b", "d.1.a") == []
    (new,) = plan(database, "d.1.a", "d.1.c", "d.1.b")
    assert new > first[1]
    assert plan(database) == []
    assert [row.id for row in listed(database).values()] == [*first, new]


def test_the_ids_come_in_the_order_of_the_plan(database: Database) -> None:
    keys = [f"d.1.{number * 7919 % 500:03d}" for number in range(500)]
    found = plan(database, *keys)
    by_key = listed(database)
    assert [by_key[key].id for key in keys] == found


def test_what_is_claimed_was_counted_before_anybody_talks(database: Database) -> None:
    plan(database, "d.1.a")
    [row] = deliveries.claim_due(database, "a/1", NOW).rows
    assert (row.attempts, row.state, row.worker) == (1, DeliveryState.SENDING, "a/1")
    assert deliveries.claim_due(database, "b/1", NOW + LEASE - timedelta(seconds=1)).rows == ()
    [again] = deliveries.claim_due(database, "b/1", NOW + LEASE).rows
    assert (again.attempts, again.worker) == (2, "b/1")


def test_a_batch_is_no_larger_than_asked_and_the_most_overdue_goes_first(database: Database) -> None:
    for number in range(20):
        plan(database, f"d.{number}.a", next_attempt=NOW - timedelta(minutes=number))
    assert [row.key for row in deliveries.claim_due(database, "a/1", NOW, 5).rows] == [
        f"d.{number}.a" for number in range(15, 20)
    ]
    assert len(deliveries.claim_due(database, "a/1", NOW, 64).rows) == 15


def test_threads_never_claim_a_delivery_twice(database: Database) -> None:
    plan(database, *(f"d.{number}.a" for number in range(300)))
    seen: list[int] = []

    def work(number: int) -> None:
        while batch := deliveries.claim_due(database, f"a/{number}", NOW, 7).rows:
            assert len(batch) <= 7
            seen.extend(row.id for row in batch)

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 300


def test_what_became_of_it_is_kept_with_every_attempt(database: Database) -> None:
    plan(database, "d.1.a", "d.1.b", "d.1.c")
    a, b, c = deliveries.claim_due(database, "a/1", NOW).rows
    later = NOW + timedelta(minutes=7)
    record(
        database,
        result(a, DeliveryState.DELIVERED, code=Handling.ARRIVED),
        result(b, DeliveryState.DEFERRED, later),
        result(c, DeliveryState.FAILED),
    )
    seen = listed(database)
    assert (seen["d.1.a"].state, seen["d.1.a"].handling, seen["d.1.a"].error) == ("delivered", "01", "")
    assert seen["d.1.a"].finished_at == NOW and seen["d.1.a"].next_attempt is None
    assert (seen["d.1.b"].state, seen["d.1.b"].error) == ("deferred", "said deferred")
    assert seen["d.1.b"].finished_at is None and seen["d.1.b"].worker == ""
    assert (seen["d.1.c"].state, seen["d.1.c"].finished_at) == ("failed", NOW)
    assert deliveries.claim_due(database, "a/1", NOW).rows == ()
    [b] = deliveries.claim_due(database, "a/1", later).rows
    record(database, result(b, DeliveryState.SENT))
    with database.reading() as connection:
        tried = connection.execute(
            select(attempts.c.delivery, attempts.c.number, attempts.c.outcome).order_by(attempts.c.id)
        ).all()
    assert tried == [(a.id, 1, "delivered"), (b.id, 1, "deferred"), (c.id, 1, "failed"), (b.id, 2, "sent")]


def test_a_former_life_gives_back_its_own(database: Database) -> None:
    plan(database, "d.1.a", "d.1.b", "d.1.c")
    for worker in ("hub_a#1/1", "hub_a#1/2", "hubXa#1/1"):
        assert len(deliveries.claim_due(database, worker, NOW, 1).rows) == 1
    with database.transaction() as connection:
        assert deliveries.release(connection, "hub_a#1", NOW) == 2
    assert len(deliveries.claim_due(database, "b/1", NOW).rows) == 2


def test_a_person_sends_again_what_failed_and_nothing_that_arrived(database: Database) -> None:
    plan(database, "d.1.a", "d.1.b")
    a, b = deliveries.claim_due(database, "a/1", NOW).rows
    record(database, result(a, DeliveryState.DELIVERED), result(b, DeliveryState.FAILED))
    with database.transaction() as connection:
        assert not deliveries.reschedule(connection, a.id, NOW)
        assert deliveries.reschedule(connection, b.id, NOW)
        assert deliveries.next_due(connection) == NOW
    [again] = deliveries.claim_due(database, "a/1", NOW).rows
    assert (again.id, again.attempts, again.error, again.finished_at) == (b.id, 2, "", None)


def test_moves_of_handling_are_kept(database: Database) -> None:
    [a] = plan(database, "d.1.a")
    with database.transaction() as connection:
        deliveries.note_handling(
            connection, [(a, Handling.ARRIVED), (a, Handling.RECEIVED)], "an", "web", NOW
        )
        deliveries.note_handling(connection, [], "an", "web", NOW)
        found = connection.execute(
            select(handling_events.c.handling).order_by(handling_events.c.id)
        ).scalars()
        assert list(found) == ["01", "03"]


def test_listings_narrow(database: Database) -> None:
    plan(database, "d.1.a", receiver="sonoivu")
    plan(database, "d.1.b", receiver="sotaichinh", state=DeliveryState.HELD)
    plan(database, "r.1", kind=MailKind.RECEIPT, receiver="person:an@x")
    with database.reading() as connection:
        keys = [row.key for row in deliveries.listing(connection, kind=None, limit=2)]
        assert keys == ["d.1.a", "d.1.b"]
        assert [row.key for row in deliveries.listing(connection, unit="sotaichinh")] == ["d.1.b"]
        assert [row.key for row in deliveries.listing(connection, state="held")] == ["d.1.b"]
        assert [row.key for row in deliveries.listing(connection, kind="receipt")] == ["r.1"]


def test_the_ledger_uses_its_index_with_many_rows(database: Database) -> None:
    over = planned("x", state=DeliveryState.DELIVERED)
    columns = {"role": "main", "channel": "", "address": "", "because": [], "attempts": 1, "worker": ""}
    with database.transaction() as connection:
        many = [{**over, **columns, "error": "", "key": f"x{number}"} for number in range(20_000)]
        connection.execute(insert(rows), many)
        connection.execute(text("ANALYZE deliveries"))
        assert connection.execute(select(func.count()).select_from(rows)).scalar() == 20_000
    plan(database, "d.1.a")
    verb = "EXPLAIN QUERY PLAN " if database.sqlite else "EXPLAIN "
    compiled = deliveries.DUE_NOW.params(now=NOW, most=64).compile(
        database.engine, compile_kwargs={"literal_binds": True}
    )
    with database.reading() as connection:
        explained = "\n".join(str(tuple(row)) for row in connection.execute(text(verb + str(compiled))))
    assert "deliveries_due" in explained
