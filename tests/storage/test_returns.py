"""Forms, returns and slots on both engines: each step once, the newest version counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from storage import migrate, returns, support
from storage.engine import Database

NOW = datetime(2026, 11, 15, 1, 0, tzinfo=UTC)


@pytest.fixture
def asked(database: Database) -> Database:
    migrate.upgrade(database)
    with database.transaction() as connection:
        forms = {"soyte": {"3.1": 4}, "sonoivu": {"3.1": 7}}
        limits = {"due_on": date(2026, 11, 23), "late_from": NOW + timedelta(days=9)}
        made = returns.ask(
            connection, "compliance", "2026-11", forms, now=NOW, closes_at=NOW + timedelta(days=30), **limits
        )
        assert {row.unit for row in made} == {"soyte", "sonoivu"}
        again = returns.ask(
            connection, "compliance", "2026-11", forms, now=NOW, closes_at=NOW + timedelta(days=30), **limits
        )
        assert again == []
    return database


def test_a_step_happens_once_for_each_unit(asked: Database) -> None:
    def take(unit: str, step: str = "reminder") -> bool:
        with asked.transaction() as connection:
            return returns.take_slot(connection, "compliance", "2026-11", unit, step, due_at=NOW, now=NOW)

    assert [take("soyte"), take("soyte"), take("sonoivu"), take("soyte", "second")] == [
        True,
        False,
        True,
        True,
    ]
    with asked.reading() as connection:
        steps = returns.slots(connection, "compliance", "2026-11", unit=None)
    assert [(slot.unit, slot.step) for slot in steps] == [
        ("soyte", "reminder"),
        ("sonoivu", "reminder"),
        ("soyte", "second"),
    ]


def test_of_several_at_once_one_takes_a_slot(asked: Database) -> None:
    """As several nodes do at one tick."""

    def take(step: str) -> bool:
        with asked.transaction() as connection:
            return returns.take_slot(connection, "compliance", "2026-11", "soyte", step, due_at=NOW, now=NOW)

    steps = [f"step-{number}" for number in range(10)] * 6
    with ThreadPoolExecutor(6) as nodes:
        taken = [step for step, first in zip(steps, nodes.map(take, steps), strict=True) if first]
    assert sorted(taken) == sorted(set(steps))


def test_the_newest_version_counts_and_the_first_says_whether_it_was_in_time(asked: Database) -> None:
    with asked.transaction() as connection:
        form = returns.form(connection, "compliance", "2026-11", "soyte")
        assert form is not None and form.frozen == {"3.1": 4}
        for number, later in enumerate((1, 12), 1):
            when = NOW + timedelta(days=later)
            said = {"by": "a@binhlam.example", "channel": "mail", "now": when}
            assert returns.hand_in(connection, form.id, {"3.1": number}, **said) == number
    with asked.reading() as connection:
        health, interior = sorted(
            returns.of_period(connection, "compliance", "2026-11"), key=lambda row: row.unit != "soyte"
        )
        assert (health.version, health.answers, health.first_at) == (2, {"3.1": 2}, NOW + timedelta(days=1))
        assert health.first_at < health.late_from < health.at
        assert (interior.version, interior.answers, interior.first_at) == (None, None, None)
        assert [row.unit for row in returns.missing(connection, "compliance", "2026-11")] == ["sonoivu"]
        assert [row.state for row in returns.versions(connection, health.form)] == ["replaced", "handed_in"]


def test_a_request_for_help_has_a_number_and_is_made_once_for_a_form(asked: Database) -> None:
    with asked.transaction() as connection:
        form = returns.form(connection, "compliance", "2026-11", "soyte")
        assert form is not None
        said = {
            "unit": "soyte",
            "asked_by": "a@x.example",
            "subject": "",
            "text": "máy quét hỏng",
            "now": NOW,
        }
        number = support.open_request(connection, form=form.id, **said)
        assert number is not None and support.open_request(connection, form=form.id, **said) is None
        assert support.take(connection, number, "b@x.example", NOW)
        assert [row.owner for row in support.listing(connection)] == ["b@x.example"]
        assert support.close(connection, number, "đã sửa", NOW)
        assert not support.close(connection, number, "đã sửa", NOW)
        assert not support.listing(connection)
        assert len(support.listing(connection, open_only=False, before=NOW + timedelta(days=8))) == 1
