"""The durable queue: nothing twice, nothing lost, poison parked."""

import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, text, update

from rules.vocabulary import StepState
from storage import bell, steps
from storage.engine import Database
from storage.steps import LEASE, MOST_STARTS, Claim
from storage.tables.machinery import steps as rows

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Program = Callable[..., "subprocess.Popen[str]"]


def put(database: Database, count: int, stage: str = "register") -> None:
    with database.transaction() as connection:
        for subject in range(count):
            steps.enqueue(connection, stage, subject, NOW)


def states(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return steps.depth(connection)


def claimed(database: Database, now: datetime = NOW, worker: str = "a/1") -> Claim:
    claim = steps.claim(database, ["register"], worker, now)
    assert claim is not None
    return claim


def test_threads_never_get_a_step_twice(database: Database) -> None:
    put(database, 300)
    seen: list[int] = []

    def work(number: int) -> None:
        while (claim := steps.claim(database, ["register"], f"a/{number}", NOW)) is not None:
            with database.transaction() as connection:
                steps.finish(connection, claim)
            seen.append(claim.subject)

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(300))
    assert states(database) == {}


def test_two_hubs_on_one_database_never_do_a_step_twice(migrated_postgres_url: str, program: Program) -> None:
    database = Database(migrated_postgres_url)
    put(database, 150)
    workers = [program("work", migrated_postgres_url, name, 2) for name in ("a#1", "b#1")]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    outputs: list[str] = []
    threads = [
        threading.Thread(target=lambda worker=worker: outputs.append(worker.communicate("go\n")[0]))
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [worker.returncode for worker in workers] == [0, 0]
    done = Counter(line for output in outputs for line in output.splitlines())
    assert set(done.values()) == {1} and len(done) == 300
    assert states(database) == {}
    database.close()


def test_the_oldest_due_step_of_ones_own_stages_comes_first(database: Database) -> None:
    with database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW + timedelta(seconds=60))
        steps.enqueue(connection, "register", 2, NOW - timedelta(seconds=1))
        steps.enqueue(connection, "route", 3, NOW - timedelta(seconds=9))
        steps.enqueue(connection, "register", 4, NOW)
    assert [claimed(database).subject, claimed(database).subject] == [2, 4]
    assert steps.claim(database, ["register"], "a/1", NOW) is None


def test_a_lease_that_ended_is_claimed_by_another(database: Database) -> None:
    put(database, 1)
    first = claimed(database, worker="a/1")
    assert steps.claim(database, ["register"], "b/1", NOW + LEASE - timedelta(seconds=1)) is None
    second = claimed(database, NOW + LEASE, "b/1")
    assert (second.id, first.starts, second.starts, second.tries) == (first.id, 1, 2, 0)


def test_the_third_failure_parks_and_a_person_revives_or_drops(database: Database) -> None:
    put(database, 1)
    now = NOW
    for attempt in (1, 2, 3):
        parked = steps.fail(database, claimed(database, now), f"failure {attempt}", now)
        assert parked == (attempt == 3)
        assert steps.claim(database, ["register"], "a/1", now) is None
        now += timedelta(seconds=20)
    with database.transaction() as connection:
        [row] = steps.parked(connection)
        assert (row.state, row.tries, row.error, row.worker) == (StepState.PARKED, 3, "failure 3", "")
        assert steps.revive(connection, row.id, now)
        assert not steps.revive(connection, row.id, now)
    assert claimed(database, now).tries == 0
    assert steps.fail(database, Claim(row.id, "register", 0, 0, 1, {}), "hopeless", now, final=True)
    with database.transaction() as connection:
        assert steps.drop(connection, row.id) and not steps.drop(connection, row.id)
    assert states(database) == {StepState.DROPPED: 1}


def test_a_step_that_kills_its_worker_is_parked_too(database: Database) -> None:
    put(database, 1)
    now = NOW
    for _ in range(MOST_STARTS):
        claim = claimed(database, now)
        now += LEASE
    assert claim.starts == MOST_STARTS and claim.tries == 0
    assert steps.fail(database, claim, "the reader died", now)


def test_postponing_counts_no_try(database: Database) -> None:
    put(database, 1)
    for _ in range(5):
        steps.postpone(database, claimed(database), "the disk is full", NOW)
    assert claimed(database).tries == 0


def test_a_former_life_gives_back_its_own_claims_only(database: Database) -> None:
    put(database, 3)
    for worker in ("hub_a#1/1", "hub_a#1/2", "hubXa#1/1"):
        claimed(database, worker=worker)
    with database.transaction() as connection:
        assert steps.release(connection, "hub_a#1", NOW) == 2
        assert steps.release(connection, "hub", NOW) == 0
    assert states(database) == {StepState.READY: 2, StepState.RUNNING: 1}


