"""A worker goes from document to document: the next step is claimed with the last write of the one before."""

import threading
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import Connection, select

from hub.worker import Worker
from rules.vocabulary import StepState
from storage import journal
from storage.journal import Event, Head
from storage.tables.machinery import steps as rows
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)


class Broken(Exception):
    """The database went away."""


def two_letters(stages: Stages) -> None:
    for number in (1, 2):
        stages.mail(person("anhttn"), [text_file("sotuphap", f"{number}/STP-VP", day=DAY)], work=False)


def states(stages: Stages) -> list[tuple[str, str]]:
    with stages.hub.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(rows.c.stage, rows.c.state))]


def test_the_next_step_is_claimed_before_anybody_looks_for_it(stages: Stages) -> None:
    two_letters(stages)
    worker = Worker(stages.hub, 1, threading.Event())
    assert worker._once()
    assert stages.document("1/STP-VP")["status"] == "routed"
    assert states(stages) == [("register", StepState.RUNNING)]
    assert worker._once()
    assert stages.document("2/STP-VP")["status"] == "routed"
    assert states(stages) == [] and not worker._once()


def test_who_is_told_to_end_claims_nothing_more(stages: Stages) -> None:
    two_letters(stages)
    stop = threading.Event()
    stop.set()
    assert Worker(stages.hub, 1, stop)._once()
    assert states(stages) == [("register", StepState.READY)]


def test_who_has_claimed_finishes_that_before_the_end(stages: Stages) -> None:
    two_letters(stages)
    stop = threading.Event()
    worker = Worker(stages.hub, 1, stop)
    assert worker._once()
    stop.set()
    worker.run()
    assert stages.document("2/STP-VP")["status"] == "routed" and states(stages) == []


def test_what_was_claimed_is_given_back_when_its_transaction_is_undone(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outcomes that could not be written down leave no step in the worker's hands."""
    two_letters(stages)
    stop = threading.Event()
    worker = Worker(stages.hub, 1, stop)
    append, claims = journal.append, []

    def fails_once(connection: Connection, actor: str, events: Sequence[Event], now: datetime) -> Head:
        if worker._following is not None and not claims:
            claims.append(worker._following)
            raise Broken
        return append(connection, actor, events, now)

    monkeypatch.setattr(journal, "append", fails_once)
    monkeypatch.setattr(stop, "wait", lambda _seconds: None)
    monkeypatch.setattr(worker._bell, "wait", lambda _seconds: stop.set())
    worker.run()
    assert claims, "it was in the worker's hands when the transaction was undone"
    assert [stages.document(f"{number}/STP-VP")["status"] for number in (1, 2)] == ["routed", "routed"]
    assert states(stages) == []
