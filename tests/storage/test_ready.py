"""A statement made ready gives what SQLAlchemy would give, on both engines."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound

from rules.vocabulary import StepState
from storage.engine import Database
from storage.ready import Ready
from storage.tables.machinery import steps

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
ADD = Ready(insert(steps).returning(steps.c.id, steps.c.stage))
MOVE = Ready(update(steps).where(steps.c.id == bindparam("this")))
LATER = Ready(update(steps).where(steps.c.id == bindparam("this")).values(tries=steps.c.tries + 2))
BY_ID = Ready(select(steps).where(steps.c.id == bindparam("this")))
IN_STATE = Ready(select(steps.c.id).where(steps.c.state == bindparam("state")).order_by(steps.c.id))


def row(stage: str, **more: Any) -> dict[str, Any]:
    return {"stage": stage, "state": StepState.READY, "due_at": NOW, "created_at": NOW, **more}


def test_values_go_in_and_come_back_as_they_were(database: Database) -> None:
    with database.transaction() as connection:
        made = ADD.run(connection, row("a", payload={"đ": [1, None]})).one()
        assert made.stage == "a"
        plainly = connection.execute(select(steps).where(steps.c.id == made.id)).one()
        found = BY_ID.run(connection, {"this": made.id}).first()
        assert tuple(found) == tuple(plainly)
        assert (found.payload, found.due_at, found.slot, found.error) == ({"đ": [1, None]}, NOW, None, "")


def test_columns_left_out_get_their_defaults_in_any_order_of_names(database: Database) -> None:
    with database.transaction() as connection:
        one = ADD.run(connection, row("a")).one().id
        other = ADD.run(connection, dict(reversed(row("b", tries=2).items()))).one().id
        first, second = (BY_ID.run(connection, {"this": number}).one() for number in (one, other))
        assert (first.stage, first.tries, first.payload) == ("a", 0, {})
        assert (second.stage, second.tries) == ("b", 2)


def test_several_rows_give_all_that_they_return(database: Database) -> None:
    with database.transaction() as connection:
        made = ADD.run_all(connection, [row("a"), row("b"), row("c")])
        assert sorted(one.stage for one in made) == ["a", "b", "c"]
        assert len(IN_STATE.run(connection, {"state": StepState.READY}).all()) == 3


def test_an_update_sets_the_columns_that_are_named_and_counts_its_rows(database: Database) -> None:
    with database.transaction() as connection:
        number = ADD.run(connection, row("a")).one().id
        assert MOVE.run(connection, {"this": number, "state": StepState.PARKED}).rowcount == 1
        assert LATER.run(connection, {"this": number}).rowcount == 1
        assert MOVE.run(connection, {"this": number + 1, "state": StepState.DONE}).rowcount == 0
        found = BY_ID.run(connection, {"this": number}).one()
        assert (found.state, found.tries, found.stage) == (StepState.PARKED, 2, "a")


def test_no_row_and_too_many_are_told_apart(database: Database) -> None:
    with database.transaction() as connection:
        assert BY_ID.run(connection, {"this": 1}).first() is None
        assert IN_STATE.run(connection, {"state": "ready"}).scalar() is None
        with pytest.raises(NoResultFound):
            BY_ID.run(connection, {"this": 1}).one()
        ADD.run_all(connection, [row("a"), row("b")])
        with pytest.raises(MultipleResultsFound):
            IN_STATE.run(connection, {"state": "ready"}).scalar_one()


def test_a_broken_constraint_is_the_error_that_everybody_catches(database: Database) -> None:
    with database.transaction() as connection:
        ADD.run(connection, row("a", slot="s"))
    with pytest.raises(IntegrityError), database.transaction() as connection:
        ADD.run(connection, row("b"))
        ADD.run(connection, row("c", slot="s"))
    with database.reading() as connection:
        assert len(IN_STATE.run(connection, {"state": "ready"}).all()) == 1  # the other was undone with it


def test_a_savepoint_takes_back_what_was_done_in_it(database: Database) -> None:
    with database.transaction() as connection:
        ADD.run(connection, row("a", slot="s"))
        with pytest.raises(IntegrityError), connection.begin_nested():
            ADD.run(connection, row("b"))
            ADD.run(connection, row("c", slot="s"))
        assert len(IN_STATE.run(connection, {"state": "ready"}).all()) == 1


def test_what_cannot_be_kept_as_text_is_refused(database: Database) -> None:
    if not database.sqlite:
        pytest.skip("only SQLite's statements are translated")
    with database.transaction() as connection:
        with pytest.raises(ValueError, match="a list"):
            Ready(delete(steps).where(steps.c.id.in_([1, 2]))).run(connection)
        with pytest.raises(ValueError, match="no value for this"):
            BY_ID.run(connection)