def test_a_step_born_claimed_is_nobody_elses(database: Database) -> None:
    with database.transaction() as connection:
        born = steps.enqueue(connection, "register", 7, NOW, payload={"x": 1}, worker="a/1")
    assert steps.claim(database, ["register"], "b/1", NOW) is None
    assert claimed(database, NOW + LEASE).id == born.id and born.starts == 1


def test_a_slot_is_used_once_for_ever(database: Database) -> None:
    def propose(day: str) -> bool:
        with database.transaction() as connection:
            return steps.enqueue_once(connection, "register", f"checkpoint/{day}", NOW, payload={"day": day})

    assert propose("2026-11-23") and not propose("2026-11-23")
    with database.transaction() as connection:
        steps.finish(connection, claimed_in_thread(database))
    assert not propose("2026-11-23") and propose("2026-11-24")
    assert states(database) == {StepState.DONE: 1, StepState.READY: 1}


def claimed_in_thread(database: Database) -> Claim:
    """SQLite's one writer is held by the caller, so the claim is made from what stands there."""
    with database.reading() as connection:
        row = connection.execute(select(rows)).one()
    return Claim(row.id, row.stage, row.subject, row.tries, row.starts, row.payload, row.slot)


def test_a_slot_proposed_by_many_at_once_is_used_once(database: Database) -> None:
    answers: list[bool] = []

    def propose() -> None:
        for day in range(20):
            with database.transaction() as connection:
                answers.append(steps.enqueue_once(connection, "register", f"day/{day}", NOW))

    threads = [threading.Thread(target=propose) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 80 and sum(answers) == 20


def test_the_queue_uses_its_index_with_many_rows(database: Database) -> None:
    done = {"stage": "x", "state": StepState.DONE, "due_at": NOW, "payload": {}, "created_at": NOW}
    values = {"subject": 0, "worker": "", "starts": 1, "tries": 0, "error": ""}
    with database.transaction() as connection:
        connection.execute(insert(rows), [{**done, **values} for _ in range(20_000)])
        steps.enqueue(connection, "register", 1, NOW)
        connection.execute(text("ANALYZE steps"))
        assert connection.execute(select(func.count()).select_from(rows)).scalar() == 20_001
    assert "steps_due" in explained(database, steps.due_now(["register", "route"]).params(now=NOW))


def explained(database: Database, statement: object) -> str:
    verb = "EXPLAIN QUERY PLAN " if database.sqlite else "EXPLAIN "
    engine = database.engine
    compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    with database.reading() as connection:
        return "\n".join(str(tuple(row)) for row in connection.execute(text(verb + str(compiled))))


def test_new_work_wakes_the_others_on_postgresql(migrated_postgres_url: str) -> None:
    database, other = Database(migrated_postgres_url), Database(migrated_postgres_url)
    woken, stop = threading.Event(), threading.Event()
    listener = threading.Thread(target=other.listen, args=[woken.set, stop])
    listener.start()
    assert woken.wait(10)  # it wakes once when it begins to listen
    woken.clear()
    with database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW)
        assert not woken.wait(0.2), "before the commit nobody is woken"
    assert woken.wait(5)
    woken.clear()
    with database.transaction() as connection:
        connection.execute(update(rows).values(tries=1))
    assert not woken.wait(0.3)
    with database.transaction() as connection:
        with connection.begin_nested() as savepoint:
            steps.enqueue(connection, "register", 2, NOW)
            savepoint.rollback()
        steps.enqueue(connection, "register", 2, NOW)
    assert woken.wait(5), "what a savepoint took back must ring again"
    stop.set()
    listener.join(timeout=5)
    assert not listener.is_alive()
    database.close()
    other.close()


def test_listening_outlives_the_database(own_postgres: object) -> None:
    server = own_postgres
    database = Database(server.url("postgres"))  # type: ignore[attr-defined]
    woken, stop = threading.Event(), threading.Event()
    listener = threading.Thread(target=database.listen, args=[woken.set, stop])
    listener.start()
    assert woken.wait(10)
    server.stop()  # type: ignore[attr-defined]
    woken.clear()
    server.start()  # type: ignore[attr-defined]
    assert woken.wait(20), "connected again, because something may have rung meanwhile"
    stop.set()
    listener.join(timeout=5)
    assert not listener.is_alive()
    database.close()


def test_on_sqlite_nobody_listens(database: Database) -> None:
    if database.sqlite:
        database.listen(lambda: None, threading.Event())
        with database.transaction() as connection:
            bell.ring(connection)
            assert bell.RUNG not in connection.info
